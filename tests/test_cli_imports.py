"""What a command loads: the shell's answers load next to nothing, and each command only what it uses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Runs the command line of its arguments, then lists on standard error what was imported.
PROGRAM = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
sys.argv[0] = "tracker"
from tracker.cli import main
main()
"""
HEAVY = {
    "alembic", "apscheduler", "borax", "chinese_calendar", "dateparser", "icalendar", "jinja2", "rapidfuzz", "rich",
    "sqlalchemy",
}  # fmt: skip


def imported(arguments: list[str], **environ: str) -> tuple[str, set[str]]:
    """The standard output of a command, and the heavy packages that were loaded for it."""
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=True,
    )
    modules = process.stderr.splitlines()[-1].split()
    assert "tracker.cli" in modules
    return process.stdout, {name.partition(".")[0] for name in modules} & HEAVY


@pytest.mark.parametrize(("option", "answer"), [("--help", "Reads government documents"), ("--version", "version")])
def test_what_needs_no_database_loads_none(option: str, answer: str) -> None:
    output, heavy = imported([option])
    assert answer in output
    assert heavy == set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_loads_nothing(shell: str) -> None:
    script, heavy = imported([], _TRACKER_COMPLETE=f"{shell}_source")
    assert "tracker" in script
    assert heavy == set()


def test_completing_a_command_name_imports_that_command_only() -> None:
    names, heavy = imported([], _TRACKER_COMPLETE="bash_complete", COMP_WORDS="tracker li", COMP_CWORD="1")
    assert names == "plain,list\n"
    assert heavy == set()


def test_the_help_of_a_command_loads_no_database() -> None:
    output, heavy = imported(["list", "--help"])
    assert "--agency" in output
    assert heavy == set()


def test_list_loads_the_database_and_nothing_that_reads_or_sends(migrated: Path) -> None:
    url = f"sqlite:///{migrated}"
    assert imported(["list", "--as-of", "2018-11-05", "--format", "jsonl"], TRACKER_DATABASE=url)[1] == {"sqlalchemy"}
    assert imported(["list", "--as-of", "2018-11-05"], TRACKER_DATABASE=url)[1] <= {"sqlalchemy", "rich"}


def test_timex_loads_no_database() -> None:
    output, heavy = imported(["timex", "11月底", "--reference", "2018-08-15", "--format", "jsonl"])
    assert '"end": "2018-11-30"' in output
    assert heavy == set()
