"""What a shell completes: commands, options, ids with titles, agencies; quickly, and never with an error."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli_program import DAY, Program
from needed import missing

HEAVY = ("sqlalchemy", "tracker.store", "tracker.jobs", "tracker.timex", "rich", "dateparser")


def completed(program: Program, line: str, shell: str = "zsh", **environ: str) -> list[tuple[str, str]]:
    """What is offered for the last word of a line, each with its description (as zsh is told: type, value, help)."""
    words = line.split(" ")
    asked = {"_TRACKER_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    answer = program.process(environ=asked | environ)
    assert (answer.returncode, answer.stderr) == (0, b""), answer
    lines = answer.stdout.decode().splitlines()
    return list(zip(lines[1::3], lines[2::3], strict=False))


OFFERED = {
    "commands": ("tracker do", {"documents", "done", "doctor"}),
    "subcommands": ("tracker db c", {"current", "check", "copy"}),
    "options": ("tracker list --due", {"--due-before", "--due-after"}),
    "the words of an option": ("tracker list --sort ", {"due", "agency", "item", "id"}),
    "ids": ("tracker done 3", {"3", *(str(id) for id in range(30, 40))}),
    "ids after a comma": ("tracker done 11,3", {"11,3", *(f"11,{id}" for id in range(30, 40))}),
    "an id of a command that takes one": ("tracker show 38", {"38"}),
    "closed ones, to be reopened": ("tracker reopen ", {"12"}),
    "agencies": ("tracker list --agency 市住", {"市住建委"}),
    "agencies by what stands within": ("tracker digest --agency 住建", {"市住建委"}),
    "agencies of a command": ("tracker agencies set 市住", {"市住建委"}),
}


@pytest.fixture
def closed(program: Program) -> Program:
    """The seed with a milestone done."""
    program.ok("done", "12", *DAY)
    return program


@pytest.mark.parametrize("case", OFFERED)
def test_a_shell_is_offered(closed: Program, case: str):
    line, values = OFFERED[case]
    assert {value for value, _ in completed(closed, line)} == values


def test_an_id_is_offered_with_its_title_the_most_urgent_first(program: Program):
    offered = completed(program, "tracker done ")
    assert dict(offered)["11"] == "按照住建部要求完成列入试点计划的6个小区的改造任务"
    assert offered[0][0] == "10"


def test_a_line_with_a_dash_for_its_ids_does_not_wait_for_them(program: Program):
    assert completed(program, "tracker done - --not") == [("--note", "A note.")]


SILENT = {
    "no database": {"TRACKER_DATABASE": "sqlite:///nowhere.db"},
    "no server": {"TRACKER_DATABASE": "postgresql://nobody@127.0.0.1:9/x"},
    "no configuration": {"TRACKER_CONFIG": "nowhere.toml"},
    "a broken URL": {"TRACKER_DATABASE": "nonsense"},
}


@pytest.mark.parametrize("case", SILENT)
def test_where_the_database_cannot_be_asked_nothing_is_offered(program: Program, case: str):
    assert completed(program, "tracker done 3", **SILENT[case]) == []
    assert not Path("nowhere.db").exists()


@pytest.mark.parametrize("line", ["tracker d", "tracker done 3", "tracker list --agency 市"])
def test_nothing_heavy_is_loaded_to_complete(program: Program, line: str):
    asked = {"_TRACKER_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    code = f"import sys\nfrom tracker.cli import run\nrun([])\nsys.exit(', '.join(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | asked, capture_output=True, check=False)
    assert done.stdout.startswith(b"plain,")
    assert done.stderr == b"\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_the_shells_own(program: Program, shell: str):
    script = program.ok("completion", shell).out
    assert f"_TRACKER_COMPLETE={shell}_complete" in script


def test_bash_itself_completes(program: Program):
    if not shutil.which("bash"):
        missing("bash")
    tracker = program.folder / "tracker"
    tracker.write_text(f'#!/bin/sh\nexec {sys.executable} -m tracker "$@"\n', encoding="utf-8")
    tracker.chmod(0o755)
    script = """
        eval "$(tracker completion bash)"
        COMP_WORDS=(tracker list --agency 市住) COMP_CWORD=3
        $(complete -p tracker | sed 's/.*-F \\([^ ]*\\).*/\\1/') tracker
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    environ = os.environ | {"PATH": f"{program.folder}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "--norc", "-c", script], env=environ, capture_output=True, check=True)
    assert done.stdout.decode().split() == ["市住建委"]
