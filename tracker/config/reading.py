"""Reading the configuration: where it is looked for, and one TOML file over the built-in defaults.

`config.toml` at the top of the project (`tracker/config.toml` in an installed package) is the defaults: it holds every
key, so a key that does not stand there is unknown. Every error is a ConfigError that names the file, the key and what
to write.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import time
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from zoneinfo import available_timezones

import msgspec

from ..errors import ConfigError
from . import days
from .addresses import is_address, is_calendar_url
from .chats import Urls
from .values import Config, Lead, Reminders, Secret
from .wording import explained, label

Tree = dict[str, Any]

BUILT_IN: Final = "the built-in defaults"
CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
SQLITE_FILE: Final = re.compile(r"(sqlite(?:\+\w+)?:///)(?!:memory:|file:)([^?]+)(.*)")
BOUNCE_LOCAL_AT_MOST: Final = 30  # a local part has 64 characters at most (RFC 5321 §4.5.3.1.1), and is made longer
URL: Final = re.compile(r"https?://[A-Za-z0-9\[][!-~]*")
LITERAL_PASSWORD: Final = {"password", "passwd", "pass", "smtp_password"}
PASSWORDS: Final = {"mail": "TRACKER_MAIL_PASSWORD", "caldav": "TRACKER_CALDAV_PASSWORD"}


def _is_zone(name: str) -> bool:
    return name in available_timezones()


def _one_line(text: str) -> bool:
    return text.isprintable()


# What a text must look like beyond being a text: where it stands, the test, and what to write.
CHECKS: Final[tuple[tuple[str, Callable[[str], bool], str], ...]] = (
    ("timezone", _is_zone, "the name of a time zone, such as Asia/Shanghai (is every name refused? install tzdata)"),
    ("office.name", _one_line, "one line of text"),
    (
        "office.email",
        lambda text: not text or is_address(text),
        "one e-mail address such as ducha@example.org, or empty",
    ),
    ("mail.from", lambda text: not text or is_address(text), "one e-mail address such as ducha@example.org, or empty"),
    ("mail.host", lambda text: not re.search(r"[\s/:@]", text), "the name of a mail server without port or scheme"),
    ("mail.security", lambda text: text in {"starttls", "tls", "none"}, '"starttls", "tls" or "none"'),
    (
        "mail.bounce",
        lambda text: not text or (is_address(text) and len(text.rpartition("@")[0]) <= BOUNCE_LOCAL_AT_MOST),
        "one e-mail address such as bounces@example.org with at most 30 characters before the @, or empty",
    ),
    ("delivery.unknown", lambda text: text in {"resend", "hold"}, '"resend" or "hold"'),
    ("delivery.redirect_to", lambda text: not text or is_address(text), "one e-mail address, or empty"),
    ("database.url", lambda text: ":" in text, "a database URL such as sqlite:///tracker.db"),
    ("schedule.scan", lambda text: bool(CLOCK.fullmatch(text)), 'a time of day such as "08:30"'),
    ("schedule.deliver", lambda text: bool(CLOCK.fullmatch(text)), 'a time of day such as "09:00"'),
    ("schedule.deliver_until", lambda text: bool(CLOCK.fullmatch(text)), 'a time of day such as "18:00"'),
    (
        "caldav.url",
        lambda text: not text or is_calendar_url(text),
        "the URL of a calendar such as https://dav.example.org/ducha/calendar/, without user and password, or empty",
    ),
    ("log.format", lambda text: text in {"plain", "json"}, '"plain" or "json"'),
)


def load(path: str | None, environ: Mapping[str, str], database: str | None = None) -> Config:
    """The configuration in force.

    `path` is what --config names and `database` what --database names; `environ` gives TRACKER_CONFIG,
    TRACKER_DATABASE, the passwords, TRACKER_BOUNCE_SECRET and the XDG folders. Raises ConfigError.
    """
    defaults = built_in()
    found = find(path, environ)
    user = _read(found) if found else {}
    where = str(found) if found else BUILT_IN
    faults = list(_unknown(user, defaults))
    if faults:
        raise ConfigError("\n".join(f"{where}: {fault}" for fault in faults))
    _anchor(defaults, data_folder(environ))
    if found:
        _anchor(user, found.parent)
    tree = _merged(defaults, user)
    override = database or environ.get("TRACKER_DATABASE")
    if override:
        tree["database"] = {"url": _anchored_url(override, Path.cwd())}
    config = _typed(tree, where, environ)
    config.chat.refuse_addresses(where)
    chat = msgspec.structs.replace(config.chat, urls=Urls(environ, config.chat.urls_file))
    by_default = tree["database"]["url"] == defaults["database"]["url"]
    folder = str(data_folder(environ)) if by_default else ""
    return msgspec.structs.replace(config, chat=chat, data_folder=folder)


def make_data_folder(config: Config) -> None:
    """Create the folder of the default database, before it is first written; a folder that a person named is theirs.

    Raises ConfigError.
    """
    if config.data_folder:
        try:
            Path(config.data_folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"{config.data_folder}: the data folder cannot be created: {error.strerror}") from None


def built_in() -> Tree:
    """The defaults, every key of them."""
    packaged = files("tracker") / "config.toml"
    if packaged.is_file():
        return tomllib.loads(packaged.read_text(encoding="utf-8"))
    beside = Path(__file__).resolve().parents[2] / "config.toml"  # a checkout: the file at the top of the project
    return tomllib.loads(beside.read_text(encoding="utf-8"))


def find(path: str | None, environ: Mapping[str, str]) -> Path | None:
    """The file in force, absolute; None where there is none and the built-in defaults hold."""
    named = path or environ.get("TRACKER_CONFIG")
    if named:
        return Path(named).expanduser().absolute()
    folder = _xdg(environ, "XDG_CONFIG_HOME", ".config")
    for candidate in (Path.cwd() / "config.toml", folder / "tracker" / "config.toml"):
        if candidate.is_file():
            return candidate
    return None


def data_folder(environ: Mapping[str, str]) -> Path:
    """Where the database lies when no file says otherwise: never the working directory (cron has another)."""
    return _xdg(environ, "XDG_DATA_HOME", ".local/share") / "tracker"


def _xdg(environ: Mapping[str, str], name: str, otherwise: str) -> Path:
    stated = environ.get(name, "")
    if os.path.isabs(stated):  # the XDG standard: a relative value is invalid and ignored
        return Path(stated)
    return Path(environ.get("HOME") or Path.home()) / otherwise


def _read(path: Path) -> Tree:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such configuration file") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from None


def _unknown(user: Tree, known: Tree, table: str = "") -> Iterator[str]:
    """A line for each key that the defaults do not have."""
    for key, value in user.items():
        if key.casefold() in LITERAL_PASSWORD:
            yield (
                f"{label(table, key)}: a password is not kept in this file; put it into a file of its own that "
                f"password_file names, or into the environment variable {PASSWORDS.get(table, PASSWORDS['mail'])}"
            )
        elif key not in known:
            yield f"{label(table, key)}: unknown{_nearest(key, known, table)}"
        elif isinstance(value, dict) and isinstance(known[key], dict) and known[key]:  # an empty one takes any key
            yield from _unknown(value, known[key], f"{table}.{key}" if table else key)


def _nearest(key: str, known: Tree, table: str) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]}?"
    home = next((name for name, inner in built_in().items() if isinstance(inner, dict) and key in inner), None)
    if home:
        return f"; {key} stands in [{home}]"
    return f"; known {f'in [{table}]' if table else 'at the top'}: {', '.join(known)}"


def _merged(defaults: Tree, user: Tree) -> Tree:
    """The defaults with the user's keys over them, table by table."""
    both = dict(defaults)
    for key, value in user.items():
        inner = both.get(key)
        both[key] = _merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return both


def _anchor(tree: Tree, folder: Path) -> None:
    """Make the relative paths of a file absolute: they are relative to the folder it stands in."""
    database, mail = tree.get("database"), tree.get("mail")
    if isinstance(database, dict) and isinstance(database.get("url"), str):
        database["url"] = _anchored_url(database["url"], folder)
    files = (
        (mail, "password_file"),
        (mail, "bounce_secret_file"),
        (tree.get("caldav"), "password_file"),
        (tree.get("chat"), "urls_file"),
        (tree.get("workdays"), "file"),
        (tree.get("watch"), "metrics_file"),
    )
    for table, key in files:
        if isinstance(table, dict) and isinstance(table.get(key), str) and table[key]:
            table[key] = str(folder / Path(table[key]).expanduser())


def _anchored_url(url: str, folder: Path) -> str:
    match = SQLITE_FILE.fullmatch(url)
    if match is None:
        return url
    scheme, name, query = match.groups()
    return f"{scheme}{folder / Path(name).expanduser()}{query}"


def _typed(tree: Tree, where: str, environ: Mapping[str, str]) -> Config:
    """The tree as values. `where` names the file in messages, `environ` gives the secrets."""
    for path, holds, wanted in CHECKS:
        table, _, key = path.rpartition(".")
        holder = tree[table] if table else tree
        value = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(value, str) and not holds(value):
            raise ConfigError(f"{where}: {label(table, key)}: {value!r} is not {wanted}")
    try:
        config = msgspec.convert(days.told(_with_clocks(tree), where, _read), Config, dec_hook=_secret)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {explained(str(error))}") from None
    if config.schedule.deliver >= config.schedule.deliver_until:
        raise ConfigError(f"{where}: [schedule] deliver_until: must be later than deliver")
    for agency, url in config.caldav.to.items():
        if not is_calendar_url(url):
            raise ConfigError(f"{where}: [caldav.to] {agency}: {url!r} is not the URL of a calendar on a server")
    return _with_secrets(config, where, environ)


def _with_secrets(config: Config, where: str, environ: Mapping[str, str]) -> Config:
    """The passwords of the environment, or of the files that the tables name, each with its table."""

    def password(table: str, file: str) -> Secret:
        return Secret(environ.get(PASSWORDS[table], ""), file, f"[{table}] password_file")

    signing = Secret(
        environ.get("TRACKER_BOUNCE_SECRET", ""), config.mail.bounce_secret_file, "[mail] bounce_secret_file"
    )
    replace = msgspec.structs.replace
    mail = replace(config.mail, password=password("mail", config.mail.password_file), bounce_secret=signing)
    caldav = replace(config.caldav, password=password("caldav", config.caldav.password_file))
    return replace(config, mail=mail, caldav=caldav, reminders=_ordered(config.reminders), file=where)


def _with_clocks(tree: Tree) -> Tree:
    """The tree with its times of day as values; one that is no text is left for the type check to name."""
    schedule = tree["schedule"]
    if not isinstance(schedule, dict):
        return tree
    clocks = {key: time.fromisoformat(text) for key, text in schedule.items() if isinstance(text, str)}
    return {**tree, "schedule": {**schedule, **clocks}}


def _secret(kind: type, value: object) -> Secret:
    """A URL that may hold a token, kept from every message."""
    if kind is not Secret or not isinstance(value, str):
        raise ValueError("expected a text")
    if value and not URL.fullmatch(value):
        raise ValueError("expected a URL that begins with https:// or http://, of ASCII characters without blanks")
    return Secret(value)


def _ordered(rules: Reminders) -> Reminders:
    """The rules with each ladder in order and each rung once, however it was written."""
    ladders = msgspec.structs.asdict(rules.lead)
    lead = {name: tuple(sorted(set(steps), key=_length, reverse=True)) for name, steps in ladders.items()}
    overdue = tuple(sorted(set(rules.overdue), key=_length))
    return msgspec.structs.replace(rules, overdue=overdue, lead=Lead(**lead))


def _length(step: int | str) -> float:
    """About how many calendar days a step of a ladder is long."""
    return step if isinstance(step, int) else int(step.removesuffix("w")) * 7 / 5
