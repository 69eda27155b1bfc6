"""How the database is reached: engines for SQLite and PostgreSQL, sessions for reading and for writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

BUSY_SECONDS = 15
# Who does the jobs of a database: one runner inside a process of ours, or distributed workers on a queue in PostgreSQL.
Jobs = Literal["embedded", "procrastinate"]
EMBEDDED: Jobs = "embedded"
# A silent network must hang nobody: the connection itself finds out within some seconds.
ALIVE = {"keepalives": 1, "keepalives_idle": 10, "tcp_user_timeout": 10_000, "connect_timeout": 5}
PROCRASTINATE: Jobs = "procrastinate"


def make_engine(url: str, *, jobs: Jobs = EMBEDDED) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://…`, set so that no acknowledged write is lost.

    `jobs` says who does what is enqueued through it. What one process enqueues without knowing of the queue is found by the workers.
    ValueError for the queue on SQLite.
    """
    if url.startswith("sqlite"):
        if jobs == PROCRASTINATE:
            raise ValueError("The job queue needs PostgreSQL")
        return _sqlite(url)
    options = {"jobs": jobs}
    return create_engine(
        url, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=10, execution_options=options, connect_args=ALIVE
    )


def jobs_of(bind: Engine | Connection) -> Jobs:
    """Who does the jobs that are enqueued through an engine or a connection."""
    jobs: Jobs = bind.get_execution_options().get("jobs", EMBEDDED)
    return jobs


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that turns into a write later loses updates or fails as locked; writers queue at the start.
        writes = connection.get_execution_options().get("writes", True)
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def reading(engine: Engine) -> Engine:
    """The same engine and pool for transactions that only read; a write in one is refused by the database."""
    return engine.execution_options(writes=False, postgresql_readonly=True)


def new_session(engine: Engine, *, writes: bool = True) -> Session:
    """A session on its own transaction; the caller commits or closes it."""
    return Session(engine if writes else reading(engine), expire_on_commit=False)


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One transaction for a command or a job: committed on return, rolled back on raise."""
    with new_session(engine) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
