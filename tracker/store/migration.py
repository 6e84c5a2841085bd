"""Which revision the schema has, and bringing it to this program's.

Revisions are numbered 0001, 0002, …, so that old and new are told apart by a single query, without loading Alembic.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from ..errors import DatabaseError
from .schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0014"
State = Literal["empty", "old", "ours", "newer", "foreign"]


def state(db: Connection) -> State:
    """What the schema of this database is, seen from this program."""
    tables = {name for name in _tables(db) if name != "sqlite_sequence"}
    if not tables or (tables == {"alembic_version"} and revision(db) is None):
        return "empty"
    if not {"alembic_version", "milestones", "history"} <= tables:
        return "foreign"
    found = revision(db)
    if found is None or not found.isdigit():
        return "foreign"
    return "ours" if found == HEAD else "old" if found < HEAD else "newer"


def refuse(found: State, where: str) -> None:
    """Returns for a schema that is this program's; raises DatabaseError with what to do for every other."""
    reasons = {
        "empty": "the database is empty; run `tracker db upgrade`",
        "old": "the database has an older schema; run `tracker db upgrade` (`tracker db backup FILE` first)",
        "newer": "the database was written by a newer tracker; upgrade this program",
        "foreign": "the tables in this database are another program's; nothing was changed",
    }
    if found != "ours":
        raise DatabaseError(f"{where}: {reasons[found]}")


def revision(db: Connection) -> str | None:
    """The revision that the database records; None where it records none."""
    if "alembic_version" not in _tables(db):
        return None
    found: str | None = db.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(engine: Engine) -> None:
    """Brings the schema to HEAD in one transaction; does nothing where it is there already."""
    from alembic import command

    with engine.begin() as db:
        found = state(db)  # asked again under the lock: someone else may have been faster
        if found in ("empty", "old"):
            command.upgrade(config(db), "head")
        else:
            refuse(found, engine.url.render_as_string())


def config(db: Connection) -> "Config":
    """Alembic's configuration, made in code: the program works from any directory."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(folder()).replace("%", "%%"))
    made.attributes["connection"] = db
    return made


def folder() -> Path:
    """The migrations: inside the package where it was installed, at the top of the repository in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def differences(db: Connection) -> list[str]:
    """How the schema found differs from the one this program expects, in words; empty when it does not."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(db, opts={"compare_type": True})
    found = [str(step) for step in compare_metadata(context, metadata)]
    for table in metadata.sorted_tables:
        if sa.inspect(db).has_table(table.name):
            found += _check_differences(db, table)
    return found


def _check_differences(db: Connection, table: sa.Table) -> list[str]:
    """Alembic does not compare CHECK constraints. Databases rewrite their text, but keep the words they list."""
    expected = {
        str(check.name): _quoted(str(check.sqltext))
        for check in table.constraints
        if isinstance(check, sa.CheckConstraint)
    }
    expected = {
        name if name.startswith("ck_") else f"ck_{table.name}_{name}": words for name, words in expected.items()
    }
    actual = {
        str(check["name"]): _quoted(check["sqltext"]) for check in sa.inspect(db).get_check_constraints(table.name)
    }
    return [
        f"{table.name}: CHECK {name} lists {sorted(actual.get(name, ()))}, not {sorted(expected.get(name, ()))}"
        for name in sorted(expected.keys() | actual.keys())
        if expected.get(name) != actual.get(name)
    ]


def _quoted(text: str) -> frozenset[str]:
    return frozenset(text.split("'")[1::2])


def _tables(db: Connection) -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        if db.dialect.name == "sqlite"
        else "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    )
    return set(db.execute(sa.text(query)).scalars())
