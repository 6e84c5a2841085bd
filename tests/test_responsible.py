"""Who answers for what: label lines, brackets and subjects as offices write them, with the bodies that they name."""

from datetime import date

import pytest
from test_commitments import read

PUBLISHED = date(2018, 8, 31)
NOBODY: tuple[str, ...] = ()

# what follows "1.完成方案，11月底前上报。": the agencies, those that lead, those that support
REMARKS = {
    "\n牵头责任单位：市发改委\n配合责任单位：市财政局、教育局": (
        ("市发改委", "市财政局", "市教育局"), ("市发改委",), ("市财政局", "市教育局")),
    "\n主办：市发改委；协办：市财政局": (("市发改委", "市财政局"), ("市发改委",), ("市财政局",)),
    "\n责任处室：规划处、综合处": (("规划处", "综合处"), NOBODY, NOBODY),
    "（牵头单位：市发改委 配合单位：市财政局）": (("市发改委", "市财政局"), ("市发改委",), ("市财政局",)),
    "【牵头单位：市发改委】【责任单位：市财政局、各区县（市）】": (
        ("市发改委", "市财政局", "各区县（市）"), ("市发改委",), NOBODY),
    "[牵头单位：省政务服务办；责任单位：省直有关部门，各设区市]": (
        ("省政务服务办", "省直有关部门", "各设区市"), ("省政务服务办",), NOBODY),
    "[牵头单位：省林业局等部门按照职能负责；责任单位：各设区市]": (("省林业局", "各设区市"), ("省林业局",), NOBODY),
    "〔责任单位：省教育厅、省财政厅，各相关高校院所〕": (("省教育厅", "省财政厅", "各相关高校院所"), NOBODY, NOBODY),
    "（责任领导：王某某；责任单位：市住建委，责任人：张某）": (("市住建委",), NOBODY, NOBODY),
    "责任单位：市住建委主任张某、市财政局。": (("市住建委", "市财政局"), NOBODY, NOBODY),
    "（责任单位：省民政厅，各市、县〔区〕政府。以下责任单位中均包含各市、县〔区〕政府，不再列出）": (
        ("省民政厅", "各市政府", "各县〔区〕政府"), NOBODY, NOBODY),
    "（市财政局、教育局按职责分工负责）": (("市财政局", "市教育局"), NOBODY, NOBODY),
    "（省人社厅牵头，省财政厅等按职责分工负责）": (("省人社厅", "省财政厅"), ("省人社厅",), NOBODY),
    "（由市发改委牵头、市财政局配合）": (("市发改委", "市财政局"), ("市发改委",), ("市财政局",)),
    "（省财政厅按职责分工负责，各市州人民政府落实）": (("省财政厅", "各市州人民政府"), NOBODY, NOBODY),
    "〔市委营商办牵头，市法院等市直有关部门（单位）和市直园区管委会按职责分工负责。以下均需其负责〕": (
        ("市委营商办", "市法院", "市直有关部门（单位）", "市直园区管委会"), ("市委营商办",), NOBODY),
    "（省国资委会同履行出资人职责机构和其他企业主管部门负责）": (
        ("省国资委", "履行出资人职责机构", "其他企业主管部门"), NOBODY, NOBODY),
    "\n〔市政务服务和资源交易中心、宁波海关，市级有关部门（单位）〕": (
        ("市政务服务和资源交易中心", "宁波海关", "市级有关部门（单位）"), NOBODY, NOBODY),
    "（各区县（市）、市级有关部门、东钱湖旅游度假区管委会）": (
        ("各区县（市）", "市级有关部门", "东钱湖旅游度假区管委会"), NOBODY, NOBODY),
    "（市公安局、人社局等市直（驻市）进驻单位，各县（市、区）人民政府负责）": (
        ("市公安局", "市人社局", "市直（驻市）进驻单位", "各县（市、区）人民政府"), NOBODY, NOBODY),
    "（市、区两级住建部门负责）": (("市住建部门", "区住建部门"), NOBODY, NOBODY),
    "\n责任股室：办公室、执法大队和综合股": (("办公室", "执法大队", "综合股"), NOBODY, NOBODY),
    "（责任处室：政策法规处、银行保险处）": (("政策法规处", "银行保险处"), NOBODY, NOBODY),
    "（责任科室：综合科、法规股）": (("综合科", "法规股"), NOBODY, NOBODY),
    "（责任人：张某）": (NOBODY, NOBODY, NOBODY),
    "（责任单位：各市〔州〕、县〔市、区、特区〕人民政府）": (
        ("各市〔州〕人民政府", "各县〔市、区、特区〕人民政府"), NOBODY, NOBODY),
    "（责任单位：省法院，各市〔州〕、县〔市、区、特区〕人民法院）": (
        ("省法院", "各市〔州〕人民法院", "各县〔市、区、特区〕人民法院"), NOBODY, NOBODY),
    "（责任单位：各市、州及有关县（市）农业局（委））": (
        ("各市农业局（委）", "各州农业局（委）", "有关县（市）农业局（委）"), NOBODY, NOBODY),
    "（责任单位：各区县（市）卫生健康局（委）、市疾控中心）": (
        ("各区县（市）卫生健康局（委）", "市疾控中心"), NOBODY, NOBODY),
    "〔州司法局、州财政局、州市场监管局、州政务服务管理局、州大数据中心等州级有关部门（单位）、各县（市）人民政府〕": (
        ("州司法局", "州财政局", "州市场监管局", "州政务服务管理局", "州大数据中心", "州级有关部门（单位）",
         "各县（市）人民政府"), NOBODY, NOBODY),
    "\n主（協）辦機關：國發會、(行政院及所屬各機關)": (
        ("國發會", "行政院及所屬各機關"), ("國發會",), ("行政院及所屬各機關",)),
}  # fmt: skip


@pytest.mark.parametrize(("remark", "expected"), REMARKS.items())
def test_a_label_or_a_bracket_names_the_bodies_of_its_item(remark: str, expected: tuple[tuple[str, ...], ...]) -> None:
    found = read(f"1.完成方案，11月底前上报。{remark}").commitments
    assert [(c.agencies, c.lead, c.support) for c in found] == [expected]


# a sentence: the agencies of its commitments
SUBJECTS = {
    "各市（州）、县（市、区）要结合实际，于9月底前编制清单。": ("各市（州）", "各县（市、区）"),
    "各级行业主管部门（单位）于9月底前制定工作方案。": ("各级行业主管部门（单位）",),
    "省直有关行业主管部门根据各地实际，于9月底前选择1个县开展试点。": ("省直有关行业主管部门",),
    "各县（市、区）政府、园区管委会按照指引，于9月底前完善公开内容。": ("各县（市、区）政府", "园区管委会"),
    "市级有关部门要加强指导。年内开展一次现场调度。": ("市级有关部门",),
    "请各市市场监管局、省局各相关处室、直属单位于10月15日前报送总结。": (
        "各市市场监管局", "省局各相关处室", "直属单位"),
    "请各市落实专人负责，于9月20日前汇总名单。": ("各市",),
    "各设区市建成区要在12月底前落实通行措施。": ("各设区市",),
    "到2019年底，各市、县出租车电动化率不得低于50%。": ("各市", "各县"),
    "到2019年底，每个县（市、区）至少建成1所机构。": ("每个县（市、区）",),
    "力争2020年底前，各区县（市）建成1个中心。": ("各区县（市）",),
    "市级各专项小组每月5日前报送进展情况。": ("市级各专项小组",),
    "市教育局会同市财政局于12月底前出台补助办法。": ("市教育局", "市财政局"),
    "由市发改委牵头，会同市财政局制定方案，10月底前上报。": ("市发改委",),
    "人行宁波市中心支行牵头，宁波银保监局配合，2019年6月底前完成建设。": ("人行宁波市中心支行", "宁波银保监局"),
    "宁波海关、市商务局：11月底前推广应用。": ("宁波海关", "市商务局"),
    "余姚市、慈溪市要在12月底前完成改造。": ("余姚市", "慈溪市"),
    "中小学校2018年底前全部接入平台。": ("中小学校",),
    "各级政务部门11月底前填报信息，由本级审批和信息（政务和大数据）管理机构负责审核。": (
        "各级政务部门", "本级审批和信息（政务和大数据）管理机构"),
    "各分管县级领导每周调度分管领域重点事项。": ("各分管县级领导",),
    "各县(区)、甲经济技术开发区和市安委会有关成员单位(详见任务分工)要制定方案，于9月15日前报备。": (
        "各县(区)", "甲经济技术开发区", "市安委会有关成员单位"),
    "各部门主要负责人要亲自研究，于9月底前上报方案。": ("各部门",),
    "经市政府同意，现将工作任务分解下达，请各地、各部门“一把手”亲自抓，于9月23日前报送意见。": ("各地", "各部门"),
    "原则同意方案，由市发改委根据意见完善后，于9月底前印发。": ("市发改委",),
    "请甲区政府、乙集团抓紧推进征收，确保9月底前交地。": ("甲区政府", "乙集团"),
    "各镇街每月25日前报送进展。": ("各镇街",),
    "各责任单位要制定方案，明确节点和主要措施，并于每季度末报告进展。": ("各责任单位",),
    "主要负责人每年至少听取1次工作汇报。": (),
    "加强部门协同，年底前建成平台。": (),
    "支持企业上市，2019年新增上市公司5家。": (),
    "督促各地于12月底前完成整改。": (),
    "对纳入清单的单位进行检查，每年不少于2次。": (),
    "鼓励有条件的区县加大支持力度，今年发放贷款30亿元。": (),
}  # fmt: skip


@pytest.mark.parametrize(("text", "agencies"), SUBJECTS.items())
def test_a_sentence_names_those_who_act(text: str, agencies: tuple[str, ...]) -> None:
    assert [c.agencies for c in read(f"1.任务。{text}").commitments] == [agencies]


# sentences: the agency of each
EACH_ITS_OWN = {
    "市财政局9月底前拨付资金。市住建委下周三前拿出方案。": ("市财政局", "市住建委"),
    "市财政局一周内拨付资金。市督查室8月底前督查。": ("市财政局", "市督查室"),
    "市财政局牵头,9月底前完成.各地请于每月5日前报送进展.": ("市财政局", "各地"),
}


@pytest.mark.parametrize(("text", "agencies"), EACH_ITS_OWN.items())
def test_each_sentence_names_its_own(text: str, agencies: tuple[str, ...]) -> None:
    assert [c.agencies for c in read(f"1.任务。{text}").commitments] == [(agency,) for agency in agencies]


def test_a_phase_is_that_of_all_whom_its_sentences_name() -> None:
    text = "一、步骤\n（一）总结提升（2018年12月）。各参建单位通过此次行动完善制度。市、区两级住建部门对效果进行研判。"
    assert [c.agencies for c in read(text).commitments] == [("各参建单位", "市住建部门", "区住建部门")]


# the heading and the sentences of a phase: the agencies of its commitment
PHASES = {
    "（三）重点检查阶段（2018年9月-2018年12月）\n各县（市）区、各有关部门要进行检查。市领导小组将组织抽查。": (
        "各县（市）区", "各有关部门", "市领导小组"),
    "（四）总结阶段（2018年12月）\n市级有关部门要认真总结。各街道要报送材料。": ("市级有关部门", "各街道"),
    "（一）动员阶段（2018年9月上旬）\n市教育局制定方案。各县区教育局要组织学习。": ("市教育局", "各县区教育局"),
    "（二）自查阶段（2018年10月）\n建立台账，逐项整改。": (),
}  # fmt: skip


@pytest.mark.parametrize(("text", "agencies"), PHASES.items())
def test_a_phase_with_a_heading_of_its_own_is_that_of_all_whom_its_sentences_name(
    text: str, agencies: tuple[str, ...]
) -> None:
    assert [c.agencies for c in read(f"一、步骤\n{text}").commitments] == [agencies]


# a sentence before （市大数据局、市级有关部门、各县（市）人民政府负责）: the agencies of its commitments
AMONG_OTHERS = {
    "各县（市）年底前开通移动端。": ("各县（市）人民政府",),
    "各县（市）人民政府要在11月底前公开清单。": ("各县（市）人民政府",),
    "各县（市）、各部门要在11月底前公开清单。": ("市大数据局", "市级有关部门", "各县（市）人民政府"),
    "已作出承诺的单位要在11月底前编制清单。": ("市大数据局", "市级有关部门", "各县（市）人民政府"),
    "11月底前，未作出承诺的各级行政机关要编制清单。": ("市大数据局", "市级有关部门", "各县（市）人民政府"),
}


@pytest.mark.parametrize(("text", "agencies"), AMONG_OTHERS.items())
def test_of_the_bodies_of_an_item_those_answer_whom_a_sentence_names(text: str, agencies: tuple[str, ...]) -> None:
    found = read(f"1.任务。{text}（市大数据局、市级有关部门、各县（市）人民政府负责）").commitments
    assert [c.agencies for c in found] == [agencies]


def test_of_several_brackets_each_closes_its_own_passage() -> None:
    text = "1.编制规范，9月底前完成。（市政府办公厅负责）建立机制，12月底前上线。（市大数据局负责）"
    assert [c.agencies for c in read(text).commitments] == [("市政府办公厅",), ("市大数据局",)]


def test_the_bracket_of_a_heading_holds_for_the_items_below_that_name_nobody() -> None:
    text = "（一）市场准入。（市市场监管局牵头）\n1.11月底前实现联办。\n2.年底前推广证照。（市大数据局负责）"
    assert [c.agencies for c in read(text).commitments] == [("市市场监管局",), ("市大数据局",)]


def test_bodies_that_a_document_names_once_at_its_head_answer_for_all_of_it() -> None:
    text = "# 行动方案\n## 说明\n- 主办单位：市大数据局\n## 指标\n### 新订要点\n2019/01~2019/12\n### 建立机制\n2020年"
    assert [c.agencies for c in read(text).commitments] == [("市大数据局",), ("市大数据局",)]


def test_the_label_lines_of_one_task_go_on_below_those_who_answer_for_it() -> None:
    text = "整改任务：\n治理垃圾。\n责任单位：甲镇、各村\n整改目标：\n2018年11月底前，全部清运。\n整改时限：长期坚持"
    assert [c.agencies for c in read(text).commitments] == [("甲镇", "各村")]


# a notice: the agencies of its commitments
ADDRESSED = {
    "各县(区)人民政府,市政府各部门:\n现将方案印发。请于9月15日前报送名单。": [("各县(区)人民政府", "市政府各部门")],
    "关于报送材料的通知\n各处室、各直属单位：\n为做好总结，现通知如下：\n一、9月5日前，将材料报市应急办备案。": [
        ("各处室", "各直属单位")],
    "各区、镇、办事处,市政府各部门:\n各地要加强领导。请于9月10日前报送方案。": [("各地",)],
    "各县区教育局：\n市教育局将组织抽查。请于9月10日前报送名单。": [("各县区教育局",)],
    "各县区教育局：\n请报送名单。\n甲市教育局\n2018年8月30日\n任务清单\n11月底前建成平台。": [()],
    "各镇人民政府、甲街道办事处,县政府各工作部门:\n2018年主要预期目标是:生产总值增长8%;税收增长7%。": [(), ()],
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ADDRESSED.items())
def test_a_notice_asks_those_whom_it_addresses_until_its_signature(text: str, expected: list[tuple[str, ...]]) -> None:
    assert [c.agencies for c in read(text).commitments] == expected


def test_what_is_said_to_everybody_below_the_last_bracket_is_not_that_of_its_bodies() -> None:
    text = "1.建成平台。（市大数据局牵头；11月底前完成）\n各地各部门要提高认识。各地各部门要在每月底前报送进展。"
    assert [c.agencies for c in read(text).commitments] == [("市大数据局",), ("各地", "各部门")]
