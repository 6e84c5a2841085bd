"""A database as large as one likes: the seed's commitments again and again, straight through the store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import cycle, islice
from uuid import uuid4

from samples import SEED, source

from tracker import store
from tracker.commitments import extract
from tracker.milestones import Draft
from tracker.milestones.drafts import from_commitment
from tracker.store.engine import Engine

BATCH = 5_000
DAY = date(2018, 9, 3)  # a Monday
NOON = datetime(2018, 9, 3, 4, tzinfo=UTC)


def agency(number: int) -> str:
    """The name of an agency."""
    return f"第{number:04}号单位"


def fill(engine: Engine, milestones: int, agencies: int, *, due: date, tracked_from: date = DAY) -> None:
    """Open milestones, each led by one of the agencies in turn, and an address for each agency."""
    with store.writing(engine) as db:
        addresses = {agency(number): {"email": f"a{number}@example.org"} for number in range(agencies)}
        store.agencies.set_many(db, addresses)
    rows = drafts(milestones, agencies, due, tracked_from)
    while batch := list(islice(rows, BATCH)):
        with store.writing(engine) as db:
            store.milestones.insert(db, batch, new_uid=lambda: str(uuid4()), now=NOON)


def drafts(count: int, agencies: int, due: date, tracked_from: date) -> Iterator[Draft]:
    """What the seed states, as often as is needed, with another agency and day."""
    found = extract(source(SEED.read_text("utf-8"))).commitments
    stated = cycle([one for one in found if one.due and not one.recurrence])
    for number, one in zip(range(count), stated, strict=False):
        name = (agency(number % agencies),)
        mine = replace(one, due=due, precision="day", agencies=name, lead=name, support=(), review=())
        yield replace(from_commitment(mine, document="", tracked_from=tracked_from), document=None)
