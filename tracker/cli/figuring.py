"""stats, timeline: how many stand how, and what falls due when."""

from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .exporting import write
from .names import agency_named, agency_option
from .output import counted, plain, print_jsonl, put, say, word
from .session import Session, common_options, pass_session
from .tables import columns_of_terminal, print_table

if TYPE_CHECKING:
    from ..render.timeline import Segments

FIGURES = {
    "agency": "agency", "open": "open", "overdue": "overdue", "due_soon": "due_soon", "undated": "undated",
    "done_on_time": "in time", "done_late": "late", "days_late": "by days", "slips": "slips",
}  # fmt: skip
COLOURS = {"overdue": "bold red", "due_soon": "yellow", "upcoming": "green", "closed": "bright_black"}


@click.command("stats")
@agency_option("Only this agency's; part of its name will do.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def stats_command(session: Session, agency: str | None, form: str) -> int:
    """How many milestones are open, overdue, due soon, done on time and late, and how often their days slipped.

    The first row counts each milestone once; an agency has all for which it answers. Days late are the mean of those
    that were done late.
    """
    from ..jobs.figures import of_day

    engine = session.open()
    name = agency_named(engine, agency) if agency else None
    found = of_day(engine, session.config, today=session.today, agency=name).figures
    if form == "jsonl":
        print_jsonl(plain(one) for one in found)
        return 0
    rows = [[one.agency or word("all"), *(getattr(one, name) for name in list(FIGURES)[1:])] for one in found]
    print_table(
        rows,
        list(FIGURES.values()),
        right=list(FIGURES.values())[1:],
        styles=["bold" if one.agency is None else "" for one in found],
    )
    return 0


@click.command("timeline")
@agency_option("Only this agency's; part of its name will do.")
@click.option("--by-agency", is_flag=True, help="A row for each agency, too.")
@click.option("--svg", metavar="FILE", help="Write a picture for reports (SVG).")
@click.option("--png", metavar="FILE", help="Write a picture for reports (PNG).")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@common_options
@pass_session
def timeline_command(
    session: Session, agency: str | None, by_agency: bool, svg: str | None, png: str | None, form: str
) -> int:
    """What falls due in which month, what is late, and where the end of a year piles up."""
    from ..jobs.figures import of_day
    from ..milestones.figures import months

    engine, today = session.open(), session.today
    name = agency_named(engine, agency) if agency else None
    placed = of_day(engine, session.config, today=today, agency=name).placed
    if svg or png:
        from ..render.picture import timeline

        title = f"{name or session.config.office.name}督查事项时间分布"
        picture = timeline(placed, today, title, by_agency=by_agency).encode()
        if svg:
            write(picture, svg)
        if png:
            write(as_png(picture), png)
        return 0
    found = months(placed)
    if form == "jsonl":
        print_jsonl({"month": f"{month.first:%Y-%m}", **{str(how): n for how, n in month.counts.items()}}
                    for month in found)  # fmt: skip
        return 0
    draw(placed, today, by_agency)
    return 0


def draw(placed: Any, today: Any, by_agency: bool) -> None:
    """The plot, what its marks mean, and what piles up."""
    from ..milestones import Standing
    from ..milestones.figures import months, pile_ups
    from ..render.timeline import MARKS, bars, grid

    columns, found = columns_of_terminal(), months(placed)
    for line in bars(found, today, columns):
        draw_line(line)
    put("  ".join(f"{mark} {word(str(how))}" for how, mark in MARKS.items()))
    for one in pile_ups(found):
        put(f"{one.year}: {one.december} of {one.total} fall due in December ({100 * one.december // one.total}%)")
    if by_agency and placed:
        put("")
        for line in grid(placed, today, columns):
            draw_line(line)
    undated = sum(how is Standing.UNDATED for _, how in placed)
    rest = f", {undated} of them without a day" if undated else ""
    say(f"{counted(len(placed), 'milestone')} on {today}{rest}")


def draw_line(line: "Segments") -> None:
    """A line in colours, where there are any."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True, emoji=False, markup=False)
    console.print(Text.assemble(*((words, COLOURS.get(str(how), "")) for how, words in line)))


def as_png(picture: bytes) -> bytes:
    """The picture as PNG, twice as large. Raises UsageError where what draws it is not installed."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise UsageError("--png needs its library: pip install 'tracker[png]'; --svg needs none") from None
    return bytes(svg_to_bytes(svg_string=picture.decode(), zoom=2))
