"""Whether a database is sound by its own account, and whether anybody holds on to it for too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Engine, exists, func, select, text
from sqlalchemy.orm import Session, aliased

from models import Model

OLDEST = timedelta(seconds=30)
# A copy of a large database is one long transaction that reads and stands in nobody's way.
COPYING = "pg_dump"


def how(session: Session) -> str:
    """How soundness was looked at, where it matters."""
    if session.get_bind().dialect.name == "sqlite" or _has_amcheck(session):
        return ""
    return "without amcheck: CREATE EXTENSION amcheck lets it look inside the indexes"


def unsound(session: Session) -> Iterator[str]:
    """What the database says is damaged, and references that lead to no row."""
    if session.get_bind().dialect.name == "sqlite":
        yield from (f"SQLite says {line}" for line in session.scalars(text("PRAGMA integrity_check")) if line != "ok")
    else:
        yield from _of_postgresql(session)
    yield from _loose_references(session)


def _has_amcheck(session: Session) -> bool:
    return session.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")) is not None


def _of_postgresql(session: Session) -> Iterator[str]:
    invalid = text("SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid")
    yield from (f"the index {name} is not valid" for name in session.scalars(invalid))
    loose = text("SELECT conname FROM pg_constraint WHERE NOT convalidated")
    yield from (f"the constraint {name} was never proved" for name in session.scalars(loose))
    if not _has_amcheck(session):
        return
    indexes = text(
        "SELECT c.oid, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.amname = 'btree' AND n.nspname = current_schema() AND i.indisvalid"
    )
    for oid, name in session.execute(indexes).all():
        try:
            with session.begin_nested():
                session.execute(text("SELECT bt_index_check(CAST(CAST(:oid AS bigint) AS oid)::regclass, true)"), {"oid": oid})
        except Exception as error:  # noqa: BLE001  amcheck reports damage as errors of many kinds
            yield f"the index {name} is damaged: {str(getattr(error, 'orig', error)).splitlines()[0]}"


def _loose_references(session: Session) -> Iterator[str]:
    """Rows whose reference leads to no row, by our own looking: the database proves it only while its guards are on."""
    for table in Model.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            target = aliased(constraint.referred_table)
            pairs = [(table.c[element.parent.name], target.c[element.column.name]) for element in constraint.elements]
            lost = [column.is_not(None) for column, _ in pairs] + [~exists().where(*(there == column for column, there in pairs))]
            count = session.scalar(select(func.count()).select_from(table).where(*lost)) or 0
            if count:
                names = ", ".join(column.name for column, _ in pairs)
                yield f"{count} rows of {table.name} point with {names} to nothing in {constraint.referred_table.name}"


def old_locks(engine: Engine, patience: timedelta) -> Iterator[str]:
    """Transactions older than `patience`, and locks that nobody gets within that time."""
    if engine.dialect.name == "sqlite":
        yield from _sqlite_lock(engine, patience)
        return
    with engine.connect() as connection:
        old = connection.execute(
            text(
                "SELECT pid, state, round(extract(epoch FROM clock_timestamp() - xact_start)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' "
                "AND application_name <> :copying AND xact_start < clock_timestamp() - CAST(:patience AS interval) ORDER BY xact_start"
            ),
            {"copying": COPYING, "patience": patience},
        )
        yield from (f"a transaction of process {pid} ({state}) is {seconds} s old" for pid, state, seconds in old)
        waiting = connection.execute(
            text(
                "SELECT pid, mode, locktype FROM pg_locks WHERE NOT granted AND waitstart < clock_timestamp() - CAST(:patience AS interval) "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ),
            {"patience": patience},
        )
        yield from (f"process {pid} waits for a lock ({mode} on {kind})" for pid, mode, kind in waiting)
        prepared = connection.scalars(text("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"))
        yield from (f"the prepared transaction {name} was left" for name in prepared)


def _sqlite_lock(engine: Engine, patience: timedelta) -> Iterator[str]:
    """Whoever holds SQLite's one right to write for longer than `patience` keeps everyone out."""
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout={max(1, int(patience.total_seconds() * 1000))}")
        cursor.execute("PRAGMA query_only=OFF")
        try:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
        except engine.dialect.loaded_dbapi.OperationalError:
            yield f"somebody has held the right to write for more than {patience.total_seconds():.0f} s"
    finally:
        raw.detach()
        raw.close()
