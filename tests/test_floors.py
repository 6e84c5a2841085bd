"""The floors of docs/design.md: a module imports lower floors only; below floor 7 the world is out of reach."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tracker"

FLOORS = (
    ("errors", "prefixes", "workdays"),
    ("bodies", "documents", "timex"),
    ("commitments",),
    ("milestones",),
    ("reminders",),
    ("digests", "ics"),
    ("render",),
    ("config", "sources", "store", "delivery"),
    ("logs",),
    ("jobs",),
    ("web", "scheduler"),
    ("cli",),
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
OUTSIDE_THE_FLOORS = {"__init__", "__main__"}
FIRST_FLOOR_WITH_A_WORLD = 7

# What a pure floor must not import, and what would come in with it.
WORLD = {
    "a clock": {"sched", "time"},
    "the file system": {
        "fileinput", "glob", "importlib.resources", "io.FileIO", "io.open", "mmap", "os", "pathlib", "shutil",
        "tempfile", "zipfile",
    },
    "a network": {
        "asyncio", "ftplib", "http", "imaplib", "poplib", "select", "smtplib", "socket", "socketserver", "ssl",
        "urllib.request",
    },
    "a database": {"alembic", "dbm", "psycopg", "shelve", "sqlalchemy", "sqlite3"},
    "a process": {"apscheduler", "multiprocessing", "signal", "subprocess"},
}  # fmt: skip
WORLD_CALLS = {"open": "a file", "input": "a terminal", "print": "a terminal"}
JINJA_FILE_LOADERS = {"FileSystemLoader", "ModuleLoader"}  # PackageLoader is how render finds its templates

LINES_AT_MOST = 300
NAMES_THAT_SAY_NOTHING = {
    "base", "common", "helper", "helpers", "manager", "managers", "misc", "service", "services", "util", "utils",
}  # fmt: skip


@dataclass(frozen=True)
class Violation:
    file: str
    line: int
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}: {self.why}"


@dataclass(frozen=True)
class Import:
    line: int
    module: str  # absolute, dotted
    name: str | None  # for `from module import name`


def imports(tree: ast.AST, package: list[str]) -> Iterator[Import]:
    """Every import at any depth, relative ones resolved against `package`, and import_module("…") with them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node.lineno, alias.name, None)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(node.lineno, module, alias.name)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            if called in {"import_module", "__import__"} and isinstance(node.args[0].value, str):
                yield Import(node.lineno, node.args[0].value, None)


def upward(home: str, found: Import) -> tuple[str, str] | None:
    """What is imported and why it is refused, where `home` must not import a part of tracker."""
    parts = found.module.split(".")
    if parts[0] != "tracker":
        return None
    target = parts[1] if len(parts) > 1 else found.name
    if target is None or target == home or (len(parts) == 1 and target not in FLOOR):
        return None  # tracker itself (its version), or home's own modules
    what = f"imports tracker.{target}"
    if target not in FLOOR:
        return what, "it stands on no floor; give it a place in FLOORS"
    if FLOOR[target] < FLOOR[home]:
        return None
    relation = "a neighbour on the same" if FLOOR[target] == FLOOR[home] else "higher, on"
    return (
        what,
        f"{target} is {relation} floor ({FLOOR[target]}); {home} ({FLOOR[home]}) imports lower floors only",
    )


def outward(home: str, found: Import) -> tuple[str, str] | None:
    """What is imported and why it is refused, where `home` stands on a pure floor."""
    if FLOOR[home] >= FIRST_FLOOR_WITH_A_WORLD:
        return None
    full = f"{found.module}.{found.name}" if found.name else found.module
    pure = f"{home} (floor {FLOOR[home]}) is pure: values in, values out"
    for brought, modules in WORLD.items():
        if any(f"{full}.".startswith(f"{module}.") for module in modules):
            return f"imports {full}", f"it brings {brought}; {pure}"
    if found.module.split(".")[0] == "jinja2" and found.name in JINJA_FILE_LOADERS:
        return f"imports {full}", f"it reads files of any folder (PackageLoader reads our own); {pure}"
    return None


def violations(file: str, source: str) -> list[Violation]:
    """`file` is relative to tracker/, as in "timex/reader.py"."""
    path = Path(file)
    home = path.with_suffix("").parts[0]
    shown = f"tracker/{file}"
    found = [
        Violation(shown, 1, f"is called {part}", "the name says nothing; name the noun that it holds")
        for part in path.with_suffix("").parts
        if part.strip("_") in NAMES_THAT_SAY_NOTHING
    ]
    length = len(source.splitlines())
    if length > LINES_AT_MOST:
        found.append(Violation(shown, length, f"has {length} lines", f"at most {LINES_AT_MOST}; split it by noun"))
    if home in OUTSIDE_THE_FLOORS:
        return found
    if home not in FLOOR:
        return [*found, Violation(shown, 1, f"belongs to {home}", "it stands on no floor; give it a place in FLOORS")]
    tree = ast.parse(source, filename=shown)
    for each in imports(tree, ["tracker", *path.parent.parts]):
        for refused in (upward(home, each), outward(home, each)):
            if refused and (once := Violation(shown, each.line, *refused)) not in found:
                found.append(once)
    if FLOOR[home] < FIRST_FLOOR_WITH_A_WORLD:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORLD_CALLS:
                why = f"it reaches {WORLD_CALLS[node.func.id]}; {home} (floor {FLOOR[home]}) is pure"
                found.append(Violation(shown, node.lineno, f"calls {node.func.id}()", why))
    return found


MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def test_there_are_modules_to_check():
    assert "__init__.py" in MODULES


@pytest.mark.parametrize("file", MODULES)
def test_every_module_stands_on_its_floor(file):
    found = violations(file, (PACKAGE / file).read_text("utf-8"))
    assert not found, "\n" + "\n".join(map(str, found))


PLANTED = {
    "a higher floor": ("timex/reader.py", "from tracker.commitments import extract, cues", 1, "commitments is higher"),
    "by the package's own name": ("milestones/ledger.py", "\nfrom tracker import store", 2, "store is higher"),
    "with a name of its own": ("errors.py", "import tracker.timex.values as v", 1, "timex is higher"),
    "within a function": ("jobs/scan.py", "def f():\n    import tracker.cli", 2, "cli is higher"),
    "for types only": ("errors.py", "if TYPE_CHECKING:\n    from tracker.timex import Timex", 2, "timex is higher"),
    "relative": (
        "timex/reader.py",
        "from ..documents import heal",
        1,
        "documents is a neighbour on the same",
    ),
    "relative, bare": ("timex/__init__.py", "from .. import store", 1, "store is higher"),
    "a neighbour": (
        "store/tables.py",
        "from tracker.config import Config",
        1,
        "config is a neighbour on the same",
    ),
    "by its name in a string": ("jobs/scan.py", "import_module('tracker.web')", 1, "web is higher"),
    "a place outside the table": ("cli/list.py", "import tracker.reports", 1, "it stands on no floor"),
    "a file": ("documents/heal.py", "from pathlib import Path", 1, "it brings the file system"),
    "a file, by submodule": ("timex/reader.py", "import os.path", 1, "it brings the file system"),
    "a clock": ("reminders.py", "from time import time", 1, "it brings a clock"),
    "a network": ("render/mail.py", "import urllib.request", 1, "it brings a network"),
    "a network, by name": ("render/mail.py", "from urllib import request", 1, "it brings a network"),
    "a database": ("milestones.py", "def f():\n\n    import sqlalchemy.orm", 3, "it brings a database"),
    "templates of any folder": (
        "render/html.py",
        "from jinja2 import FileSystemLoader",
        1,
        "reads files of any folder",
    ),
    "an open file": ("ics.py", "x = 1\nwith open('a') as f: pass", 2, "it reaches a file"),
    "a module without a floor": ("reports.py", "", 1, "it stands on no floor"),
    "a name that says nothing": ("cli/utils.py", "", 1, "the name says nothing"),
    "a folder that says nothing": ("store/common/rows.py", "", 1, "the name says nothing"),
    "too long": ("cli/list.py", "x = 1\n" * 301, 301, "at most 300; split it by noun"),
}


@pytest.mark.parametrize(("file", "source", "line", "why"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_violation_is_found(file, source, line, why):
    (found,) = violations(file, source)
    assert found.line == line
    assert str(found).startswith(f"tracker/{file}:{line}: ")
    assert why in found.why


ALLOWED = {
    "a lower floor": ("commitments/extract.py", "from tracker.timex import find_timexes\nfrom tracker import workdays"),
    "its own modules": ("timex/reader.py", "from tracker.timex.values import Timex\nfrom . import calendar, grammar"),
    "its own modules, from below": ("store/sqlite/rows.py", "from ..schema import tables\nfrom tracker.store import x"),
    "the package itself": ("config.py", "from tracker import __version__\nimport tracker"),
    "the world, above": ("sources/text.py", "import os, time, sqlalchemy\nopen('a')"),
    "templates of the package": ("render/html.py", "from jinja2 import Environment, PackageLoader"),
    "names that begin alike": ("timex/reader.py", "import timeit\nfrom urllib.parse import quote"),
    "a file in memory": ("digests.py", "from io import BytesIO, StringIO"),
    "anything, outside the floors": ("__main__.py", "from tracker.cli import main"),
    "three hundred lines": ("cli/list.py", "x = 1\n" * 300),
}


@pytest.mark.parametrize(("file", "source"), ALLOWED.values(), ids=ALLOWED.keys())
def test_what_is_allowed_is_not_refused(file, source):
    assert violations(file, source) == []
