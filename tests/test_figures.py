"""stats and timeline: counted by hand, within 80 columns, and a picture that is well-formed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from cli_program import Program
from lxml import etree
from milestone_factory import milestone
from rich.cells import cell_len

from tracker.milestones import Entry, Standing, Status
from tracker.milestones.figures import Placed, figures, months, pile_ups, shown, slips
from tracker.render.picture import timeline

AS_OF = ("--as-of", "2018-12-20")
TODAY = date(2018, 12, 20)


def done(number: int, due: date, closed: date, *agencies: str) -> Placed:
    one = milestone(number, due, status=Status.COMPLETED, closed_on=closed, agencies=agencies)
    return one, Standing.CLOSED


DUE = date(2018, 11, 30)
SOME: list[Placed] = [
    done(1, DUE, DUE, "甲"),
    done(2, DUE, DUE + timedelta(2), "甲"),
    done(3, DUE, DUE + timedelta(5), "甲", "乙"),
    (milestone(4, DUE, status=Status.CANCELLED, closed_on=DUE, agencies=("甲",)), Standing.CLOSED),
    (milestone(5, DUE, agencies=("乙",)), Standing.OVERDUE),
    (milestone(6, None, agencies=("乙",)), Standing.UNDATED),
]


def test_figures_count_each_milestone_once_in_all_and_once_for_each_of_its_agencies() -> None:
    found = {one.agency: one for one in figures(SOME, {3: 2, 5: 1})}
    every = found[None]
    assert (every.open, every.overdue, every.undated, every.done_on_time, every.done_late) == (2, 1, 1, 1, 2)
    assert (every.days_late, every.slips) == (3.5, 3)
    assert (found["甲"].done_late, found["甲"].days_late, found["甲"].slips) == (2, 3.5, 2)
    assert (found["乙"].done_late, found["乙"].days_late, found["乙"].slips) == (1, 5.0, 3)
    assert figures([], {})[0].days_late is None


# before, after: whether the last day slipped
MOVES = {
    ("2018-11-30", "2018-12-31"): 1,
    ("2018-11-30", "2018-10-31"): 0,
    (None, "2018-10-31"): 0,
    ("2018-11-30", None): 0,
}


@pytest.mark.parametrize(("change", "number"), MOVES.items())
def test_a_last_day_slips_when_it_moves_to_a_later_one(change: tuple[str | None, str | None], number: int) -> None:
    now = datetime(2018, 11, 5, tzinfo=UTC)
    entry = Entry(milestone=1, day=DUE, at=now, actor="t", action="edited", changes={"due": change})
    assert slips([entry]) == number


def test_months_run_from_the_first_to_the_last_and_long_gaps_are_drawn_as_one() -> None:
    days = [date(2018, 9, 30), date(2018, 12, 31), date(2019, 6, 30)]
    found = months([(milestone(n, day), Standing.UPCOMING) for n, day in enumerate(days, 1)])
    assert [month.total for month in found] == [1, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    drawn = shown(found, date(2018, 9, 1))
    assert [month and month.first.month for month in drawn] == [9, 10, 11, 12, None, 6]
    assert months([SOME[3], SOME[5]]) == []


def test_a_year_whose_end_has_half_of_it_piles_up() -> None:
    def year(december: int, others: int) -> list[Placed]:
        days = [date(2018, 12, 31)] * december + [date(2018, 6, 30)] * others
        return [(milestone(n, day), Standing.UPCOMING) for n, day in enumerate(days, 1)]

    assert [(one.year, one.december, one.total) for one in pile_ups(months(year(3, 3)))] == [(2018, 3, 6)]
    assert pile_ups(months(year(3, 4))) == []
    assert pile_ups(months(year(2, 0))) == []


def test_the_seeds_timeline_shows_what_is_late_and_where_it_piles_up(program: Program) -> None:
    out = program.ok("timeline", *AS_OF).out.splitlines()
    assert out[:4] == [
        "2018-09    2  ##",
        "2018-10    1  #",
        "2018-11    1  #",
        "2018-12   15  *************** < today",
    ]
    assert "2018: 15 of 19 fall due in December (78%)" in out


@pytest.mark.parametrize("arguments", [("stats",), ("timeline", "--by-agency"), ("timeline", "--agency", "市住建委")])
@pytest.mark.parametrize("columns", [80, 120])
def test_they_fit_the_terminal(
    program: Program, arguments: tuple[str, ...], columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = program.ok(*arguments, *AS_OF).out.splitlines()
    assert lines
    assert max(map(cell_len, lines)) <= columns


def test_many_due_in_one_month_are_drawn_in_the_room_there_is(program: Program) -> None:
    from tracker.render.timeline import bars

    many = [(milestone(n, date(2018, 12, 31)), Standing.UPCOMING) for n in range(500)]
    (bar, legend) = ("".join(words for _, words in line) for line in bars(months(many), TODAY, 80))
    assert len(bar) <= 80
    assert legend == "each mark stands for up to 9"


def test_programs_get_the_same_as_json_lines(program: Program) -> None:
    assert program.ok("stats", "--format", "jsonl", *AS_OF).rows[0] == {
        "agency": None, "open": 39, "overdue": 4, "due_soon": 15, "undated": 2, "done_on_time": 0, "done_late": 0,
        "days_late": None, "slips": 0,
    }  # fmt: skip
    first = program.ok("timeline", "--format", "jsonl", *AS_OF).rows[0]
    assert first == {"month": "2018-09", "overdue": 2, "due_soon": 0, "upcoming": 0, "closed": 0}
    assert [row["agency"] for row in program.ok("stats", "--agency", "市住建委", "--format", "jsonl", *AS_OF).rows] == [
        "市住建委"
    ]


def test_a_deferral_is_counted_as_a_slip_from_its_day_on(program: Program) -> None:
    program.ok("edit", "11", "--due", "2019-01-31", "--reason", "延期", "--as-of", "2018-12-10")
    for day, number in {"2018-12-09": 0, "2018-12-10": 1}.items():
        assert program.ok("stats", "--format", "jsonl", "--as-of", day).rows[0]["slips"] == number


def test_the_picture_is_well_formed_whatever_an_agency_is_called(program: Program) -> None:
    odd = (milestone(7, DUE, agencies=('<script>&"' + "很长的名称" * 20,)), Standing.OVERDUE)
    picture = timeline([*SOME, odd], TODAY, "甲 & 乙", by_agency=True)
    root = etree.fromstring(picture.encode())
    texts = [each.text for each in root.iter("{*}text")]
    assert "甲 & 乙" in texts
    assert any(text and text.startswith("<script>") and text.endswith("…") for text in texts)
    assert picture == timeline([*SOME, odd], TODAY, "甲 & 乙", by_agency=True)
    assert etree.fromstring(timeline([], TODAY, "无").encode()) is not None


def test_pictures_are_written_to_files(program: Program) -> None:
    program.ok("timeline", "--svg", "a.svg", "--by-agency", *AS_OF)
    assert (program.folder / "a.svg").read_text("utf-8").startswith("<svg")
    answer = program("timeline", "--png", "a.png", *AS_OF)
    if answer.code == 2:
        assert "pip install 'tracker[png]'" in answer.err
    else:
        assert (program.folder / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_deferral_that_was_undone_is_no_slip(program: Program) -> None:
    program.ok("defer", "11", "--to", "2019-01-31", "--reason", "资金未到位", "--as-of", "2018-11-05")
    program.ok("approve", "11", "--as-of", "2018-11-05")
    program.ok("undo", "11", "--as-of", "2018-11-05")
    assert program.ok("stats", "--format", "jsonl", "--as-of", "2018-11-05").rows[0]["slips"] == 0
