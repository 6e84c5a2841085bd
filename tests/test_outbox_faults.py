"""Whatever the mail server or the database does: nothing is lost, and nothing comes twice that is not marked."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from mail_server import HANG_UP, SILENCE, TAKE_BODY, MailServer, mail_server, scripted
from needed import missing
from postgres_server import own_postgresql
from sqlalchemy.engine import Connection, Engine

from tracker import store
from tracker.config import Config, load
from tracker.errors import DatabaseError, UsageError
from tracker.jobs import settling
from tracker.jobs.add import Wanted, add
from tracker.jobs.agencies import set_addresses
from tracker.jobs.deliver import DeliveryReport, deliver
from tracker.jobs.outbox import hold, reason, retry
from tracker.jobs.scan import ScanReport, scan
from tracker.store.outbox import OutboxRow

DAY = date(2018, 9, 3)
NOON = datetime(2018, 9, 3, 4, tzinfo=UTC)
AGENCIES = ("甲局", "乙局")
MAIL = """
[office]
email = "office@example.org"
[mail]
host = "{host}"
port = {port}
security = "{security}"
timeout_seconds = 1
[delivery]
lease_seconds = 60
"""


def configured(folder: Path, port: int, security: str = "none", host: str = "127.0.0.1", more: str = "") -> Config:
    file = folder / "faults.toml"
    file.write_text(MAIL.format(port=port, security=security, host=host) + more, encoding="utf-8")
    return load(str(file), {"HOME": str(folder)})


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def good(tmp_path: Path, server: MailServer) -> Config:
    return configured(tmp_path, server.port)


def track(engine: Engine, title: str, agency: str, days: int = 7, since: date = DAY) -> int:
    wanted = Wanted(title=title, due=since + timedelta(days=days), agencies=(agency,))
    return add(engine, wanted, day=since, by="t", now=NOON + (since - DAY)).id


def begin(engine: Engine, config: Config, *agencies: str) -> None:
    """Each agency has one milestone and one digest of it in the outbox, and the office has its own."""
    for agency in agencies:
        track(engine, f"{agency}的任务", agency)
    set_addresses(engine, {agency: {"email": f"{agency_address(agency)}"} for agency in agencies})
    scan(engine, config, today=DAY, now=NOON)


def agency_address(agency: str) -> str:
    return f"a{AGENCIES.index(agency)}@example.org"


def run(engine: Engine, config: Config, after: timedelta = timedelta()) -> DeliveryReport:
    return deliver(engine, config, clock=lambda: NOON + after, out=lambda _: None)


def scan_after(engine: Engine, config: Config, days: int) -> ScanReport:
    return scan(engine, config, today=DAY + timedelta(days=days), now=NOON + timedelta(days=days))


def rows(engine: Engine) -> list[OutboxRow]:
    with store.reading(engine) as db:
        return store.outbox.listed(db)


def states(engine: Engine) -> list[str]:
    return [row.state for row in rows(engine)]


def text_to(server: MailServer, address: str) -> str:
    """All that was written to one address, without line ends."""
    parts = [message.get_body(("plain",)) for message in server.to(address)]
    return "".join(part.get_content() for part in parts if part).replace("\n", "").replace("\r", "").replace(" ", "")


GREETED = ["220 ready", "250 hello", "250 sender", "250 recipient"]
BAD = "bad certificate"

# What the server does to every connection, and whether what it did may have delivered the message.
SERVERS: dict[str, tuple[list[str] | str, bool]] = {
    "refuses connections": ("refused", False),
    "421 at the greeting": (["421 too busy"], False),
    "421 at RCPT": (["220 ready", "250 hello", "250 sender", "421 closing"], False),
    "450 at RCPT": (["220 ready", "250 hello", "250 sender", "450 4.2.0 later", "250 reset"], False),
    "452 at DATA": ([*GREETED, "452 4.3.1 no room", "250 reset"], False),
    "451 after the final dot": ([*GREETED, "354 go ahead", TAKE_BODY, "451 4.3.0 try again", "250 reset"], False),
    "silent at the greeting": ([SILENCE], False),
    "hangs in DATA": ([*GREETED, SILENCE], False),
    "hangs up before the final dot": ([*GREETED, HANG_UP], False),
    "hangs up after the final dot": ([*GREETED, "354 go ahead", TAKE_BODY, HANG_UP], True),
    "silent after the final dot": ([*GREETED, "354 go ahead", TAKE_BODY, SILENCE], True),
    "closes TLS": (["220 ready", "250-hello\r\n250 STARTTLS", "220 go ahead", HANG_UP], False),
}


@pytest.mark.parametrize(("script", "doubtful"), SERVERS.values(), ids=SERVERS)
def test_after_a_server_that_fails_everything_arrives_once_or_is_marked(
    engine: Engine, good: Config, server: MailServer, tmp_path: Path, script: list[str] | str, doubtful: bool
) -> None:
    begin(engine, good, "甲局")
    with ExitStack() as stack:
        port = stack.enter_context(scripted(script if isinstance(script, list) else []))
        if script == "refused":
            stack.close()
        failing = configured(tmp_path, port, "starttls" if "STARTTLS" in str(script) else "none")
        report = run(engine, failing)
    assert not report.sent
    assert not report.failed
    run(engine, configured(tmp_path, server.port), timedelta(hours=2))
    assert states(engine) == ["sent", "sent"]
    assert len(server.to("a0@example.org")) == len(server.to("office@example.org")) == 1
    assert rows(engine)[0].possible_duplicate is doubtful


def test_a_certificate_that_nobody_trusts_sends_nothing_and_loses_nothing(
    engine: Engine, good: Config, server: MailServer, tmp_path: Path
) -> None:
    context = own_certificate(tmp_path)
    begin(engine, good, "甲局")
    with mail_server(tls_context=context) as bad:
        report = run(engine, configured(tmp_path, bad.port, "starttls", "localhost"))
        assert "certificate" in report.stopped_by
        assert not bad.taken
    assert len(run(engine, configured(tmp_path, server.port), timedelta(hours=1)).sent) == 2


def own_certificate(folder: Path) -> Any:
    import ssl

    if shutil.which("openssl") is None:
        missing("openssl")
    words = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost"
    subprocess.run(words.split(), cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_a_slow_server_gets_everything_once(engine: Engine, good: Config, server: MailServer) -> None:
    begin(engine, good, *AGENCIES)
    server.delay = 0.9
    assert len(run(engine, good).sent) == 3
    assert len(server.taken) == 3


def test_one_of_three_that_is_refused_costs_the_others_nothing(
    engine: Engine, good: Config, server: MailServer
) -> None:
    track(engine, "任务", "甲局")
    emails = ["one@example.org", "two@example.org", "three@example.org"]
    set_addresses(engine, {"甲局": {"email": ",".join(emails)}})
    scan_after(engine, good, 0)
    server.refuse = {"two@example.org": "550 5.1.1 no such user"}
    run(engine, good)
    assert [len(server.to(email)) for email in emails] == [1, 0, 1]
    with store.reading(engine) as db:
        (agency,) = store.agencies.listed(db)
    assert agency.suspended == ("two@example.org",)
    server.refuse = {}
    set_addresses(engine, {"甲局": {"email": ",".join(emails)}})  # an import of the same table lifts nothing
    track(engine, "又一项", "甲局", since=DAY + timedelta(days=1))
    scan_after(engine, good, 1)
    run(engine, good, timedelta(days=1))
    assert [len(server.to(email)) for email in emails] == [2, 0, 2]
    assert "甲局的地址two@example.org自2018-09-03起停用" in text_to(server, "office@example.org")


def test_three_days_of_a_server_that_is_down_end_in_one_issue_that_tells_everything(
    engine: Engine, good: Config, server: MailServer, tmp_path: Path
) -> None:
    with scripted([]) as port:
        pass
    down = configured(tmp_path, port)
    begin(engine, down, *AGENCIES)
    for days in range(4):
        track(engine, f"第{days}天的任务", "甲局", since=DAY + timedelta(days=days))
        scan_after(engine, down, days)
        for hours in range(0, 12, 2):
            run(engine, down, timedelta(days=days, hours=hours))
    good = configured(tmp_path, server.port)
    run(engine, good, timedelta(days=3, hours=12))
    run(engine, good, timedelta(days=4))
    assert [len(server.to(agency_address(agency))) for agency in AGENCIES] == [1, 1]
    assert len(server.to("office@example.org")) == 1
    told = text_to(server, "a0@example.org")
    assert all(f"［提示］{title}" in told for title in ("甲局的任务", *(f"第{days}天的任务" for days in range(4))))
    assert "【并入】第1期至第4期未能发出，内容并入本期。" in told
    assert "未能发出、内容并入本期的有：甲局第1期至第4期。" in text_to(server, "office@example.org")
    assert set(states(engine)) == {"sent", "cancelled"}
    with store.reading(engine) as db:
        told_of = [store.ledger.of_milestone(db, one.id) for one in store.open_milestones(db)]
    assert {one.state for each in told_of for one in each} == {"sent"}
    superseded = next(row for row in rows(engine) if row.state == "cancelled")
    assert superseded.reply.startswith("superseded: 第2期")
    with pytest.raises(UsageError, match="was superseded"):
        retry(engine, superseded.id, now=NOON)
    assert not scan_after(engine, good, 4).issued


def test_what_somebody_may_have_is_never_superseded(
    engine: Engine, good: Config, server: MailServer, tmp_path: Path
) -> None:
    begin(engine, good, "甲局")
    with scripted([*GREETED, "354 go ahead", TAKE_BODY, HANG_UP]) as port:
        run(engine, configured(tmp_path, port))
    server.refuse = {"a0@example.org": "450 later"}
    good = configured(tmp_path, server.port)
    run(engine, good, timedelta(hours=1))  # it is known to have been tried past its last byte, and put off again
    track(engine, "又一项", "甲局", since=DAY + timedelta(days=1))
    scan_after(engine, good, 1)
    server.refuse = {}
    run(engine, good, timedelta(days=2))
    assert len(server.to("a0@example.org")) == 2
    assert [row.possible_duplicate for row in rows(engine) if row.agency] == [True, False]


def test_what_may_have_arrived_is_held_where_the_configuration_says_so(
    engine: Engine, good: Config, server: MailServer, tmp_path: Path
) -> None:
    begin(engine, good, "甲局")
    with scripted([*GREETED, "354 go ahead", TAKE_BODY, HANG_UP]) as port:
        holding = configured(tmp_path, port, more='unknown = "hold"\n')
        run(engine, holding)
    good = configured(tmp_path, server.port, more='unknown = "hold"\n')
    assert not run(engine, good, timedelta(days=1)).sent
    assert set(states(engine)) == {"unknown"}
    first = rows(engine)[0]
    assert reason(first, good).startswith(
        f"nobody knows whether it arrived; tracker outbox retry {first.id} resends it"
    )
    track(engine, "又一项", "甲局", since=DAY + timedelta(days=1))
    scan_after(engine, good, 1)
    run(engine, good, timedelta(days=1))
    assert f"是否送达不明，待督查室决定是否重发（trackeroutboxretry{first.id}）" in text_to(
        server, "office@example.org"
    )
    retry(engine, first.id, now=NOON)
    (again,) = run(engine, good, timedelta(days=1)).sent
    assert again.possible_duplicate
    assert server.messages[-1]["Message-ID"] == first.message_id


def test_a_message_that_is_held_waits_and_the_office_reads_so(engine: Engine, good: Config, server: MailServer) -> None:
    begin(engine, good, "甲局")
    held = hold(engine, rows(engine)[0].id)
    track(engine, "又一项", "甲局", since=DAY + timedelta(days=1))
    scan_after(engine, good, 1)
    run(engine, good, timedelta(days=1))
    assert "甲局第1期已暂扣" in text_to(server, "office@example.org")
    assert [row.state for row in rows(engine) if row.agency] == ["held", "sent"]
    retry(engine, held.id, now=NOON)
    assert len(run(engine, good, timedelta(days=1)).sent) == 1


@contextmanager
def locked(engine: Engine, _path: Path) -> Iterator[None]:
    """Another program holds the database for longer than anybody has patience, which is shortened here."""
    with sa.create_engine(engine.url).connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        yield
        other.exec_driver_sql("ROLLBACK")


def pragma(words: str) -> Callable[[Engine, Path], AbstractContextManager[None]]:
    @contextmanager
    def changed(engine: Engine, _path: Path) -> Iterator[None]:
        def apply(db: Connection) -> None:
            db.exec_driver_sql(words)

        sa.event.listen(engine, "begin", apply)
        yield
        sa.event.remove(engine, "begin", apply)
        engine.dispose()  # the connections that have heard it

    return changed


DATABASES = {
    "locked": locked,
    "read-only": pragma("PRAGMA query_only = ON"),
    "full": pragma("PRAGMA max_page_count = 1"),
}
WHEN = ("scanning", "claiming", "marking")


@pytest.fixture
def impatient(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A SQLite database that waits for a lock for a tenth of a second, and marks again at once."""
    monkeypatch.setattr(settling, "MARKING_PAUSES", (0.0,))
    shutil.copy(migrated, tmp_path / "tracker.db")
    engine = store.connect(f"sqlite:///{tmp_path / 'tracker.db'}?timeout=0.1")
    yield engine
    engine.dispose()


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("fault", DATABASES.values(), ids=DATABASES)
def test_after_a_database_that_fails_everything_arrives_once_or_is_marked(
    impatient: Engine, good: Config, server: MailServer, tmp_path: Path,
    fault: Callable[[Engine, Path], AbstractContextManager[None]], when: str,
) -> None:  # fmt: skip
    engine, full = impatient, fault is DATABASES["full"]
    track(engine, "任务", "甲局")
    set_addresses(engine, {"甲局": {"email": "a0@example.org"}})
    if when == "scanning":
        with fault(engine, tmp_path), pytest.raises(DatabaseError):
            scan_after(engine, good, 0)
        assert rows(engine) == []
    scan_after(engine, good, 0)
    broke = ExitStack()
    with broke:
        if when == "claiming":
            broke.enter_context(fault(engine, tmp_path))
        elif when == "marking":
            answered = answering(server, lambda: broke.enter_context(fault(engine, tmp_path)))
        if when != "scanning" and not full:  # an answer needs no new page: a full disk is met when deciding
            with pytest.raises(DatabaseError):
                run(engine, good)
    if when == "marking":
        answered.clear()
    run(engine, good, timedelta(minutes=5))
    assert states(engine) == ["sent", "sent"]
    twice = [row.possible_duplicate for row in rows(engine)]
    copies = [len(server.to("a0@example.org")), len(server.to("office@example.org"))]
    assert all(copies == 1 or marked for copies, marked in zip(copies, twice, strict=True))
    assert min(copies) == 1


def answering(server: MailServer, act: Callable[[], object]) -> list[Callable[[], object]]:
    """Lets `act` happen between the first message that is taken and the answer; returns what is still to happen."""
    left = [act]

    class Taken(list[Any]):
        def append(self, envelope: Any) -> None:
            super().append(envelope)
            if left:
                left.pop()()

    server.taken = Taken()
    return left


@pytest.mark.slow
def test_a_postgresql_that_is_restarted_while_messages_leave_loses_nothing(
    good: Config, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "MARKING_PAUSES", (0.2, 1.0, 3.0, 9.0))
    with own_postgresql() as (url, restart):
        store.upgrade(upgrading := store.connect(url, upgrading=True))
        upgrading.dispose()
        engine = store.connect(url)
        begin(engine, good, *AGENCIES)
        answering(server, lambda: threading.Thread(target=restart).start() or time.sleep(0.5))
        for _ in range(30):
            try:
                run(engine, good, timedelta(minutes=5))
            except DatabaseError:
                time.sleep(0.2)
            if set(states_or_nothing(engine)) == {"sent"}:
                break
        assert set(states(engine)) == {"sent"}
        copies = {address: len(server.to(address)) for address in ("a0@example.org", "a1@example.org")}
        marked = {row.recipients[0]: row.possible_duplicate for row in rows(engine)}
        assert all(number == 1 or marked[address] for address, number in copies.items())
        engine.dispose()


def states_or_nothing(engine: Engine) -> list[str]:
    try:
        return states(engine)
    except DatabaseError:
        return []
