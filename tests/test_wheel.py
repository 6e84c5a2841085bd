"""The wheel carries all that it needs, and works from any folder with the pinned run-time requirements alone."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def run(*command: object, cwd: Path = ROOT, allowed: tuple[int, ...] = (0,), **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in allowed, f"{command} in {cwd}: exit code {done.returncode}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of programs of an environment that holds the wheel and the run-time pins only."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", ROOT / "requirements" / "run.txt")
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel)
    return home / "bin"


def test_the_wheel_carries_every_file_that_the_repository_has(wheel):
    kept = run("git", "ls-files", "-z", "tracker", "migrations", "config.toml").split("\0")
    wanted = {name if name.startswith("tracker/") else f"tracker/{name}" for name in kept if name}
    carried = set(zipfile.ZipFile(wheel).namelist())
    assert wanted <= carried
    assert {name for name in carried if not name.startswith(("tracker/", "tracker-"))} == set()


def test_its_requirements_are_all_there(installed):
    run(installed / "python", "-m", "pip", "check")


def test_it_works_in_an_empty_folder(installed, tmp_path):
    environment = {"TRACKER_DATABASE": f"sqlite:///{tmp_path}/new.db", "HOME": str(tmp_path), "PYTHONPATH": ""}
    assert "0." in run(installed / "tracker", "--version", cwd=tmp_path, **environment)
    run(installed / "tracker", "db", "upgrade", cwd=tmp_path, **environment)
    run(installed / "tracker", "db", "check", cwd=tmp_path, **environment)
    document = ROOT / "seeds" / "ningbo-reform-pilots-2018" / "document.txt"
    extract = (installed / "tracker", "extract", document, "--format", "jsonl")
    answer = run(*extract, cwd=tmp_path, allowed=(0, 1), **environment)  # 1: read, and a person should look
    assert '"doc"' in answer
    digest = (installed / "tracker", "digest", "--format", "html", "--as-of", "2018-11-05")
    assert "<html" in run(*digest, cwd=tmp_path, **environment)
