"""The main job, end to end: the real document is read, its agency is reminded by a real mail server, and only once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from mail_server import MailServer, mail_server
from milestone_factory import INGESTED, SEED
from sqlalchemy.engine import Engine

from tracker import store
from tracker.commitments import extract
from tracker.config import Config, load
from tracker.jobs.deliver import DeliveryReport, deliver
from tracker.jobs.ingest import ingest
from tracker.jobs.scan import ScanReport, scan
from tracker.sources import read
from tracker.workdays import is_workday

SHANGHAI = ZoneInfo("Asia/Shanghai")
AGENCY, ADDRESS = "市住建委", "zjw@example.org"
LAST = date(2018, 11, 5)
WORKDAYS = [day for day in (INGESTED + timedelta(days=n) for n in range((LAST - INGESTED).days + 1)) if is_workday(day)]
MAIL = """
[office]
name = "市委督查室"
email = "ducha@example.org"
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
"""


@dataclass
class Season:
    """Every working day scanned and delivered twice; what the second time did, and what the server took."""

    server: MailServer
    again: list[tuple[ScanReport, DeliveryReport]] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        """What the agency got, as it arrived."""
        return self.server.to(ADDRESS)


@pytest.fixture
def season(engine: Engine, tmp_path: Path) -> Iterator[Season]:
    with mail_server() as server:
        config = configured(tmp_path, server)
        source = read(str(SEED / "document.txt"))
        ingest(engine, source, extract(source), today=INGESTED, now=at(INGESTED, 7), actor="t")
        with store.writing(engine) as db:
            store.agencies.set_addresses(db, AGENCY, {"email": ADDRESS})
        found = Season(server)
        for day in WORKDAYS:
            scan_and_deliver(engine, config, day, 8)
            found.again.append(scan_and_deliver(engine, config, day, 9))
        yield found


def configured(tmp_path: Path, server: MailServer) -> Config:
    file = tmp_path / "main.toml"
    file.write_text(MAIL.format(port=server.port), encoding="utf-8")
    return load(str(file), {"HOME": str(tmp_path)})


def at(day: date, hour: int) -> datetime:
    """An hour of the business day, which is Shanghai's."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def scan_and_deliver(engine: Engine, config: Config, day: date, hour: int) -> tuple[ScanReport, DeliveryReport]:
    scanned = scan(engine, config, today=day, now=at(day, hour))
    delivered = deliver(engine, config, clock=lambda: at(day, hour), out=lambda _text: None)
    assert delivered.complete
    return scanned, delivered


def sent_on(mail: EmailMessage) -> date:
    return parsedate_to_datetime(str(mail["Date"])).date()


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


# The rungs of 8月底或9月上旬, 11月底, 每年 and 2018年12月底前; from the second week on what is overdue, on Mondays.
ISSUES = [
    (date(2018, 8, 31), "·立项】市住建委 临期1 后续1"),
    (date(2018, 9, 3), "】市住建委 临期1 后续1"),
    (date(2018, 9, 10), "】市住建委 临期1 后续1"),  # the day before was a Sunday: told with the last day
    (date(2018, 9, 11), "】市住建委 逾期1 后续1"),
    (date(2018, 9, 14), "】市住建委 逾期1 后续1"),
    (date(2018, 9, 17), "】市住建委 逾期1 后续1"),
    (date(2018, 9, 25), "】市住建委 逾期1 后续1"),  # Monday is the mid-autumn holiday
    (date(2018, 10, 8), "】市住建委 逾期1 后续2"),  # Monday the 1st is the national holiday
    (date(2018, 10, 15), "】市住建委 逾期1 后续2"),
    (date(2018, 10, 22), "】市住建委 逾期1 后续2"),
    (date(2018, 10, 29), "】市住建委 逾期1 后续2"),
    (date(2018, 10, 31), "】市住建委 逾期1 临期1"),
    (date(2018, 11, 1), "】市住建委 逾期1 临期1"),
    (LAST, "】市住建委 逾期1 临期1"),
]


def test_an_agency_is_reminded_of_what_the_document_promised_and_only_once(season: Season) -> None:
    found = [(sent_on(mail), str(mail["Subject"])) for mail in season.mails]
    assert found == [(day, f"【督查提醒{words}（第{n}期）") for n, (day, words) in enumerate(ISSUES, 1)]
    assert all((scanned.issued, delivered.sent) == ((), []) for scanned, delivered in season.again)
    assert len(season.again) == len(WORKDAYS)
    taken = [str(mail["Message-ID"]) for mail in season.server.messages]
    assert len(set(taken)) == len(taken)
    sections = body(season.mails[-1]).split("\n\n")
    (overdue,) = (part for part in sections if "8月底或9月上旬，即 2018-09-10" in part)
    assert overdue.startswith(" 1. ［提示］")
    assert "逾期56天" in overdue
    assert "下次提醒：2018-11-12" in overdue
    for last_day in ("11月底，即 2018-11-30　还有25天", "2018年12月底前，即 2018-12-31　还有56天"):
        assert sum(f"到期：{last_day}" in part for part in sections) == 1
    read = body(season.mails[-1], "html")
    assert all(words in read for words in ("8月底或9月上旬", "逾期56天", "11月底", "还有25天", "2018年12月底前"))
