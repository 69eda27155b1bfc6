"""The lock that lets only one runner work on a database: a locked file beside SQLite, a lock inside PostgreSQL.

Distributed workers share that lock among themselves, so that no runner begins beside them and they not beside one.
"""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

NUMBER = 7_401_226


class Alone:
    """The right to be the only runner. `file` lies beside the SQLite file; without one (a database of its own) nothing is locked."""

    def __init__(self, engine: Engine, file: Path | None, *, shared: bool = False) -> None:
        self.engine = engine
        self.file = file
        self.shared = shared
        self._handle: IO[str] | None = None
        self._connection: Connection | None = None
        self._one_at_a_time = threading.RLock()

    def take(self) -> bool:
        """Whether this runner is the only one now; one that is already keeps the right as long as its connection lives."""
        if self.engine.dialect.name == "postgresql":
            with self._one_at_a_time:
                return self._take_in_database()
        return self.file is None or self._handle is not None or self._take_file(self.file)

    def let_go(self) -> None:
        """Let the next runner have it."""
        if self._handle is not None:
            self._handle.close()
        if self._connection is not None:
            # The lock belongs to the connection: closing it for good is what frees it, whatever state it is in.
            self._connection.invalidate()
            self._connection.close()
        self._handle = self._connection = None

    def _take_file(self, file: Path) -> bool:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = file.open("w")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return False
        self._handle = handle
        return True

    def _take_in_database(self) -> bool:
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
            except SQLAlchemyError:
                self.let_go()
            else:
                return True
        connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        ask = text(f"SELECT pg_try_advisory_lock{'_shared' if self.shared else ''}(:number)")
        if connection.scalar(ask, {"number": NUMBER}):
            self._connection = connection
            return True
        connection.close()
        return False


def is_worked(engine: Engine, file: Path | None) -> bool:
    """Whether a runner or a worker has that right now, seen from outside; `file` as above."""
    if engine.dialect.name == "postgresql":
        held = "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE locktype = 'advisory' AND objid = :number AND granted"
        with engine.connect() as connection:
            return connection.scalar(text(f"{held} AND d.datname = current_database() LIMIT 1"), {"number": NUMBER}) is not None
    if file is None or not file.exists():
        return False
    with file.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
