"""What commands print: rows as a table for people, as JSON lines or CSV for programs; messages on standard error."""

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

import click

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(value: Any) -> Any:
    """A value as JSON has it: days and instants in ISO 8601, dataclasses as objects, whole floats as integers."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    return value


def print_jsonl(rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line in UTF-8, whatever the locale, and nothing else."""
    write = sys.stdout.buffer.write
    for row in rows:
        write(json.dumps(plain(row), ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def print_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """The rows as CSV with a header; lists are joined with 、, and no cell can be taken for a formula."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([csv_cell(row.get(column)) for column in columns])


def csv_cell(value: Any) -> str:
    """A cell that a spreadsheet shows as it is."""
    value = plain(value)
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        text = "、".join(value)
    elif isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") and isinstance(value, str | list) else text


def print_table(
    rows: Iterable[Sequence[Any]], columns: Sequence[str], *, right: Sequence[str] = (), whole: Sequence[str] = ()
) -> None:
    """The rows as a table that fits the terminal; long Chinese text is folded, never cut.

    The columns in `right` are aligned right; those and the columns in `whole` are never folded.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(
            column, overflow="fold", justify="right" if column in right else "left", no_wrap=column in (*right, *whole)
        )
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(shown(cell)) for cell in row))
    Console(highlight=False, soft_wrap=False).print(table)


def shown(value: Any) -> str:
    """A value as a person reads it, without control characters: document text cannot steer the terminal."""
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return "、".join(map(shown, value))
    return CONTROL.sub("", str(value))


def say(message: str) -> None:
    """A message to the person, on standard error."""
    click.echo(shown_lines(message), err=True)


def shown_lines(message: str) -> str:
    """A message without control characters save its line ends."""
    return CONTROL.sub("", message)
