"""What the tests of the work area start from: a small team, somebody outside it, and a held clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import Answer, AuditEvent, User, UserTask, clock
from models.session import new_session, transaction
from tests.support import factories as people
from tests.support.clients import Browser, client_for
from tests.web.work import factories


@dataclass(frozen=True)
class Office:
    """A team of two, Rowan and Sam, and Leah of another department; on Monday 2 March 2026 at 10:40am."""

    app: Flask
    rowan: User
    sam: User
    leah: User

    @property
    def engine(self) -> Engine:
        engine: Engine = self.app.extensions["dps_engine"]
        return engine

    def writing(self) -> AbstractContextManager[Session]:
        return transaction(self.engine)

    def browser(self, user: User) -> Browser:
        return client_for(self.app, user)

    def start(self, number: int = 1, *, due: str = "2026-03-05", title: str = "Insurance of Elm Lodge") -> UserTask:
        """A case at its first task."""
        with self.writing() as session:
            return factories.started(session, session.get_one(User, self.sam.id), number, due=due, title=title)

    def task(self, task_id: uuid.UUID) -> UserTask:
        with new_session(self.engine, writes=False) as session:
            return session.get_one(UserTask, task_id)

    def step(self, of: UserTask, bpmn_id: str) -> UserTask:
        """The task of the same case at another step."""
        with new_session(self.engine, writes=False) as session:
            return session.scalars(select(UserTask).where(UserTask.case_id == of.case_id, UserTask.bpmn_id == bpmn_id)).one()

    def count(self, of: UserTask, kind: str) -> int:
        """How many events of a kind the case's trail has."""
        with new_session(self.engine, writes=False) as session:
            wanted = (AuditEvent.kind == kind, AuditEvent.subject == of.id.hex)
            return session.scalar(select(func.count()).select_from(AuditEvent).where(*wanted)) or 0

    def answers(self, of: UserTask) -> int:
        with new_session(self.engine, writes=False) as session:
            return session.scalar(select(func.count()).select_from(Answer).where(Answer.task_id == of.id)) or 0


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with clock.held(clock.read_instant("2026-03-02 10:40")):
        with transaction(app.extensions["dps_engine"]) as session:
            rowan = people.officer(session, "Rowan Ashdown", "quality")
            sam = people.officer(session, "Sam Lee", "quality")
            leah = people.officer(session, "Leah Stone", "legal-team", role="legal_officer")
        yield Office(app, rowan, sam, leah)
