"""How Alembic reaches the database: the program hands over its connection; `alembic` alone takes TRACKER_DATABASE."""

import os

from alembic import context
from sqlalchemy.engine import Connection

from tracker import store
from tracker.store.schema import metadata


def migrate(db: Connection) -> None:
    """Runs the revisions on `db`. Both databases undo a schema change that fails: one transaction for all of them."""
    context.configure(
        connection=db,
        target_metadata=metadata,
        compare_type=True,
        render_as_batch=True,  # SQLite alters a table by copying it
        transactional_ddl=True,
        user_module_prefix="schema.",
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("tracker's migrations run on a database; --sql is not supported")

if (connection := context.config.attributes.get("connection")) is not None:
    migrate(connection)
else:
    engine = store.connect(os.environ.get("TRACKER_DATABASE", "sqlite:///tracker.db"), upgrading=True)
    with engine.begin() as connection:
        migrate(connection)
