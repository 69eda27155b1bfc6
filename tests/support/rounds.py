"""A process that asks its two clerks the same question round after round: each round is a fresh task to fight over."""

from __future__ import annotations

import html
import json
import os
import re
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Parameter, TaskStatus, User, UserTask, clock
from models.session import new_session, transaction
from tests.support import factories
from tests.support.clients import Browser, client_for
from tests.support.databases import Database
from tests.unit.engine.drawing import after, boundary, chain, definitions, end, flow, message, on_message, process, start, user
from webapp import create_app, logs
from webapp.settings import from_environment
from workflows.actions import definitions as deploying
from workflows.actions import instances
from workflows.library import definitions as library

KEY = "rounds"
STEP = "ask"
GROUP = "clerks"
MESSAGE = "Stopped"
FORM = {
    "type": "default", "schemaVersion": 19, "id": STEP,
    "components": [
        {"type": "textfield", "key": "note", "label": "What did you see?", "validate": {"required": True}},
        {"type": "radio", "key": "more", "label": "Is there more to see?", "values": [{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}],
         "validate": {"required": True}},
    ],
}  # fmt: skip


def diagram() -> str:
    """Ask, and ask again until someone says that there is no more; a day later it is asked anew, and a message stops it all."""
    gateways = '<exclusiveGateway id="begin" name="Begin a round" /><exclusiveGateway id="go-on" name="Is there more to see?" default="go-on-to-begin" />'
    events = boundary("late", STEP, after("'P1D'")) + boundary("stopped", STEP, on_message(MESSAGE))
    flows = chain("start", "begin", STEP, "go-on", "begin") + flow("go-on", "end", "more == 'no'") + flow("late", "begin") + flow("stopped", "given-up")
    return definitions(process(KEY, start(), end(), end("given-up"), gateways, user(STEP, f"'{GROUP}'", routes="more"), events, flows), message(MESSAGE))


@dataclass(frozen=True)
class Ring:
    """A database with one case of that process, its two clerks, their manager, and the web application over it."""

    database: Database
    case_id: uuid.UUID
    people: tuple[uuid.UUID, ...]

    def task(self) -> UserTask:
        """The task of this round, detached."""
        with new_session(self.database.engine, writes=False) as session:
            open_ones = UserTask.status.in_([TaskStatus.READY, TaskStatus.CLAIMED])
            return session.scalars(select(UserTask).where(UserTask.case_id == self.case_id, open_ones)).one()

    def user(self, number: int, session: Session) -> User:
        """One of the clerks (0, 1), or the manager (2)."""
        return session.get_one(User, self.people[number])


def build(database: Database) -> Ring:
    """Deploy the process and start the case."""
    library.forget()
    with transaction(database.engine) as session:
        session.add(task_days())
        factories.group(session, "managers")
        factories.group(session, GROUP, manager_key="managers")
        people = [factories.officer(session, name, GROUP) for name in ("Ann Field", "Ben Marsh")]
        people.append(factories.officer(session, "Cat Moor", "managers"))
        files = {"process.bpmn": diagram(), f"forms/{STEP}.json": json.dumps(FORM)}
        deploying.deploy(session, KEY, files)
        return Ring(database, _start(session, people[0]), tuple(person.id for person in people))


def another(ring: Ring) -> Ring:
    """A second case of the process, with the same people."""
    with transaction(ring.database.engine) as session:
        return replace(ring, case_id=_start(session, ring.user(0, session)))


def _start(session: Session, owner: User) -> uuid.UUID:
    case = factories.case(session, owner, reference=f"KD-{uuid.uuid4().hex[:8].upper()}")
    instances.start(session, case, KEY, data={}, by=owner)
    return case.id


def task_days() -> Parameter:
    """The council's usual time for a task."""
    return Parameter(
        key="task_days", label="Time for a task", value=5, unit="working", calendar="EW", sentence="A task is done within {count} working days",
        valid_from=clock.today().replace(year=2012), confirmed_at=None,
    )  # fmt: skip


@contextmanager
def site(ring: Ring, folder: Path) -> Iterator[Flask]:
    """The web application on the ring's database."""
    environ: dict[str, Any] = {"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40, "DPS_DATABASE_URL": ring.database.url}
    app = create_app(from_environment(environ, folder=folder))
    try:
        yield app
    finally:
        app.extensions["dps_engine"].dispose()


@dataclass(frozen=True)
class Answered:
    """How the service answered one post: its code and the words on the page, without markup."""

    code: int
    words: str
    location: str


def post_at_once(browsers: Sequence[Browser], address: str, forms: Sequence[Mapping[str, str]], *, apart: float = 0.0) -> list[Answered]:
    """Every browser posts its form to the address at the same moment, or each `apart` seconds after the one before it."""
    start_line = threading.Barrier(len(browsers))
    answers: list[Answered] = [Answered(0, "no answer", "")] * len(browsers)

    def post(number: int) -> None:
        start_line.wait()
        time.sleep(apart * number)
        response = browsers[number].post(address, data=dict(forms[number]))
        answers[number] = Answered(response.status_code, words_of(response.text), response.location or "")

    threads = [threading.Thread(target=post, args=(number,)) for number in range(len(browsers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def words_of(page: str) -> str:
    """The words of a page as a reader sees them."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def rivals(app: Flask, ring: Ring, count: int = 2) -> list[Browser]:
    """Browsers of the two clerks in turn, each with a form token already."""
    with new_session(ring.database.engine, writes=False) as session:
        people = [ring.user(number % 2, session) for number in range(count)]
    browsers = [client_for(app, person) for person in people]
    for browser in browsers:
        browser.token()
    return browsers


@contextmanager
def quiet() -> Iterator[None]:
    """No log on the screen meanwhile."""
    with open(os.devnull, "w") as nowhere:
        logs.init_logs(nowhere)
        yield
