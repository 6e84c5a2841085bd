"""Ledgers that come back from people: the grids of a workbook (xlsx), of a CSV file, of a JSON file."""

import codecs
import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from ..errors import UnreadableFile
from .encoding import decode
from .formats import confined

MEGABYTES_AT_MOST: Final = 100
DELIMITERS: Final = ",;\t"


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells: None, a string, a number, a truth value or a date. `formulas` are the addresses that calculate.

    `top` and `left` say where the first cell stands, from 0. `form` is xlsx, csv or json.
    """

    form: str
    name: str
    rows: Sequence[Sequence[Any]]
    top: int = 0
    left: int = 0
    formulas: frozenset[str] = field(default_factory=frozenset)

    def address(self, row: int, column: int) -> str:
        """The cell as spreadsheets name it: B7."""
        letters, number = "", self.left + column + 1
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self.top + row + 1}"

    def place(self, row: int, column: int | None = None) -> str:
        """A row or a cell as a person finds it."""
        if self.form == "json":
            return f"object {row}" + (f", {self.rows[0][column]}" if column is not None else "")
        sheet = f"{self.name}!" if self.name else ""
        if column is None:
            return f"{sheet}row {self.top + row + 1}"
        return f"{sheet}{self.address(row, column)}"


def read(path: str) -> list[Grid]:
    """The grids of a file, by how its name ends. Raises UnreadableFile."""
    form = Path(path).suffix.lower().removeprefix(".")
    if form not in READERS:
        raise UnreadableFile(f"{path}: is no ledger by its name; save it as .xlsx, .csv or .json")
    try:
        if Path(path).stat().st_size > MEGABYTES_AT_MOST << 20:
            raise UnreadableFile(f"{path}: is over {MEGABYTES_AT_MOST} MB, which is the limit; split it")
        data = Path(path).read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read: {error.strerror or error}") from None
    return READERS[form](data, path)


def _workbook(data: bytes, path: str) -> list[Grid]:
    if not data.startswith(b"PK"):
        raise UnreadableFile(f"{path}: is no xlsx workbook; save it as one")
    try:
        sheets = json.loads(confined.read("cells", data).text)
    except UnreadableFile as error:
        raise UnreadableFile(f"{path}: {error}") from None
    return [
        Grid(
            "xlsx",
            sheet["name"],
            [[_value(cell) for cell in row] for row in sheet["rows"]],
            sheet["top"],
            sheet["left"],
            frozenset(sheet["formulas"]),
        )
        for sheet in sheets
    ]


def _value(cell: Any) -> Any:
    return date.fromisoformat(cell["day"]) if isinstance(cell, dict) else cell


def _csv(data: bytes, path: str) -> list[Grid]:
    marked = data.startswith(codecs.BOM_UTF8)  # as `export` writes it: a text, whatever stands in its notes
    text = data.decode("utf-8-sig", "replace") if marked else decode(data, path)
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    csv.field_size_limit(1 << 24)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnreadableFile(f"{path}: is no CSV file ({error}); save it anew") from None
    return [Grid("csv", "", rows)]


def _json(data: bytes, path: str) -> list[Grid]:
    try:
        found = json.loads(decode(data, path))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"{path}: is no JSON file ({error})") from None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise UnreadableFile(f"{path}: is no ledger: it must be a list of objects, as `tracker export json` writes it")
    names = list(dict.fromkeys(name for each in found for name in each))
    return [Grid("json", "", [names, *([_plain(each.get(name)) for name in names] for each in found)])]


def _plain(value: Any) -> Any:
    """Lists of names as a cell has them; what else has parts is none of what people edit."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "、".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


READERS: Final = {"xlsx": _workbook, "xlsm": _workbook, "csv": _csv, "json": _json}
