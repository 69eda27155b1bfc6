"""The demo's first decision, standing at a step of its life, on a database of its own for each test.

A step is walked once in a test run; every test gets a copy of the file.
"""

from __future__ import annotations

import atexit
import html
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Case, Delegation, KeyDecision, Model, User, UserTask, clock
from models.session import make_engine, new_session, transaction
from tests.support import factories
from tests.support.clients import Browser, client_for
from webapp import create_app
from webapp.settings import from_environment
from workflows.actions import operating, tasks
from workflows.demo import people
from workflows.library import definitions
from workflows.queries import cases, decisions

DECIDES = {
    "decision": "approve",
    "decision_text": "The extension is used until 31 March 2022.",
    "reasons": "More young people find a safe home.",
    "alternatives_rejected": "Letting the system end.",
    "representations_considered": True,
    "has_interest": "no",
}
MOMENT = timedelta(minutes=1)


@dataclass
class Stage:
    """A session on the copy, the case that stands there, and the moment at which the story would go on."""

    engine: Engine
    session: Session
    case_id: uuid.UUID
    at: datetime

    @property
    def case(self) -> Case:
        return self.session.get_one(Case, self.case_id)

    @property
    def decision(self) -> KeyDecision:
        return decisions.of_case(self.session, self.case_id)

    def person(self, name: str) -> User:
        """The demo person `first.last`."""
        return people.find_person(self.session, name)

    def task(self, step: str, group: str = "") -> UserTask:
        """The open task of a step."""
        return factories.open_task(self.session, self.case, step, group)

    def complete(self, step: str, by: str, answers: Mapping[str, Any], *, group: str = "") -> None:
        """Complete a step as this person, through the engine."""
        tasks.complete(self.session, self.task(step, group), answers=answers, by=self.person(by))

    def perform(self, name: str, *, by: str = "", answers: Mapping[str, Any] | None = None, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Perform an operation by itself, as a diagram that asked for it at the wrong time would."""
        instance = cases.running_instance(self.session, self.case)
        assert instance is not None
        work = operating.Work(
            session=self.session, case=self.case, instance=instance, element_id="anywhere", now=clock.now(), data=data or {}, answers=answers or {},
            by=self.person(by) if by else None,
        )  # fmt: skip
        return operating.perform(name, work)

    def acts_for(self, absent: str, delegate: str) -> None:
        """Let one person stand in for another today."""
        self.session.add(
            Delegation(
                from_user_id=self.person(absent).id, to_user_id=self.person(delegate).id, starts_on=date(2020, 1, 1), ends_on=date(2030, 1, 1),
                authorised_by_id=self.person(absent).id, created_at=clock.now(), ended_at=None,
            )
        )  # fmt: skip
        self.session.flush()


@cache
def _walked(step: str) -> tuple[Path, uuid.UUID, datetime]:
    folder = Path(tempfile.mkdtemp(prefix="stage-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = make_engine(f"sqlite:///{folder}/walked.sqlite3")
    Model.metadata.create_all(engine)
    factories.council(engine)
    case, at = factories.decision_at(engine, step)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return folder / "walked.sqlite3", case.id, at


def copied(step: str, to: Path) -> tuple[uuid.UUID, datetime]:
    """Put a database in which the first decision waits for a step at a path; gives the case and the story's moment."""
    path, case_id, at = _walked(step)
    shutil.copyfile(path, to)
    return case_id, at


@contextmanager
def standing_at(step: str, folder: Path) -> Iterator[Stage]:
    """The stage with the clock held just before the story's own moment of that step."""
    case_id, at = copied(step, folder / "stage.sqlite3")
    engine = make_engine(f"sqlite:///{folder}/stage.sqlite3")
    definitions.forget()
    try:
        with clock.held(at - MOMENT), new_session(engine) as session:
            yield Stage(engine, session, case_id, at)
    finally:
        engine.dispose()


@dataclass
class WebStage:
    """The app on the copy, with the clock held just before the story's own moment of the step."""

    app: Flask
    case_id: uuid.UUID
    at: datetime

    @property
    def engine(self) -> Engine:
        engine: Engine = self.app.extensions["dps_engine"]
        return engine

    def browser(self, name: str) -> Browser:
        """A browser of the demo person `first.last`."""
        with new_session(self.engine, writes=False) as session:
            return client_for(self.app, people.find_person(session, name))

    @contextmanager
    def writing(self) -> Iterator[Stage]:
        """A stage on a transaction of its own, committed afterwards."""
        with transaction(self.engine) as session:
            yield Stage(self.engine, session, self.case_id, self.at)

    def look(self) -> Stage:
        """A stage that only reads, as the database is now."""
        return Stage(self.engine, new_session(self.engine, writes=False), self.case_id, self.at)

    def task_id(self, step: str, group: str = "") -> uuid.UUID:
        """The open task of a step."""
        return self.look().task(step, group).id

    def request_id(self, key: str) -> uuid.UUID:
        """The newest request to a consultee."""
        stage = self.look()
        return [one for one in decisions.requests(stage.session, stage.decision) if one.consultee_key == key][-1].id


@contextmanager
def web_standing_at(step: str, folder: Path) -> Iterator[WebStage]:
    """The app with the first decision waiting for a step."""
    (folder / "var").mkdir(exist_ok=True)
    case_id, at = copied(step, folder / "var" / "stage.sqlite3")
    environ = {"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40, "DPS_DATABASE_URL": f"sqlite:///{folder}/var/stage.sqlite3"}
    definitions.forget()
    with clock.held(at - MOMENT):
        app = create_app(from_environment(environ, folder=folder))
        try:
            yield WebStage(app, case_id, at)
        finally:
            app.extensions["dps_engine"].dispose()


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the main form of a page, as a browser would send them."""
    main = page.split("<main", 1)[1]
    return {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main)
        if name != "csrf_token"
    }
