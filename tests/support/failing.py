"""A database whose n-th call fails once, as a disk or a network would let it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.exc import OperationalError

from models import Model
from models.session import new_session


@dataclass
class Calls:
    """How many calls there were, and whether the planted one failed."""

    count: int = 0
    failed: bool = False


@contextmanager
def call_fails(engine: Engine, number: int) -> Iterator[Calls]:
    """Let the statement (or the commit) with this number fail, counted from one; 0 only counts them."""
    calls = Calls()
    error = engine.dialect.loaded_dbapi.OperationalError  # type: ignore[attr-defined]

    def count() -> None:
        calls.count += 1
        if calls.count == number:
            calls.failed = True
            raise error("planted")

    def statement(cursor: Any, text: str, parameters: Any, context: Any) -> None:
        count()

    def commit(connection: Connection) -> None:
        try:
            count()
        except error as planted:
            raise OperationalError("COMMIT", None, planted) from planted

    event.listen(engine, "do_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield calls
    finally:
        event.remove(engine, "do_execute", statement)
        event.remove(engine, "commit", commit)


def content(engine: Engine) -> str:
    """A digest of every row of every table: equal before and after means that nothing was kept."""
    digest = hashlib.sha256()
    with new_session(engine, writes=False) as session:
        for table in Model.metadata.sorted_tables:
            digest.update(f"{table.name}{sorted(repr(tuple(row)) for row in session.execute(select(table)))}".encode())
    return digest.hexdigest()
