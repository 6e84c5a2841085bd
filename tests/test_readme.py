"""The README's commands run as they are written, in both languages, and its links lead somewhere."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tracker.cli import run

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.zh-CN.md"]
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(name: str) -> list[tuple[str, str]]:
    """Each command of a README's console blocks, with the output that stands below it."""
    found = []
    for block in CONSOLE.findall((ROOT / name).read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


@pytest.mark.parametrize("name", READMES)
def test_every_command_of_the_readme_runs_as_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(ROOT / "config.toml", tmp_path)
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for variable in ("TRACKER_CONFIG", "TRACKER_DATABASE"):
        monkeypatch.delenv(variable, raising=False)
    ran = [command for command in commands(name) if command[0].startswith("tracker ")]
    assert len(ran) >= 8
    for command, expected in ran:
        code = run(shlex.split(command)[1:])
        printed = capfd.readouterr()
        assert code == 0, f"{command}\n{printed.out}{printed.err}"
        if expected:
            assert [line.rstrip() for line in printed.out.splitlines()] == expected.splitlines(), command


@pytest.mark.parametrize("name", READMES)
def test_the_readmes_make_targets_exist(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    wanted = set(re.findall(r"(?:`|\$ )make ([a-z]+)", (ROOT / name).read_text(encoding="utf-8")))
    assert wanted
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in wanted)


def test_both_readmes_run_the_same_commands() -> None:
    assert [c for c, _ in commands("README.md")] == [c for c, _ in commands("README.zh-CN.md")]


@pytest.mark.parametrize("path", [*READMES, *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))])
def test_every_link_leads_to_a_file(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("http")]
    assert [link for link in links if link and not ((ROOT / path).parent / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_the_readme_names_every_command(name: str) -> None:
    from tracker.cli import COMMANDS

    text = (ROOT / name).read_text(encoding="utf-8")
    assert [command for command in COMMANDS if f"`{command}`" not in text] == []
