"""What the tests put into calendars: milestones in every state, and a series."""

from dataclasses import replace
from datetime import date
from itertools import islice

import pytest
from milestone_factory import commitment, milestone, seed

from tracker.milestones import Status, occurrences
from tracker.milestones.drafts import from_occurrence
from tracker.milestones.occurrences import Rule

NAME = "市住建委·到期事项"
OFFICE = {"office": "市委督查室", "office_email": "ducha@example.org"}
KINDS = {"VEVENT": {}, "VTODO": {"as_todo": True}, "published": OFFICE}
ALL_KINDS = pytest.mark.parametrize("options", KINDS.values(), ids=KINDS.keys())

AWKWARD = milestone(
    99,
    date(2018, 12, 31),
    title="改造；统筹，“𠮷”字\r\nBEGIN:VEVENT\\n,;:" + "长" * 100 + "\x07\ud800",
    agencies=("市住建委, 市财政局; 等", "市教育局"),
)


def every_state():
    states = [
        milestone(101, status=Status.CLAIMED),
        milestone(102, status=Status.COMPLETED, closed_on=date(2018, 11, 2), sequence=2),
        milestone(103, status=Status.CANCELLED, sequence=3),
        milestone(104, withdrawn=True),
        milestone(105, None),
    ]
    return [*seed(), AWKWARD, *states]


FIRST = date(2018, 9, 30)


def quarterly(number: int = 3, **fields):
    """The first occurrences of a duty of each quarter's end, of which the first is number 1."""
    stated = commitment(quote="每季度末报送进展情况", timex="每季度末", due=FIRST, recurrence="QUARTERLY", rrule=None,
                        agencies=("市住建委",), lead=("市住建委",))  # fmt: skip
    head = milestone(
        1, FIRST, title="报送进展情况（2018年第3季度）", recurrence="QUARTERLY", kind="recurrence", stated=stated,
        series=1, occurrence=date(2018, 7, 1), **fields,
    )  # fmt: skip
    members = [head]
    periods = islice(occurrences.occurrences(FIRST, Rule.of("QUARTERLY", None)), 1, number)
    for id, period in enumerate(periods, 2):
        draft = from_occurrence(head, members[-1], period)
        given = {name: getattr(draft, name) for name in draft.__dataclass_fields__}
        members.append(milestone(id, **given | {"document": "ningbo"}))
    return members


def change(members, number, **fields):
    """The series with one occurrence changed, as a decision changes it."""
    return [replace(one, sequence=one.sequence + 1, **fields) if one.id == number else one for one in members]


def done(members, number, day):
    return change(members, number, status=Status.COMPLETED, closed_on=day)
