"""The twelve invariants of a running service, looked at together: by `dps verify`, after a restore, and after every fault that a test plants."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Document, Incident, ProviderDocument, Timer, clock
from models.session import new_session
from workflows import storage
from workflows.actions import audit, database_health, documents
from workflows.library import invariants
from workflows.library.invariants import Found
from workflows.storage import Place

LATE = timedelta(seconds=60)
MOST_SHOWN = 5
NAMES = {
    1: "what was acknowledged is there once",
    2: "a task is completed at most once",
    3: "a case waits for somebody or something, or has ended",
    4: "nothing is open in what has ended",
    5: "tasks and timers are those of the process's state",
    6: "the audit trail is whole and without gaps",
    7: "each message has one job, and none is lost",
    8: "stored files are those that were added, and no others",
    9: "the database is sound and its references lead somewhere",
    10: "every stored state loads, and is stored the same again",
    11: "timers fire once and in time",
    12: "no transaction is old and no lock was left",
}


@dataclass
class Invariant:
    """One invariant as it was found: how many rows break it, and the first of them in words. `note` says what could not be looked at."""

    number: int
    name: str
    count: int = 0
    first: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing breaks it."""
        return self.count == 0

    def add(self, words: str) -> None:
        """Count a row that breaks it, and keep the words of the first few."""
        self.count += 1
        if len(self.first) < MOST_SHOWN:
            self.first.append(words)

    def __str__(self) -> str:
        verdict = "ok" if self.ok else f"BROKEN {self.count:,}"
        lines = [f"I{self.number:<2} {verdict:<10} {self.name}{f' ({self.note})' if self.note else ''}", *(f"      {words}" for words in self.first)]
        return "\n".join(lines)


def verify(
    engine: Engine, *, uploads: Place | None, is_worked: bool, acknowledged: Collection[str] = (), patience: timedelta = database_health.OLDEST
) -> list[Invariant]:
    """Look at all twelve, in their order. Nothing is changed, and the service may run meanwhile.

    `uploads` is where documents lie, None to leave them out; `is_worked` whether a runner or worker lives, without which late timers
    are nobody's fault; `acknowledged` are ids of completed tasks, in hexadecimal, that a client was told of; a transaction or lock older
    than `patience` is too old.
    """
    all_of_them = {number: Invariant(number, name) for number, name in NAMES.items()}
    # What others wait for is looked at first, since the reading that follows is a long transaction itself.
    for words in database_health.old_locks(engine, patience):
        all_of_them[12].add(words)
    with new_session(_at_one_moment(engine), writes=False) as session:
        for each in _of_rows(session, uploads, is_worked, acknowledged):
            all_of_them[each.number].add(each.words)
        all_of_them[9].note = database_health.how(session)
    if not is_worked:
        all_of_them[11].note = "no worker lives, so being late was not looked at"
    if uploads is None:
        all_of_them[8].note = "not looked at"
    return list(all_of_them.values())


def _at_one_moment(engine: Engine) -> Engine:
    """The engine for a reading that sees no commit made after it began, as SQLite's do anyway."""
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")


def plain(found: list[Invariant]) -> list[dict[str, Any]]:
    """The findings as plain JSON."""
    return [{**asdict(each), "ok": each.ok} for each in found]


def _of_rows(session: Session, uploads: Place | None, is_worked: bool, acknowledged: Collection[str]) -> Iterator[Found]:
    yield from invariants.acknowledged_but_missing(session, acknowledged)
    yield from invariants.found(session)
    verdict = audit.verify(session)
    if not verdict.ok:
        yield Found(6, str(verdict))
    if uploads is not None:
        yield from _files(session, uploads)
    yield from (Found(9, words) for words in database_health.unsound(session))
    if is_worked:
        yield from _late(session)


def _files(session: Session, uploads: Place) -> Iterator[Found]:
    """Every document that is not removed has its bytes, and bytes that belong to no document are erased after a day."""
    for table in documents.TABLES:
        columns = select(table.id, table.stored_as, table.digest, table.size)
        for row in session.execute(columns.where(table.removed_at.is_(None)).order_by(table.id)):
            try:
                content = storage.read(uploads, row.stored_as)
            except FileNotFoundError:
                if not _removed_meanwhile(session, table, row.id):
                    yield Found(8, f"the file of {table.__tablename__} {row.id} is missing")
                continue
            if hashlib.sha256(content).hexdigest() != row.digest or len(content) != row.size:
                yield Found(8, f"the file of {table.__tablename__} {row.id} is not the one that was added")
    # The nightly sweep erases them after a day; one more is given it.
    for name in documents.orphans(session, uploads, older_than=2 * documents.ORPHANED_AFTER):
        yield Found(8, f"the file {name} belongs to no document")


def _removed_meanwhile(session: Session, table: type[Document] | type[ProviderDocument], row_id: uuid.UUID) -> bool:
    """Whether a document was removed after this reading began: its bytes are erased soon after."""
    bind = session.get_bind()
    with new_session(bind if isinstance(bind, Engine) else bind.engine, writes=False) as later:
        return later.scalar(select(table.removed_at).where(table.id == row_id)) is not None


def _late(session: Session) -> Iterator[Found]:
    """Timers that should have fired a minute ago. One whose process cannot continue has an incident, and waits for a person."""
    stuck = select(Incident.instance_id).where(Incident.closed_at.is_(None), Incident.instance_id.is_not(None))
    late = select(Timer.id, Timer.due_at).where(Timer.due_at < clock.now() - LATE, Timer.instance_id.not_in(stuck))
    for row in session.execute(late.order_by(Timer.due_at)):
        yield Found(11, f"timer {row.id} was due at {row.due_at:%-d %B %Y %H:%M:%S} UTC and has not fired")
