"""Bodies by their names: each row of the table by its examples, the place supplied, and whom a register means."""

from datetime import date

import pytest

from tracker.bodies import Register, full_name, is_group, place_of, seek, successors
from tracker.bodies.organs import ORGANS, REFORMS, WHOLES

EXAMPLES = [example for organ in ORGANS + WHOLES for example in organ.examples.items()]
NOW = date(2019, 6, 1)


@pytest.mark.parametrize(("written", "full"), EXAMPLES)
def test_an_organ_is_shown_by_its_examples(written: str, full: str) -> None:
    assert full_name(written) == full
    assert full_name(full) == full


def test_a_short_form_means_one_organ_only() -> None:
    words = [word for organ in ORGANS for word in {organ.full, *organ.short.split()}]
    assert len(words) == len(set(words))


def test_every_reform_is_of_organs_that_have_a_row() -> None:
    known = {organ.full for organ in ORGANS}
    assert {words for reform in REFORMS for words in (reform.former, reform.now)} <= known


PLACED = [
    ("市发改委", "宁波市", "宁波市发展和改革委员会"),
    ("宁波发改委", "宁波市", "宁波市发展和改革委员会"),
    ("发展改革委", "宁波市", "宁波市发展和改革委员会"),
    ("浙江省宁波市财政局", "宁波市", "宁波市财政局"),
    ("鄞州区教育局", "宁波市", "宁波市鄞州区教育局"),
    ("区教育局", "宁波市鄞州区", "宁波市鄞州区教育局"),
    ("市教育局", "宁波市鄞州区", "宁波市教育局"),
    ("余姚市科协", "宁波市", "余姚市科学技术协会"),
    ("省发改委", "宁波市", "省发展和改革委员会"),
    ("区教育局", "宁波市", "区教育局"),
    ("自治区国资委", "广西壮族自治区", "广西壮族自治区国有资产监督管理委员会"),
    ("市轨道交通集团", "宁波市", "宁波市轨道交通集团"),
    ("国家发改委", "宁波市", "国家发展和改革委员会"),
    ("登记指导处", "陕西省", "登记指导处"),
    ("人行合肥中心支行", "合肥市", "人行合肥中心支行"),
    ("各区县（市）人民政府", "宁波市", "各区县（市）人民政府"),
    ("市级有关部门", "宁波市", "市级有关部门"),
]


@pytest.mark.parametrize(("name", "place", "full"), PLACED)
def test_the_place_of_a_document_is_supplied(name: str, place: str, full: str) -> None:
    assert full_name(name, place) == full


ISSUERS = {
    "宁波市人民政府办公厅": "宁波市", "中共宁波市委": "宁波市", "浙江省宁波市鄞州区人民政府": "宁波市鄞州区",
    "克拉玛依市推进政府职能转变协调领导小组办公室": "克拉玛依市", "广西壮族自治区人民政府办公厅": "广西壮族自治区",
    "凉山彝族自治州人民政府": "凉山彝族自治州", "和县人民政府": "和县", "国务院办公厅": "国家", "各区县人民政府": "",
    "": "", "领导小组办公室": "",
}  # fmt: skip


@pytest.mark.parametrize(("issuer", "place"), ISSUERS.items())
def test_an_issuer_speaks_for_a_place(issuer: str, place: str) -> None:
    assert place_of(issuer) == place


@pytest.mark.parametrize("name", ["各区县（市）人民政府", "市级有关部门", "各成员单位", "全市各部门", "物流配送企业"])
def test_a_group_is_no_body(name: str) -> None:
    assert is_group(name)


def test_a_body_is_reorganised_from_its_day_on() -> None:
    former = "宁波市卫生和计划生育委员会"
    assert successors(former, NOW) == ["宁波市卫生健康委员会"]
    assert successors(former, date(2018, 8, 31)) == []
    assert successors("宁波市教育局", NOW) == []
    assert successors("宁波市自然资源和规划局", NOW) == []


def register(**full: str) -> Register:
    """A register of agencies, each with one full name."""
    return Register({name: name for name in full}, set(full), {one: name for name, one in full.items()})


KNOWN = register(市发改委="宁波市发展和改革委员会", 市卫计委="宁波市卫生和计划生育委员会", 市民政局="市民政局")
MEANT = [
    ("市发展改革委", "宁波市", "市发改委", False),
    ("宁波市发展和改革委员会", "", "市发改委", False),
    ("市发改委", "温州市", None, False),
    ("市发改委", "", "市发改委", False),
    ("市民政局", "宁波市", "市民政局", False),
    ("市卫健委", "宁波市", "市卫计委", True),
    ("市卫健局", "宁波市", None, False),
    ("市发改局", "宁波市", None, False),
]


@pytest.mark.parametrize(("name", "place", "agency", "renamed"), MEANT)
def test_a_name_in_a_document_means_the_agency_with_its_full_name(
    name: str, place: str, agency: str | None, renamed: bool
) -> None:
    meant = KNOWN.in_document(name, place, NOW, NOW)
    assert (meant.agency, meant.renamed) == (agency, renamed)


def test_what_people_decided_goes_before_the_table() -> None:
    decided = Register(KNOWN.called | {"市发展改革委": "市民政局"}, KNOWN.own, KNOWN.full)
    assert decided.in_document("市发展改革委", "宁波市", NOW, NOW).agency == "市民政局"


def test_of_two_bodies_that_became_one_neither_is_taken_for_it() -> None:
    both = register(市工商局="宁波市工商行政管理局", 市质监局="宁波市质量技术监督局")
    assert both.in_document("市市场监管局", "宁波市", NOW, NOW).agency is None


def test_a_document_that_names_a_body_and_what_it_became_means_two() -> None:
    known = register(市卫健委="宁波市卫生健康委员会")
    assert known.in_document("市卫计委", "宁波市", date(2018, 8, 31), NOW).agency == "市卫健委"
    assert known.in_document("市卫计委", "宁波市", date(2018, 8, 31), NOW, ["市卫健委"]).agency is None


def test_what_only_may_be_one_body_is_a_doubt() -> None:
    known = register(
        市住建委="宁波市住房和城乡建设委员会",
        市住建局="宁波市住房和城乡建设局",
        市政府="宁波市人民政府",
        市政府办="宁波市人民政府办公室",
        市工商局="宁波市工商行政管理局",
        市场监管局="宁波市市场监督管理局",
    )
    assert list(known.doubts(NOW)) == [("市住建委", "市住建局"), ("市工商局", "市场监管局")]
    assert list(known.doubts(date(2018, 8, 31))) == [("市住建委", "市住建局")]
    assert known.alike("市住建办", "宁波市") == ["市住建委", "市住建局"]


def test_names_are_sought_in_one_pass_the_longest_at_each_place() -> None:
    text = "请市住建委会同市财政局、市财政局预算处办理。"
    assert list(seek(text, ["市住建委", "市财政局", "市财政局预算处"])) == [
        (1, "市住建委"), (7, "市财政局"), (12, "市财政局预算处"),
    ]  # fmt: skip
    assert list(seek(text, [])) == []
