"""Healing and outlining: broken newspaper text becomes sentences, and every character knows where it stood."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.documents import Document, Item, heal, outline

SEED = Path(__file__).parents[1] / "seeds" / "ningbo-reform-pilots-2018" / "document.txt"
DOCUMENTS = sorted((Path(__file__).parent / "data" / "documents" / "docs").glob("*.txt"))

HEALED = [
    ("a line broken in a word", "国家综合运输服务示\n范城市创建", "国家综合运输服务示范城市创建"),
    ("an empty line in a word", "综合客运枢纽\n\n建设", "综合客运枢纽建设"),
    ("blanks between Han and digits", "2018 年 12 月 底\n前，完成 3 个", "2018年12月底前，完成3个"),
    ("a blank between every character", "由 教 育 部 门 牵 头", "由教育部门牵头"),
    ("ideographic blanks", "　　一、目标　任务", "一、目标任务"),
    ("Latin words keep one blank", "与 Smart  City 系统对接", "与Smart City系统对接"),
    ("a Latin word broken by a line", "建设 Smart\nCity 平台", "建设Smart City平台"),
    ("a number broken by a line", "注册用户 20\n18 万人", "注册用户2018万人"),
    ("full-width digits stay readable", "２０１８年１２月", "２０１８年１２月"),
    ("carriage returns", "完成\r\n任务", "完成任务"),
    ("any kind of blank", "11\u202f月\u2060底\u00a0前", "11月底前"),
    ("a byte order mark and zero-width blanks", "\ufeff完成\u200b任务", "完成任务"),
]


@pytest.mark.parametrize(("raw", "healed"), [c[1:] for c in HEALED], ids=[c[0] for c in HEALED])
def test_a_broken_text_is_healed(raw: str, healed: str) -> None:
    assert heal(raw).text == healed


JOINED = [
    ("a numbered item begins a line", "完成。\n2.推进试点", "完成。\n2.推进试点"),
    (
        "a label begins a line",
        "完成。\n牵头单位：市住建委\n目标任务：试点。",
        "完成。\n牵头单位：市住建委\n目标任务：试点。",
    ),
    ("a list number that ends its line", "能力。\n（五）\n建立机制。", "能力。\n（五）建立机制。"),
    (
        "a label whose names begin the next line",
        "责任单位：\n各区人民政府，市国资委。\n2.完成。",
        "责任单位：各区人民政府，市国资委。\n2.完成。",
    ),
    ("a quote across lines is no list number", "落实“三统\n一、三统筹”动作。", "落实“三统一、三统筹”动作。"),
    (
        "a bracket across lines",
        "（市住建委负责，完成时限：\n2018年底前）。",
        "（市住建委负责，完成时限：2018年底前）。",
    ),
    ("a date line alone is a signature", "完成。\n宁波市\n2018年12月20日", "完成。\n宁波市\n2018年12月20日"),
    ("short lines were ended, not broken", "通知\n各单位：\n请报送。", "通知\n各单位：\n请报送。"),
    ("a list without full stops", "1.完成方案\n牵头单位：市局\n2.开展试点", "1.完成方案\n牵头单位：市局\n2.开展试点"),
    ("every kind of line end", "1.完成\r2.推进\u20283.做好。", "1.完成\n2.推进\n3.做好。"),
    ("a table keeps its cells", "1\t完成方案\t市局\n2 | 开展 | 市教育局", "1\t完成方案\t市局\n2\t开展\t市教育局"),
    ("an empty cell is one", "1\t\t市局\n2 | | 市局\n|3|完成|市局|", "1\t\t市局\n2\t\t市局\n3\t完成\t市局"),
    (
        "a table with a cell a line",
        "附表\n序号\n任务\n完成时限\n1\n建库\n年底\n2\n建档\n明年\n说明",
        "附表\n序号\t任务\t完成时限\n1\t建库\t年底\n2\t建档\t明年\n说明",
    ),
    ("paragraphs run together are parted by their indent", "完成。　　（二）推进。", "完成。\n（二）推进。"),
]


@pytest.mark.parametrize(("raw", "healed"), [c[1:] for c in JOINED], ids=[c[0] for c in JOINED])
def test_a_line_is_joined_to_the_next_only_where_it_goes_on(raw: str, healed: str) -> None:
    assert heal(raw).text == healed


@pytest.mark.parametrize("path", [SEED, *DOCUMENTS], ids=lambda path: path.parent.name + "/" + path.name)
def test_every_healed_character_knows_where_it_stood(path: Path) -> None:
    raw = path.read_text(encoding="utf-8")
    healed = heal(raw)
    assert all(raw[healed.raw(i)] == c for i, c in enumerate(healed.text) if c not in "\n\t ")
    offsets = [healed.raw(i) for i in range(len(healed.text))]
    assert offsets == sorted(offsets)


@given(st.text(alphabet="一二。，：；（）“”1.2 年\n\r\t　Az\u200b", max_size=80))
def test_healing_loses_nothing_but_blanks(raw: str) -> None:
    healed = heal(raw)
    kept = [c for c in healed.text if c not in " \n\t"]
    assert kept == [c for c in raw if c not in " \n\r\t　\u200b"]
    assert all(raw[healed.raw(i)] == c for i, c in enumerate(healed.text) if c not in "\n\t ")


def test_healing_is_done_once() -> None:
    once = heal(SEED.read_text(encoding="utf-8")).text
    assert heal(once).text == once


def seed() -> Document:
    return outline(heal(SEED.read_text(encoding="utf-8")).text)


def test_the_seed_has_its_22_pilots_with_their_titles() -> None:
    items = [item for item in seed().items if item.number]
    assert [item.number for item in items] == [str(n) for n in range(91, 113)]
    assert items[0].title == "国家综合运输服务示范城市创建"
    assert items[19].title == "浙江省“红十字强基工程”试点"


def test_a_pilot_has_its_three_sections() -> None:
    pilot = next(item for item in seed().items if item.number == "97")
    assert [section.name for section in pilot.sections if section.clauses] == ["objective", "progress", "arrangement"]


def test_sub_items_that_begin_in_mid_line_are_clauses_of_their_own() -> None:
    document = seed()
    pilot = next(item for item in document.items if item.number == "97")
    arrangement = pilot.sections[-1]
    assert [document.text[c.start : c.stop][:6] for c in arrangement.clauses] == [
        "按照住建部要", "探索物业专项", "制订出台老旧", "制订出台《宁", "探索制订出台",
    ]  # fmt: skip


CLAUSES = [
    ("a sentence ends at 。", "完成方案。开展试点。", ["完成方案", "开展试点"]),
    ("a clause ends at ；", "建成3个；建成15个。", ["建成3个", "建成15个"]),
    ("a mark inside quotes does not count", "落实“先诊疗；后付费”服务。", ["落实“先诊疗；后付费”服务"]),
    ("a list number is no part of its clause", "：1. 完成方案。2.开展试点", ["完成方案", "开展试点"]),
    ("a decimal is no list number", "达到416.8公里，完成91.7%。", ["达到416.8公里，完成91.7%"]),
    ("a bracket that is never closed ends with its sentence", "（完成方案。开展试点。", ["（完成方案", "开展试点"]),
]


@pytest.mark.parametrize(("text", "pieces"), [c[1:] for c in CLAUSES], ids=[c[0] for c in CLAUSES])
def test_a_text_is_cut_into_clauses(text: str, pieces: list[str]) -> None:
    document = outline(text)
    found = [document.text[c.start : c.stop] for item in document.items for s in item.sections for c in s.clauses]
    assert found == pieces


def test_headings_nest_by_their_rank() -> None:
    text = "一、目标\n（一）任务\n1.完成方案。\n2.开展试点。\n（二）保障\n3.加强组织。\n二、附则\n4.解释。"
    found = {item.number: item.headings for item in outline(text).items if item.number}
    assert found["1"] == found["2"] == ("目标", "任务")
    assert found["3"] == ("目标", "保障")
    assert found["4"] == ("附则",)


def test_labels_and_brackets_that_speak_of_the_whole_item_are_remarks() -> None:
    text = "1.完成方案。加强宣传。（市住建委负责，8月底前完成）\n2.开展试点。\n牵头单位：市教育局\n完成时限：9月底前"
    document = outline(text)

    def remarks(item: Item) -> list[str]:
        return [document.text[r.start : r.stop] for r in item.remarks]

    first, second = (item for item in document.items if item.number)
    assert remarks(first) == ["（市住建委负责，8月底前完成）"]
    assert remarks(second) == ["牵头单位：市教育局", "完成时限：9月底前"]


@given(st.text(alphabet="一二1.、。；：（）“”\n\t】牵头单位目标完成年底", max_size=80))
def test_every_clause_stands_inside_its_item_and_no_two_overlap(raw: str) -> None:
    document = outline(heal(raw).text)
    stop = 0
    for item in document.items:
        for section in item.sections:
            for clause in section.clauses:
                assert item.start <= clause.start < clause.stop <= item.stop
                assert clause.start >= stop
                stop = clause.stop
