"""reading: what was read of a target on a day, and how that stands to the straight line (序时进度)."""

import re
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .changing import result_option, tell_milestones
from .deciding import day_option, decision_options
from .ids import MilestoneId
from .session import Session, common_options, pass_session

if TYPE_CHECKING:
    from ..milestones import Milestone, Progress


@click.command("reading")
@click.argument("id", type=MilestoneId())
@click.argument("value", metavar="VALUE")
@click.option("--target", "number", type=click.IntRange(min=1), metavar="N", help="Which of its targets, from 1.")
@click.option("--source", required=True, help="Where the value comes from.")
@result_option
@decision_options
@common_options
@pass_session
def reading_command(
    session: Session, id: int, value: str, number: int | None, source: str, form: str, on: str | None, by: str | None
) -> int:
    """What was read of a target of a milestone on a day (--on): 4, 85%, 12.5万户.

    The straight line leads from the first reading to the target on the last day; what falls short of it is behind
    (序时进度), which digests say with the arithmetic. A target that is met is offered for closing.
    """
    from ..jobs.life import Said, measure
    from ..milestones import Gauge, progress

    day, engine = day_option(session, on), session.open()
    m = _milestone(session, id)
    place = number or _only(m)
    if place > len(m.targets):
        raise UsageError(f"milestone {id} has {len(m.targets)} targets, and no {place}; `tracker show {id}` lists them")
    gauge = Gauge(place, day, amount(value, m.targets[place - 1].unit), source)
    said = Said(day=day, by=by or session.actor, now=session.now, note=f"{value}（{source}）")
    after = measure(engine, id, gauge, said)

    def words(one: "Milestone") -> str:
        found = {each.last.target: each for each in progress(one.targets, one.gauges, one.due)}
        return f"{one.id} {progress_words(found[place])}: {one.title}"

    tell_milestones(session, form, [after], words)
    return 0


def amount(text: str, unit: str) -> float:
    """A value as it is typed, with or without the target's unit. Raises UsageError."""
    found = re.fullmatch(r"([-+]?\d[\d,，]*(?:\.\d+)?)\s*(.*)", text.strip())
    if found is None or found[2].strip() not in ("", unit):
        raise UsageError(f"{text!r} is no value in {unit or 'figures'}; write it such as 4{unit}")
    return float(found[1].replace(",", "").replace("，", ""))


def progress_words(one: "Progress") -> str:
    """The last value, and what the line asks on its day."""
    unit, target = one.target.unit, one.target
    line = "" if one.line is None else f", the line asks {one.line:.4g}{unit}"
    how = "met" if one.met else "behind" if one.behind else "on its way"
    goal = f"{target.indicator} {target.op} {target.value:.12g}{unit}"
    return f"{goal}: {one.last.value:.12g}{unit} on {one.last.day}{line}: {how}"


def _milestone(session: Session, id: int) -> "Milestone":
    from ..jobs import look

    return look.dossier(session.open(), session.config, id, today=session.today).placed.milestone


def _only(m: "Milestone") -> int:
    if len(m.targets) != 1:
        listed = "; ".join(f"{n}: {t.indicator} {t.op} {t.value:.12g}{t.unit}" for n, t in enumerate(m.targets, 1))
        raise UsageError(
            f"milestone {m.id}: which target? --target names one of {listed}"
            if listed
            else f"milestone {m.id} promises no quantity that could be read"
        )
    return 1
