"""Edits a ledger in LibreOffice through UNO, as a person would, and saves it: run by a Python that has `uno`.

Arguments: the file, a JSON list of [row from 0, column from 0, kind (text, date, empty), value], the pipe's name.
"""

import json
import sys
import time
from datetime import date

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTER = "Calc MS Excel 2007 XML"


def connected(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.2)
    raise SystemExit("LibreOffice does not answer")


def property_value(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def main():
    path, edits, pipe = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
    context = connected(pipe)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    url = uno.systemPathToFileUrl(path)
    document = desktop.loadComponentFromURL(url, "_blank", 0, (property_value("Hidden", True),))
    sheet = document.Sheets.getByName("台账")
    assert sheet.isProtected()
    for row, column, kind, value in edits:
        cell = sheet.getCellByPosition(column, row)
        assert not cell.CellProtection.IsLocked, (row, column)
        if kind == "date":
            cell.setValue((date.fromisoformat(value) - date(1899, 12, 30)).days)
        else:
            cell.setString(value if kind == "text" else "")
    document.storeToURL(url, (property_value("FilterName", FILTER),))
    document.close(True)
    desktop.terminate()


main()
