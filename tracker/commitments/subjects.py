"""Subjects: the bodies that a clause names as those who act."""

import re
from collections import deque
from collections.abc import Iterator
from functools import lru_cache

from .agencies import Bodies, names

HAN = "\\u4e00-\\u9fff"
INSIDE = "[（(〔][市州县区旗单位、]{1,8}[）)〕]"  # 各市（州）, 县（市、区）, 主管部门（单位）
DATE = "(?:[0-9]{1,4}[年月日]|(?:今|明|当|每|次)年|每(?:半年|季度?|月|周)|年[底末内终]|[上下]半年|前[0-9一二三]季度|第?[一二三四]季度)"
# What may stand before a subject: 到2023年底，; 每年5月底前，; 请; 由
OPENER = re.compile(
    "(?:第[一二三四五六七八九十百0-9]{1,5}条)?(?:(?:其中|同时|此外|另外)[，,]?)?(?:力争|确保|争取)?"
    f"(?:(?:到|至|自|从|在|于|截至)?{DATE}(?:{DATE}|[年月日底末前起内初中旬上下度0-9—-]){{0,16}}[，,]?)?(?:请|并由|由)?"
)
KIND = (
    "(?:部门|单位|地区|地|政府|管委会|委员会|联席会议|领导小组|工作组|专班|局|委|厅|办公室|办|企业|公司|集团|中心|机构|机关"
    f"|处室|督查室|研究室|处|高校|院校|学校|医院|银行|支行|分行|支队|协会|监管所|派出所|街道|园区|小组|海关|建成区)(?:{INSIDE})?"
)
ACTS = (
    "要|应|须|将|必须|负责|会同|联合|牵头|分[0-9]|分别|于|在|以|对|把|向|按|针对|根据|结合|依照|依据|依托|参照|围绕|通过此|建立|实现|完成"
    "|进行|邀请|[:：0-9]|年底|年内|[下本](?:周|月|个月|季度|旬)|月底|[上下]半年|[一二两三四五六七八九十]{1,3}(?:周|日|天|个月|个工作日|年)(?:之?内|以内)|逐年|每|亲自|原则上|力争|确保|不得|至少|全面|认真|切实|积极|进一步|定期|及时|统筹|严格|尽快"
    "|制定|编制|印发|出台|启动|开展|组织|报送|上报|提出|明确|加强|加快|推进|推动|落实|完善|细化|梳理|汇总|做好|抓好|建成|新建|强化|指导|督促|抓紧|抓实|配合|协调|尽早|按时|主动|继续|务必|确定"
)
ASIDE = "(?:[（(](?:[详参]?见|名单见|以下)[^（()）]{1,20}[）)])?"  # …成员单位（详见任务分工）要
GROUP = f"(?:各|每个|全[省市区县])[{HAN}、（()）〔〕]{{0,40}}?(?:{KIND}|领导|负责同志){ASIDE}"
NAMED = f"[{HAN}、（()）〔〕]{{1,40}}?{KIND}"
WITH = f"(?:(?:会同|联合|会商)[{HAN}、（()）〔〕]{{1,40}}?{KIND})?"
HEADS = '(?:[“"]?一把手[”"]?|(?:党政)?主要(?:负责人|负责同志|领导)|分管(?:领导|负责同志))?'  # …各部门主要负责人要亲自抓
SUBJECT = re.compile(f"(?P<bodies>(?:{GROUP}|{NAMED}){WITH})(?={HEADS}(?:也|均|都)?(?:{ACTS}|[，,](?:于|在|应|要|每)))")
ASKED = re.compile(
    f"[，,](?:请|并?由)(?P<bodies>{GROUP}|{NAMED})(?={HEADS}(?:{ACTS}|[，,]))"
)  # 现将任务分解下达，请各部门认真落实
LATER = re.compile(f"[，,](?P<bodies>{NAMED})(?=要|应|须|必须|将(?!其))")  # 对审批事项，各级主管部门要明确标准
LEVEL = f"(?:设区的?市|区县|市县|乡镇街道|乡镇|镇街道?|乡街|街镇|省|市|州|县|区|旗|镇|乡|地)(?:{INSIDE})?"
PLACES = re.compile(
    f"(?P<bodies>(?:各|每个){LEVEL}(?:、{LEVEL})*)(?![级界类方种项场镇县市区旗])(?!(?:人民)?政府|党委|[（(]|、[{HAN}])"
)
PLACE = re.compile(
    f"(?P<bodies>(?![全本我各每将把报送向])[{HAN}]{{1,4}}[县市区](?:、[{HAN}]{{1,4}}[县市区]){{0,6}})(?=要|应(?!急)|须|力争)"
)
# An order without a subject begins with a verb, what it is done to or with with a preposition: 督促各单位落实, 对企业开展
NO_SUBJECT = re.compile(
    f"[{HAN}]{{2,4}}(?:单位|部门|机构|机关)[:：]|(?![{HAN}]{{2}}(?:单位|部门|机构|机关|处室))(?:"
    "对|向|为|将|把|按|与|以|从|通过|根据|针对|依托|围绕|结合|会同|联合|协同|配合|加[强快大]|推[进动行广]|督促|指导|引[导进]|组织|建[立设成]"
    "|完[善成]|支持|鼓励|强化|深化|优化|落实|实[施现]|开[展工]|制定|编制|出台|印发|启动|发[挥放布展]|探索|健全|提[升高]|规范|做好|抓好|明确"
    "|严[格禁厉]|全面|持续|积极|进一步|统筹|协调|选[择取]|遴选|确[保定]|压[实减]|打造|培[育训]|扩大|畅通|简化|取消|调整|设[立置]|成立|充分"
    "|参[与加]|构建|依法|定期|新[增建设]|举办|召开|招[引募]|办理|争[取创]|创[建新]|增[加强设]|改[造革善]|整[治改合]|清理|检查|抽查|排查|审[查核]"
    "|评[估选]|认定|给予|安排|拨付|减[少免]|降低|巩固|保[障持]|维护|防范|查处|化解|解决|研究|修订|起草|公[布开示]|宣传|利用|用[好于]|申[报请]"
    "|上报|报送|汇总|收集|归集|共享|接入|纳入|吸[引纳]|帮助|协助|动员|部署|贯彻|执行|坚持|聚焦|突出|注重|着力|大力|努力|预计|累计|涉及|符合"
    "|每|如|若|凡|经|在|于|不|该|本|是)"
)
PREPOSITION = re.compile("对|针对|根据|按照|依据|围绕|结合|通过|为")
LED = re.compile(
    "(?:由)?(?P<lead>[^，。；]{2,40}?)牵头(?:负责)?[，,](?:(?P<support>[^，。；]{2,60}?)(?:配合|参与|协助)[，,])?"
)
ALSO = re.compile(f"[，,]由(?P<bodies>[{HAN}、（()）]{{2,40}}?)(?:统一)?(?:负责|牵头)")  # …，由本级机构负责审核
TWICE = re.compile("(部门|单位)\\1")


@lru_cache(maxsize=16)  # a clause is asked for its subject several times in a row
def subject(clause: str) -> Bodies:
    """The bodies that a clause names as its subject; none where it names none."""
    at = OPENER.match(clause)
    start = at.end() if at else 0
    if led := LED.match(clause, start):
        return Bodies.of([("lead", names(led["lead"])), ("support", names(led["support"] or ""))])
    own = Bodies(tuple(names(doers_at(clause, start))))
    if not own and (asked := ASKED.search(clause)):
        return Bodies(tuple(names(asked["bodies"])))
    return own or (next(later(clause), Bodies()) if PREPOSITION.match(clause) else own)


def later(clause: str) -> Iterator[Bodies]:
    """The subjects that stand behind a comma and are told to act, in order."""
    for m in LATER.finditer(clause):
        if not NO_SUBJECT.match(clause, m.start("bodies")):
            yield Bodies(tuple(names(m["bodies"])))


def nearest(words: str) -> Bodies:
    """The last of the later subjects in the words before a date."""
    return next(iter(deque(later(words), maxlen=1)), Bodies())


def acting(clause: str) -> Bodies:
    """The subject of a clause and whom it names beside it: …，由本级机构负责审核."""
    found = subject(clause)
    if not found:
        return found
    return Bodies.union((found, *(Bodies(tuple(names(m["bodies"]))) for m in ALSO.finditer(clause))))


def doers_at(clause: str, start: int) -> str:
    """The list of bodies that stands at an offset as a subject, "" where none does."""
    if clause.startswith(("各", "每"), start) or not NO_SUBJECT.match(clause, start):
        m = SUBJECT.match(clause, start)
        if m and not m["bodies"].endswith("建成区"):
            return TWICE.sub(r"\1", m["bodies"])
    m = PLACES.match(clause, start) or PLACE.match(clause, start)
    return m["bodies"] if m else ""
