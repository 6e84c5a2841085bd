"""Calendars as other programs read them: libical (Evolution, KOrganizer), ical.js (Thunderbird, Nextcloud), khal."""

import ctypes
import ctypes.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from calendar_factory import ALL_KINDS, NAME, change, done, every_state, quarterly
from milestone_factory import milestone, seed
from needed import missing

from tracker.ics import calendar
from tracker.milestones import Status

NODE = Path(__file__).parent / "node"
TODAY = date(2019, 2, 10)
SERIES = [replace(each, id=each.id + 1000) for each in done(quarterly(), 2, date(2019, 1, 4))]
SERIES = [replace(each, series=SERIES[0].id) for each in SERIES]
EVERYTHING = [*every_state(), *SERIES]


def libical():
    """libical with the types of the few functions used here."""
    name = ctypes.util.find_library("ical") or "libical.so.3"
    try:
        library = ctypes.CDLL(name)
    except OSError:
        missing(name)
    for function in ("icalparser_parse_string", "icalcomponent_as_ical_string"):
        getattr(library, function).restype = ctypes.c_void_p if "parse" in function else ctypes.c_char_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    for function in ("icalrestriction_check", "icalcomponent_count_errors", "icalcomponent_as_ical_string"):
        getattr(library, function).argtypes = [ctypes.c_void_p]
    return library


def libical_faults(library, data):
    """What libical finds: X-LIC-ERROR lines of the parser and of its table of RFC 5546 restrictions."""
    component = library.icalparser_parse_string(data)
    assert component
    library.icalrestriction_check(component)
    written = library.icalcomponent_as_ical_string(component).decode("utf-8")
    return re.findall(r"X-LIC-ERROR[^\n]*", written), library.icalcomponent_count_errors(component)


@pytest.mark.slow
@ALL_KINDS
def test_libical_finds_no_fault(options):
    assert libical_faults(libical(), calendar(EVERYTHING, NAME, today=TODAY, **options)) == ([], 0)


@pytest.mark.slow
def test_libical_would_find_one():
    broken = calendar([milestone()], NAME).replace(b"VALUE=DURATION:PT6H", b"VALUE=DURATION:P6H")
    assert libical_faults(libical(), broken)[1]


@pytest.mark.slow
def test_libical_passes_over_a_link_which_is_younger_than_it_is():
    """libical 3 knows no RFC 9253: it drops the line, and the URL beside it stays."""
    data = calendar([milestone(document_url="https://oa.example.org/97")], NAME)
    faults, number = libical_faults(libical(), data)
    assert number == len(faults) <= 1
    assert libical_faults(libical(), re.sub(rb"LINK;.*?\r\n(?! )", b"", data, flags=re.DOTALL)) == ([], 0)


def ical_js(data: bytes) -> list[dict]:
    """The events and tasks as ical.js reads them."""
    if not (NODE / "node_modules" / "ical.js").is_dir() or shutil.which("node") is None:
        missing("ical.js (npm ci --prefix tests/node)")
    answer = subprocess.run(["node", "read.js"], cwd=NODE, input=data, capture_output=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr.decode()
    found: list[dict] = json.loads(answer.stdout)
    return found


@pytest.mark.slow
@ALL_KINDS
def test_ical_js_reads_every_day_and_rings(options):
    rows = every_state()
    found = {each["uid"]: each for each in ical_js(calendar(rows, NAME, **options))}
    assert found.keys() == {each.uid for each in rows if each.due}
    for each in rows:
        if each.due:
            seen = found[each.uid]
            end = [seen["due"]] if "as_todo" in options else [seen["start"], seen["end"]]
            assert end == [str(each.due), str(each.due + timedelta(days=1))][: len(end)]
            assert all(seconds < 0 for seconds in seen["alarms"])
            assert bool(seen["alarms"]) != each.closed


@pytest.mark.slow
def test_ical_js_recurs_on_the_days_of_the_series_but_for_its_exceptions():
    members = change(quarterly(), 3, due=date(2019, 4, 15))
    members = done(members, 1, date(2018, 10, 1))
    (found,) = ical_js(calendar(members, NAME, today=TODAY))
    assert found["days"][:4] == ["2018-12-31", "2019-04-15", "2019-06-30", "2019-09-30"], "the first is long closed"
    assert found["exceptions"] == 1


def khal(tmp_path: Path) -> Callable[..., str]:
    """khal with a store of its own in a folder; the program stands beside this interpreter, or on the path."""
    beside = Path(sys.executable).parent / "khal"
    program = str(beside) if beside.exists() else shutil.which("khal") or missing("khal")
    (tmp_path / "calendar").mkdir()
    (tmp_path / "config").write_text(
        f"[calendars]\n[[one]]\npath = {tmp_path}/calendar\n[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\n"
        "longdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        "local_timezone = Asia/Shanghai\ndefault_timezone = Asia/Shanghai\n"
        f"[sqlite]\npath = {tmp_path}/khal.db\n",
        "utf-8",
    )

    def run(*words: str) -> str:
        environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
        command = [program, "-c", str(tmp_path / "config"), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout

    def store(data: bytes) -> list[tuple[str, str, str]]:
        """Imports a calendar, and lists what is in the store then: the first and last day, and the words."""
        (tmp_path / "tracker.ics").write_bytes(data)
        run("import", "--batch", "-a", "one", str(tmp_path / "tracker.ics"))
        words = ("--format", "{start-date}|{end-date}|{uid}|{title}", "--day-format", "")
        return [
            tuple(line.split("|"))
            for line in run("list", *words, "2018-09-01", "600d").splitlines()
            if line.count("|") == 3
        ]

    return store


def test_khal_imports_it_with_the_dates_intact(tmp_path):
    last = date(2018, 9, 1) + timedelta(days=600)
    expected = {each.uid: str(each.due) for each in seed() if each.due and date(2018, 9, 1) <= each.due < last}
    found = khal(tmp_path)(calendar(seed(), NAME))
    assert {uid: (first, last) for first, last, uid, _ in found} == {uid: (day, day) for uid, day in expected.items()}


def test_a_second_export_updates_the_same_events_in_khals_store(tmp_path):
    store, members, rows = khal(tmp_path), quarterly(), [milestone(11), milestone(12), milestone(13)]
    series = [replace(each, id=each.id + 1000, series=1001) for each in members]
    first = store(calendar([*rows, *series], NAME, today=TODAY))
    rows = [
        replace(rows[0], due=date(2018, 12, 24), sequence=1),
        replace(rows[1], status=Status.COMPLETED, closed_on=date(2018, 12, 1), sequence=1),
        replace(rows[2], status=Status.CANCELLED, closed_on=date(2018, 12, 1), sequence=1),
    ]
    series = done(series, 1002, date(2019, 1, 4))
    second = store(calendar([*rows, *series], NAME, today=TODAY))
    assert len(list((tmp_path / "calendar").glob("*.ics"))) == 4, "one file for each UID, as before"
    assert {uid for _, _, uid, _ in first} == {uid for _, _, uid, _ in second}
    assert len(first) == len(second), "nothing stands twice"
    by_uid = {uid: (day, words) for day, _, uid, words in second}
    assert by_uid[rows[0].uid][0] == "2018-12-24"
    assert by_uid[rows[1].uid][1].startswith("【已办结】")
    assert any(words.startswith("【已撤销】") for _, _, uid, words in second if uid == rows[2].uid)
    quarters = {day: words[:5] for day, _, uid, words in second if uid == series[0].uid}
    assert quarters["2018-12-31"] == "【已办结】"
    assert quarters["2018-09-30"] == quarters["2019-03-31"] == quarters["2019-12-31"] == "【到期】报"
