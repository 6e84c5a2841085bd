"""A digest as text, HTML, tables and the bytes of a mail."""

import csv
import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from milestone_factory import INGESTED, commitment, milestone, of_the_day, seed
from needed import missing
from rich.console import Console

from tracker.digests import MentionCounts, Section, agency_digest, compose
from tracker.milestones import Status
from tracker.reminders import Known, Reminder, Rules, Sheet, SheetRule, due
from tracker.reminders.sheets import COLOURS
from tracker.render import (
    Envelope,
    Mailbox,
    brief,
    console,
    eml,
    html,
    lay_out,
    list_id,
    message,
    message_id,
    subject,
    text,
    thread_root,
    unsubscribe,
)
from tracker.render.message import SHEETS
from tracker.render.table import lines_table
from tracker.render.wrapping import CLOSING, OPENING, printable, quoted, width, wrap

RULES = Rules()
TODAY = date(2018, 11, 5)
OFFICE = "市委督查室"
DONE = milestone(90, date(2018, 9, 30), title="已完成的一项", status=Status.COMPLETED, closed_on=date(2018, 10, 30))
HOSTILE = "<script>alert(1)</script>\r\nBcc: a@example.org\x1b[31m[/附件1]\u202e{{ 7 * 7 }}"


def sample(milestones=None, agency="市住建委", number=3, **others):
    milestones = [*seed(), DONE] if milestones is None else milestones
    reminders = of_the_day(milestones, RULES, TODAY)
    digest = agency_digest(
        milestones, agency, RULES, TODAY, office=OFFICE, reminders=reminders, last_scan=date(2018, 11, 2)
    )
    return replace(digest, number=number, **others)


def office(milestones=None, **others):
    milestones = [*seed(), DONE] if milestones is None else milestones
    reminders = of_the_day(milestones, RULES, TODAY)
    return replace(
        compose(reminders, milestones, RULES, TODAY, office=OFFICE, office_always=True, **others)[-1], number=9
    )


SHEET = Sheet(
    milestone=1, agency="市住建委", colour="yellow", number=3, due=date(2018, 11, 30), issued=TODAY,
    limit=date(2018, 11, 8),
)  # fmt: skip


def with_sheet():
    """A digest that issues a sheet for a milestone whose reminders pause besides."""
    each = milestone(1, date(2018, 11, 30), acknowledged=(("", date(2018, 11, 9)),))
    issued = Reminder(1, "sheet-yellow", TODAY, "市住建委", SHEET.words, folded=False)
    digest = agency_digest([each], "市住建委", RULES, TODAY, office=OFFICE, reminders=[issued], sheets=[SHEET])
    return replace(digest, number=3)


def hostile():
    return milestone(
        7, title=HOSTILE, item="9\n7", item_title=HOSTILE, agencies=(HOSTILE, "市住建委"), document_title=HOSTILE,
        stated=commitment(quote=HOSTILE, timex=HOSTILE, due=date(2018, 11, 30), assumed=(HOSTILE,)),
    )  # fmt: skip


def envelope(rendered, **others):
    given = {
        "sender": Mailbox("市委督查室", "ducha@example.org"),
        "to": (Mailbox("市住建委办公室", "zjw@example.org"),),
        "date": datetime(2018, 11, 5, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")),
        "message_id": message_id(3, 12, TODAY, "example.org", rendered),
        "thread": thread_root(12, 2018, "example.org"),
        "list_id": list_id(12, "example.org"),
        "issue": "12/3",
    }
    return Envelope(**given | others)


# Wrapping


@pytest.mark.parametrize("columns", [20, 37, 80])
def test_no_line_is_too_wide_and_none_begins_with_a_closing_mark_or_ends_with_an_opening_one(columns):
    for each in seed():
        lines = wrap(each.quote, columns, " 1. ", "    ")
        assert max(map(width, lines)) <= columns
        assert "".join(line[4:] for line in lines) == each.quote
        assert not any(line[4] in CLOSING for line in lines)
        assert not any(line[-1] in OPENING for line in lines)


WRAPPED = {
    "a mark stays with its word": ("改造任务完成，然后", 12, ["改造任务完", "成，然后"]),
    "an opening mark goes to the next line": ("改造任务完（成）", 12, ["改造任务完", "（成）"]),
    "a day stays whole": ("末日为 2018-11-30 前后", 12, ["末日为", "2018-11-30", "前后"]),
    "a word longer than the line is cut": ("abcdefghijklmnop", 6, ["abcdef", "ghijkl", "mnop"]),
    "a mark in brackets stays together": ("改造任务［提示］", 14, ["改造任务［提", "示］"]),
    "each of several addresses stays whole": ("a@example.org,b@example.org", 14, ["a@example.org,", "b@example.org"]),
    "nothing is one line": ("", 10, [""]),
    "marks without end are cut": ("啊" + "！" * 6, 6, ["啊！！", "！！！", "！"]),
}


@pytest.mark.parametrize(("words", "columns", "lines"), WRAPPED.values(), ids=WRAPPED.keys())
def test_lines_break_as_chinese_type_does(words, columns, lines):
    assert wrap(words, columns) == lines


def test_one_line_has_no_control_character():
    assert printable(" a\r\nb\tc\x00\x1b[1m\u202e\u2028d\ud800 ") == "a  b c[1m d"


# The body


def test_a_sheet_is_named_in_the_subject_and_says_what_is_to_be_answered_until_when():
    rules = replace(RULES, sheets=(SheetRule("blue", 3, ("contact",)), SheetRule("yellow", 3, ("head",))))
    body = text(lay_out(with_sheet(), rules))
    assert subject(with_sheet()) == "【督查提醒·黄色督办单】市住建委 临期1（第3期）"
    assert "【黄色督办单 黄字〔2018〕第3号，限11月8日前反馈】" in body
    assert "本期提示：签发黄色督办单　" in body
    assert "签收：已签收，暂停提醒至 2018-11-09" in body
    assert "签收并反馈办理进展和预计办结时间；逾限未反馈的，逐级升级督办。" in body.replace("\n", "")
    assert "督办单" not in text(lay_out(sample(), rules))


def test_a_sheet_has_its_colour_on_the_page():
    body = html(lay_out(with_sheet(), RULES))
    assert 'color:#8a5a00;background:#fff4d6">黄色督办单 黄字〔2018〕第3号，限11月8日前反馈</div>' in body
    assert [name[0] for name in SHEETS] == list(reversed(COLOURS.values()))


def test_the_digest_names_the_office_that_verifies():
    assert "由市委督查室核实销号" in text(lay_out(sample(), RULES)).replace("\n", "")


@pytest.mark.parametrize("reason", ["到期日前30天", "长" * 24, "长" * 60])
def test_the_line_of_the_id_breaks_between_its_parts(reason):
    digest = sample()
    line = replace(digest.lines[0], reason=reason, next_told=TODAY)
    body = text(lay_out(replace(digest, sections=(Section("overdue", 1, 1, (line,)),)), RULES))
    assert "下次提醒：2018-11-05" in body
    assert max(map(width, body.splitlines())) <= 80


@pytest.mark.parametrize("digest", [sample(), office()], ids=["agency", "office"])
def test_the_text_fits_80_columns_and_says_everything(digest):
    body = text(lay_out(digest, RULES))
    assert max(map(width, body.splitlines())) <= 80
    for line in digest.lines:
        for words in (
            line.title,
            quoted(line.quote)[1:-1],
            line.last_day,
            line.when,
            line.item,
            line.document,
            *line.targets,
        ):
            assert _joined(words) in _joined(body)
        assert f"编号：{line.milestone}" in body


def _joined(words):
    return re.sub(r"\s", "", words)


def test_the_html_says_what_the_text_says():
    page = lay_out(office(), RULES)
    read = _joined(_text_of(html(page)))
    for block in page.blocks:
        for entry in block.entries:
            for words in (
                entry.title,
                quoted(entry.quote)[1:-1],
                entry.line.last_day,
                entry.line.when,
                entry.role,
                *entry.notes,
            ):
                assert _joined(words) in read
    for words in (page.summary, *page.office_notes, *page.footer):
        assert _joined(words) in read


def _text_of(document):
    class Reader(HTMLParser):
        found = ""

        def handle_data(self, data):
            self.found += data

    reader = Reader()
    reader.feed(document)
    return reader.found


def test_an_agency_reads_the_digest_of_5_november():
    body = text(lay_out(sample(), RULES))
    assert body.startswith(
        "督查提醒　市住建委\n市委督查室　第3期 · 2018-11-05（周一）\n" + "=" * 80 + "\n"
        "逾期1项，即将到期1项，后续到期2项，近期完成1项。本期提示1项，标有［提示］。\n\n"
        "一、逾期（1项）\n\n"
        " 1. ［提示］今年已列入改革试点的海曙区、江北区6个小区项目已完成立项，将正式开工\n"
        "    到期：8月底或9月上旬，即 2018-09-10　逾期56天\n"
        "    所属：第97项 国家老旧小区改造试点\n"
        "    职责：牵头\n"
        "    目标：海曙区、江北区开工小区项目不少于6个\n"
        "    原文：“今年已列入改革试点的海曙区、江北区6个小区项目已完成立项，将于8月底或\n"
        "          9月上旬正式开工”\n"
        "    推定：2018年取自文件日期（2018-08）\n"
        "    来源：宁波市承担的国家级改革试点任务清单\n"
        "    编号：10　本期提示：逾期每周提醒　下次提醒：2018-11-12\n"
    )
    assert "上次核对：2018-11-02。" in body


def test_nothing_owed_is_said():
    body = text(lay_out(sample([]), RULES))
    assert "截至今日，没有逾期、临近到期日或近期完成的事项。" in body
    assert [each.name for each in message(sample([]), [], RULES).attachments] == []


def test_the_office_reads_its_notes():
    digest = office(
        without_address=["市规划局"],
        mentions=MentionCounts(41, 17, 1),
        unconfirmed=["ningbo（2018-08）"],
        remarks=["第2期可能重复送达1份"],
    )
    body = _joined(text(lay_out(digest, RULES)))
    for words in (
        "1个单位没有收件地址，下列事项无人接收提醒：市规划局（1项）。",
        "时间表述共59处，立项41，排除17，待定1。",
        "文件日期待确认：ningbo（2018-08）。",
        "第2期可能重复送达1份",
        "市规划局（无地址）",
    ):
        assert words in body


def test_backlog_and_catch_up_say_what_they_are():
    milestones = seed()
    first = compose(due(milestones, RULES, INGESTED, {}), milestones, RULES, INGESTED, office=OFFICE)[0]
    assert "【首次立项通报】" in text(lay_out(first, RULES))
    banner = "【首次立项积压通报】标有［提示］的事项在立项时已逾期或已进入首个提醒期，今日一次告知"
    assert banner in text(lay_out(sample(backlog=True), RULES)).replace("\n", "")
    missed = (date(2018, 11, 1), date(2018, 11, 2))
    body = text(lay_out(sample(missed=missed), RULES))
    assert "【补发】2018-11-01至2018-11-02未能按时发出的提醒，并入本期。" in body


AFTER = {
    "逾期后第2天提醒，直至": Rules(overdue=(2,), overdue_weekday=0),
    "逾期后每周日提醒，直至": Rules(overdue=(), overdue_weekday=7, overdue_monthly_after=0),
    "逾期后不再提醒；": Rules(overdue=(), overdue_weekday=0),
}


def test_the_rules_are_printed():
    assert "按日、旬30/7/1/0天，按月60/30/7天" in _joined(text(lay_out(sample(), RULES)))
    assert "逾期后第1天、第4个工作日提醒，此后每周一提醒（超过90天的每月首个周一提醒），直至" in _joined(
        text(lay_out(sample(), RULES))
    )
    for words, rules in AFTER.items():
        assert words in _joined(text(lay_out(sample(), rules)))


WEEKLY = "发送频次：贵单位每周汇总发送一期（每周首个工作日）；当天到期、新逾期、到期日变动和红色督办单随时发送。"
DAILY = "发送频次：贵单位有提醒的工作日当日发送。"
IMMEDIATE = "发送频次：贵单位自到期日当天起有提醒即发；到期日前的提醒随此前各期发送，最迟于到期日当天发送。"
CADENCES = {
    # the agency's own cadence, the office's rules, what the agency reads
    "weekly": ("weekly", RULES, WEEKLY),
    "weekly, on any day": ("weekly", Rules(working_days_only=False), WEEKLY.replace("首个工作日", "一")),
    "daily where the others are told weekly": ("daily", Rules(cadence="weekly"), DAILY),
    "daily, on any day": ("daily", Rules(working_days_only=False), DAILY.replace("工作日", "日子")),
    "immediate": ("immediate", RULES, IMMEDIATE),
    "the office's": (None, Rules(cadence="weekly"), WEEKLY),
    "the usual one": (None, RULES, ""),
}


@pytest.mark.parametrize(("own", "rules", "words"), CADENCES.values(), ids=CADENCES.keys())
def test_an_agency_reads_how_often_it_is_written_to(own, rules, words):
    notes = lay_out(sample(cadence=own), rules).footer
    assert [note for note in notes if note.startswith("发送频次")] == ([words] if words else [])
    assert not any("发送频次" in note for note in lay_out(office(), rules).footer)


def test_a_digest_knows_the_cadence_of_its_agency():
    known = Known(cadences={"市住建委": "weekly"})
    reminders = of_the_day(seed(), RULES, TODAY)
    digests = compose(reminders, seed(), RULES, TODAY, office=OFFICE, known=known)
    assert {one.recipient for one in digests if one.cadence} == {"市住建委"}


SUBJECTS = {
    "【督查提醒】市住建委 逾期1 临期1（第3期）": sample(),
    "【督查提醒】市住建委 逾期1 临期1": sample(number=None),
    "【督查提醒·补发】市住建委 逾期1 临期1（第3期）": sample(missed=(TODAY,)),
    "【督查提醒·积压】市住建委 逾期1 临期1（第3期）": sample(backlog=True),
    "【督查提醒·立项】市人防办 后续2（第3期）": sample(agency="市人防办", backlog=True),
    "【督查提醒】市人防办 后续2（第3期）": sample(agency="市人防办"),
    "【督查提醒】市住建委 无待办（第3期）": sample([]),
    "【督查通报】市委督查室 逾期3 临期1（第9期）": office(),
}


@pytest.mark.parametrize(("line", "digest"), SUBJECTS.items())
def test_the_subject_shows_the_counts_on_a_phone(line, digest):
    assert subject(digest) == line


def many(count):
    return [
        milestone(n, title=f"第{n}件事", stated=commitment(quote="长" * 100, due=None)) for n in range(1, count + 1)
    ]


def test_a_body_shows_at_most_50_entries_and_says_how_many_are_in_the_table():
    rendered = message(sample(many(120)), many(120), RULES)
    shown = len(re.findall(r"^ *\d+\. ", rendered.text, re.MULTILINE))
    assert shown == 50
    assert f"共120项，本页列出{shown}项，其余{120 - shown}项见附件。" in rendered.text
    assert f"共120项，本页列出{shown}项，其余{120 - shown}项见附件。" in rendered.html
    assert len(_rows(rendered.attachments[0].data)) == 121


def test_a_long_list_of_what_is_overdue_hides_nothing_that_is_due_today():
    late = [milestone(n, date(2018, 9, 1)) for n in range(1, 101)]
    today = [milestone(n, TODAY, title="今天的一件", precision="day") for n in range(101, 103)]
    later = [milestone(n, date(2018, 12, 31)) for n in range(103, 200)]
    page = lay_out(sample([*late, *today, *later]), RULES)
    assert [(block.name, len(block.entries)) for block in page.blocks] == [
        ("overdue", 38), ("due_soon", 2), ("later", 10),
    ]  # fmt: skip
    assert brief(sample([*late, *today, *later])).count("今天的一件") == 2


def test_a_table_that_ends_before_the_last_line_says_so():
    digest = sample(many(2100))
    assert "共2100项，本页列出50项，其余2050项见附件（附表列至第2000项）。" in _joined(text(lay_out(digest, RULES)))
    assert len(_rows(lines_table(digest))) == 2001


@pytest.mark.parametrize("length", [300, 3000])
def test_the_html_stays_below_100_kb(length):
    milestones = [
        milestone(n, agencies=("市住建委", *(f"单位{m}" for m in range(length // 30))),
                  stated=commitment(quote="<" * length, due=None))
        for n in range(1, 61)
    ]  # fmt: skip
    for digest in (sample(milestones), office(milestones)):
        assert len(message(digest, milestones, RULES).html.encode()) <= 100_000


def test_the_html_takes_nothing_from_outside_and_no_style_that_outlook_lacks():
    document = html(lay_out(office(), RULES))
    assert not re.search(r"https?:|url\(|<link|<script|<img|<style|@import", document)
    assert not re.search(r"display:\s*(flex|grid)|position:|float:", document)
    assert "max-width:640px" in document


def test_document_text_is_never_markup_anywhere():
    milestones = [hostile()]
    digest = sample(milestones, agency=HOSTILE)
    rendered = message(digest, milestones, RULES)
    assert "<script>" not in rendered.html
    assert "&lt;script&gt;" in rendered.html
    assert "49" not in rendered.text
    for part in (rendered.subject, rendered.text, rendered.html):
        assert "\x1b" not in part
        assert "\u202e" not in part
    assert "\n" not in rendered.subject
    mail = message_from_bytes(eml(rendered, envelope(rendered)), policy=default)
    assert mail["Bcc"] is None
    assert all("/" not in each.name for each in rendered.attachments)


# The console


@pytest.mark.parametrize("columns", [80, 40])
def test_nothing_is_cut_on_a_terminal(columns):
    milestones = [*seed(), hostile()]
    digest = sample(milestones)
    out = io.StringIO()
    Console(file=out, width=columns, force_terminal=False).print(console(digest, RULES, columns))
    assert out.getvalue().strip() == text(lay_out(digest, RULES, None), columns).strip()
    assert "…" not in out.getvalue()


def test_the_console_shows_every_entry_in_the_colour_of_its_standing():
    shown = console(sample(many(120)), RULES)
    assert "120. " in shown.plain
    coloured = console(sample(), RULES)
    assert any(span.style == "red" and coloured.plain[span.start : span.end] == "逾期56天" for span in coloured.spans)


# Tables


def _rows(data):
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r\n+", " =", "＝"])
def test_no_cell_can_act_as_a_formula(start):
    milestones = [milestone(title=f"{start}HYPERLINK(1)"), milestone(2, date(2018, 9, 1))]
    head, *rows = _rows(lines_table(sample(milestones)))
    titles = [row[head.index("任务")] for row in rows]
    assert titles[1].startswith("'")
    assert [row[head.index("剩余天数")] for row in rows] == ["-65", "25"]


def test_the_table_of_the_office_has_a_row_for_each_agency():
    found = {each.name: _rows(each.data) for each in message(office(), seed(), RULES).attachments if "csv" in each.type}
    assert found["各单位汇总_2018-11-05.csv"][1][:4] == ["市住建委", "1", "0", "1"]


# The mail


def mailed(digest=None, milestones=None, **others):
    milestones = [*seed(), DONE] if milestones is None else milestones
    rendered = message(digest or sample(), milestones, RULES, office_email="ducha@example.org")
    return eml(rendered, envelope(rendered, **others)), rendered


def test_the_parts_of_a_mail_stand_in_the_order_that_clients_want():
    data, rendered = mailed()
    mail = message_from_bytes(data, policy=default)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/csv", "text/calendar",
    ]  # fmt: skip
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == rendered.text
    assert mail.get_body(("html",)).get_content().replace("\r\n", "\n").strip() == rendered.html.strip()
    table, calendar = mail.iter_attachments()
    assert table.get_filename() == "督查事项_市住建委_2018-11-05.csv"
    assert calendar.get_filename() == "到期事项_市住建委.ics"
    assert calendar["Content-Type"].params["method"] == "PUBLISH"
    assert calendar["Content-Transfer-Encoding"] == "base64"
    open_ones = [each for each in seed() if each.due and "市住建委" in each.agencies]
    attached = Calendar.from_ical(calendar.get_payload(decode=True))
    assert attached["METHOD"] == "PUBLISH"
    assert len(attached.walk("VEVENT")) == len(open_ones)


def test_the_head_of_a_mail():
    office = "ducha@example.org"
    data, rendered = mailed(
        reply_to=Mailbox("督查室", office), cc=(Mailbox("", "head@example.org"),), unsubscribe=unsubscribe(12, office)
    )
    mail = message_from_bytes(data, policy=default)
    assert dict(mail.items()) | {"Content-Type": None} == {
        "From": "市委督查室 <ducha@example.org>",
        "To": "市住建委办公室 <zjw@example.org>",
        "Cc": "head@example.org",
        "Reply-To": "督查室 <ducha@example.org>",
        "Subject": "【督查提醒】市住建委 逾期1 临期1（第3期）",
        "Date": "Mon, 05 Nov 2018 09:00:00 +0800",
        "Message-ID": message_id(3, 12, TODAY, "example.org", rendered),
        "In-Reply-To": "<t.12.2018@example.org>",
        "References": "<t.12.2018@example.org>",
        "List-Id": "<digest-12.example.org>",
        "List-Unsubscribe": "<mailto:ducha@example.org?subject=unsubscribe-digest-12>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Digest-Issue": "12/3",
        "Content-Language": "zh-CN",
        "MIME-Version": "1.0",
        "Content-Type": None,
    }


def test_a_mail_is_seven_bits_in_short_lines_and_the_same_bytes_each_time():
    data, _ = mailed()
    assert data == mailed()[0]
    data.decode("ascii")
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)


@pytest.mark.parametrize("host", ["example.org", "a" * 60 + ".org", "x." * 60 + "gov.cn", "旧.example"[2:]])
def test_an_id_is_short_and_never_encoded(host):
    _, rendered = mailed()
    ids = {
        "message_id": message_id(10**6, 10**6, TODAY, host, rendered),
        "thread": thread_root(10**6, 2018, host),
        "list_id": list_id(10**6, host),
    }
    assert max(map(len, ids.values())) <= 74
    head = eml(rendered, envelope(rendered, **ids)).split(b"\r\n\r\n")[0].decode()
    for name, value in zip(("Message-ID", "References", "List-Id"), ids.values(), strict=True):
        assert re.search(rf"^{name}:\s+{re.escape(value)}\r?$", head, re.MULTILINE)


@pytest.mark.parametrize("name", ["<市住建委@example.org>", "<a b@example.org>", "a@example.org", "<a@b>\r\nBcc: c@d"])
def test_an_id_that_a_header_cannot_hold_is_refused(name):
    _, rendered = mailed()
    with pytest.raises(ValueError, match="message id"):
        eml(rendered, envelope(rendered, thread=name))


@pytest.mark.parametrize("length", range(14, 60, 3))
def test_no_encoded_word_is_longer_than_the_standard_allows(length):
    name = ("宁波市住房和城乡建设委员会" * 5)[:length]
    rendered = message(sample([milestone(1, agencies=(name,))], name), [], RULES)
    head = eml(rendered, envelope(rendered, to=(Mailbox(name, "a@example.org"),))).split(b"\r\n\r\n")[0]
    words = re.findall(rb"=\?utf-8\?[bq]\?\S*?\?=", head)
    assert len(words) > 2
    assert max(map(len, words)) <= 75
    mail = message_from_bytes(head)  # the newer parser puts a blank between the words of a name
    read = [str(make_header(decode_header(mail[header]))) for header in ("Subject", "To")]
    assert read == [rendered.subject, f"{name} <a@example.org>"]


def test_another_content_has_another_id():
    one, other = message(sample(), [], RULES), message(sample([]), [], RULES)
    assert message_id(3, 12, TODAY, "example.org", one) != message_id(3, 12, TODAY, "example.org", other)


# The picture


@pytest.mark.slow
@pytest.mark.parametrize("columns", [360, 1000])
@pytest.mark.parametrize("digest", [sample(), office()], ids=["agency", "office"])
def test_no_screen_has_to_scroll_sideways(digest, columns, tmp_path):
    program = shutil.which("chromium") or shutil.which("chromium-browser") or missing("chromium")
    # A frame as wide as the phone: a headless window has a least width of its own.
    page = tmp_path / "digest.html"
    page.write_text(html(lay_out(digest, RULES)), "utf-8")
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<iframe width="{columns}" height="900" srcdoc="{_attribute(page.read_text("utf-8"))}"></iframe><script>'
        "onload = () => { const d = document.querySelector('iframe').contentDocument.documentElement;"
        "document.title = d.scrollWidth + ' of ' + d.clientWidth }</script>",
        "utf-8",
    )
    found = subprocess.run(
        [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         "--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path}/profile", "--dump-dom",
         frame.as_uri()],
        capture_output=True, text=True, check=True, timeout=100,
    ).stdout  # fmt: skip
    wide, clear = map(int, re.search(r"<title>(\d+) of (\d+)</title>", found).groups())
    assert wide <= clear


def _attribute(document):
    return document.replace("&", "&amp;").replace('"', "&quot;")
