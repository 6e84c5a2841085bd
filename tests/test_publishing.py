"""Publishing calendars to a CalDAV server: a real Radicale, and one that answers whatever a server can."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from calendar_server import PASSWORD, USER, Radicale, Scripted, free_port, radicale, scripted, self_signed
from cli_program import DAY, Program
from icalendar import Calendar
from milestone_factory import MODIFIED
from sqlalchemy.engine import Engine

from tracker import ics, store
from tracker.store.publications import Publication


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with radicale(tmp_path_factory.mktemp("radicale")) as running:
        yield running


@pytest.fixture
def office(program: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The seed's office, whose user and password the server knows."""
    program.file("config.toml", f'[caldav]\nuser = "{USER}"\n')
    monkeypatch.setenv("TRACKER_CALDAV_PASSWORD", PASSWORD)
    return program


@pytest.fixture
def place(server: Radicale, tmp_path: Path) -> str:
    """A calendar that is not there yet, another one for each test."""
    return f"{server.url}{tmp_path.name}/"


def entries(server: Radicale, place: str) -> dict[str, str]:
    """Every entry of a calendar as another client reads it, by its UID."""
    status, text = server.ask("GET", place.removeprefix(server.url))
    assert status == 200, text
    whole = Calendar.from_ical(text)
    return {str(each["UID"]): str(each["SUMMARY"]) for each in whole.walk("VEVENT") if "RECURRENCE-ID" not in each}


def uid(program: Program, id: int) -> str:
    return next(row["uid"] for row in program.ok("list", "--all", "--format", "jsonl", *DAY).rows if row["id"] == id)


def dated(program: Program) -> list[int]:
    return [row["id"] for row in program.ok("list", "--format", "jsonl", *DAY).rows if row["due"]]


def test_a_calendar_is_made_and_afterwards_only_what_changed_is_written(office: Program, server: Radicale, place: str):
    first = office.ok("publish", "caldav", place, *DAY)
    assert first.out == "督查室: 37 created\n"
    assert f"{place}: a new calendar" in first.err
    assert len(entries(server, place)) == 37
    assert office.ok("publish", "caldav", place, *DAY).out == "督查室: 37 unchanged\n"

    one, two, *_ = dated(office)
    office.ok("done", str(one), *DAY)
    office.ok("edit", str(two), "--due", "2018-12-24", "--reason", "会议", *DAY)
    assert office.ok("publish", "caldav", place, *DAY).out == "督查室: 2 updated, 35 unchanged\n"
    assert entries(server, place)[uid(office, one)].startswith("【已办结】")

    later = ("--as-of", "2019-02-04")
    assert office.ok("publish", "caldav", place, *later).out == "督查室: 1 deleted, 36 unchanged\n"
    assert uid(office, one) not in entries(server, place)
    assert len(entries(server, place)) == 36


def test_the_server_keeps_what_the_lint_finds_in_order(office: Program, server: Radicale, place: str):
    office.ok("publish", "caldav", place, *DAY)
    _, text = server.ask("GET", f"{place.removeprefix(server.url)}{uid(office, dated(office)[0])}.ics")
    assert b"METHOD" not in text.encode()
    assert len(Calendar.from_ical(text).walk("VALARM")) > 0


def test_a_dry_run_says_what_it_would_do_and_does_nothing(office: Program, server: Radicale, place: str):
    answer = office.ok("publish", "caldav", place, "--dry-run", *DAY)
    assert answer.out.count("create 【到期】") == 37
    assert answer.out.endswith("督查室: would be 37 created\n")
    assert "a new calendar would be made" in answer.err
    assert server.ask("GET", place.removeprefix(server.url))[0] == 404
    rows = office.ok("publish", "caldav", place, "--dry-run", "--format", "jsonl", *DAY).rows
    assert {(row["action"], row["done"]) for row in rows} == {("create", False)}
    assert {row["uid"] for row in rows} >= {uid(office, dated(office)[0])}


def test_each_agency_and_each_pilot_has_a_calendar_of_its_own(office: Program, server: Radicale, place: str):
    office.file(
        "config.toml",
        f'[caldav]\nurl = "{place}"\nuser = "{USER}"\n[caldav.to]\n"市住建委" = "{place[:-1]}-zjw"\n',
    )
    assert office.ok("publish", "caldav", *DAY).out == "督查室: 37 created\n市住建委: 8 created\n"
    assert office.ok("publish", "caldav", "--agency", "市住建委", *DAY).out == "市住建委: 8 unchanged\n"
    pilot = office.ok("publish", "caldav", f"{place[:-1]}-97/", "--item", "97", "--agency", "市住建委", *DAY)
    assert re.fullmatch(r"市住建委·第97项: \d+ created\n", pilot.out)
    refused = office("publish", "caldav", place, "--agency", "市住建委", *DAY)
    assert refused.code == 2
    assert "holds the calendar of office VEVENT, not of 市住建委 VEVENT" in refused.said
    assert len(entries(server, place)) == 37


def test_tasks_are_published_as_tasks(office: Program, server: Radicale, place: str):
    office.ok("publish", "caldav", place, "--as", "todo", *DAY)
    _, text = server.ask("GET", place.removeprefix(server.url))
    assert text.count("BEGIN:VTODO") == 37


def change(server: Radicale, place: str, uid: str, old: str, new: str) -> None:
    """Another client changes an entry."""
    path = f"{place.removeprefix(server.url)}{uid}.ics"
    _, text = server.ask("GET", path)
    assert old in text
    status, answer = server.ask("PUT", path, text.replace(old, new), Content_Type="text/calendar; charset=utf-8")
    assert status in (201, 204), answer


def test_what_somebody_changed_there_is_left_and_said(office: Program, server: Radicale, place: str):
    office.ok("publish", "caldav", place, *DAY)
    one = uid(office, dated(office)[0])
    change(server, place, one, "SUMMARY:【到期】", "SUMMARY:【我的】")
    for day in (DAY, DAY):  # and said again until somebody decides
        answer = office("publish", "caldav", place, *day)
        assert (answer.code, answer.out) == (1, "督查室: 1 left, 36 unchanged\n")
        assert "somebody changed it on the server: SUMMARY is 【我的】" in answer.err
        assert "--overwrite puts ours in its place" in answer.err
    office.ok("done", str(dated(office)[0]), *DAY)
    assert office("publish", "caldav", place, *DAY).code == 1
    assert entries(server, place)[one].startswith("【我的】")
    assert office.ok("publish", "caldav", place, "--overwrite", *DAY).out == "督查室: 1 updated, 36 unchanged\n"
    assert entries(server, place)[one].startswith("【已办结】")
    assert office.ok("publish", "caldav", place, *DAY).out == "督查室: 37 unchanged\n"


def test_another_version_that_says_the_same_is_ours(office: Program, server: Radicale, place: str):
    office.ok("publish", "caldav", place, *DAY)
    one = uid(office, dated(office)[0])
    change(server, place, one, "END:VALARM", "ACKNOWLEDGED:20181101T010000Z\r\nEND:VALARM")
    assert office.ok("publish", "caldav", place, *DAY).out == "督查室: 37 unchanged\n"
    office.ok("done", str(dated(office)[0]), *DAY)
    assert office.ok("publish", "caldav", place, *DAY).out == "督查室: 1 updated, 36 unchanged\n"


def test_what_somebody_deleted_there_is_put_again_and_said(office: Program, server: Radicale, place: str):
    office.ok("publish", "caldav", place, *DAY)
    one = uid(office, dated(office)[0])
    assert server.ask("DELETE", f"{place.removeprefix(server.url)}{one}.ics")[0] == 200
    assert office.ok("publish", "caldav", place, *DAY).out == "督查室: 1 restored, 36 unchanged\n"
    assert server.ask("DELETE", place.removeprefix(server.url))[0] == 200
    answer = office.ok("publish", "caldav", place, *DAY)
    assert answer.out == "督查室: 37 created\n"
    assert "a new calendar" in answer.err


def test_an_entry_of_somebody_else_is_never_touched(office: Program, server: Radicale, place: str):
    office.ok("publish", "caldav", place, *DAY)
    own = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:mine\r\nDTSTAMP:20180101T000000Z\r\n" \
          "DTSTART;VALUE=DATE:20181101\r\nSUMMARY:我的会\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"  # fmt: skip
    status, _ = server.ask("PUT", f"{place.removeprefix(server.url)}mine.ics", own, Content_Type="text/calendar")
    assert status == 201
    office.ok("publish", "caldav", place, "--overwrite", *DAY)
    assert entries(server, place)["mine"] == "我的会"


def test_a_run_that_was_cut_off_goes_on_where_it_ended(office: Program, server: Radicale, place: str):
    office.ok("publish", "caldav", place, *DAY)
    office.ok("done", str(dated(office)[0]), *DAY)
    whole = office.database.read_bytes()
    office.ok("publish", "caldav", place, *DAY)
    for wal in office.folder.glob("tracker.db-*"):
        wal.unlink()
    office.database.write_bytes(whole)  # as if it had ended before anything was written down
    assert office.ok("publish", "caldav", place, *DAY).out == "督查室: 37 unchanged\n"


def test_two_who_publish_at_once_put_each_entry_once(office: Program, server: Radicale, place: str):
    words = [sys.executable, "-m", "tracker", "publish", "caldav", f"{place[:-1]}-both/", *DAY]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    both = [
        subprocess.Popen(words, cwd=office.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in both]
    assert {process.returncode for process in both} <= {0, 1}, said
    assert office.ok("publish", "caldav", f"{place[:-1]}-both/", *DAY).out == "督查室: 37 unchanged\n"
    assert len(entries(server, f"{place[:-1]}-both/")) == 37


def test_the_book_keeps_one_line_for_each_entry_of_each_calendar(engine: Engine):
    def put(collection: str, uid: str, etag: str) -> None:
        row = Publication(href=f"/{uid}.ics", etag=etag, sha256="0" * 64)
        with store.writing(engine) as db:
            store.publications.record(db, collection, uid, row, holds="office", at=MODIFIED)

    put("https://a/", "u", "1")
    put("https://a/", "u", "2")
    put("https://b/", "u", "3")
    with store.writing(engine) as db:
        store.publications.forget(db, "https://b/", "u")
    with store.reading(engine) as db:
        assert [each.etag for each in store.publications.of_collection(db, "https://a/").values()] == ["2"]
        assert store.publications.of_collection(db, "https://b/") == {}
        assert store.publications.holds(db, "https://a/") == "office"
        assert store.publications.holds(db, "https://b/") is None


def test_a_wrong_password_is_one_message_without_it(office: Program, place: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TRACKER_CALDAV_PASSWORD", "falsch-0815")
    answer = office("publish", "caldav", place, *DAY)
    assert answer.code == 3
    assert "the login of ducha was refused (401): see [caldav] password_file" in answer.said
    assert "falsch" not in answer.said


def test_without_a_user_it_says_that_one_is_needed(office: Program, place: str):
    office.file("config.toml", "")
    answer = office("publish", "caldav", place, *DAY)
    assert answer.code == 3
    assert "it asks for a login (401): set [caldav] user" in answer.said


def test_a_folder_of_calendars_is_no_calendar(office: Program, server: Radicale):
    answer = office("publish", "caldav", server.url, *DAY)
    assert answer.code == 1
    assert "is a folder on that server, no calendar" in answer.said


PUT_FAILS = {
    "forbidden": ("PUT", (403, {}, ""), 1, "it is forbidden to change this calendar (403)"),
    "gone": ("PUT", (404, {}, ""), 1, "the calendar is gone (404)"),
    "full": ("PUT", (507, {}, ""), 1, "the server is full (507)"),
    "too many": ("PUT", (429, {}, ""), 1, "too many requests (429)"),
    "broken": ("PUT", (500, {}, "<h1>Oops</h1>"), 1, "the server answers 500 Oops"),
    "moved": ("PROPFIND", (301, {"Location": "/dav/cal/"}, ""), 1, "the calendar has moved to /dav/cal/"),
    "digest": (
        "PROPFIND", (401, {"WWW-Authenticate": 'Digest realm="x"'}, ""), 3, "it asks for a login by Digest (401)",
    ),
    "a web page": ("PROPFIND", (207, {}, "<html>"), 1, "its answer is no XML: is this a CalDAV server?"),
    "no DAV": ("PROPFIND", (405, {}, ""), 1, "this is no CalDAV calendar (405)"),
    "no folder": ("MKCALENDAR", (409, {}, ""), 1, "no calendar can be made there (409): its folder does not exist"),
    "line breaks": ("PUT", (0, {}, ""), 1, "no connection: "),
}  # fmt: skip


@pytest.fixture
def script() -> Iterator[Scripted]:
    with scripted() as running:
        yield running


@pytest.mark.parametrize(("method", "answer", "code", "words"), PUT_FAILS.values(), ids=PUT_FAILS.keys())
def test_each_failure_is_one_clear_message(office: Program, script: Scripted, method, answer, code, words):
    script.answers[method] = [answer]
    if method == "MKCALENDAR":
        script.answers["PROPFIND"] = [(404, {}, "")]
    found = office("publish", "caldav", script.url, *DAY)
    assert (found.code, found.out) == (code, "")
    assert words in found.said
    assert found.err.count("tracker: ") == 1
    assert PASSWORD not in found.said


def test_what_was_put_before_the_server_was_full_is_recorded_and_a_second_run_goes_on(
    office: Program, script: Scripted
):
    script.answers["PUT"] = [(201, {"ETag": f'"{number}"'}, "") for number in range(5)] + [(507, {}, "")]
    answer = office("publish", "caldav", script.url, *DAY)
    assert (answer.code, answer.out) == (1, "督查室: 5 created\n")
    assert "5 done before that are recorded" in answer.said
    put = [path for method, path, _ in script.asked if method == "PUT"][:5]
    item = (
        "<d:response><d:href>{}</d:href><d:propstat><d:prop>"
        '<d:getetag>"{}"</d:getetag></d:prop></d:propstat></d:response>'
    )
    listed = "".join(item.format(path, number) for number, path in enumerate(put))
    whole, end = script.answer("PROPFIND")[2].split("</d:multistatus>")
    script.answers = {"PROPFIND": [(207, {}, f"{whole}{listed}</d:multistatus>{end}")]}
    assert office.ok("publish", "caldav", script.url, *DAY).out == "督查室: 32 created, 5 unchanged\n"


def test_one_entry_that_the_server_does_not_take_is_named_and_the_others_are_put(office: Program, script: Scripted):
    script.answers["PUT"] = [(413, {}, "<d:error xmlns:d='DAV:'>too large</d:error>"), (201, {"ETag": '"1"'}, "")]
    answer = office("publish", "caldav", script.url, *DAY)
    assert (answer.code, answer.out) == (1, "督查室: 36 created, 1 left\n")
    assert "the server does not take it: 413 too large" in answer.err


def test_a_change_between_looking_and_writing_is_not_written_over(office: Program, script: Scripted):
    """The server has another version when the entry arrives (412): it is read again, and left."""
    script.answers["PUT"] = [(412, {}, ""), (201, {"ETag": '"1"'}, "")]
    theirs = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:别人的\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    script.answers["GET"] = [(200, {"ETag": '"9"'}, theirs)]
    answer = office("publish", "caldav", script.url, *DAY)
    assert (answer.code, answer.out) == (1, "督查室: 36 created, 1 left\n")
    assert "somebody changed it on the server: SUMMARY is 别人的 there" in answer.err
    assert [headers["If-None-Match"] for method, _, headers in script.asked if method == "PUT"] == ["*"] * 37


def test_a_server_that_names_no_version_is_asked_for_it(office: Program, script: Scripted):
    script.answers["PUT"] = [(201, {}, "")]
    script.answers["GET"] = [(200, {"ETag": '"7"'}, "")]
    office.ok("publish", "caldav", script.url, *DAY)
    assert sum(method == "GET" for method, _, _ in script.asked) == 37


def test_no_answer_in_time_is_said(office: Program, script: Scripted):
    office.file("config.toml", "[caldav]\ntimeout_seconds = 1\n")
    script.delay = 2
    answer = office("publish", "caldav", script.url, *DAY)
    assert answer.code == 1
    assert "no answer in time ([caldav] timeout_seconds)" in answer.said


def test_a_server_that_is_down_is_said_and_later_all_goes_on(office: Program, tmp_path: Path):
    port = free_port()
    place = f"http://127.0.0.1:{port}/{USER}/cal/"
    answer = office("publish", "caldav", place, *DAY)
    assert answer.code == 1
    assert f"tracker: 127.0.0.1:{port}: no connection: Connection refused; publish again later" in answer.err
    (tmp_path / "radicale").mkdir()
    with radicale(tmp_path / "radicale", port):
        assert office.ok("publish", "caldav", place, *DAY).out == "督查室: 37 created\n"


def test_a_certificate_that_nobody_vouches_for_is_refused(office: Program, tmp_path: Path):
    with scripted(self_signed(tmp_path)) as server:
        answer = office("publish", "caldav", server.url.replace("http:", "https:"), *DAY)
    assert answer.code == 1
    assert "its certificate is not trusted: self-signed certificate" in answer.said


def test_plain_http_on_a_port_for_https_is_said(office: Program, script: Scripted):
    answer = office("publish", "caldav", script.url.replace("http:", "https:"), *DAY)
    assert "no encrypted line" in answer.said


WRONG = [
    ("publish caldav", 3, "no calendar server is configured: set [caldav] url, or name the URL"),
    ("publish caldav ftp://x/", 2, "write the URL of a calendar"),
    ("publish caldav https://u:geheim@dav.example.org/c/", 2, "without user and password"),
    ("publish caldav --item 97", 2, "where is the calendar of an item? name its URL"),
    ("publish caldav --item 7777 http://127.0.0.1:9/", 2, "no milestone is of item 7777"),
    ("publish caldav --agency 没有 http://127.0.0.1:9/", 2, "no agency is called 没有"),
    ("publish caldav --agency 市住建委", 3, "[caldav.to] names no calendar of 市住建委"),
]


@pytest.mark.parametrize(("words", "code", "said"), WRONG)
def test_a_wrong_call_is_answered_with_what_to_write(office: Program, words: str, code: int, said: str):
    answer = office(*words.split())
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.said
    assert "geheim" not in answer.said


def test_what_differs_is_said_in_words_and_another_form_is_no_difference():
    ours = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:甲\\, 乙\r\nRRULE:FREQ=YEARLY;UNTIL=20201231\r\n" \
           "END:VEVENT\r\nEND:VCALENDAR\r\n"  # fmt: skip
    same = ours.replace("FREQ=YEARLY;UNTIL=20201231", "UNTIL=20201231;FREQ=YEARLY").replace("甲\\, ", "甲\r\n , ")
    assert ics.differences(ours.encode(), same.encode()) == []
    other = ours.replace("UNTIL=20201231", "UNTIL=20211231")
    assert ics.differences(ours.encode(), other.encode()) == [
        "RRULE is FREQ=YEARLY;UNTIL=20211231 there, FREQ=YEARLY;UNTIL=20201231 here"
    ]
