"""What others can see of the tracker: a URL that is asked for, a file of figures, a log without secrets."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

import pytest
import time_machine
from cli_program import Program

from tracker import store
from tracker.config import load
from tracker.delivery import ping
from tracker.logs import Json, about, secrets
from tracker.render import Metric, metrics_text
from tracker.scheduler import Daemon, Jumps, schedule, utc_now, watch_clock

DAY = ("--as-of", "2018-11-05")


class Monitor(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200 if self.path.startswith("/good") else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def monitor() -> Iterator[str]:
    Monitor.asked = []
    server = HTTPServer(("127.0.0.1", 0), Monitor)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_url_is_asked_for_after_a_good_scan_of_the_day(program: Program, monitor: str) -> None:
    (program.folder / "config.toml").write_text(f'[watch]\nping_url = "{monitor}/good/geheim"\n', encoding="utf-8")
    program.ok("scan", *DAY)
    assert Monitor.asked == [], "a scan of another day says nothing of today"
    assert program("scan").code == 0
    assert Monitor.asked == ["/good/geheim"]


@pytest.mark.parametrize("path", ["/geheim", "/geheim?key=geheim"])
def test_a_failure_names_the_host_and_nothing_else_of_the_url(monitor: str, path: str) -> None:
    assert ping(monitor + path) == "127.0.0.1 answers 503"
    assert ping("http://127.0.0.1:1/geheim") == "127.0.0.1 cannot be asked: Connection refused"
    assert "geheim" not in ping("http://127.0.0.1:x/geheim")


def test_the_file_of_figures_is_written_whole_after_a_scan(program: Program) -> None:
    (program.folder / "config.toml").write_text('[watch]\nmetrics_file = "tracker.prom"\n', encoding="utf-8")
    program.ok("scan", *DAY)
    text = (program.folder / "tracker.prom").read_text(encoding="utf-8")
    values = dict(re.findall(r"^(\w+(?:\{.*?\})?) (\S+)$", text, flags=re.MULTILINE))
    assert float(values["tracker_last_scan_timestamp_seconds"]) > 0
    assert sum(float(value) for name, value in values.items() if name.startswith("tracker_milestones{")) == 39
    assert float(values['tracker_outbox_messages{state="ready"}']) > 0
    assert values["tracker_unknown_holiday_year"] == "0"
    assert not list(program.folder.glob(".tracker.prom.*")), "nothing is left of the writing"


def test_a_label_is_escaped() -> None:
    text = metrics_text([Metric("x", 'a\\b\n"c"', [({"name": 'a"b\\c\nd'}, 1.5), ({}, 2)])])
    assert text == '# HELP x a\\\\b\\n"c"\n# TYPE x gauge\nx{name="a\\"b\\\\c\\nd"} 1.5\nx 2\n'


def test_a_json_line_has_the_digest_and_no_secret(tmp_path: Path) -> None:
    text = '[watch]\nping_url = "https://hc.example/uuid-geheim"\n[chat.to]\noffice = ["CHAT"]\n'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    environ = {
        "HOME": str(tmp_path), "TRACKER_MAIL_PASSWORD": "pass-geheim", "TRACKER_BOUNCE_SECRET": "back-geheim",
        "CHAT": "dingtalk://chat-geheim",
    }  # fmt: skip
    config = load(str(tmp_path / "mine.toml"), environ, "postgresql://u:data-geheim@h/n")
    said = "pass-geheim data-geheim /uuid-geheim back-geheim dingtalk://chat-geheim hc.example"
    record = logging.LogRecord("tracker", logging.INFO, "", 0, "%s", (said,), None)
    record.created = datetime(2018, 11, 5, 0, 30, tzinfo=UTC).timestamp()
    record.__dict__.update(about("sent", "d3.12.20181105"))
    line = Json(ZoneInfo("Asia/Shanghai"), secrets(config)).format(record)
    assert json.loads(line) == {
        "time": "2018-11-05T08:30:00+08:00", "level": "INFO", "event": "sent",
        "message": "*** *** *** *** *** hc.example", "digest": "d3.12.20181105",
    }  # fmt: skip


@pytest.mark.parametrize("hours", [-30 * 24, 5])
def test_a_clock_that_jumps_is_said_once_and_the_daemon_goes_on(
    tmp_path: Path, migrated: Path, caplog: pytest.LogCaptureFixture, hours: int
) -> None:
    """The real scheduler with its real waits; only the wall clock of this process is set."""
    caplog.set_level(logging.INFO, "tracker")
    (tmp_path / "tracker.db").write_bytes(migrated.read_bytes())
    (tmp_path / "mine.toml").write_text('[schedule]\nscan = "00:00"\n', encoding="utf-8")
    config = load(str(tmp_path / "mine.toml"), {"HOME": str(tmp_path)}, f"sqlite:///{tmp_path / 'tracker.db'}")
    engine = store.connect(config.database.url)
    with time_machine.travel(datetime(2018, 9, 3, 4, tzinfo=UTC), tick=True) as clock:
        daemon = Daemon(engine, config, print)
        scheduler = schedule(daemon, config)
        threads = [
            Thread(target=scheduler.start, daemon=True),
            Thread(target=watch_clock, args=(scheduler, daemon, config, 0.1), daemon=True),
        ]
        for thread in threads:
            thread.start()
        pause = Event()
        pause.wait(1)
        clock.shift(timedelta(hours=hours))
        pause.wait(1.5)
        daemon.stopping.set()
        planned = [job.next_run_time for job in scheduler.get_jobs()]
        now = utc_now()
        scheduler.shutdown()
        for thread in threads:
            thread.join(10)
    engine.dispose()
    said = [record.getMessage() for record in caplog.records if "clock" in record.getMessage()]
    assert len(said) == 1, said
    assert ("forward" if hours > 0 else "back") in said[0]
    assert all(now < when < now + timedelta(days=2) for when in planned), planned


def test_a_clock_that_runs_on_has_not_jumped() -> None:
    assert Jumps().since() == timedelta(0)
