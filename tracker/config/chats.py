"""Chats: who is told in which chats beside the mail. Their addresses are secrets; the configuration only names them."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

from msgspec import Meta, Struct

from ..errors import ConfigError

OFFICE: Final = "office"  # the office's own key in the table
NAME: Final = re.compile(r"[A-Z][A-Z0-9_]*")
NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Urls:
    """The Apprise URLs by name, which no repr, log or traceback shows: from the environment, else from a file that is
    read when asked, one NAME=URL a line."""

    __slots__ = ("_environ", "_file")

    def __init__(self, environ: Mapping[str, str] = NONE, file: str = "") -> None:
        self._environ = environ
        self._file = file

    def __repr__(self) -> str:
        return "Urls(…)"

    def reveal(self, name: str) -> str:
        """The URL of that name, "" where nobody set it. Raises ConfigError for a file that cannot be read."""
        if found := self._environ.get(name, "").strip():
            return found
        return self._in_file().get(name, "") if self._file else ""

    def _in_file(self) -> dict[str, str]:
        try:
            lines = Path(self._file).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ConfigError(f"[chat] urls_file: {self._file} cannot be read: {reason}") from None
        named = (line.partition("=") for line in lines if not line.lstrip().startswith("#"))
        return {name.strip(): url.strip().strip("\"'") for name, _, url in named}


class Chats(Struct, frozen=True, kw_only=True):
    """`to` maps an agency, or "office", to the names of the addresses of its chats."""

    urls_file: str
    timeout_seconds: Annotated[int, Meta(ge=1, le=120)]
    to: dict[str, tuple[str, ...]]
    urls: Urls = Urls()

    def refuse_addresses(self, where: str) -> None:
        """Raises ConfigError, without the words, for an entry that is no name: a person may have written the secret."""
        for agency, names in self.to.items():
            if not all(NAME.fullmatch(name) for name in names):
                raise ConfigError(
                    f"{where}: [chat.to] {agency}: write the name of an environment variable, or of a line of "
                    "urls_file, such as TRACKER_CHAT_OFFICE; the address itself is a secret and stands in neither "
                    "this file nor the log"
                )
