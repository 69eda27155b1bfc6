"""Drills of backup and restore: a service with cases and documents, an empty place of the same kind, and people who go on working."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Case, Document
from models.session import transaction
from tests.support import databases, factories, rounds
from tests.support.databases import Database
from webapp.settings import Settings, from_environment
from workflows.actions import documents, instances, tasks
from workflows.storage import Place

DOCUMENTS_EVERY = 10


def settings_of(url: str, folder: Path, **more: str) -> Settings:
    """The settings of a service on a database, with its documents below a folder."""
    return from_environment({"DPS_SECRET_KEY": "k" * 40, "DPS_CHEAP_PASSWORDS": "1", "DPS_DATABASE_URL": url, **more}, folder=folder)


def fill(database: Database, uploads: Place, count: int) -> rounds.Ring:
    """The small process with `count` cases, a document on every tenth and a completed task in each."""
    ring = rounds.build(database)
    for first in range(1, count, 100):
        with transaction(database.engine) as session:
            for number in range(first, min(first + 100, count)):
                one_case(session, ring, number, uploads)
    return ring


def one_case(session: Session, ring: rounds.Ring, number: int, uploads: Place) -> None:
    """A case of the small process that was worked on once."""
    by = ring.user(number % 2, session)
    case = factories.case(session, by, reference=f"KD-{uuid.uuid4().hex[:10]}")
    instances.start(session, case, rounds.KEY, data={}, by=by)
    tasks.complete(session, factories.open_task(session, case, rounds.STEP), answers={"note": f"seen {number}", "more": "yes"}, by=by)
    if number % DOCUMENTS_EVERY == 0:
        document(session, case, by, uploads, f"Plan {number}")


def document(session: Session, case: Case, by: factories.User, uploads: Place, title: str) -> Document:
    """A small document on a case."""
    return documents.add(
        session, case, filename="plan.txt", content=title.encode(), kind="report", title=title, is_public=False, exempt_paragraphs="", by=by, folder=uploads
    )


@contextmanager
def empty(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database of a kind that has no table yet."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/restored.sqlite3"
        return
    with databases.without_tables() as url:
        yield url


@contextmanager
def at_work(engine: Engine, ring: rounds.Ring, uploads: Place, *, most: int = 10_000) -> Iterator[list[str]]:
    """Somebody who completes rounds and adds documents meanwhile; the ids of the tasks whose commit came back, in their order."""
    acknowledged: list[str] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set() and len(acknowledged) < most:
            task = ring.task()
            with transaction(engine) as session:
                by = ring.user(0, session)
                tasks.complete(session, session.merge(task), answers={"note": "at work", "more": "yes"}, by=by)
                document(session, session.get_one(Case, ring.case_id), by, uploads, f"Meanwhile {len(acknowledged)}")
            acknowledged.append(task.id.hex)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield acknowledged
    finally:
        stop.set()
        thread.join()
