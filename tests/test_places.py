"""Places: known again by their words in another version of a text, and no other place is taken for them."""

import pytest

from tracker.documents import heal, identities, line_of, outline, sentence

TEXT = "一、工程\n1.汛期前完成除险加固；6月底前清淤。\n2.汛期前完成养护。\n"


def known(text: str, words: str) -> list[tuple[str, str, str, str, int]]:
    """The identities of every place where `words` stand."""
    starts = [at for at in range(len(text)) if text.startswith(words, at)]
    return list(identities(text, [(at, at + len(words)) for at in starts]).values())


SAME = {
    "items renumbered": TEXT.replace("2.", "7.").replace("1.", "6.").replace("一、", "三、"),
    "items in another order": "一、工程\n1.汛期前完成养护。\n2.汛期前完成除险加固；6月底前清淤。\n",
    "clauses in another order": "一、工程\n1.6月底前清淤；汛期前完成除险加固。\n2.汛期前完成养护。\n",
    "sentences added around": "一、工程\n1.要求如下。汛期前完成除险加固；6月底前清淤。\n2.汛期前完成养护。另行通报。\n",
    "blanks and line ends elsewhere": TEXT.replace("除险", " 除 险 ").replace("\n", "\n\n"),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_a_place_is_known_again_with(text: str) -> None:
    assert set(known(text, "汛期前")) == set(known(TEXT, "汛期前"))


OTHER = {
    "its sentence changed": TEXT.replace("除险加固", "除险加固和验收"),
    "another title above it": TEXT.replace("工程", "环保"),
    "other words": TEXT.replace("汛期前完成除险", "入汛前完成除险"),
}


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_a_place_is_another_one_with(text: str) -> None:
    assert known(TEXT, "汛期前")[0] not in known(text, "汛期前") + known(text, "入汛前")


def test_equal_places_are_told_apart_by_their_order() -> None:
    same = known("汛期前完成。\n" * 3, "汛期前")
    assert [one[4] for one in same] == [0, 1, 2]
    assert len({one[:4] for one in same}) == 1


def test_label_lines_are_told_apart_by_the_task_that_they_belong_to() -> None:
    labels = known("1.修桥。\n完成时限：汛期前\n2.修路。\n完成时限：汛期前\n", "汛期前")
    assert [one[0] for one in labels] == ["修桥", "修路"]


@pytest.mark.parametrize("text", ["", "甲 乙\n丙", "2018 年 12 月\n底前，完成。\n\n第二段。", "a\tb\tc\n1\t2\t3"])
def test_a_healed_offset_leads_back_to_where_it_came_from(text: str) -> None:
    healed = heal(text)
    assert [healed.healed(healed.raw(at)) for at in range(len(healed.text))] == list(range(len(healed.text)))
    assert all(0 <= healed.healed(at) <= len(healed.text) for at in range(len(text)))


def test_a_sentence_ends_at_its_full_stops_and_a_line_is_counted_from_one() -> None:
    text = "前一句。今年底前完成甲；乙也完成。后一句。"
    begin, end = sentence(text, text.index("今"), text.index("完"))
    assert text[begin:end] == "今年底前完成甲；乙也完成"
    assert [line_of("a\nb\nc", at) for at in (0, 1, 2, 4)] == [1, 1, 2, 3]


def test_every_offset_stands_in_the_item_that_holds_it() -> None:
    document = outline(heal(TEXT).text)
    assert [document.item_at(at).start <= at < document.item_at(at).stop for at in (0, 8, len(document.text) - 1)] == [
        True, True, True,
    ]  # fmt: skip
