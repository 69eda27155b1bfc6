"""A small office on a SQLite database: a few people and one case without a process, for tests of single actions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Case, User, clock
from models.session import new_session
from tests.support import databases, factories


@dataclass
class Office:
    """An open session, an officer, an auditor, an administrator, and one case of the officer."""

    session: Session
    engine: Engine
    officer: User
    colleague: User
    auditor: User
    administrator: User
    case: Case


@contextmanager
def open_office() -> Iterator[Office]:
    """The office on a Monday morning, on a database of its own."""
    with databases.fresh("sqlite") as database, clock.held(clock.read_instant("2026-03-02 09:30")), new_session(database.engine) as session:
        officer = factories.officer(session, "Rowan Ashdown", "commissioners")
        colleague = factories.officer(session, "Sam Reed", "commissioners")
        auditor = factories.officer(session, "Una Watts", "watchers", role="auditor")
        administrator = factories.officer(session, "Val Stone", "administrators", role="system_admin")
        yield Office(session, database.engine, officer, colleague, auditor, administrator, factories.case(session, officer))
