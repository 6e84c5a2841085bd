"""A real PostgreSQL server for one test, which can be restarted."""

import getpass
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from needed import missing


@contextmanager
def own_postgresql() -> Iterator[tuple[str, Callable[[], object]]]:
    """A PostgreSQL server of this test alone: its URL, and what restarts it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "")]
    if not found[-1].is_file():
        missing("PostgreSQL's initdb")
    programs, as_user = found[-1].parent, ["runuser", "-u", "postgres", "--"] if getpass.getuser() == "root" else []
    with TemporaryDirectory() as folder:
        if as_user:
            shutil.chown(folder, "postgres")

        def call(*words: str) -> None:
            subprocess.run([*as_user, *words], cwd=folder, check=True, capture_output=True)

        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        data = ("-s", "-w", "-D", f"{folder}/data")
        call(str(programs / "initdb"), "-D", f"{folder}/data", "--username=tracker", "--auth=trust", "--no-sync")
        call(str(programs / "pg_ctl"), "start", *data, "-l", f"{folder}/log", "-o", options)
        try:
            restart = lambda: call(str(programs / "pg_ctl"), "restart", *data, "-m", "fast", "-l", f"{folder}/log")  # noqa: E731
            yield f"postgresql+psycopg://tracker@/postgres?host={folder}", restart
        finally:
            call(str(programs / "pg_ctl"), "stop", *data, "-m", "immediate")
