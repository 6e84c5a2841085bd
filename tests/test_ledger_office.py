"""The ledger in LibreOffice: ten edits over all columns that may be edited, saved there, and every one arrives."""

import json
import subprocess
from pathlib import Path
from shutil import which

import pytest
from cli_program import DAY, Program
from needed import missing

from tracker.render.ledger import COLUMNS

SCRIPT = Path(__file__).parent / "uno_edits.py"
# (id, column): how and what is written; the row of an id is the id, since the seed has all from 1 on
EDITS = {
    (7, "状态"): ("text", "已办结"),
    (7, "办结日期"): ("date", "2018-11-01"),
    (7, "佐证"): ("text", "甬建〔2018〕12号"),
    (8, "进展"): ("text", "完成60%\n年底完工"),
    (9, "备注"): ("text", "=请关注"),
    (12, "事项"): ("text", "完善审批框架"),
    (13, "时限"): ("date", "2019-03-31"),
    (14, "牵头单位"): ("text", "市发改委"),
    (14, "配合单位"): ("text", "市住建委、市财政局"),
    (11, "办结日期"): ("text", "2018年11月2日"),
}
PLACES = {name: place for place, name in enumerate(COLUMNS)}


def python_with_uno() -> str:
    known = [which("/usr/bin/python3"), which("/usr/lib/libreoffice/program/python")]
    found = [
        python for python in known
        if python and not subprocess.run([python, "-c", "import uno"], capture_output=True, check=False).returncode
    ]  # fmt: skip
    if not found:
        missing("Python's bridge to LibreOffice (python3-uno)")
    return found[0]


def edit_in_libreoffice(path: Path, edits: list[tuple[int, int, str, str]]) -> None:
    program, python = which("soffice"), python_with_uno()
    if program is None:
        missing("LibreOffice (soffice)")
    pipe = f"tracker{path.stat().st_ino}"
    profile = (path.parent / "profile").as_uri()
    office = subprocess.Popen(
        [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nologo",
         f"--accept=pipe,name={pipe};urp;"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        done = subprocess.run(
            [python, str(SCRIPT), str(path), json.dumps(edits), pipe],
            capture_output=True, timeout=180, env={"PATH": "/usr/bin:/bin"}, check=False,
        )  # fmt: skip
        office.wait(60)
    finally:
        office.kill()
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_people_write_in_libreoffice_arrives(program: Program) -> None:
    program.ok("done", "11", "--on", "2018-10-30", *DAY)
    path = program.folder / "ledger.xlsx"
    program.ok("export", "xlsx", "-o", str(path), *DAY)
    edit_in_libreoffice(path, [])
    assert program.ok("import", str(path), *DAY).out == "0 milestones of 39 changed, 0 conflicts\n"
    program.ok("export", "xlsx", "-o", str(path), *DAY)
    edit_in_libreoffice(path, [(id, PLACES[name], *written) for (id, name), written in EDITS.items()])
    assert len(EDITS) == 10
    assert program.ok("import", str(path), *DAY).out.endswith("7 milestones of 39 changed, 0 conflicts\n")
    rows = {row["id"]: row for row in json.loads(program.ok("export", "json", *DAY).out)}
    arrived = {
        (7, "status"): "completed", (7, "closed_on"): "2018-11-01", (7, "evidence"): "甬建〔2018〕12号",
        (8, "progress"): "完成60%\n年底完工", (9, "note"): "=请关注",
        (12, "title"): "完善审批框架", (13, "due"): "2019-03-31",
        (14, "lead"): ["市发改委"], (14, "support"): ["市住建委", "市财政局"], (11, "closed_on"): "2018-11-02",
    }  # fmt: skip
    assert {key: rows[key[0]][key[1]] for key in arrived} == arrived
