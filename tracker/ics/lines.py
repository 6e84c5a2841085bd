"""The lines of a calendar file as it stands, byte for byte: what a lint must see before any library has mended it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

OCTETS_AT_MOST: Final = 75
PARAMETER: Final = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^":;,])*(?:,(?:"[^"]*"|[^":;,])*)*)')
NAME: Final = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Property:
    """A content line, unfolded: `number` is that of its first line in the file; names are upper case."""

    number: int
    name: str
    parameters: dict[str, str]
    value: str

    @property
    def is_day(self) -> bool:
        """Whether its value is a DATE, by what it says of itself."""
        return self.parameters.get("VALUE") == "DATE"


@dataclass(slots=True)
class Part:
    """A component: its properties and the components in it."""

    name: str
    number: int
    properties: list[Property] = field(default_factory=list)
    parts: list["Part"] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        """The properties of a name."""
        return [one for one in self.properties if one.name == name]

    def get(self, name: str) -> Property | None:
        """The first property of a name."""
        return next(iter(self.all(name)), None)

    def value(self, name: str) -> str:
        """The value of the first property of a name, "" where there is none."""
        found = self.get(name)
        return found.value if found else ""


def physical_faults(data: bytes) -> Iterator[tuple[int, str]]:
    """What is wrong with the bytes: the number of the line, and why."""
    if data.startswith(b"\xef\xbb\xbf"):
        yield 1, "a byte order mark stands before it"
    if not data.endswith(b"\r\n"):
        yield data.count(b"\n") + 1, "the last line does not end in CRLF"
    for number, line in enumerate(data.removesuffix(b"\n").split(b"\n"), 1):
        content = line.removesuffix(b"\r")
        if line == content and number <= data.count(b"\n"):
            yield number, "it ends in LF alone, not in CRLF"
        if len(content) > OCTETS_AT_MOST:
            yield number, f"it has {len(content)} octets, more than {OCTETS_AT_MOST}"
        if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", content):
            yield number, "a control character stands in it"
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            yield number, "it is not UTF-8 by itself: folded through a character, or another encoding"


def parse(data: bytes) -> tuple[Part, list[tuple[int, str]]]:
    """A part that holds what stands at the top of the file, and the lines that cannot be understood, with why."""
    top, faults = Part("", 0), []
    stack = [top]
    for number, line in _unfolded(data):
        found = _property(number, line)
        if found is None:
            faults.append((number, "it is no content line (NAME;PARAMETER=VALUE:VALUE)"))
        elif found.name == "BEGIN":
            part = Part(found.value.upper(), number)
            stack[-1].parts.append(part)
            stack.append(part)
        elif found.name == "END":
            if len(stack) == 1 or stack[-1].name != found.value.upper():
                faults.append((number, f"END:{found.value} ends nothing that was begun"))
            else:
                stack.pop()
        else:
            stack[-1].properties.append(found)
    faults += [(part.number, f"BEGIN:{part.name} has no END") for part in stack[1:]]
    return top, faults


def _unfolded(data: bytes) -> Iterator[tuple[int, str]]:
    start, whole = 0, b""
    for number, raw in enumerate(data.split(b"\n"), 1):
        line = raw.removesuffix(b"\r")
        if line[:1] in (b" ", b"\t") and start:
            whole += line[1:]
            continue
        if whole:
            yield start, whole.decode("utf-8", "replace")
        start, whole = number, line
    if whole:
        yield start, whole.decode("utf-8", "replace")


def _property(number: int, line: str) -> Property | None:
    name = NAME.match(line)
    if name is None:
        return None
    at, parameters = name.end(), {}
    while match := PARAMETER.match(line, at):
        parameters[match[1].upper()] = match[2].replace('"', "")
        at = match.end()
    if line[at : at + 1] != ":":
        return None
    return Property(number, name[0].upper(), parameters, line[at + 1 :])
