"""Migrations: bring a database to this version of the tables, and say where it differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event

from models.base import Model
from models.migrations import queue_tables
from models.session import make_engine

PLACE = Path(__file__).parent
GUARDS = {"sqlite": 6, "postgresql": 8}


def upgrade(url: str) -> None:
    """Run every migration that the database at `url` has not had, in one transaction, and bring the job queue's own tables.

    SQLite changes a table by copying it, which would look like taking away what others point to: there the references are
    checked once at the end. RuntimeError names the tables whose rows would point nowhere; nothing is kept then.
    """
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _check_references_at_the_end)
    try:
        with engine.begin() as connection:
            command.upgrade(_config(connection), "head")
            queue_tables.bring_up(connection)
            if engine.dialect.name == "sqlite":
                _refuse_loose_references(connection)
    finally:
        engine.dispose()


def _check_references_at_the_end(connection: Any, record: Any) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _refuse_loose_references(connection: Connection) -> None:
    loose = sorted({str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")})
    if loose:
        raise RuntimeError(f"The migration was undone: rows of {', '.join(loose)} would point to nothing")


def check(url: str) -> list[str]:
    """How the database at `url` differs from the models, a line for each difference; empty when it does not."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            opts = {"compare_type": True, "target_metadata": Model.metadata, "include_name": _is_ours}
            context = MigrationContext.configure(connection, opts=opts)
            at = context.get_current_revision()
            lines = [] if at == head() else [f"it is at version {at or 'none'}, not {head()}"]
            lines += [_words(difference) for difference in compare_metadata(context, Model.metadata)]
            lines += queue_tables.difference(connection)
            return lines + ([] if guards_stand(connection) else ["the guard of the audit trail is off: its rows could be changed"])
    finally:
        engine.dispose()


def guards_stand(connection: Connection) -> bool:
    """Whether the database refuses to change or delete rows of the audit trail."""
    if connection.dialect.name == "sqlite":
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit_%'"
    else:
        query = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'audit_%_no_%' AND tgenabled IN ('O', 'A')"
    return int(connection.exec_driver_sql(query.replace("%", "%%")).scalar_one()) >= GUARDS[connection.dialect.name]


def head() -> str:
    """The number of the newest migration."""
    return str(ScriptDirectory(str(PLACE)).get_current_head())


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or queue_tables.is_ours(name or "")


def knows(revision: str) -> bool:
    """Whether this version has the migration with this number, so that it can go on from there."""
    return any(script.revision == revision for script in ScriptDirectory(str(PLACE)).walk_revisions())


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(PLACE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _words(difference: Any) -> str:
    if isinstance(difference, list):
        return "; ".join(_words(part) for part in difference)
    kind, *what = difference
    names = [str(getattr(part, "name", None) or part) for part in what if part is not None]
    return f"{kind.replace('_', ' ')} {' '.join(names)}"
