"""Tense and role: the same words are past in one sentence and due in another; each row is a sentence of an office.

A row: the day of the document, the sentence with the words in question between 【 and 】, their role, and the last day
of the commitment that hangs on them, or - where none does.
"""

import re
from datetime import date

import pytest
from test_commitments import read

CASES = {
    "past, not future": r"""
        2018-08-31 | 一、进展\n【7月底】完成了普查登记。 | past | -
        2018-08-31 | 1.任务。将于【9月底】完成普查登记。 | deadline | 2018-09-30
        2018-08-31 | 截至【7月份】，已有十四个街道建立调解室。 | past | -
        2018-08-31 | 1.任务。截至【12月底】，未整改的项目一律停工。 | deadline | 2018-12-31
        2018-08-31 | 截止【2018年6月末】，累计发放贷款八千万元。 | past | -
        2018-08-31 | 1.任务。力争【2018年11月末】累计发放贷款一亿元。 | deadline | 2018-11-30
        2018-08-31 | 【今年5月】，荣获省级文明城区称号。 | past | -
        2018-08-31 | 1.任务。【今年10月】，召开现场推进会。 | deadline | 2018-10-31
        2018-08-31 | 【2018年3月】印发了安置办法。 | past | -
        2018-08-31 | 1.任务。【2018年9月】印发安置办法。 | deadline | 2018-09-30
        2018-08-31 | 【今年以来】，全市新设企业两万家。 | past | -
        2018-08-31 | 项目已于【6月20日】正式通车。 | past | -
        2018-08-31 | 1.任务。项目计划于【10月20日】正式通车。 | deadline | 2018-10-20
        2018-08-31 | 【上半年】，出口同比增长一成。 | past | -
        2018-08-31 | 1.任务。【下半年】，确保出口止跌回升。 | deadline | 2018-12-31
    """,
    "background": r"""
        2018-08-31 | 【2016年以来】，我市先后承担了多项国家试点。 | past | -
        2018-08-31 | 自【2015年】实施河长制以来，水质明显好转。 | past | -
        2019-01-09 | 【2018年11月】，党中央、国务院印发意见，对学前教育作出部署。 | past | -
        2018-08-31 | “十二五”期间，全市公路里程翻番；【2017年】，通车里程居全省第三。 | past | -
        2018-08-31 | 根据【2017年10月】召开的常务会议精神，制定本方案。 | past | -
        2018-08-31 | 依照【2014年3月1日】施行的条例，清理历史遗留问题。 | past | -
        2018-08-31 | 改革开放以来特别是【2012年以来】，社会组织蓬勃发展。 | past | -
        2018-08-31 | 为贯彻【2018年5月】全国大会部署，提出如下意见。 | past | -
    """,
    "standing description": r"""
        2018-08-31 | 1.任务。打造步行【十分钟】便民圈。 | attribute | -
        2018-08-31 | 1.任务。把审批时间压缩到【七个工作日】。 | attribute | -
        2018-08-31 | 1.任务。对建成【二十年】以上的电梯开展评估。 | attribute | -
        2018-08-31 | 1.任务。改造【2000年底前】建成的住宅小区。 | attribute | -
        2018-08-31 | 1.任务。资质证书有效期为【五年】。 | attribute | -
        2018-08-31 | 1.任务。对首次创业者【三年内】免收场地租金。 | attribute | -
        2018-08-31 | 1.任务。企业能耗较【2015年】明显下降。 | attribute | -
        2018-08-31 | 1.任务。对【上年度】考核优秀的单位给予奖励。 | attribute | -
        2018-08-31 | 1.任务。梳理【2016年至2017年】查处的案件。 | attribute | -
        2018-08-31 | 1.任务。企业在【2018年12月31日前】办理备案的，给予一次性补助。 | attribute | -
    """,
    "names": r"""
        2018-08-31 | 1.任务。贯彻《全民健身计划（【2016—2020年】）》。 | name | -
        2018-08-31 | 1.任务。做好“【十三五】”规划中期评估。 | name | 2020-12-31
        2018-08-31 | 1.任务。实施农村人居环境整治【三年】行动计划。 | name | -
        2018-08-31 | 关于印发【2018年】平安建设工作要点的通知 | name | -
        2018-08-31 | 1.任务。执行国家医保目录（【2017年】版）。 | name | -
        2018-08-31 | 三、【2019年】工作思路\n完善制度。 | name | -
        2018-08-31 | 一、【2017年】工作回顾\n成绩显著。 | name | -
        2018-08-31 | 1.任务。对照【2022年】冬奥会标准改造场馆。 | name | -
        2018-08-31 | 水污染防治行动计划（【2018—2020年】） | name | -
    """,
    "normative verbs": r"""
        2018-08-31 | 1.任务。各县应当在【11月10日前】报送名单。 | deadline | 2018-11-10
        2018-08-31 | 1.任务。整改报告不得晚于【10月31日】。 | deadline | 2018-10-31
        2018-08-31 | 1.任务。验收最迟于【明年3月】完成。 | deadline | 2019-03-31
        2018-08-31 | 1.任务。各单位须【9月底前】清零存量。 | deadline | 2018-09-30
        2018-08-31 | 1.任务。确保【2020年】全面消除黑臭水体。 | deadline | 2020-12-31
        2018-08-31 | 1.任务。原则上应于【年底前】完成招标。 | deadline | 2018-12-31
        2018-08-31 | 1.任务。待省里批复后，力争【第四季度】挂牌。 | deadline | 2018-12-31
        2018-08-31 | 1.任务。拟于【2019年上半年】提请审议。 | deadline | 2019-06-30
        2018-08-31 | 一、进展\n已完成选址，计划【2019年6月】投入使用。 | deadline | 2019-06-30
        2018-08-31 | 1.任务。务必在汛期来临前（【2019年4月15日前】）完成加固。 | deadline | 2019-04-15
    """,
    "bare imperatives": r"""
        2018-08-31 | 1.任务。【11月底前】出台实施细则。 | deadline | 2018-11-30
        2018-08-31 | 1.任务。【2018年】新建公厕四百座。 | deadline | 2018-12-31
        2018-08-31 | 1.任务。完成数据归集，【12月15日】上线运行。 | deadline | 2018-12-15
        2018-08-31 | 1.任务。到【2019年】，绿化率达到四成以上。 | deadline | 2019-12-31
        2018-08-31 | 1.任务。【每季度】通报一次进度。 | recurrence | 2018-09-30
        2018-08-31 | 1.任务。【2019年1月起】推行电子票据。 | window | 2019-01-31
        2018-08-31 | 1.任务。【2018年至2019年】开展集中攻坚。 | window | 2019-12-31
        2018-08-31 | 1.任务。编制名录，【10月中旬】公布。 | deadline | 2018-10-20
        2018-08-31 | 1.任务。【三年内】实现村村通公交。 | duration | 2021-08-31
        2018-08-31 | 1.任务。启动立法调研，【2019年】形成草案。 | deadline | 2019-12-31
    """,
    "table columns": r"""
        2018-08-31 | 任务\t牵头单位\t完成时限\n建立台账\t市应急办\t【10月】 | deadline | 2018-10-31
        2018-08-31 | 序号\t工作内容\t责任单位\t时间节点\n1\t修订章程\t市总工会\t【第四季度】 | deadline | 2018-12-31
        2018-08-31 | 事项\t办结时间\t责任部门\n核发证书\t【12月5日】\t市档案局 | deadline | 2018-12-05
        2018-08-31 | 工作任务\t责任单位\t进展情况\t完成时限\n改造管网\t市水务局\t【7月】完成了招标\t年底 | past | -
        2018-08-31 | 重点工作\t责任单位\t时限要求\n公开信息\t市府办\t【每月10日前】 | recurrence | 2018-09-10
        2018-08-31 | 整改措施\t责任单位\t整改时限\n拆除围挡\t各街道\t【2018年9月15日前】 | deadline | 2018-09-15
        2018-08-31 | 任务\t责任单位\t完成时限\n【2019年5月底前】建成驿站\t市总工会\t按计划推进 | deadline | 2019-05-31
        2018-08-31 | 工作任务\t牵头单位\t完成时间\n推广装配式建筑\t市住建委\t【2018—2020年】 | window | 2020-12-31
        2018-08-31 | 工作任务\t牵头单位\t计划完成时间\n完善路网\t市交通委\t【明年一季度】 | deadline | 2019-03-31
    """,
    "months without a year": r"""
        2018-12-20 | 1.任务。【1月底前】完成摸底。 | deadline | 2019-01-31
        2018-12-20 | 1.任务。【12月底前】制定清单。 | deadline | 2018-12-31
        2018-12-20 | 1.任务。于【2月中旬】召开动员会。 | deadline | 2019-02-20
        2018-12-20 | 1.任务。【一季度】开展巡查。 | deadline | 2019-03-31
        2018-12-20 | 1.任务。【6月】组织验收。 | deadline | 2019-06-30
        2019-02-15 | 一、工作回顾\n【11月】，召开了动员大会。 | past | -
        2019-02-15 | 截至【12月底】，共有九成村庄达标。 | past | -
        2019-02-15 | 1.任务。【3月】启动招标。 | deadline | 2019-03-31
        2019-02-15 | 一、2018年工作回顾\n【9月底前】完成了全部清退。 | past | -
        2018-08-31 | 1.任务。【5月10日前】报送名单。 | deadline | 2019-05-10
        2018-06-15 | 1.任务。【5月底前】报送名单。 | deadline | 2018-05-31
        2018-12-20 | 一、2019年工作安排\n1.【4月底前】报送名单。 | deadline | 2019-04-30
    """,
}
ROWS = [
    (kind, *(part.strip() for part in row.split(" | ")))
    for kind, rows in CASES.items()
    for row in rows.strip().splitlines()
]


@pytest.mark.parametrize(
    ("day", "text", "role", "due"), [row[1:] for row in ROWS], ids=[f"{r[0]}: {r[2]}" for r in ROWS]
)
def test_what_a_time_does_in_its_sentence(day: str, text: str, role: str, due: str) -> None:
    before, words, after = text.replace("\\n", "\n").replace("\\t", "\t").replace("】", "【").split("【")
    extraction = read(before + words + after, date.fromisoformat(day), "工作方案")
    (sighting,) = (s for s in extraction.sightings if s.start == len(before))
    assert (sighting.mention.quote, sighting.role) == (words, role)
    days = [str(c.due) for c in extraction.commitments if c.timex == words]
    assert days == ([due] if due != "-" else [])


def test_each_class_has_eight_sentences_that_differ_in_more_than_digits() -> None:
    for kind in CASES:
        texts = {re.sub("[0-9]+", "0", text) for name, _, text, *_ in ROWS if name == kind}
        assert len(texts) == len([row for row in ROWS if row[0] == kind]) >= 8
