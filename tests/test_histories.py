"""Weeks of an office at random: whatever is decided, changed and not delivered, what the rules owe is told once or is
withheld with a true reason, `why --reminders` shows it, and in the end nothing is left.

What is owed is computed by the second model of the rules; the mail goes to a real server.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from chinese_calendar import is_workday
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_server import MAIL, MailServer, mail_server
from second_model import AFTER, ONE, first_worked, planned

from tracker import store
from tracker.config import Config, load
from tracker.jobs import decide, look
from tracker.jobs.add import Wanted, add
from tracker.jobs.agencies import add_alias, set_addresses
from tracker.jobs.deliver import deliver
from tracker.jobs.scan import scan
from tracker.milestones import Milestone
from tracker.store import schema

BEGIN = date(2018, 9, 13)  # two weeks and two holidays ahead of the first week of October, which is one
AGENCIES = ("甲局", "乙局", "丙局")
PATIENT = MAIL.replace("timeout_seconds = 2", "timeout_seconds = 60")  # the machine may be busy
BUDGET = '[reminders]\nweekly_budget = {budget}\ncadence = "{cadence}"\n'

Rung = tuple[int, str, date]  # milestone, agency, planned


@dataclass(frozen=True)
class Row:
    """A row of the ledger with the state of its message."""

    milestone: int
    agency: str
    rule: str
    planned: date
    digest: int
    state: str
    day: date

    @property
    def rung(self) -> Rung:
        return self.milestone, self.agency, self.planned

    def of(self, one: Milestone, agency: str) -> bool:
        return (self.milestone, self.agency) == (one.id, agency)


@dataclass(frozen=True, kw_only=True)
class Stands:
    """How things stand before a scan: whether it tells, who has no address, how often each is told, the issues of the
    week, and the last day that told."""

    tells: bool
    mute: set[str]
    cadences: dict[str, str]
    spent: dict[str, int]
    last: date | None


@dataclass(frozen=True)
class Step:
    """A day's doings: days since the last one, what is done before and after the scan, how the mail server is."""

    gap: int
    before: list[tuple[Any, ...]]
    after: list[tuple[Any, ...]]
    mail: str
    forced: bool


number = st.integers(0, 20)
doings = st.one_of(
    st.tuples(st.just("acknowledge"), number, st.sampled_from([None, *range(3)]), st.integers(1, 20)),
    st.tuples(st.just("done"), number),
    st.tuples(st.just("reopen"), number),
    st.tuples(st.just("move"), number, st.integers(-20, 40)),
    st.tuples(st.just("merge"), number, number),
    st.tuples(st.just("address"), number, st.booleans()),
    st.tuples(st.just("cadence"), number, st.sampled_from(["", "daily", "weekly", "immediate"])),
)
steps = st.builds(
    Step,
    gap=st.sampled_from([1, 1, 1, 1, 1, 2, 3, 8]),
    before=st.lists(doings, max_size=2),
    after=st.lists(doings, max_size=1),
    mail=st.sampled_from(["up", "up", "up", "down", "busy", "refuses"]),
    forced=st.sampled_from([False] * 5 + [True]),
)
tasks = st.tuples(
    st.integers(-20, 50), st.lists(st.sampled_from(AGENCIES), min_size=1, max_size=3, unique=True),
    st.sampled_from(["day", "month", "quarter"]),
)  # fmt: skip


@dataclass
class Office:
    """An office with its database, its mail server and what arrived there, by agency."""

    config: Config
    engine: Any
    server: MailServer
    budget: int
    cadence: str
    day: date = BEGIN
    arrived: dict[str, set[tuple[int, str, date]]] = field(default_factory=dict)
    sent: set[int] = field(default_factory=set)
    open: list[Milestone] = field(default_factory=list)
    refused: set[Rung] = field(default_factory=set)
    addresses: Iterator[int] = field(default_factory=count)

    def at(self, hour: int) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, hour, tzinfo=UTC)

    def said(self, hour: int) -> dict[str, Any]:
        return {"day": self.day, "by": "t", "now": self.at(hour)}

    def milestones(self) -> list[Milestone]:
        with store.reading(self.engine) as db:
            return store.milestones.all_milestones(db)

    def ledger(self) -> list[Row]:
        ledger, digest, message = schema.ledger.c, schema.digests.c, schema.outbox.c
        query = (
            sa.select(ledger.milestone_id, schema.agencies.c.name, ledger.rule, ledger.planned, ledger.digest_id)
            .add_columns(message.state, digest.day)
            .join_from(schema.ledger, schema.agencies)
            .join(schema.digests, digest.id == ledger.digest_id)
            .join(schema.outbox, message.digest_id == digest.id)
        )
        with store.reading(self.engine) as db:
            return [Row(*row) for row in db.execute(query)]

    def do(self, what: str, which: int, *more: Any, hour: int) -> None:
        """One of the doings, where it is possible."""
        every, agencies = self.milestones(), look.agencies(self.engine)
        one, agency = every[which % len(every)], agencies[which % len(agencies)]
        if what == "acknowledge" and not one.closed:
            name = None if more[0] is None else one.agencies[more[0] % len(one.agencies)]
            until = self.day + timedelta(days=more[1])
            decide.acknowledge(self.engine, [one.id], until, agency=name, **self.said(hour))
        elif what == "done" and not one.closed:
            decide.done(self.engine, [one.id], **self.said(hour))
        elif what == "reopen" and one.closed:
            decide.reopen(self.engine, [one.id], **self.said(hour))
        elif what == "move" and one.due != (due := self.day + timedelta(days=more[0])):
            decide.edit(self.engine, one.id, {"due": due}, reason="改期", **self.said(hour))
        elif what == "merge" and (other := agencies[more[0] % len(agencies)]).name != agency.name:
            add_alias(self.engine, other.name, agency.name, **self.said(hour))
            self.arrived.setdefault(agency.name, set()).update(self.arrived.pop(other.name, ()))
        elif what == "address":
            email = f"{next(self.addresses)}@example.org" if more[0] else ""
            set_addresses(self.engine, {agency.name: {"email": email}})
        elif what == "cadence":
            set_addresses(self.engine, {agency.name: {"cadence": more[0]}})

    def scan(self, *, forced: bool) -> None:
        """A scan with all that must be true of it."""
        before, stands = self.ledger(), self._stands(tells=forced or is_workday(self.day))
        one = self.open[self.day.toordinal() % len(self.open)] if self.open else None
        foreseen = one and look.dossier(self.engine, self.config, one.id, today=self.day).planned
        scan(self.engine, self.config, today=self.day, now=self.at(8), force=forced)
        after, withheld = self.ledger(), self._withheld()
        told = [row for row in after if row.digest not in {row.digest for row in before}]
        assert stands.tells or not told
        for each in self.open:
            for agency in each.agencies:
                owed, mine = self._owed(each, agency, before), {row.planned for row in told if row.of(each, agency)}
                known = {row.planned for row in before if row.of(each, agency)}  # and told anew where it never left
                assert mine <= owed | known, (self.day, each.id, agency, owed, mine)
                for day in owed - mine:
                    reasons = withheld.get((each.id, agency, day), set())
                    assert reasons & self._true(stands, each, agency), (self.day, each.id, agency, day, reasons)
                if each is one and stands.tells == is_workday(self.day):
                    today = {
                        coming.rung.planned
                        for name, coming in foreseen or ()
                        if name == agency
                        and coming.day == self.day
                        and (coming.hold is None or coming.hold.until == self.day)
                    }
                    assert mine - known <= today <= mine, (self.day, each.id, agency, today, mine)
                if each is one:
                    assert owed <= self._listed(each, agency), (self.day, each.id, agency)
        self._holds(told, stands, forced=forced)
        scan(self.engine, self.config, today=self.day, now=self.at(9), force=forced)
        assert self.ledger() == after, "a second scan tells nothing"

    def _stands(self, *, tells: bool) -> Stands:
        found = look.agencies(self.engine)
        monday, digest, message = self.day - self.day.weekday() * ONE, schema.digests.c, schema.outbox.c
        query = (
            sa.select(schema.agencies.c.name, sa.func.count())
            .join_from(schema.digests, schema.outbox)
            .join(schema.agencies, schema.agencies.c.id == digest.agency_id)
            .where(digest.day >= monday, message.state.not_in(("cancelled", "failed")))
            .group_by(schema.agencies.c.name)
        )
        self.open = [one for one in self.milestones() if not one.closed]
        with store.reading(self.engine) as db:
            last = store.ledger.last_telling(db, self.day, self.config.calendar)
            return Stands(
                tells=tells,
                mute={one.name for one in found if not one.email or one.email in one.suspended},
                cadences={one.name: one.cadence or self.cadence for one in found},
                spent=dict(db.execute(query).all()),
                last=last and last[0],
            )

    def _owed(self, one: Milestone, agency: str, ledger: list[Row]) -> set[date]:
        """By the second model: what falls after the last that was told, and what was refused."""
        own = [row for row in ledger if row.of(one, agency)]
        told = max((row.planned for row in own), default=None)
        found = {day for day in planned(one, self.day) if day <= self.day and (told is None or day > told)}
        informed = max((row.day for row in own), default=date.max)
        if told is not None and one.moved_on is not None and max(told, informed) < one.moved_on <= self.day:
            found.add(one.moved_on)
        return found | {row.planned for row in own if row.state == "failed"}

    def _listed(self, one: Milestone, agency: str) -> set[date]:
        """The days of the rungs that `why --reminders` shows."""
        shown = look.dossier(self.engine, self.config, one.id, today=self.day)
        past = {row.planned for row in (*shown.told, *shown.withheld) if row.agency == agency}
        return past | {coming.rung.planned for name, coming in shown.planned if name == agency}

    def _withheld(self) -> dict[Rung, set[str]]:
        """The reasons for which anything was ever withheld."""
        table, found = store.telling.withheld, dict[Rung, set[str]]()
        query = sa.select(table.c.milestone_id, schema.agencies.c.name, table.c.planned, table.c.reason)
        with store.reading(self.engine) as db:
            for *rung, reason in db.execute(query.join_from(table, schema.agencies)):
                found.setdefault((rung[0], rung[1], rung[2]), set()).add(reason)
        return found

    def _true(self, stands: Stands, one: Milestone, agency: str) -> set[str]:
        """The reasons that hold now."""
        held = {
            "day off": not stands.tells,
            "acknowledged": one.paused(agency, self.day) is not None,
            "no address": agency in stands.mute,
            "cadence": stands.cadences[agency] != "daily",
            "budget": self._is_over(stands, agency),
        }
        return {reason for reason, holds in held.items() if holds}

    def _is_over(self, stands: Stands, agency: str) -> bool:
        return 0 < self.budget <= stands.spent.get(agency, 0)

    def _holds(self, told: list[Row], stands: Stands, *, forced: bool) -> None:
        """Only what is urgent, or was refused, passes over the cadence and the budget."""
        last, every = stands.last, {one.id: one for one in self.open}
        # A scan that is forced takes every day for one on which digests go out: a week begins with its Monday.
        first = self.day - self.day.weekday() * ONE if forced else first_worked(self.day)
        waits = self.day != first and not (last is not None and last < first <= self.day)
        for agency in {row.agency for row in told}:
            rows = [row for row in told if row.agency == agency]
            if not any(row.rung in self.refused or self._urgent(row, every[row.milestone]) for row in rows):
                assert not self._is_over(stands, agency), (self.day, agency, rows)
                assert stands.cadences[agency] != "weekly" or not waits, (self.day, agency, rows)

    def _urgent(self, row: Row, one: Milestone) -> bool:
        assert one.due is not None
        over = row.rule == f"overdue-{AFTER}" or (row.rule == "intake" and one.due < row.planned)
        return one.due == self.day or row.rule == "moved" or over

    def deliver(self, mail: str) -> None:
        """The mail server takes it, is away, puts it off or refuses every agency for good."""
        if mail == "down":
            return
        if mail == "refuses":
            self.server.refuse |= {one.email: "550 5.1.1 no" for one in look.agencies(self.engine)}
        self.server.answers = ["450 4.2.0 later"] * 9 if mail == "busy" else []
        report = deliver(self.engine, self.config, clock=lambda: self.at(11), out=lambda _: None)
        assert not report.stopped_by
        assert not (mail == "up" and report.deferred), report
        self.server.answers = []
        rows = self.ledger()
        for row in rows:
            if row.state == "sent" and row.digest not in self.sent:
                own, key = self.arrived.setdefault(row.agency, set()), (row.milestone, row.rule, row.planned)
                assert key not in own, (self.day, row)
                own.add(key)
        self.sent |= {row.digest for row in rows if row.state == "sent"}
        self.refused = {row.rung for row in rows if row.state == "failed"}

    def recover(self) -> None:
        """In the end every agency can be told of everything, and two weeks go by."""
        for one in look.agencies(self.engine):
            set_addresses(self.engine, {one.name: {"email": f"{next(self.addresses)}@example.org", "cadence": "daily"}})
        for one in self.milestones():
            if not one.closed and any(until > self.day for _, until in one.acknowledged):
                decide.acknowledge(self.engine, [one.id], None, **self.said(12))
        for _ in range(12):
            self.day += ONE
            self.scan(forced=False)
            self.deliver("up")
        ledger = self.ledger()
        for one in self.milestones():
            if not one.closed:
                own = [row for row in ledger if row.milestone == one.id]
                assert {row.state for row in own} <= {"sent"}, own
                for agency in one.agencies:
                    assert self.budget or not self._owed(one, agency, ledger) or not is_workday(self.day)


@pytest.fixture
def offices(tmp_path: Path, migrated: Path) -> Iterator[Callable[[int, str], Office]]:
    number = count()
    with mail_server() as server:

        def make(budget: int, cadence: str) -> Office:
            server.refuse.clear()
            database = tmp_path / f"{next(number)}.db"
            database.write_bytes(migrated.read_bytes())
            text = PATIENT.format(port=server.port) + BUDGET.format(budget=budget, cadence=cadence)
            (tmp_path / "office.toml").write_text(text, encoding="utf-8")
            config = load(str(tmp_path / "office.toml"), {"HOME": str(tmp_path)})
            return Office(config, store.connect(f"sqlite:///{database}"), server, budget, cadence)

        yield make


histories = given(
    budget=st.integers(0, 3),
    cadence=st.sampled_from(["daily", "daily", "weekly", "immediate"]),
    work=st.lists(tasks, min_size=1, max_size=4),
    days=st.lists(steps, min_size=5, max_size=12),
)
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=4, derandomize=True, suppress_health_check=CHECKS)
@histories
def test_whatever_happens_each_reminder_is_told_once_or_withheld_for_a_reason(
    offices: Callable[[int, str], Office], **history: Any
) -> None:
    live(offices, **history)


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=30, derandomize=True, suppress_health_check=CHECKS)
@histories
def test_whatever_happens_in_many_offices(offices: Callable[[int, str], Office], **history: Any) -> None:
    live(offices, **history)


def live(offices: Callable[[int, str], Office], budget: int, cadence: str, work: list[Any], days: list[Step]) -> None:
    office = offices(budget, cadence)
    for place, (due, agencies, precision) in enumerate(work):
        wanted = Wanted(
            title=f"第{place}项", due=BEGIN + timedelta(days=due), agencies=tuple(agencies), precision=precision
        )
        add(office.engine, wanted, **office.said(7))
    for one in look.agencies(office.engine):
        set_addresses(office.engine, {one.name: {"email": f"{next(office.addresses)}@example.org"}})
    for step in days:
        office.day += timedelta(days=step.gap)
        for what in step.before:
            office.do(*what, hour=7)
        office.scan(forced=step.forced)
        for what in step.after:
            office.do(*what, hour=10)
        office.deliver(step.mail)
    office.recover()
    office.engine.dispose()
