"""Agencies of several documents: names that mean one body, bodies that were reorganised, groups and their members."""

import json
import shutil
from pathlib import Path

import pytest
from alembic import command
from cli_program import Program

from tracker import store
from tracker.store import migration

DAY = ("--as-of", "2019-06-03")
TASK = "1.{}\n责任单位：{}\n完成时限：2019年12月底前\n"


CITY = "宁波市人民政府"


@pytest.fixture
def office(empty: Program, migrated: Path) -> Program:
    """The command line with a database in which nothing is."""
    shutil.copy(migrated, empty.database)
    return empty


def ingest(program: Program, name: str, agencies: str, issuer: str = CITY, published: str = "2018-08-20") -> str:
    """Reads a document with one task for these agencies; what it said."""
    path = program.file(f"{name}.txt", TASK.format(f"完成{name}方案", agencies))
    answer = program("ingest", path, "--issuer", issuer, "--published", published, "--as-of", published)
    assert answer.code in (0, 1), answer
    return answer.out


def listed(program: Program, *arguments: str) -> list[list[str]]:
    """The agencies of each milestone."""
    return [row["agencies"] for row in program.ok("list", *DAY, *arguments, "--format", "jsonl").rows]


def agencies(program: Program) -> dict[str, list[str]]:
    """Each agency with its aliases."""
    return {row["name"]: row["aliases"] for row in program.ok("agencies", "list", "--format", "jsonl").rows}


ONE_BODY = [
    ("市发改委", "市发展改革委"),
    ("市发改委", "宁波市发展和改革委员会"),
    ("发展改革委", "宁波市发改委"),
    ("市住房和城乡建设局", "市住建局"),
    ("市政府办公厅", "宁波市人民政府办公厅"),
]


@pytest.mark.parametrize(("first", "second"), ONE_BODY)
def test_two_names_of_one_body_are_one_agency_under_the_first(office: Program, first: str, second: str) -> None:
    ingest(office, "甲", first)
    ingest(office, "乙", second)
    assert listed(office) == [[first], [first]]
    assert listed(office, "--agency", second) == [[first], [first]]
    assert office.ok("agencies", "set", second, "--email", "a@nb.cn").out.startswith(first)
    assert list(agencies(office)) == [first]


TWO_BODIES = [
    ("市住建委", CITY, "市住建局", CITY),
    ("市教育局", CITY, "市教育局", "温州市人民政府"),
    ("市教育局", CITY, "区教育局", "宁波市鄞州区人民政府"),
]


@pytest.mark.parametrize(("first", "of", "second", "of_another"), TWO_BODIES)
def test_what_is_not_surely_one_body_stays_two(
    office: Program, first: str, of: str, second: str, of_another: str
) -> None:
    ingest(office, "甲", first, of)
    ingest(office, "乙", second, of_another)
    assert len(agencies(office)) == 2


def test_the_doctor_names_agencies_that_may_be_one(office: Program) -> None:
    ingest(office, "甲", "市住建委")
    ingest(office, "乙", "市住建局")
    assert "tracker agencies alias" in office("doctor", *DAY).said
    office.ok("agencies", "alias", "市住建委", "市住建局")
    assert listed(office) == [["市住建局"], ["市住建局"]]
    assert "may be" not in office("doctor", *DAY).said


def test_an_unknown_name_is_answered_with_the_agency_that_may_be_meant(office: Program) -> None:
    ingest(office, "甲", "市住房和城乡建设委员会")
    assert "did you mean 市住房和城乡建设委员会" in office("list", "--agency", "市住建局").err


def test_an_address_given_before_any_document_is_that_of_the_body_that_it_names(office: Program) -> None:
    office.ok("agencies", "set", "市发改委", "--email", "fgw@nb.cn")
    ingest(office, "甲", "市发展改革委")
    assert listed(office) == [["市发改委"]]


def test_a_reorganised_body_keeps_address_and_history_under_its_new_name(office: Program) -> None:
    ingest(office, "甲", "市卫计委")
    office.ok("agencies", "set", "市卫计委", "--email", "wj@nb.cn")
    ingest(office, "乙", "市卫健委", published="2019-05-20")
    assert listed(office) == [["市卫健委"], ["市卫健委"]]
    assert agencies(office) == {"市卫健委": ["市卫计委"]}
    assert office.ok("list", "--as-of", "2018-09-01", "--format", "jsonl").rows[0]["agencies"] == ["市卫健委"]
    ingest(office, "丙", "市卫生计生委", published="2019-06-01")
    assert listed(office)[-1] == ["市卫健委"]
    ingest(office, "丁", "市卫计委", "温州市人民政府")
    assert "温州市卫生和计划生育委员会" in agencies(office)


def test_the_issues_of_a_reorganised_body_are_numbered_on(office: Program) -> None:
    ingest(office, "甲", "市卫计委")
    office("scan", "--as-of", "2019-11-04")
    ingest(office, "乙", "市卫健委", published="2019-11-20")
    office("scan", "--as-of", "2019-12-02")
    sent = office("outbox", "list", "--format", "jsonl").rows
    assert [row["number"] for row in sent if row["agency"] == "市卫健委"] == [1, 2]


RENAMED = {
    # the first document's agency, the second one's and whose it is, how the first is called from then on
    "reorganised": ("市卫计委", "市卫健委", CITY, "市卫健委"),
    "called by its full name": ("市民政局", "市民政局", "温州市人民政府", "宁波市民政局"),
}


@pytest.mark.parametrize(("first", "second", "of", "now"), RENAMED.values(), ids=RENAMED.keys())
def test_what_a_body_acknowledged_holds_under_its_new_name(
    office: Program, first: str, second: str, of: str, now: str
) -> None:
    ingest(office, "甲", first)
    office.ok("ack", "1", "--until", "2019-11-20", "--agency", first, "--as-of", "2019-05-01")
    ingest(office, "乙", second, of, published="2019-05-20")
    office("scan", "--as-of", "2019-11-01")
    rows = office.ok("why", "1", "--reminders", "--as-of", "2019-11-01", "--format", "jsonl").rows
    assert {row["agency"] for row in rows} == {now}
    assert [(row["state"], row["reason"]) for row in rows if row["day"] == "2019-11-01"] == [
        ("withheld", "acknowledged")
    ]


@pytest.mark.parametrize(("first", "second", "of", "now"), RENAMED.values(), ids=RENAMED.keys())
def test_what_a_body_claimed_holds_under_its_new_name(
    office: Program, first: str, second: str, of: str, now: str
) -> None:
    ingest(office, "甲", first)
    office.ok("claim", "1", "--as-of", "2019-05-01")
    ingest(office, "乙", second, of, published="2019-05-20")
    (row,) = office.ok("list", "--status", "claimed", "--format", "jsonl").rows
    assert [claim["agency"] for claim in row["claims"]] == [now]
    office.ok("audit", "verify")
    office.ok("verify", "1", "--as-of", "2019-06-01")
    office.ok("audit", "verify")


def test_a_document_without_an_issuer_speaks_for_the_place_of_all_others(office: Program) -> None:
    ingest(office, "甲", "市发改委")
    ingest(office, "乙", "市发展改革委", issuer="督查组")
    assert listed(office) == [["市发改委"], ["市发改委"]]
    ingest(office, "丙", "市民政局", issuer="温州市人民政府")
    ingest(office, "丁", "市发展和改革委员会", issuer="督查组")
    assert "市发展和改革委员会 may be 宁波市发展和改革委员会" in office("doctor", *DAY).said


WENZHOU = "温州市人民政府"
BATCHES = [
    ([("市发改委", CITY), ("市发展改革委", CITY), ("市发展改革委", WENZHOU)],
     ["宁波市发展和改革委员会", "宁波市发展和改革委员会", "温州市发展和改革委员会"]),
    ([("市卫计委", CITY), ("市卫健委", CITY), ("市卫生计生委", CITY), ("市卫计委", WENZHOU)],
     ["市卫健委", "市卫健委", "市卫健委", "温州市卫生和计划生育委员会"]),
    ([("市民政局", CITY), ("市民政局", WENZHOU), ("市民政局", "督查组"), ("市民政局", CITY)],
     ["宁波市民政局", "温州市民政局", "市民政局", "宁波市民政局"]),
    ([("市卫健委", WENZHOU), ("市卫计委", CITY), ("市卫健委", CITY)],
     ["温州市卫生健康委员会", "宁波市卫生健康委员会", "宁波市卫生健康委员会"]),
    ([("市財政局", CITY), ("市财政局", CITY)], ["市財政局", "市財政局"]),
]  # fmt: skip


@pytest.mark.parametrize("batch", [True, False], ids=["at one call", "one by one"])
@pytest.mark.parametrize(("documents", "expected"), BATCHES)
def test_documents_that_are_read_together_know_the_agencies_of_each_other(
    office: Program, documents: list[tuple[str, str]], expected: list[str], batch: bool
) -> None:
    paths = []
    for number, (name, issuer) in enumerate(documents, 1):
        paths.append(office.file(f"{number}.txt", TASK.format(f"完成第{number}号方案", name)))
        office.file(f"{number}.toml", f'issuer = "{issuer}"\npublished = "2019-05-20"\n')
    for call in [paths] if batch else [[path] for path in paths]:
        office("ingest", *call, *DAY)
    assert listed(office) == [[name] for name in expected]


def test_whose_body_a_document_without_an_issuer_means_is_asked_where_several_places_are_known(office: Program) -> None:
    for name, issuer in (("甲", CITY), ("乙", WENZHOU), ("丙", "督查组")):
        ingest(office, name, "市发改委", issuer)
    said = office("doctor", *DAY).said
    assert "市发改委 may be 宁波市发展和改革委员会" in said
    assert "市发改委 may be 温州市发展和改革委员会" in said
    office.ok("agencies", "alias", "市发改委", "宁波市发展和改革委员会")
    assert "may be" not in office("doctor", *DAY).said
    ingest(office, "丁", "市发展改革委", "督查组")
    ingest(office, "戊", "市发改委", WENZHOU)
    names = ["宁波市发展和改革委员会", "温州市发展和改革委员会"]
    assert listed(office) == [[names[0]], [names[1]], [names[0]], [names[0]], [names[1]]]


def test_a_body_without_a_place_takes_the_name_from_none_of_those_that_have_one(office: Program) -> None:
    for name, body, issuer in (("甲", "市财政局", CITY), ("乙", "市林业局", WENZHOU), ("丙", "市财政局", "督查组")):
        ingest(office, name, body, issuer)
    assert listed(office) == [["宁波市财政局"], ["市林业局"], ["市财政局"]]


def test_bodies_of_two_cities_are_not_made_one_by_a_short_name(office: Program) -> None:
    ingest(office, "甲", "市发改委")
    ingest(office, "乙", "杭州市发改委", "杭州市人民政府")
    answer = office("agencies", "alias", "市发改委", "杭州市发改委")
    assert (answer.code, "市发改委 is of 宁波市, 杭州市发改委 of 杭州市: two bodies" in answer.err) == (2, True)
    assert len(agencies(office)) == 2
    office.ok("agencies", "alias", "杭州市发改委", "市发改委")  # said in full, a person may know better


def test_before_the_reform_both_names_are_two_bodies(office: Program) -> None:
    ingest(office, "甲", "市工商局、市市场监管局")
    assert listed(office) == [["市工商局", "市市场监管局"]]


def test_what_the_document_wrote_stays_with_the_milestone(office: Program) -> None:
    ingest(office, "甲", "市发改委")
    ingest(office, "乙", "市发展改革委（牵头）、市财政局")
    shown = office.ok("show", "2", *DAY).out
    assert "市发改委（牵头）、市财政局" in shown
    assert "市发展改革委" in shown


def test_reading_a_document_again_changes_nothing_about_its_agencies(office: Program) -> None:
    ingest(office, "甲", "市发改委")
    ingest(office, "乙", "市发展改革委")
    assert "nothing changed" in ingest(office, "乙", "市发展改革委")
    ingest(office, "乙", "市发展改革委（牵头）、市财政局")
    (row,) = (row for row in office.ok("list", *DAY, "--document", "乙", "--format", "jsonl").rows)
    assert (row["agencies"], row["lead"]) == (["市发改委", "市财政局"], ["市发改委"])


def test_a_group_is_told_to_each_member(office: Program) -> None:
    ingest(office, "甲", "各区县（市）人民政府")
    office.ok("agencies", "members", "各区县（市）人民政府", "海曙区人民政府", "余姚市人民政府")
    assert listed(office) == listed(office, "--agency", "余姚市政府") == [["各区县（市）人民政府"]]
    assert "完成甲方案" in office.ok("digest", "--agency", "余姚市人民政府", "--as-of", "2019-12-02").out
    office.ok("scan", "--as-of", "2019-12-02")
    told = {json.loads(line)["agency"] for line in office.ok("outbox", "list", "--format", "jsonl").out.splitlines()}
    assert {"余姚市人民政府", "海曙区人民政府"} <= told
    assert "各区县（市）人民政府" not in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("各单位", "各单位"), "a member of itself"),
        (("各单位", "各区县"), "各区县 has members itself"),
        (("各单位", " "), "no name of an agency"),
    ],
)
def test_members_that_cannot_be_are_refused(office: Program, arguments: tuple[str, str], told: str) -> None:
    office.ok("agencies", "members", "各区县", "海曙区")
    answer = office("agencies", "members", *arguments)
    assert answer.code == 2
    assert told in answer.err


def test_the_doctor_finds_the_agency_that_a_sentence_names(office: Program) -> None:
    ingest(office, "甲", "市财政局")
    path = office.file("丙.txt", "1.任务。2019年12月底前经费由市财政局全部拨付到位。\n")
    office("ingest", path, "--issuer", CITY, "--published", "2018-08-20", "--as-of", "2018-08-20")
    assert "its words have 市财政局" in office("doctor", *DAY).said


def test_agencies_of_an_older_database_are_known_again(office: Program) -> None:
    ingest(office, "甲", "市发改委")
    engine = store.connect(f"sqlite:///{office.database}")
    with engine.begin() as db:
        command.downgrade(migration.config(db), "0001")
    engine.dispose()
    office.ok("db", "upgrade")
    ingest(office, "乙", "市发展改革委")
    assert listed(office) == [["市发改委"], ["市发改委"]]


def test_a_member_and_a_group_that_turn_out_to_be_others_stay_what_they_are(office: Program) -> None:
    office.ok("agencies", "members", "各区县", "余姚市政府", "海曙区政府")
    office.ok("agencies", "members", "各县区", "慈溪市政府")
    office.ok("agencies", "set", "余姚政府办", "--email", "yy@nb.cn")
    office.ok("agencies", "alias", "余姚市政府", "余姚政府办")
    office.ok("agencies", "alias", "各县区", "各区县")
    members = {row["name"]: row["members"] for row in office.ok("agencies", "list", "--format", "jsonl").rows}
    assert sorted(members["各区县"]) == sorted(["余姚政府办", "海曙区政府", "慈溪市政府"])
    assert "各县区" not in members
