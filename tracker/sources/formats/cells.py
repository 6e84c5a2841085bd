"""The cells of a workbook as they are, formulas named: for ledgers that come back, where a cell is no text yet.

The text is JSON: a list of {"name", "top", "left", "rows", "formulas"}, one a sheet; a cell is null, a string, a
number, a truth value, or {"day": "2018-12-03"}; `formulas` are addresses (B7).
"""

import io
import json
import posixpath
import zipfile
from datetime import date, datetime
from typing import Any, Final

import python_calamine
from python_calamine import CalamineSheet, CalamineWorkbook

from ...errors import UnreadableFile
from .content import Content
from .xml import attribute, child, children, local, parse

CELLS_AT_MOST: Final = 2_000_000
MEGABYTES_AT_MOST: Final = 200  # of a sheet's XML: a ledger of 10,000 rows takes 15


def read(data: bytes) -> Content:
    """The cells of every sheet. Raises UnreadableFile, without the file's name."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            sheets = [_sheet(workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
    except python_calamine.PasswordError:
        raise UnreadableFile("is protected by a password; save it without one") from None
    except python_calamine.CalamineError as error:
        raise UnreadableFile(f"is damaged ({error}); save it anew") from None
    found = _formulas(data)
    return Content(json.dumps([sheet | {"formulas": found.get(sheet["name"], [])} for sheet in sheets]))


def _sheet(sheet: CalamineSheet) -> dict[str, Any]:
    top, left = sheet.start or (0, 0)
    if sheet.height * sheet.width > CELLS_AT_MOST:
        raise UnreadableFile(
            f"has a sheet of over {CELLS_AT_MOST:,} cells ({sheet.name}), which is the limit; delete its empty rows"
        )
    rows = [[_value(value) for value in row] for row in sheet.to_python()] if sheet.start else []
    return {"name": sheet.name, "top": top, "left": left, "rows": rows}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"day": value.date().isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value if value is None or isinstance(value, str | float | int | bool) else str(value)


def _formulas(data: bytes) -> dict[str, list[str]]:
    """The addresses of the cells that calculate, by the name of their sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        targets = {
            attribute(each, "Id"): attribute(each, "Target")
            for each in children(parse(_member(archive, "xl/_rels/workbook.xml.rels")), "Relationship")
        }
        sheets = child(parse(_member(archive, "xl/workbook.xml")), "sheets")
        found = {}
        for sheet in children(sheets, "sheet"):
            target = targets.get(next((str(v) for k, v in sheet.attrib.items() if str(k).endswith("}id")), ""), "")
            path = posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
            root = parse(_member(archive, path))
            found[attribute(sheet, "name")] = [
                attribute(cell, "r") for cell in root.iter("{*}c") if any(local(part) == "f" for part in cell)
            ]
    return found


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        size = archive.getinfo(name).file_size
    except KeyError:
        raise UnreadableFile(f"is damaged (it has no {name}); save it anew") from None
    if size > MEGABYTES_AT_MOST << 20:
        raise UnreadableFile(f"has a sheet of over {MEGABYTES_AT_MOST} MB, which is the limit; delete its empty rows")
    return archive.read(name)
