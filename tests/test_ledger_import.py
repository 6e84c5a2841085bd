"""A ledger goes out, people write in it, it comes back: every change arrives, and nothing else does."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_program import DAY, Program
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import store
from tracker.config import load
from tracker.jobs import ledgers
from tracker.jobs.importing import import_rows
from tracker.jobs.remarking import remark
from tracker.jobs.returned import find_table, read_rows
from tracker.render.ledger import workbook
from tracker.sources.ledgers import read

TODAY = date(2018, 11, 5)
NOW = datetime(2018, 11, 5, 1, 0, tzinfo=UTC)
FORMS = ["xlsx", "csv", "json"]
Cells = dict[tuple[int, str], Any]  # (id, column): what a person writes there


def exported(program: Program, form: str = "xlsx", *options: str) -> str:
    path = str(program.folder / f"ledger.{form}")
    program.ok("export", form, "-o", path, *(options or DAY))
    return path


def edited(path: str, cells: Cells) -> str:
    """The workbook with these cells written, as openpyxl saves it."""
    book = openpyxl.load_workbook(path)
    sheet = book["台账"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    rows = {row[heads["编号"] - 1].value: row[0].row for row in sheet.iter_rows(min_row=2)}
    for (id, column), value in cells.items():
        sheet.cell(rows[id], heads[column]).value = value
    book.save(path)
    return path


def changed(path: str, change: Callable[[Any], None]) -> str:
    """The workbook with its ledger's sheet changed."""
    book = openpyxl.load_workbook(path)
    change(book["台账"])
    book.save(path)
    return path


def table(path: str) -> dict[int, dict[str, Any]]:
    sheet = openpyxl.load_workbook(path)["台账"]
    heads, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
    return {row[heads.index("编号")]: dict(zip(heads, row, strict=True)) for row in rows}


@pytest.mark.parametrize("form", FORMS)
def test_a_ledger_in_which_nobody_wrote_changes_nothing(program: Program, form: str) -> None:
    program.ok("done", "11", "--on", "2018-11-02", "--note", "=1+1", "--evidence", "-甬建〔2018〕12号", *DAY)
    before = program.ok("export", "json", *DAY).out
    answer = program.ok("import", exported(program, form), *DAY)
    assert answer.out == "0 milestones of 39 changed, 0 conflicts\n"
    assert program.ok("export", "json", *DAY).out == before


def test_every_field_that_people_may_write_in_arrives(program: Program) -> None:
    path = edited(exported(program), {
        (7, "状态"): "已办结", (7, "办结日期"): date(2018, 11, 1), (7, "佐证"): "甬建〔2018〕12号",
        (7, "备注"): "已验收",
        (8, "进展"): "完成60%\n年底完工", (9, "备注"): "请关注", (10, "状态"): "已撤销", (10, "备注"): "项目取消",
        (12, "事项"): "完善审批框架", (13, "时限"): "2019年3月31日", (14, "牵头单位"): "市发改委",
        (14, "配合单位"): "市住建委、市财政局", (15, "佐证"): "见附件",
    })  # fmt: skip
    answer = program.ok("import", path, "--by", "张三", *DAY)
    assert answer.out.endswith("8 milestones of 39 changed, 0 conflicts\n")
    found = table(exported(program))
    assert (found[7]["状态"], found[7]["办结日期"].date(), found[7]["办结情况"]) == (
        "已办结",
        date(2018, 11, 1),
        "按期办结",
    )
    assert (found[7]["备注"], found[7]["佐证"]) == ("已验收", "甬建〔2018〕12号")
    assert (found[8]["进展"], found[9]["备注"], found[15]["佐证"]) == ("完成60%\n年底完工", "请关注", "见附件")
    assert (found[10]["状态"], found[10]["备注"]) == ("已撤销", "项目取消")
    assert (found[12]["事项"], found[13]["时限"].date()) == ("完善审批框架", date(2019, 3, 31))
    assert (found[14]["牵头单位"], found[14]["配合单位"]) == ("市发改委", "市住建委、市财政局")
    assert program.ok("import", path, *DAY).out == "0 milestones of 39 changed, 0 conflicts\n"
    assert "张三" in program.ok("show", "7", *DAY).out


def test_a_dry_run_lists_every_change_and_writes_none(program: Program) -> None:
    path = edited(exported(program), {(7, "状态"): "已办结", (8, "进展"): "过半"})
    before = program.ok("export", "json", *DAY).out
    answer = program.ok("import", path, "--dry-run", "--format", "jsonl", *DAY)
    assert [(r["id"], r["field"], r["before"], r["after"], r["result"]) for r in answer.rows] == [
        (7, "status", "open", "completed", "would change"),
        (7, "closed_on", None, "2018-11-05", "would change"),
        (8, "progress", "", "过半", "would change"),
    ]
    assert program.ok("export", "json", *DAY).out == before


def test_what_was_closed_is_opened_again_or_closed_otherwise(program: Program) -> None:
    program.ok("done", "7-9", "--on", "2018-11-02", *DAY)
    path = edited(exported(program), {
        (7, "状态"): "在办", (8, "办结日期"): "2018/10/31", (9, "状态"): "已撤销", (9, "备注"): "重复",
    })  # fmt: skip
    program.ok("import", path, *DAY)
    rows = {row["id"]: row for row in json.loads(program.ok("export", "json", *DAY).out)}
    assert [rows[id]["status"] for id in (7, 8, 9)] == ["open", "completed", "cancelled"]
    assert [rows[id]["closed_on"] for id in (7, 8, 9)] == [None, "2018-10-31", "2018-11-02"]


def test_what_was_taken_back_arrives_too(program: Program) -> None:
    program.ok("done", "7", "--on", "2018-11-02", "--note", "一", "--evidence", "二", *DAY)
    program.ok("import", edited(exported(program), {(7, "备注"): None, (7, "佐证"): ""}), *DAY)
    row = table(exported(program))[7]
    assert (row["备注"], row["佐证"], row["状态"]) == (None, None, "已办结")


def test_what_somebody_else_changed_meanwhile_is_a_conflict_and_the_rest_is_written(program: Program) -> None:
    path = edited(exported(program), {
        (7, "状态"): "已办结", (8, "时限"): date(2019, 1, 31), (9, "进展"): "过半", (10, "进展"): "开工",
        (11, "状态"): "已办结", (11, "办结日期"): date(2018, 11, 2),
    })  # fmt: skip
    program.ok("cancel", "7", "--reason", "项目取消", "--by", "李四", *DAY)
    program.ok("edit", "8", "--due", "2019-06-30", "--reason", "延期", *DAY)
    program.ok("edit", "9", "--title", "改造", "--reason", "简写", *DAY)
    program.ok("done", "10", *DAY)
    program.ok("done", "11", "--on", "2018-11-02", *DAY)
    answer = program("import", path, *DAY)
    assert answer.code == 1
    assert answer.out == "9 progress: – → 过半\n10 progress: – → 开工\n2 milestones of 39 changed, 2 conflicts\n"
    assert "7 status: cancelled → completed — not changed: since the export 2018-11-05 cancelled (李四)" in answer.err
    assert "8 due: 2019-06-30 → 2019-01-31" in answer.err


def test_a_ledger_of_a_past_day_is_compared_with_that_day(program: Program) -> None:
    program.ok("done", "7", "--on", "2018-10-01", *DAY)
    program.ok("edit", "8", "--due", "2019-06-30", "--reason", "延期", *DAY)
    path = exported(program, "xlsx", "--as-of", "2018-09-20")
    assert table(path)[7]["状态"] == "在办"
    assert program.ok("import", path, *DAY).out == "0 milestones of 39 changed, 0 conflicts\n"
    assert program("import", edited(path, {(7, "状态"): "已撤销", (7, "备注"): "x"}), *DAY).code == 1


def delete(name: str) -> Callable[[Any], None]:
    return lambda sheet: sheet.delete_cols([cell.value for cell in sheet[1]].index(name) + 1)


def head(name: str, new: str) -> Callable[[Any], None]:
    def rename(sheet: Any) -> None:
        next(cell for cell in sheet[1] if cell.value == name).value = new

    return rename


def put(address: str, value: Any) -> Callable[[Any], None]:
    def write(sheet: Any) -> None:
        sheet[address].value = value

    return write


def sorted_alone(sheet: Any) -> None:
    """The column 编号 upside down, and no other."""
    column = [cell.value for cell in sheet[1]].index("编号") + 1
    values = [sheet.cell(row, column).value for row in range(2, sheet.max_row + 1)]
    for row, value in enumerate(reversed(values), 2):
        sheet.cell(row, column).value = value


# what is done to the sheet: what the message says
BAD: dict[str, tuple[Callable[[Any], None], str]] = {
    "a deleted column": (delete("备注"), "row 1: 备注: this column was deleted or renamed"),
    "a renamed column": (head("状态", "办理状态"), "is it '办理状态' in 台账!H1?"),
    "a column twice": (head("来源", "状态"), "状态: this column is there twice"),
    "a deleted mark": (delete("指纹"), "指纹: this column was deleted"),
    "a formula": (put("G3", '=CONCATENATE("a","b")'), "台账!G3 (row 3, 进展): is a formula"),
    "a formula that is a date": (put("K3", "=TODAY()"), "台账!K3 (row 3, 办结日期): is a formula"),
    "no status": (put("H3", "差不多了"), "台账!H3 (row 3, 状态): 差不多了: is no status"),
    "no date": (put("K3", "上周"), "台账!K3 (row 3, 办结日期): 上周: is no date"),
    "no such day": (put("K3", "2018年2月30日"), "2018年2月30日: there is no such day"),
    "a day to come": (
        lambda s: (put("H3", "已办结")(s), put("K3", "2018-12-03")(s)),
        "2018-12-03: lies after 2018-11-05; nothing is completed yet",
    ),
    "a day before the document": (
        lambda s: (put("H3", "已办结")(s), put("K3", "2018/7/31")(s)),
        "2018-07-31: lies before the document (2018-08-01)",
    ),
    "a last day before the document": (put("F3", "2017-12-31"), "台账!F3 (row 3, 时限): 2017-12-31: lies before"),
    "a day of what is open": (put("K3", date(2018, 11, 1)), "2018-11-01: is a day of completion, but"),
    "a cancellation without a reason": (put("H3", "已撤销"), "台账!M3 (row 3, 备注): 已撤销 needs a reason"),
    "a claim": (put("H3", "已申请办结"), "an agency claims with `tracker claim`"),
    "no title": (put("C3", None), "台账!C3 (row 3, 事项): a milestone needs a title"),
    "an id twice": (put("S3", 1), "台账!S3 (row 3, 编号): 1: this id stands in 台账!S2 (row 2, 编号) already"),
    "an unknown id": (put("S3", 999), "999: no milestone has this id"),
    "another row's id": (sorted_alone, "do not belong together"),
    "no id": (put("S3", "甲"), "台账!S3 (row 3, 编号): 甲: a row needs the id"),
    "a row that was added": (put("C50", "新增事项"), "row 50, 编号): a row needs the id that"),
    "a mark of somebody's own": (put("T3", "x"), "台账!T3 (row 3, 指纹): x: this is no mark"),
    "another quote": (put("J3", "别的"), "do not belong together"),
    "no head": (lambda sheet: sheet.delete_rows(1), "has no head of a ledger"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), BAD.values(), ids=BAD.keys())
def test_a_ledger_with_a_bad_cell_changes_nothing_and_the_cell_is_named(
    program: Program, change: Callable[[Any], None], said: str
) -> None:
    path = changed(exported(program), lambda sheet: (put("G2", "过半")(sheet), change(sheet)))
    before = program.ok("export", "json", *DAY).out
    answer = program("import", path, *DAY)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert program.ok("export", "json", *DAY).out == before


def test_another_offices_ledger_is_refused(program: Program, seeded: Path, empty: Program) -> None:
    path = exported(program)
    program.database.unlink()
    program.ok("add", "--title", "甲", "--due", "2018-12-31", "--agency", "市住建委", *DAY)
    answer = program("import", path, *DAY)
    assert answer.code == 2
    assert "another office's database exported, and so are 38 other rows" in answer.err


def test_a_ledger_of_before_a_restored_backup_is_refused(program: Program) -> None:
    kept = program.database.with_suffix(".kept")
    shutil.copy(program.database, kept)
    program.ok("done", "7", *DAY)
    path = exported(program)
    shutil.copy(kept, program.database)
    for rest in ("-wal", "-shm"):
        Path(f"{program.database}{rest}").unlink(missing_ok=True)
    answer = program("import", path, *DAY)
    assert answer.code == 2
    assert "restored from a backup" in answer.err


def test_blank_rows_a_title_and_other_columns_are_no_matter(program: Program) -> None:
    def change(sheet: Any) -> None:
        put("G3", "过半")(sheet)
        sheet["V1"], sheet["V3"] = "科室意见", "=1+1"
        sheet.insert_rows(10, 3)
        sheet.insert_rows(1)
        sheet["A1"] = "2018年督查台账"

    answer = program.ok("import", changed(exported(program), change), *DAY)
    assert answer.out == "2 progress: – → 过半\n1 milestone of 39 changed, 0 conflicts\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_comes_back_as_spreadsheets_save_it(program: Program, encoding: str, delimiter: str) -> None:
    path = Path(exported(program, "csv"))
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    rows[6] |= {"status": "已完成", "closed_on": "2018/11/1", "evidence": "'=甲", "lead": "市发改委"}
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    program.ok("import", str(path), *DAY)
    row = json.loads(program.ok("export", "json", *DAY).out)[6]
    assert (row["status"], row["closed_on"], row["evidence"]) == ("completed", "2018-11-01", "=甲")
    assert (row["agencies"], row["lead"]) == (["市发改委"], ["市发改委"])


def test_json_comes_back_with_what_was_written(program: Program) -> None:
    path = Path(exported(program, "json"))
    rows = json.loads(path.read_text("utf-8"))
    rows[0] |= {"progress": "过半", "support": ["市财政局"]}
    path.write_text(json.dumps(rows), "utf-8")
    program.ok("import", str(path), *DAY)
    after = json.loads(program.ok("export", "json", *DAY).out)[0]
    assert (after["progress"], after["support"]) == ("过半", ["市财政局"])
    rows[1]["status"] = "over"
    path.write_text(json.dumps(rows), "utf-8")
    answer = program("import", str(path), *DAY)
    assert (answer.code, "object 2, status: over: is no status" in answer.err) == (2, True)


NO_LEDGERS = {
    "a text": ("a.xlsx", b"hello", "is no xlsx workbook"),
    "a damaged workbook": ("a.xlsx", b"PK\x03\x04nothing", "is damaged"),
    "another ending": ("a.txt", b"hello", "is no ledger by its name"),
    "no JSON": ("a.json", b"{", "is no JSON file"),
    "no list": ("a.json", b"{}", "must be a list of objects"),
    "an open quote": ("a.csv", b'id,"mark', "is no CSV file"),
}


@pytest.mark.parametrize(("name", "data", "said"), NO_LEDGERS.values(), ids=NO_LEDGERS.keys())
def test_a_file_that_is_no_ledger_is_named(program: Program, name: str, data: bytes, said: str) -> None:
    answer = program("import", program.file(name, data), *DAY)
    assert answer.code == 5
    assert said in answer.err


HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2", "'=1", "''", "\t=1", "_x0041_", "_x000D_", "＝1",
           "0012", "2018-12-03", "1e5", "TRUE", "a\nb", "<b>&amp;</b>", "]]>", "\u200b=1", "\ufeffx",
           "文本\u00a0", "𠮷", "甲；乙、丙"]  # fmt: skip
WORDS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40).filter(lambda text: "\0" not in text))


@pytest.mark.parametrize("form", FORMS)
def test_any_text_goes_out_and_comes_back_unchanged(seeded: Path, tmp_path: Path, form: str) -> None:
    engine = store.connect(f"sqlite:///{shutil.copy(seeded, tmp_path / 'tracker.db')}")
    config = load(None, {}, None)
    day = iter(range(1_000_000))

    @settings(max_examples=25)
    @given(
        st.lists(st.tuples(st.integers(1, 39), st.sampled_from(["progress", "note", "evidence"]), WORDS), max_size=8)
    )
    def trip(said: list[tuple[int, str, str]]) -> None:
        for id, field, words in said:
            words = words.encode("utf-8", "ignore").decode() + f"#{next(day)}"
            remark(engine, id, {field: words}, day=TODAY, by="t", now=NOW)
        found = ledgers.of_day(engine, config, [], today=TODAY)
        path = tmp_path / f"a.{form}"
        if form == "xlsx":
            path.write_bytes(workbook([row for _, row in found], config.rules, TODAY, "t"))
        else:
            from tracker.cli.exporting import ledger

            path.write_bytes(ledger(found, form))
        table, problems = find_table(read(str(path)))
        assert table is not None
        rows, wrong = read_rows(table)
        assert (problems, wrong, len(rows)) == ([], [], 39)
        back = import_rows(engine, table, rows, source="a", today=TODAY, by="t", now=NOW)
        assert (back.changes, back.conflicts, back.problems) == ((), (), ())

    trip()
    engine.dispose()
