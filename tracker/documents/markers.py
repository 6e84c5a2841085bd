"""How official documents mark their structure: numbered headings, labels, sections."""

import re

from ..prefixes import first_characters, prefixes

# A list number: a decimal is none, but a year or a month may follow it at once ("1.2018年底前", "2.11月底"), and after
# a full stop several months ("2.6、9、12月底前"); after 、 they would all be months.
ARABIC_NUMBER = (
    "[0-9０-９]{1,3}(?:[.．、](?:(?![0-9０-９])|(?=20[0-9]{2}年|[0-9]{1,2}月))"
    "|[.．](?=(?:[0-9]{1,2}[、和]){1,4}[0-9]{1,2}月))"
)
NUMERAL = "[一二三四五六七八九十百]{1,4}"
ISSUE = "(?:存在|反馈|具体|主要|突出|整改)?的?(?:主要|突出)?问题(?:描述|表现|简述|概述)?(?=[:：])"
ISSUE_LABEL = re.compile(f"{ISSUE}[:：]")
ISSUE_NUMBER = f"问题(?:{NUMERAL}|[0-9]{{1,3}})[:：]"
SECTION_LABELS = {
    "objective": "(?:试点)?(?:目标任务|工作目标|改革目标|主要目标|总体目标|试点目标|目标要求|整改目标)",
    "progress": f"(?:主要)?(?:进展情况|工作进展|试点进展|进展|完成情况|整改情况|落实情况|工作成效|主要成效)|{ISSUE}",
    "arrangement": (
        "(?:下一?步|下一?阶段|今后|后续)(?:工作|改革)?(?:安排|打算|计划|思路|举措|措施|重点|工作)|下一?步|下一?阶段"
        "|(?:改革安排|工作安排|工作打算|工作计划|重点任务|主要任务|工作任务|整改措施|工作举措|具体措施)"
    ),
}
SECTION = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in SECTION_LABELS.items()))
SECTION_LABEL = re.compile(f"(?:{'|'.join(SECTION_LABELS.values())})[:：]")
SECTION_IN_LINE = re.compile(f"(?<=[。；;]){SECTION_LABEL.pattern}")
BODY_LABEL = (
    "(?:牵头|责任|配合|主办|协办|承办|实施|负责|主管|组织|参与|完成|整改|时限|办结|督办|落实|主|协|主（协）办|协同)"
    "(?:责任|负责|考核|配合)?(?:单位|部门|机关|主体|处室|科室|股室|机构|时限|时间|期限|要求|责任人|领导|市领导|县领导|省领导|区领导)"
    "|时限|期限|时间节点|时间安排|责任人|(?:牵头|主办|协办|配合)(?=[:：])"
)
LABEL = re.compile(rf"[-*]?(?:(?:{BODY_LABEL})[:：]|[【［\[](?:{BODY_LABEL})[】］\]][:：]?)")
MARKER = re.compile(
    rf"{ARABIC_NUMBER}|[（(](?:{NUMERAL}|[0-9０-９]{{1,3}})[）)]|{NUMERAL}、|第{NUMERAL}[章节条部]|{ISSUE_NUMBER}"
    rf"|[①-⑳]|[#*•●■□-]|附件[：:0-9０-９]|[—-]{{1,2}}[0-9]|(?:{BODY_LABEL})[:：]|[【［\[](?:{BODY_LABEL})[】］\]]|(?:{'|'.join(SECTION_LABELS.values())})[:：]|……"
)
HEADING = re.compile(rf"{NUMERAL}、|[（(]{NUMERAL}[）)]|第{NUMERAL}[章节部]|#|……")
# A line that sets a day for the list below it: "以下任务均于年底前完成", "2019年6月底前完成的任务：", "10月底前完成：".
TASKS = "(?:任务|事项|工作|项目|措施|改革|问题)"
DONE = "(?:完成|落实|办结|解决|见效|出台|到位)"
LEAD = re.compile(
    f"^(?:以下|下列)[^，。；]{{0,12}}{TASKS}[^。；]{{0,30}}[底前内](?:全部|基本)?{DONE}"
    f"|[底前][^。；]{{0,20}}{DONE}(?:以下|下列)[^。；]{{0,16}}[：:]?$|[底前内月]{DONE}的[^，。；]{{0,10}}{TASKS}[：:]?$"
    f"|^[0-9０-９年月日底末前上中下旬半季度第一二三四今明]{{2,14}}前(?:须|应|要)?(?:全部|基本)?{DONE}?[：:]?$"
)
MARKER_BEGINS = first_characters(prefixes(MARKER.pattern, 1))


def starts_marker(line: str) -> bool:
    """Whether a line begins with a list number, a heading's or a label."""
    return (MARKER_BEGINS is None or line[0] in MARKER_BEGINS) and bool(MARKER.match(line))
