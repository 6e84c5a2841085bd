"""Document text is data everywhere: nothing that stands in a document or in a name is markup, header, formula, event or
escape. And whatever the milestones are, the agencies' counts are the office's."""

import csv
import io
import unicodedata
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from milestone_factory import commitment, milestone
from rich.console import Console

from tracker.cli.output import csv_cell
from tracker.delivery.chats import CHATS
from tracker.delivery.console import text_of
from tracker.digests import agency_digest, compose
from tracker.milestones import Milestone, Status
from tracker.reminders import Rules, due
from tracker.render import Envelope, Mailbox, Message, brief, console, eml, list_id, message, thread_root
from tracker.render.table import lines_table

RULES = Rules()
TODAY = date(2018, 11, 5)
PIECES = (
    "<script>alert(1)</script>", "<img src=x onerror=y>", "</td></table>", "&amp;", "\" style='x'", "{{ 7 * 7 }}",
    "{% raw %}", "-->", "\r\nBcc: a@example.org", "\nContent-Type: text/html\n\n", "\rX: y", "=?utf-8?b?Qmxh?=", "=1+1",
    "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠x", "\t=1", "\r=1", " =1", "\u3000=1",
    "﹦1", "﹢1", "﹣1", "﹫x", '"', '";=1,"', ",", "BEGIN:VEVENT\r\n",
    "\nEND:VEVENT\nEND:VCALENDAR\n", "\\nBEGIN:VALARM", ";X=Y:", "\x1b[31m", "\x1b]0;x\x07", "\x9b31m", "\x00", "\x08",
    "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\u200f", "\ufeff", "\ud800", "[red]甲[/red]", "[/]", "甲乙丙", "🀄",
    "--=_0_", "<!channel>", '<at user_id="all"></at>', "<@all>", "../../etc/passwd", ".", "",
)  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
FORMULA = tuple("=+-@\t\r＝＋－＠﹦﹢﹣﹫")


def hostile_milestone(words: list[str], agency: str) -> Milestone:
    title, quote, item, document, other = words
    return milestone(
        1, date(2018, 11, 1), title=title, item_title=item, document_title=document, agencies=(agency, f"x{other}"),
        lead=(agency,), stated=commitment(quote=quote, timex=title, due=date(2018, 11, 1), assumed=(other,)),
    )  # fmt: skip


def rendered(words: list[str], agency: str, office: str) -> tuple[Message, str, str]:
    one = hostile_milestone(words, agency)
    reminders = due([one], RULES, TODAY, {})
    digest = agency_digest([one], agency, RULES, TODAY, office=office, reminders=reminders)
    out = io.StringIO()
    shown = console(digest, RULES)
    Console(file=out, force_terminal=False, width=80, legacy_windows=False).print(shown, soft_wrap=True)
    return message(digest, [one], RULES, office_email="ducha@example.org"), brief(digest), out.getvalue()


def envelope(agency: str, office: str) -> Envelope:
    return Envelope(
        sender=Mailbox(office, "ducha@example.org"), to=(Mailbox(agency, "a@example.org"),),
        date=datetime(2018, 11, 5, 9, tzinfo=ZoneInfo("Asia/Shanghai")), message_id="<d1.1.1@example.org>",
        thread=thread_root(1, 2018, "example.org"), list_id=list_id(1, "example.org"), issue="1",
    )  # fmt: skip


class Elements(HTMLParser):
    """The elements of a page with the names of their attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", (data,)))


def obeyed(text: str) -> set[str]:
    """The characters of a text that a terminal or a reader would obey, line ends apart."""
    return {char for char in text if char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs"}}


PLAIN = ["题目", "原文", "事项", "文件", "推定"]
HARMLESS = rendered(PLAIN, "市住建委", "督查室")


@settings(max_examples=40)
@given(words=st.lists(HOSTILE, min_size=5, max_size=5), agency=HOSTILE, office=HOSTILE)
def test_nothing_from_a_document_or_a_name_is_obeyed(words: list[str], agency: str, office: str) -> None:
    mail, short, terminal = rendered(words, agency, office)
    # the page: every element and attribute is the template's own
    assert set(Elements(mail.html).found) <= set(Elements(HARMLESS[0].html).found) | WHERE_A_NAME_IS_LONG
    for text in (mail.subject, mail.text, mail.html, short, terminal):
        assert not obeyed(text)
    assert "\n" not in mail.subject
    for chat in CHATS:
        assert chat.name not in {"企业微信", "飞书"} or "<" not in chat.plain(short)
    # the mail: the same headers, the same parts
    data = eml(mail, envelope(agency, office))
    parsed = message_from_bytes(data, policy=default)
    usual = message_from_bytes(eml(HARMLESS[0], envelope("市住建委", "督查室")), policy=default)
    assert [part.get_content_type() for part in parsed.walk()] == [part.get_content_type() for part in usual.walk()]
    for part, same in zip(parsed.walk(), usual.walk(), strict=True):
        assert part.keys() == same.keys()
        assert not part.defects
    assert not obeyed(text_of(data))
    assert isinstance(parsed, EmailMessage)
    assert [box.addr_spec for box in parsed["To"].addresses] == ["a@example.org"]
    # the attachments: no formula, no event of its own
    table, calendar = parsed.iter_attachments()
    assert "/" not in table.get_filename()
    rows = list(csv.reader(io.StringIO(table.get_payload(decode=True).decode("utf-8-sig"), newline="")))  # type: ignore[union-attr]
    assert len(rows) == 2
    assert len(rows[1]) == len(rows[0])
    days = rows[0].index("剩余天数")
    for place, cell in enumerate(rows[1]):
        assert place == days or not cell.lstrip().startswith(FORMULA), cell
    events = Calendar.from_ical(calendar.get_payload(decode=True))
    assert len(events.walk("VEVENT")) == 1
    assert len(events.walk("VALARM")) == len(set(RULES.lead["month"]))
    assert {component.name for component in events.walk()} == {"VCALENDAR", "VEVENT", "VALARM"}
    event = events.walk("VEVENT")[0]
    usual_event = Calendar.from_ical(list(usual.iter_attachments())[1].get_payload(decode=True)).walk("VEVENT")[0]
    assert set(event) == set(usual_event)


BEFORE = ["", "\x00", "\x1b\x08", "\t", "\r", "\n", "  ", "\u3000", "\ufeff", "\u200b\u202e", "\x85"]


@pytest.mark.parametrize("sign", "=+-@＝＋－＠﹦﹢﹣﹫")
@pytest.mark.parametrize("before", BEFORE, ids=ascii)
def test_no_cell_is_calculated_whatever_stands_before_its_sign(before: str, sign: str) -> None:
    text = f"{before}{sign}1"
    assert csv_cell(text) == f"'{text}"
    assert csv_cell([text, "甲"]) == f"'{text}、甲"
    one = milestone(1, date(2018, 11, 1), title=text, agencies=("甲局",))
    table = lines_table(agency_digest([one], "甲局", RULES, TODAY, office="督查室", reminders=[])).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert row["任务"] == f"'{sign}1"


@pytest.mark.parametrize("text", ["甲=1", " 甲", "1-2", "\x00甲", "—甲", "《=》", ""])
def test_a_cell_that_is_no_formula_stays_as_it_is(text: str) -> None:
    assert csv_cell(text) == text


@pytest.mark.parametrize("times", [1, 2, 3, 5, 20])
@pytest.mark.parametrize(
    "piece", ["<b@example.org>", "b@example.org, ", '"; b@example.org', "甲, <b@example.org>", "x.y "]
)
def test_a_name_of_any_length_is_no_address(piece: str, times: int) -> None:
    data = eml(HARMLESS[0], envelope(piece * times, f"办{piece * times}"))
    parsed = message_from_bytes(data, policy=default)
    assert isinstance(parsed, EmailMessage)
    for header, address in (("To", "a@example.org"), ("From", "ducha@example.org")):
        assert [box.addr_spec for box in parsed[header].addresses] == [address]


# a short answer keeps together, a long one may break: both are the template's
WHERE_A_NAME_IS_LONG = {("div", ("style",)), ("span", ("style",)), ("b", ())}

AGENCIES = ("甲局", "乙局", "丙局", "丁局")


@st.composite
def milestones(draw: st.DrawFn) -> list[Milestone]:
    found = []
    for number in range(1, draw(st.integers(1, 25)) + 1):
        day = draw(st.none() | st.integers(-120, 220).map(lambda days: TODAY + timedelta(days=days)))
        agencies = tuple(draw(st.lists(st.sampled_from(AGENCIES), max_size=4, unique=True)))
        status = draw(st.sampled_from(Status)) if day else Status.OPEN
        closed = TODAY - timedelta(days=draw(st.integers(0, 30))) if status is Status.COMPLETED else None
        precision = draw(st.sampled_from(["day", "month", "year"])) if day else None
        found.append(
            milestone(number, day, agencies=agencies, lead=agencies[:1], status=status, closed_on=closed,
                      precision=precision)
        )  # fmt: skip
    return found


@settings(max_examples=40)
@given(every=milestones(), later=st.integers(0, 60), told=st.booleans())
def test_the_counts_of_the_agencies_are_the_offices(every: list[Milestone], later: int, told: bool) -> None:
    today = TODAY + timedelta(days=later)
    owing = [each for each in every if not each.closed]
    before = due(owing, RULES, today - timedelta(days=7), {}) if told else []
    decided = {(each.milestone, each.agency): each.planned for each in before}
    reminders = due(owing, RULES, today, decided)
    digests = compose(reminders, every, RULES, today, office="督查室", office_always=True)
    *agencies, office = digests
    assert office.overview is not None
    rows = {row.agency: row for row in office.overview.agencies}
    for digest in agencies:
        assert rows[digest.recipient].counts == digest.counts
        assert rows[digest.recipient].told == sum(line.news for line in digest.lines)
    for name in set(AGENCIES) - {digest.recipient for digest in agencies}:
        own = agency_digest(every, name, RULES, today, office="督查室", reminders=reminders)
        counts = rows[name].counts if name in rows else own.counts
        assert counts == own.counts
        assert name in rows or not own.lines
    # each milestone once in the office's counts, once in each of its agencies' rows, and nobody's in none
    for kind in ("new_overdue", "overdue", "due_soon", "later", "completed"):
        sections = ("new_overdue", "overdue") if kind == "overdue" else (kind,)
        lines = [line.milestone for section in office.sections if section.name in sections for line in section.lines]
        assert getattr(office.counts, kind) == len(lines) == len(set(lines))
        by_id = {each.id: each for each in every}
        assert sum(len(by_id[id].agencies) for id in lines) == sum(
            getattr(row.counts, kind) for row in office.overview.agencies
        )
