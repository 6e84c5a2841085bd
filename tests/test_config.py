"""The configuration: where it is looked for, what it may say, and what each mistake is answered with."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest

from tracker.config import Config, load, make_data_folder
from tracker.errors import ConfigError

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test runs in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)


def environ(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), **more}


def loaded(tmp_path: Path, text: str, **more: str) -> Config:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return load(str(file), environ(tmp_path, **more))


def test_without_any_file_the_built_in_defaults_hold(tmp_path: Path) -> None:
    config = load(None, environ(tmp_path))
    assert config.timezone == "Asia/Shanghai"
    assert config.zone.key == "Asia/Shanghai"
    assert config.schedule.scan == time(8, 30)
    assert config.reminders.lead.year == (180, 90, 30, 7)
    assert config.delivery.retry_minutes == (5, 30, 120, 360, 1440)
    assert config.channel == "console"
    assert config.file == "the built-in defaults"


def test_the_default_database_does_not_depend_on_where_one_stands(tmp_path: Path) -> None:
    url = load(None, environ(tmp_path)).database.url
    assert url == f"sqlite:///{tmp_path}/home/.local/share/tracker/tracker.db"
    moved = load(None, environ(tmp_path, XDG_DATA_HOME=str(tmp_path / "data"))).database.url
    assert moved == f"sqlite:///{tmp_path}/data/tracker/tracker.db"
    relative = load(None, environ(tmp_path, XDG_DATA_HOME="data")).database.url
    assert relative == url, "the XDG standard has a relative folder ignored"
    assert not list(tmp_path.iterdir()), "loading writes nothing"


def test_the_folder_of_the_default_database_is_made_on_request_and_no_other(tmp_path: Path) -> None:
    make_data_folder(load(None, environ(tmp_path)))
    assert (tmp_path / "home/.local/share/tracker").is_dir()
    make_data_folder(loaded(tmp_path, '[database]\nurl = "sqlite:///other/t.db"'))
    assert not (tmp_path / "other").exists()
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"file/tracker: the data folder cannot be created: Not a directory"):
        make_data_folder(load(None, environ(tmp_path, XDG_DATA_HOME=str(tmp_path / "file"))))


def test_each_place_goes_before_the_next(tmp_path: Path) -> None:
    places = {
        "option.toml": "选项",
        "variable.toml": "变量",
        "config.toml": "当前目录",
        "home/.config/tracker/config.toml": "用户目录",
    }
    for name, office in places.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f'[office]\nname = "{office}"\n', encoding="utf-8")
    variable = environ(tmp_path, TRACKER_CONFIG="variable.toml")
    assert load("option.toml", variable).office.name == "选项"
    assert load(None, variable).office.name == "变量"
    assert load(None, environ(tmp_path)).office.name == "当前目录"
    (tmp_path / "config.toml").unlink()
    assert load(None, environ(tmp_path)).office.name == "用户目录"
    elsewhere = environ(tmp_path, XDG_CONFIG_HOME=str(tmp_path / "other"))
    assert load(None, elsewhere).office.name == "督查室"


def test_relative_paths_are_relative_to_the_file_they_stand_in(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "mine.toml").write_text(
        '[database]\nurl = "sqlite:///data/t.db"\n[mail]\npassword_file = "secret"\n', encoding="utf-8"
    )
    (folder / "secret").write_text("甲乙丙\n", encoding="utf-8")
    config = load("etc/mine.toml", environ(tmp_path))
    assert config.database.url == f"sqlite:///{folder}/data/t.db"
    assert config.mail.password.reveal() == "甲乙丙"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/tracker/t.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:t?mode=memory&uri=true",
        "postgresql+psycopg://office@db/tracker",
    ],
)
def test_other_database_addresses_stay_as_they_are(tmp_path: Path, url: str) -> None:
    assert loaded(tmp_path, f'[database]\nurl = "{url}"').database.url == url


def test_the_option_goes_before_the_variable_before_the_file(tmp_path: Path) -> None:
    variable = environ(tmp_path, TRACKER_DATABASE="sqlite:////tmp/variable.db")
    assert load(None, variable, "sqlite:///option.db").database.url == f"sqlite:///{tmp_path}/option.db"
    assert load(None, variable).database.url == "sqlite:////tmp/variable.db"


def test_a_single_key_overrides_only_itself(tmp_path: Path) -> None:
    config = loaded(tmp_path, "[reminders.lead]\nday = [3]\n")
    assert config.reminders.lead.day == (3,)
    assert config.reminders.lead.dekad == (30, 7, 1, 0)


def test_ladders_are_put_in_order(tmp_path: Path) -> None:
    config = loaded(tmp_path, "[reminders]\noverdue = [11, 1, 4, 4]\n[reminders.lead]\nday = [1, 30, 7, 7]\n")
    assert config.reminders.overdue == (1, 4, 11)
    assert config.reminders.lead.day == (30, 7, 1)


def test_a_password_is_shown_nowhere(tmp_path: Path) -> None:
    config = loaded(tmp_path, "", TRACKER_MAIL_PASSWORD="geheim-7788")
    assert config.mail.password.reveal() == "geheim-7788"
    assert "geheim-7788" not in f"{config!r} {config.mail} {config.mail.password}"


def test_a_missing_password_file_is_named_when_the_password_is_needed(tmp_path: Path) -> None:
    config = loaded(tmp_path, '[mail]\npassword_file = "nowhere"\n')  # listing milestones works without it
    with pytest.raises(ConfigError, match=r"password_file: .*nowhere cannot be read: No such file"):
        config.mail.password.reveal()


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "bom.toml").write_text('[office]\nname = "改革办"\n', encoding="utf-8-sig")
    assert load("bom.toml", environ(tmp_path)).office.name == "改革办"


MISTAKES = [
    ('[mail]\nhots = "x"', r"\[mail\] hots: unknown; did you mean host\?"),
    ('zeitzone = "x"', r"zeitzone: unknown; did you mean timezone\?"),
    ("[reminders.leed]\nday = [1]", r"\[reminders\] leed: unknown; did you mean lead\?"),
    ('[office]\nhost = "x"', r"\[office\] host: unknown; host stands in \[mail\]"),
    ("[office]\nxyzzy = 1", r"\[office\] xyzzy: unknown; known in \[office\]: name, email"),
    ('[mail]\nport = "587"', r"\[mail\] port: expected a whole number, got a text"),
    ("[mail]\nport = 0", r"\[mail\] port: expected a whole number >= 1"),
    ("[mail]\nport = 70000", r"\[mail\] port: expected a whole number <= 65535"),
    ("mail = 3", r"mail: expected a table, got a whole number"),
    ("timezone = 8", r"timezone: expected a text, got a whole number"),
    ('timezone = "Asia/Peking"', r"timezone: 'Asia/Peking' is not the name of a time zone, such as Asia/Shanghai"),
    ('[office]\nemail = "ducha"', r"\[office\] email: 'ducha' is not one e-mail address"),
    ('[office]\nemail = "a@b, c@d"', r"\[office\] email: .* is not one e-mail address"),
    ('[office]\nname = "督\\n查"', r"\[office\] name: .* is not one line"),
    ('[mail]\nfrom = "督查室 <a@b.cn>"', r"\[mail\] from: .* is not one e-mail address"),
    ('[mail]\nhost = "smtp://x:25"', r"\[mail\] host: .* is not the name of a mail server"),
    ('[mail]\nsecurity = "ssl"', r"\[mail\] security: 'ssl' is not \"starttls\", \"tls\" or \"none\""),
    ("[mail]\ntimeout_seconds = -1", r"\[mail\] timeout_seconds: expected a whole number >= 1"),
    ('[delivery]\nredirect_to = "nobody"', r"\[delivery\] redirect_to: 'nobody' is not one e-mail address"),
    ("[delivery]\nretry_minutes = []", r"\[delivery\] retry_minutes: expected a list of length >= 1"),
    ("[delivery]\nretry_minutes = [5, -3]", r"\[delivery\] retry_minutes: expected a whole number >= 1"),
    ('[schedule]\nscan = "25:00"', r"\[schedule\] scan: '25:00' is not a time of day"),
    ('[schedule]\ndeliver = "9"', r"\[schedule\] deliver: '9' is not a time of day"),
    ("[schedule]\nscan = 8", r"\[schedule\] scan: expected a time of day such as \"08:30\", got a whole number"),
    ('[schedule]\ndeliver = "19:00"', r"\[schedule\] deliver_until: must be later than deliver"),
    ("[closing]\nsteps = 3", r"\[closing\] steps: .*3"),
    ("[reminders]\noverdue = [1, -4]", r"\[reminders\] overdue: expected a whole number >= 1"),
    ("[reminders]\noverdue_weekday = 8", r"\[reminders\] overdue_weekday: expected a whole number <= 7"),
    ("[reminders]\noverdue_every = 7", r"\[reminders\] overdue_every: unknown"),
    ("[reminders.lead]\nday = [-1]", r"\[reminders.lead\] day: expected a whole number >= 0"),
    ("[reminders.lead]\nday = 7", r"\[reminders.lead\] day: expected a list, got a whole number"),
    ("[reminders]\nworking_days_only = 1", r"\[reminders\] working_days_only: expected true or false"),
    ('[database]\nurl = "tracker.db"', r"\[database\] url: 'tracker.db' is not a database URL such as sqlite"),
    ('[mail]\npassword = "geheim"', r"\[mail\] password: a password is not kept in this file; .*TRACKER_MAIL_PASSWORD"),
    ("[workdays]\nholidays = 3", r"\[workdays\] holidays: expected a list, got a whole number"),
    ('[workdays]\nholidays = ["3 May"]', r"\[workdays\] holidays: '3 May' is no day such as 2027-10-01, nor a range"),
    ('[workdays]\nworking = ["2027-02-30"]', r"\[workdays\] working: '2027-02-30' is no day"),
    ('[workdays]\nholidays = ["2027-10-07..2027-10-01"]', r"'2027-10-07\.\.2027-10-01' is no day"),
    ('[workdays]\nholidays = ["2027-10-01..2028-10-07"]', r"'2027-10-01\.\.2028-10-07' is no day"),
    ("[workdays]\nholidays = [2027-10-01T08:00:00]", r"\[workdays\] holidays: .* is no day"),
    ('[workdays]\nholidays = ["2027-10-01..2027-10-07"]\nworking = [2027-10-03]', r"working: 2027-10-03 is among the"),
    ('[workdays]\nfile = "none.toml"', r"none\.toml: there is no such"),
    ("[watch]\nping_url = 3", r"\[watch\] ping_url: expected a text"),
    ('[watch]\nping_url = "geheim"', r"\[watch\] ping_url: expected a URL that begins with https:// or http://"),
    ('[log]\nformat = "xml"', r"\[log\] format: 'xml' is not \"plain\" or \"json\""),
    ("[mail\nhost = 1", r"is not TOML: .*line 1"),
]


@pytest.mark.parametrize(("text", "answer"), MISTAKES)
def test_a_mistake_is_answered_with_the_file_the_key_and_what_to_write(tmp_path: Path, text: str, answer: str) -> None:
    with pytest.raises(ConfigError, match=answer) as caught:
        loaded(tmp_path, text)
    assert ".toml: " in str(caught.value)
    assert caught.value.exit_code == 3
    assert "geheim" not in str(caught.value)


def test_the_years_notice_is_days_and_ranges_here_and_in_a_file_of_its_own(tmp_path: Path) -> None:
    notice = tmp_path / "notice.toml"
    notice.write_text('holidays = ["2027-10-01..2027-10-07"]\nworking = [2027-10-09]\n', encoding="utf-8")
    config = loaded(tmp_path, '[workdays]\nholidays = [2027-01-01]\nfile = "notice.toml"\n')
    assert len(config.workdays.holidays) == 8
    assert config.calendar.is_known(2027)
    assert not config.calendar.is_workday(date(2027, 10, 7))
    assert config.calendar.is_workday(date(2027, 10, 9)), "a Saturday that is worked"
    assert config.rules.calendar == config.calendar
    for text, answer in (("workng = []", "workng: unknown"), ("working = [2027-01-01]", "among the holidays")):
        notice.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match=answer):
            loaded(tmp_path, '[workdays]\nholidays = [2027-01-01]\nfile = "notice.toml"\n')


def test_a_url_with_a_token_is_shown_nowhere(tmp_path: Path) -> None:
    config = loaded(tmp_path, '[watch]\nping_url = "https://hc.example/geheim"\n')
    assert config.watch.ping_url.reveal() == "https://hc.example/geheim"
    assert "geheim" not in repr(config)


def test_every_unknown_key_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, '[mail]\nhots = "x"\nprot = 1\n')
    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_is_not_there_or_not_readable_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such configuration file"):
        load("nowhere.toml", environ(tmp_path))
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(str(tmp_path), environ(tmp_path))
    (tmp_path / "gb.toml").write_bytes('[office]\nname = "督查室"'.encode("gb18030"))
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load("gb.toml", environ(tmp_path))


def test_the_database_option_is_checked_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'tracker\.db' is not a database URL"):
        load(None, environ(tmp_path), "tracker.db")


def keys_of(tree: dict[str, object], table: str = "") -> Iterator[tuple[str, object]]:
    for key, value in tree.items():
        name = f"{table}.{key}" if table else key
        if isinstance(value, dict) and value:  # an empty table takes any key
            yield from keys_of(value, name)
        else:
            yield name, value


def test_the_documented_keys_and_defaults_are_those_of_the_file() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w.]+)` \| `(.*?)` \|", page, flags=re.MULTILINE)
    documented = [(key, tomllib.loads(f"value = {default}")["value"]) for key, default in rows]
    defaults = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    assert documented == list(keys_of(defaults))
