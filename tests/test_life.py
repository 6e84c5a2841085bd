"""The life of milestones: what agencies claim and ask, what the office answers; and a second model of its states."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from cli_program import Program
from sqlalchemy.engine import Engine

from tracker import store
from tracker.errors import UsageError
from tracker.jobs import life
from tracker.jobs.add import Wanted, add
from tracker.jobs.agencies import set_members
from tracker.jobs.audit import verify
from tracker.jobs.decide import acknowledge, cancel, done, edit, reopen
from tracker.jobs.life import Said
from tracker.milestones import Milestone, Slip

DAY = date(2018, 9, 3)
LAST = date(2018, 11, 30)
DAY_OF = ("--as-of", "2018-11-05")
AGENCIES = ("市住建委", "市财政局", "市教育局")


def said(day: date = DAY, **given: Any) -> Said:
    return Said(**({"day": day, "by": "t", "now": datetime(day.year, day.month, day.day, 8, tzinfo=UTC)} | given))


def track(engine: Engine, due: date | None = LAST, agencies: tuple[str, ...] = ("市住建委",), **given: Any) -> int:
    wanted = Wanted(title="完成改造", due=due, agencies=agencies, **given)
    return add(engine, wanted, day=DAY, by="t", now=said().now).id


def stored(engine: Engine, id: int) -> Milestone:
    with store.reading(engine) as db:
        return store.milestones.by_ids(db, [id])[id]


# Closing in two steps


def test_it_was_finished_on_the_day_of_the_claim_whenever_the_office_looks_at_it(engine: Engine) -> None:
    id = track(engine)
    life.claim(engine, [id], None, said(LAST, note="完工"))
    life.verify(engine, [id], "良好", said(LAST + timedelta(days=40)))
    one = stored(engine, id)
    assert (one.status, one.closed_on, one.grade) == ("completed", LAST, "良好")
    with store.reading(engine) as db:
        entries = store.history.of_milestone(db, id)
    assert [entry.action for entry in entries] == ["added", "claimed", "verified"]
    assert entries[1].note == "完工"


def test_a_claim_that_is_returned_leaves_it_open_and_the_reason_to_be_told(engine: Engine) -> None:
    id = track(engine)
    life.claim(engine, [id], None, said())
    life.give_back(engine, [id], said(DAY + timedelta(days=1), reason="佐证不足"))
    one = stored(engine, id)
    assert (one.status, one.claims, one.answer) == ("open", (), "办结申请被退回：佐证不足")
    assert one.answered_on == DAY + timedelta(days=1)


CLAIMED_BY = {  # who leads, who supports: who must claim, in turn
    "the only one": ((), (), ("市住建委",), 1),
    "all where nobody leads": ((), (), AGENCIES[:2], 2),
    "who leads": (("市住建委",), ("市财政局", "市教育局"), AGENCIES, 1),
    "all who lead": (("市住建委", "市财政局"), ("市教育局",), AGENCIES, 2),
}


@pytest.mark.parametrize(("lead", "support", "agencies", "wanted"), CLAIMED_BY.values(), ids=CLAIMED_BY)
def test_who_must_claim_it(
    engine: Engine, lead: tuple[str, ...], support: tuple[str, ...], agencies: tuple[str, ...], wanted: int
) -> None:
    id = track(engine, agencies=agencies, lead=lead, support=support)
    for number, agency in enumerate(agencies[:wanted], 1):
        assert stored(engine, id).status == "open"
        life.claim(engine, [id], agency, said(DAY + timedelta(days=number)))
    assert stored(engine, id).status == "claimed"
    life.verify(engine, [id], None, said(DAY + timedelta(days=30)))
    assert stored(engine, id).closed_on == DAY + timedelta(days=wanted)


def test_the_members_of_a_group_claim_each_for_itself(engine: Engine) -> None:
    id = track(engine, agencies=("各区县",))
    with store.writing(engine) as db:
        store.agencies.set_many(db, {"海曙区": {"email": ""}, "江北区": {"email": ""}})
    set_members(engine, "各区县", ["海曙区", "江北区"])
    with pytest.raises(UsageError, match="各区县 does not answer for it; who does: 江北区、海曙区"):
        life.claim(engine, [id], "各区县", said())
    life.claim(engine, [id], "海曙区", said())
    assert stored(engine, id).status == "open"
    life.claim(engine, [id], "江北区", said())
    assert stored(engine, id).status == "claimed"


def test_done_of_what_was_claimed_counts_from_the_claim_unless_a_day_is_named(program: Program) -> None:
    for id in ("11", "12"):
        program.ok("claim", id, "--as-of", "2018-11-20")
    assert "completed on 2018-11-20: " in program.ok("done", "11", "--as-of", "2018-12-05").out
    assert "completed on 2018-12-05: " in program.ok("done", "12", "--on", "2018-12-05", "--as-of", "2018-12-05").out


def test_what_restores_nothing_does_not_stand_in_the_way_of_an_undo(program: Program) -> None:
    for reason in ("x", "y"):
        program.ok("forecast", "11", "--day", "2018-12-05", "--reason", reason, "--as-of", "2018-11-05")
    program.ok("undo", "11", "--as-of", "2018-11-06")
    assert "forecast" not in program.ok("show", "11", "--as-of", "2018-11-06").out.partition("uid")[0]


def test_a_forecast_after_the_last_day_is_in_the_offices_next_digest(program: Program) -> None:
    days = (("--as-of", f"2018-11-{number:02}") for number in range(5, 31))
    quiet = next(day for day in days if "(office)" not in program.ok("scan", *day).out)
    program.ok("forecast", "11", "--day", "2018-11-30", *quiet)
    assert "(office)" not in program.ok("scan", *quiet).out
    program.ok("forecast", "11", "--day", "2018-12-20", *quiet)
    assert "(office)" in program.ok("scan", *quiet).out
    assert "1项责任单位预计晚于到期日办结（编号11）" in program.ok("digest", *quiet).out


def test_a_claim_stops_reminders_and_is_told_the_office_and_its_return_is_told_the_agency(
    program: Program,
) -> None:
    days = (("--as-of", f"2018-11-{number:02}") for number in range(5, 20))
    quiet = next(day for day in days if "(office)" not in program.ok("scan", *day).out)
    program.ok("claim", "11", *quiet)
    assert "(office)" in program.ok("scan", *quiet).out
    program.ok("deliver")  # what never left would be told again
    program.ok("scan", "--as-of", "2018-12-03")  # the last day has passed
    told = program.ok("why", "11", "--reminders", "--format", "jsonl", "--as-of", "2018-12-03").rows
    assert {row["reason"] for row in told if row["day"] == "2018-12-03"} == {"claimed"}
    program.ok("return", "11", "--reason", "佐证不足", "--as-of", "2018-12-03")
    program.ok("scan", "--as-of", "2018-12-04")
    told = program.ok("why", "11", "--reminders", "--format", "jsonl", "--as-of", "2018-12-04").rows
    assert "办结申请被退回：佐证不足" in {row["reason"] for row in told if row["rule"] == "answered"}


def test_done_says_where_it_cuts_two_steps_short(program: Program) -> None:
    program.ok("done", "11", *DAY_OF)
    (program.folder / "config.toml").write_text("[closing]\nsteps = 2\n", encoding="utf-8")
    program.ok("done", "12", *DAY_OF)
    said = [program.ok("show", id, "--format", "jsonl", *DAY_OF).out for id in ("11", "12")]
    assert ["直接销号" in one for one in said] == [False, True]


# What the state forbids

LATE = LAST + timedelta(days=1)
FORBIDDEN: dict[str, tuple[Callable[[Engine, int], object], str]] = {
    "claim twice": (lambda e, i: [life.claim(e, [i], None, said()) for _ in range(2)],
                    "市住建委 claimed it on 2018-09-03 already"),
    "verify what nobody claimed": (lambda e, i: life.verify(e, [i], None, said()), "nobody has claimed it"),
    "return what nobody claimed": (lambda e, i: life.give_back(e, [i], said(reason="x")), "nobody has claimed it"),
    "claim for another": (lambda e, i: life.claim(e, [i, track(e, agencies=("市财政局",))], "市财政局", said()),
                          "市财政局 does not answer for it; who does: 市住建委"),
    "claim what names nobody": (lambda e, _: life.claim(e, [track(e, agencies=())], None, said()), "names no agency"),
    "claim without a name": (lambda e, _: life.claim(e, [track(e, agencies=AGENCIES[:2])], None, said()),
                             "which agency claims it"),
    "defer to an earlier day": (lambda e, i: life.defer(e, [i], DAY, said()), "goes to a later day, not 2018-09-03"),
    "defer to the same day": (lambda e, i: life.defer(e, [i], LAST, said()), "goes to a later day"),
    "defer afterwards": (lambda e, i: life.defer(e, [i], LATE, said(LATE)), "--late asks all the same"),
    "defer without a day": (lambda e, _: life.defer(e, [track(e, None)], LATE, said()), "has no last day"),
    "defer twice": (lambda e, i: [life.defer(e, [i], LATE, said()) for _ in range(2)], "waits already"),
    "approve what nobody asked": (lambda e, i: life.approve(e, [i], said()), "no deferral was asked for"),
    "refuse what nobody asked": (lambda e, i: life.refuse(e, [i], said(reason="x")), "no deferral was asked for"),
    "wait for itself": (lambda e, i: life.block(e, [i], [i], said()), "would wait for itself"),
    "wait in a circle": (lambda e, i: [life.block(e, [i], [j := track(e)], said()), life.block(e, [j], [i], said())],
                         "would wait for itself"),
    "wait for what is closed": (lambda e, i: [done(e, [j := track(e)], day=DAY, by="t", now=said().now),
                                              life.block(e, [i], [j], said())], "nothing to wait for"),
    "wait for what is not there": (lambda e, i: life.block(e, [i], [99], said()), "no milestone has the id 99"),
    "wait for nothing any more": (lambda e, i: life.block(e, [i], [], said()), "waits for nothing"),
    "take its own place": (lambda e, i: life.supersede(e, [i], i, said()), "cannot take its own place"),
    "take back no forecast": (lambda e, i: life.forecast(e, [i], None, said()), "no forecast to take back"),
    "approve what an edit overtook": (
        lambda e, i: [life.defer(e, [i], LATE, said()),
                      edit(e, i, {"due": date(2019, 1, 1)}, reason="x", day=DAY, by="t", now=said().now),
                      life.approve(e, [i], said())], "moves nothing; refuse it"),
}  # fmt: skip


@pytest.mark.parametrize(("act", "words"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_its_state_forbids_is_said_and_changes_nothing(
    engine: Engine, act: Callable[[Engine, int], object], words: str
) -> None:
    id = track(engine)
    with pytest.raises(UsageError, match=words):
        act(engine, id)
    assert not stored(engine, id).closed
    assert len(stored(engine, id).claims) <= 1


@pytest.mark.parametrize("end", ["done", "cancel"])
def test_nothing_more_happens_to_what_is_closed(engine: Engine, end: str) -> None:
    id, other = track(engine), track(engine)
    given: dict[str, Any] = {"day": DAY, "by": "t", "now": said().now}
    done(engine, [id], **given) if end == "done" else cancel(engine, [id], reason="x", **given)
    for act in (
        lambda: life.claim(engine, [id], None, said()), lambda: life.verify(engine, [id], None, said()),
        lambda: life.give_back(engine, [id], said()), lambda: life.defer(engine, [id], LATE, said()),
        lambda: life.approve(engine, [id], said()), lambda: life.block(engine, [id], [other], said()),
        lambda: life.supersede(engine, [id], other, said()), lambda: life.forecast(engine, [id], LATE, said()),
        lambda: life.supersede(engine, [other], id, said()), lambda: life.block(engine, [other], [id], said()),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=f"milestone {id} (was|is) "):
            act()


# Deferrals


def test_slips_are_counted_and_the_first_day_stays(engine: Engine) -> None:
    id = track(engine)
    first, second = date(2018, 12, 31), date(2019, 3, 31)
    life.defer(engine, [id], first, said(reason="资金"))
    life.approve(engine, [id], said(DAY + timedelta(days=2)))
    life.defer(engine, [id], second, said(first + timedelta(days=1)), late=True)
    life.approve(engine, [id], said(first + timedelta(days=2)))
    one = stored(engine, id)
    assert (one.due, one.baseline_due, one.asked) == (second, LAST, None)
    assert one.slips == (
        Slip(LAST, first, DAY + timedelta(days=2)), Slip(first, second, first + timedelta(days=2), late=True),
    )  # fmt: skip
    assert one.sequence == 2
    assert one.moved_on == first + timedelta(days=2)


def test_a_refused_deferral_moves_nothing_and_says_why(engine: Engine) -> None:
    id = track(engine)
    life.defer(engine, [id], date(2018, 12, 31), said(reason="资金"))
    life.refuse(engine, [id], said(DAY, reason="理由不足"))
    one = stored(engine, id)
    assert (one.due, one.asked, one.answer) == (LAST, None, "延期至2018-12-31的申请未获批准：理由不足")


# Two people at once


@pytest.mark.parametrize("both", ["wait for each other", "take the place of each other"])
def test_of_two_people_who_say_opposite_things_of_two_milestones_one_is_told_so(engine: Engine, both: str) -> None:
    def say(barrier: Barrier, one: int, other: int) -> bool:
        barrier.wait()
        try:
            if both == "wait for each other":
                life.block(engine, [one], [other], said())
            else:
                life.supersede(engine, [one], other, said())
        except UsageError:
            return False
        return True

    for _ in range(20):
        one, other = track(engine), track(engine)
        with ThreadPoolExecutor(2) as people:
            barrier = Barrier(2)
            heard = [people.submit(say, barrier, *pair) for pair in ((one, other), (other, one))]
            assert sum(each.result() for each in heard) == 1


def test_a_claim_of_a_day_before_the_document_is_doubted(program: Program) -> None:
    told = program.ok("claim", "10", "--on", "2017-01-01").err
    assert "10: claimed on 2017-01-01, before its document was published (2018-08" in told
    assert "before" not in program.ok("claim", "11").err


def test_a_dry_run_says_once_that_it_is_one(program: Program) -> None:
    assert program.ok("claim", "10", "--dry-run").err.count("dry run") == 1


# Evidence


def test_a_digest_says_neither_that_it_waits_for_what_is_closed_nor_when_what_waits_is_told_next(
    program: Program,
) -> None:
    for command, waits in ((("block", "4", "--for", "5"), True), (("done", "5"), False)):
        program.ok(*command, "--as-of", "2018-09-03")
        told = program.ok("digest", "--agency", "市规划局", "--as-of", "2019-01-07").out
        assert ("待编号5的事项办结后办理" in told) is waits
        assert ("下次提醒" in told) is not waits


def test_a_file_of_evidence_is_kept_once_and_written_out_again(program: Program, tmp_path: Path) -> None:
    (tmp_path / "照片.jpg").write_bytes(b"\x00jpg")
    given = ("--evidence", str(tmp_path / "照片.jpg"), "--evidence", "文号〔2018〕3号")
    for id in ("10", "22"):
        assert program("done", id, *given).code == 0
    assert "文号〔2018〕3号" in program("show", "10").out
    assert program("evidence", "ffff").code == 2
    from tracker.store.files import File

    hash = File("照片.jpg", b"\x00jpg").hash
    assert program("evidence", hash[:10], "-o", "copy.jpg").code == 0
    assert (tmp_path / "copy.jpg").read_bytes() == b"\x00jpg"
    (tmp_path / "film.mp4").touch()
    with (tmp_path / "film.mp4").open("r+b") as film:
        film.truncate(20_000_001)
    refused = program("done", "11", "--evidence", str(tmp_path / "film.mp4"))
    assert refused.code == 2
    assert "evidence at most 20,000,000: give a link; nothing was changed" in refused.err


def test_evidence_is_never_written_over_a_file_that_has_its_name(program: Program, tmp_path: Path) -> None:
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent" / "tracker.db").write_bytes(b"not a database")
    program.ok("claim", "10", "--evidence", str(tmp_path / "sent" / "tracker.db"))
    (claim,) = program.ok("list", "--status", "claimed", "--format", "jsonl").rows[0]["claims"]
    refused = program("evidence", claim["evidence"].split("sha256 ")[1][:10])
    assert (refused.code, "tracker.db is there already" in refused.err) == (2, True)
    program.ok("audit", "verify")


@pytest.mark.parametrize("words", ["验收报告.pdf", "./验收报告", "/没有/照片.JPG"])
def test_evidence_that_names_a_file_which_is_not_there_is_refused(program: Program, words: str) -> None:
    refused = program("claim", "10", "--evidence", words)
    assert refused.code != 0
    assert f"{words}: there is no such file; nothing was changed" in refused.err
    assert program("show", "10").out.count("claimed") == 0


@pytest.mark.parametrize("words", ["https://example.org/报告.pdf", "见《验收报告》第3页", "甬政办〔2018〕3号"])
def test_evidence_may_be_words_or_a_link(program: Program, words: str) -> None:
    assert words in program.ok("claim", "10", "--evidence", words).out + program.ok("show", "10").out


# Against a second model: what may happen in which state, and what follows


@dataclass
class Model:
    """One milestone, as somebody else would keep it: no code of the tracker's."""

    due: date
    status: str = "open"
    closed: date | None = None
    claims: dict[str, date] = field(default_factory=dict)
    asked: date | None = None
    slips: list[tuple[date, date]] = field(default_factory=list)
    forecast: date | None = None
    waits: set[int] = field(default_factory=set)

    @property
    def over(self) -> bool:
        return self.status in ("completed", "cancelled")

    def end(self, status: str, day: date) -> None:
        self.status, self.closed, self.asked = status, day, None


def step(model: dict[int, Model], id: int, act: str, day: date, arg: Any) -> bool:
    """Does it in the model; whether it is allowed."""
    m = model[id]
    if act == "reopen":
        if not m.over:
            return False
        m.status, m.closed, m.claims = "open", None, {}
        return True
    if act == "edit":  # what is closed can be corrected, too
        if arg == m.due:
            return False
        m.due = arg
        return True
    if m.over:
        return False
    match act:
        case "claim":
            if arg in m.claims:
                return False
            m.claims[arg] = day
            if {"市住建委"} <= set(m.claims):
                m.status = "claimed"
        case "verify":
            if m.status != "claimed":
                return False
            m.end("completed", m.claims["市住建委"])
        case "return":
            if m.status != "claimed":
                return False
            m.status, m.claims = "open", {}
        case "done":
            m.end("completed", day)
        case "cancel":
            m.end("cancelled", day)
        case "supersede":
            if arg == id or model[arg].over:
                return False
            m.end("cancelled", day)
        case "defer":
            if arg <= m.due or m.asked or day > m.due:
                return False
            m.asked = arg
        case "approve":
            if not m.asked or m.asked <= m.due:
                return False
            m.slips.append((m.due, m.asked))
            m.due, m.asked = m.asked, None
        case "refuse":
            if not m.asked:
                return False
            m.asked = None
        case "forecast":
            m.forecast = arg
        case "block":
            if arg == id or model[arg].over or _reaches(model, arg, id):
                return False
            m.waits = {arg}
        case "ack":
            return bool(arg > day)
    return True


def _reaches(model: dict[int, Model], start: int, goal: int) -> bool:
    wanted, seen = [start], set()
    while wanted:
        one = wanted.pop()
        if one == goal:
            return True
        if one not in seen:
            seen.add(one)
            wanted += model[one].waits
    return False


def perform(engine: Engine, id: int, act: str, day: date, arg: Any, by: str) -> None:
    given: dict[str, Any] = {"day": day, "by": by, "now": said(day).now}
    word = replace(said(day, reason="因故"), by=by)
    acts: dict[str, Callable[[], object]] = {
        "claim": lambda: life.claim(engine, [id], arg, word),
        "verify": lambda: life.verify(engine, [id], "合格", word),
        "return": lambda: life.give_back(engine, [id], word),
        "done": lambda: done(engine, [id], **given),
        "cancel": lambda: cancel(engine, [id], reason="x", **given),
        "reopen": lambda: reopen(engine, [id], **given),
        "supersede": lambda: life.supersede(engine, [id], arg, word),
        "defer": lambda: life.defer(engine, [id], arg, word),
        "approve": lambda: life.approve(engine, [id], word),
        "refuse": lambda: life.refuse(engine, [id], word),
        "edit": lambda: edit(engine, id, {"due": arg}, reason="x", **given),
        "forecast": lambda: life.forecast(engine, [id], arg, word),
        "block": lambda: life.block(engine, [id], [arg], word),
        "ack": lambda: acknowledge(engine, [id], arg, **given),
    }
    acts[act]()


ACTS = ("claim", "claim", "claim", "verify", "return", "done", "cancel", "reopen", "reopen", "supersede", "defer",
        "defer", "approve", "refuse", "edit", "forecast", "block", "ack")  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_any_sequence_of_acts_leaves_what_the_second_model_says(engine: Engine, seed: int) -> None:
    lots, day = random.Random(seed), DAY
    ids = [track(engine, agencies=AGENCIES, lead=("市住建委",)) for _ in range(4)]
    model = {id: Model(LAST) for id in ids}
    states: dict[date, list[Milestone]] = {}
    sequences = dict.fromkeys(ids, 0)
    for _ in range(60):
        if lots.random() < 0.4:
            states[day] = table(engine)
            day += timedelta(days=lots.randint(1, 9))
        id, act = lots.choice(ids), lots.choice(ACTS)
        days = [day + timedelta(days=lots.randint(-9, 90)), LAST]
        arg = {"claim": lots.choice(AGENCIES), "supersede": lots.choice(ids), "block": lots.choice(ids)}.get(
            act, lots.choice(days)
        )
        allowed = step(model, id, act, day, arg)
        with nullcontext() if allowed else pytest.raises(UsageError):
            perform(engine, id, act, day, arg, lots.choice(["甲", "乙", "丙"]))
        for one in table(engine):
            second = model[one.id]
            assert (one.status, one.closed_on, one.due, one.forecast) == (
                second.status, second.closed, second.due, second.forecast,
            ), (seed, id, act)  # fmt: skip
            assert {claim.agency: claim.day for claim in one.claims} == second.claims
            assert [(slip.was, slip.now) for slip in one.slips] == second.slips
            assert (one.asked.to if one.asked else None, one.baseline_due) == (second.asked, LAST)
            assert one.sequence >= sequences[one.id]
            sequences[one.id] = one.sequence
    assert verify(engine).faults == ()
    for past, then in states.items():
        with store.reading(engine) as db:
            assert [replace(one, moved_on=None) for one in store.as_of(db, past)] == then, past


def table(engine: Engine) -> list[Milestone]:
    with store.reading(engine) as db:
        return [replace(one, moved_on=None) for one in store.milestones.all_milestones(db)]  # a note for scans
