"""Reading a document: its text, and its title, issuer and date from the options, the .toml beside it, or the text."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ..documents import Source
from ..errors import ConfigError, Problem, UnreadableFile, UsageError
from . import formats
from .files import is_there, read_file
from .heading import issuer_of, title_of
from .published import Dated, inferred, parse_published, stated

KNOWN_KEYS: Final = ("id", "title", "issuer", "published", "url")
URL: Final = re.compile(r"https?://[!-~]+")
KEY_LENGTH_AT_MOST: Final = 200
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def read(
    path: str,
    *,
    key: str | None = None,
    title: str | None = None,
    issuer: str | None = None,
    published: str | None = None,
    earlier: Mapping[str, str] = NOTHING,
) -> Source:
    """The document at `path`. The options go before the `.toml` beside it (document.toml for document.txt), that before
    the title, issuer and published that were given as options at an `earlier` reading, those before what the text says,
    that before inference.

    Raises UnreadableFile for a file that cannot be read, ConfigError for the .toml, UsageError for an impossible
    option and where the date can be neither found nor inferred.
    """
    file = Path(path)
    content, kind = formats.read(read_file(file), path)
    text = content.text
    beside = _beside(file)
    named = _named(file, key, beside)
    return Source(
        key=named,
        text=text,
        title=title or beside.get("title") or earlier.get("title") or title_of(text) or named,
        issuer=issuer or beside.get("issuer") or earlier.get("issuer") or issuer_of(text),
        file_name=file.name,
        url=beside.get("url", ""),
        format=kind,
        problems=tuple(Problem(f"{path}, {p.where}", p.words, p.reason) for p in content.problems),
        **_dates(_date(text, published, beside, earlier, file)),
    )


def _dates(dated: Dated) -> dict[str, Any]:
    return {
        "published": dated.day,
        "published_as": dated.as_stated,
        "published_from": dated.where,
        "confirmed": dated.confirmed,
    }


def key_of(path: str, key: str | None = None) -> str:
    """The key under which `read` would know a file. Raises as `read` does."""
    return _named(Path(path), key, _beside(Path(path)))


def _named(file: Path, key: str | None, beside: Mapping[str, str]) -> str:
    folder = file.absolute().parent.name if file.stem == "document" else ""
    return _checked_key(key or beside.get("id") or folder or file.stem)


def _checked_key(key: str) -> str:
    if not key.strip() or not key.isprintable() or len(key) > KEY_LENGTH_AT_MOST:
        raise UsageError(f"document key {key!r}: give --as with 1 to {KEY_LENGTH_AT_MOST} printable characters")
    return key


def _date(text: str, published: str | None, beside: Mapping[str, str], earlier: Mapping[str, str], file: Path) -> Dated:
    """The publication date, from the first place that has one."""
    if published:
        return Dated(*parse_published(published), "the option --published")
    if "published" in beside:
        name = file.with_suffix(".toml").name
        try:
            return Dated(*parse_published(beside["published"]), name)
        except UsageError as error:
            raise ConfigError(f"{file.with_suffix('.toml')}: {error}") from None
    if "published" in earlier:
        return Dated(*parse_published(earlier["published"]), "the option --published of an earlier reading")
    found = stated(text) or inferred(text)
    if found is None:
        raise UsageError(
            f"{file}: when was it published? Neither a date nor facts to infer it from stand in the text; "
            f'give --published 2018-08, or published = "2018-08" in {file.with_suffix(".toml").name} beside it'
        )
    return found


def _beside(file: Path) -> dict[str, str]:
    """What the .toml beside the document says, dates as text; empty without one."""
    path = file.with_suffix(".toml")
    if path == file or not is_there(path):
        return {}
    try:
        tree = tomllib.loads(read_file(path).decode("utf-8-sig"))
    except UnreadableFile as error:
        raise ConfigError(str(error)) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from None
    return {name: _value(path, name, value) for name, value in tree.items()}


def _value(path: Path, name: str, value: Any) -> str:
    if name not in KNOWN_KEYS:
        near = difflib.get_close_matches(name, KNOWN_KEYS, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(KNOWN_KEYS)}"
        raise ConfigError(f"{path}: {name}: unknown; {hint}")
    if name == "published" and type(value) is date:
        return value.isoformat()
    if not isinstance(value, str) or not value.strip() or not re.fullmatch(r"[^\x00-\x1f\x7f]+", value):
        raise ConfigError(f"{path}: {name}: must be one line of text in quotes")
    if name == "url" and not URL.fullmatch(value.strip()):
        raise ConfigError(f"{path}: url: must begin with https:// or http://, in ASCII characters without blanks")
    return value.strip()
