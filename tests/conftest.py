"""What tests share: databases (SQLite always, PostgreSQL where TRACKER_TEST_POSTGRES names a server), the program."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from cli_program import Program
from hypothesis import settings
from milestone_factory import INGESTED, MODIFIED, SEED
from needed import missing
from sqlalchemy.engine import Engine

from tracker import store
from tracker.commitments import extract
from tracker.jobs.ingest import ingest
from tracker.sources import read
from tracker.store.engine import parse

settings.register_profile("untimed", deadline=None)  # no test is about the speed of the machine it runs on
settings.load_profile("untimed")

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "tracker.db"
    store.connect(f"sqlite:///{path}").dispose()  # the last connection to close empties the log into the file
    return path


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of an empty schema on the server that TRACKER_TEST_POSTGRES names."""
    server = os.environ.get("TRACKER_TEST_POSTGRES")
    if not server:
        missing("a PostgreSQL server (TRACKER_TEST_POSTGRES)")
    url, schema = parse(server), f"test_{uuid4().hex}"
    admin = sa.create_engine(url)
    with admin.begin() as db:
        db.exec_driver_sql(f"CREATE SCHEMA {schema}")
    yield url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    with admin.begin() as db:
        db.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    admin.dispose()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh migrated database."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated"), tmp_path / "tracker.db")
        return f"sqlite:///{tmp_path / 'tracker.db'}"
    address: str = request.getfixturevalue("postgresql")
    engine = store.connect(address, upgrading=True)
    store.upgrade(engine)
    engine.dispose()
    return address


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An engine on a fresh migrated database."""
    engine = store.connect(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def seeded(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database into which the seed document was read as of 2018-08-31, to be copied."""
    path = tmp_path_factory.mktemp("seeded") / "tracker.db"
    shutil.copy(migrated, path)
    engine = store.connect(f"sqlite:///{path}")
    source = read(str(SEED / "document.txt"))
    ingest(engine, source, extract(source), today=INGESTED, now=MODIFIED, actor="t")
    engine.dispose()
    return path


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Program:
    """The command line in a folder with a configuration that says nothing, and with no database yet."""
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TRACKER_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("TRACKER_DATABASE", f"sqlite:///{tmp_path / 'tracker.db'}")
    monkeypatch.chdir(tmp_path)
    return Program(tmp_path, capsys)


@pytest.fixture
def program(empty: Program, seeded: Path) -> Program:
    """The command line with the seed document in its database."""
    shutil.copy(seeded, empty.database)
    return empty


@pytest.fixture
def nobody(program: Program) -> Iterator[Program]:
    """The command line of a user who may read the database and not write it."""
    program.ok("list")  # so that everything is imported: that user may not read the program's own files
    program("done", "999")
    program.database.chmod(0o444)
    program.folder.chmod(0o555)
    for folder in program.folder.parents:
        if "pytest" in folder.name or "popen" in folder.name:
            folder.chmod(0o755)
    if os.geteuid() == 0:
        os.seteuid(65534)
    yield program
    if os.getuid() == 0:
        os.seteuid(0)
    program.folder.chmod(0o755)
