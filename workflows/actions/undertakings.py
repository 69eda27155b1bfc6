"""Long pieces of work that people ask for and watch: asked for here, done by the job `undertaking`, stopped where that is safe."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Undertaking, UndertakingStatus, User, clock
from models.session import new_session
from workflows import enqueue
from workflows.actions import audit
from workflows.enqueue import Tools
from workflows.errors import NotFound, Refused

JOB = "undertaking"
MOST_RESULTS = 5_000
LONGEST_ERROR = 2_000

Work = Callable[[Engine, Tools, uuid.UUID], None]
_known: dict[str, Work] = {}


class Stopped(Exception):
    """A person asked to stop this; whoever does the work lets it through, what was done so far stays."""


def undertaking(kind: str) -> Callable[[Work], Work]:
    """Register a function as the work of this kind: it opens short transactions itself and tells of each step with `step`.

    It may be called again after a crash, so it leaves out what is done already. ValueError when the kind is taken.
    """

    def register(function: Work) -> Work:
        before = _known.get(kind)
        if before is not None and before.__qualname__ != function.__qualname__:
            raise ValueError(f"The undertaking {kind} is registered twice")
        _known[kind] = function
        return function

    return register


def work_of(kind: str) -> Work:
    """The work of a kind. LookupError when nobody registered it."""
    try:
        return _known[kind]
    except KeyError as error:
        raise LookupError(f"There is no undertaking named {kind}") from error


def ask(session: Session, kind: str, title: str, args: Mapping[str, Any], total: int, *, by: User) -> Undertaking:
    """Ask for a long piece of work; `args` are plain JSON and `total` the number of its steps, 0 when nobody knows yet.

    It begins after the commit. Its page is `/jobs/<id>`.
    """
    row = Undertaking(
        kind=kind, title=title, args=dict(args), total=total, started_by_id=by.id, asked_at=clock.now(), began_at=None, ended_at=None
    )
    session.add(row)
    session.flush()
    audit.record(session, "undertaking:asked", case=None, by=by, detail={"kind": kind, "title": title}, subject=str(row.id))
    enqueue.enqueue(session, JOB, {"undertaking": str(row.id)}, priority=-1)
    return row


def find(session: Session, row_id: uuid.UUID) -> Undertaking:
    """One undertaking. NotFound when there is none with this id."""
    found = session.get(Undertaking, row_id)
    if found is None:
        raise NotFound("There is no such job")
    return found


def stop(session: Session, row_id: uuid.UUID, *, by: User) -> None:
    """Ask an undertaking to stop after the step it is at. Refused for anyone but who started it, and when it has ended."""
    row = session.get(Undertaking, row_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such job")
    if row.started_by_id != by.id:
        raise Refused("Only the person who started this can stop it")
    if row.ended_at is not None:
        raise Refused("This has ended already")
    if row.wants_stop:
        return
    row.wants_stop = True
    audit.record(session, "undertaking:stop_asked", case=None, by=by, detail={"kind": row.kind, "title": row.title}, subject=str(row.id))
    session.flush()


def begin(session: Session, row_id: uuid.UUID) -> bool:
    """Mark an undertaking as being done; False when it has ended or was stopped before it began."""
    row = find(session, row_id)
    if row.ended_at is not None:
        return False
    if row.wants_stop and row.began_at is None:
        _end(row, UndertakingStatus.STOPPED)
        return False
    row.status, row.began_at = UndertakingStatus.RUNNING, row.began_at or clock.now()
    return True


def step(
    session: Session, row_id: uuid.UUID, done: int, result: Mapping[str, Any] | None = None, *, total: int | None = None,
    summary: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Tell how far it is, in the transaction of the step itself. `result` has `what`, `ok`, `words` and perhaps `href`."""
    row = session.get_one(Undertaking, row_id, populate_existing=True, with_for_update=True)
    row.done = done
    row.total = max(row.total if total is None else total, done)
    if result is not None and len(row.results) < MOST_RESULTS:
        row.results = [*row.results, {"what": "", "ok": True, "words": "", "href": "", **result}]
    if summary is not None:
        row.summary = dict(summary)
    session.flush()


def go_on(engine: Engine, row_id: uuid.UUID) -> None:
    """Raise Stopped when a person asked to stop; to be called between steps, outside any transaction."""
    with new_session(engine, writes=False) as session:
        if find(session, row_id).wants_stop:
            raise Stopped("Stopped by the person who started it")


def finish(session: Session, row_id: uuid.UUID) -> None:
    """It is done."""
    _end(find(session, row_id), UndertakingStatus.DONE)


def finish_stopped(session: Session, row_id: uuid.UUID) -> None:
    """It was stopped on the way; what was done so far stays."""
    _end(find(session, row_id), UndertakingStatus.STOPPED)


def fail(session: Session, row_id: uuid.UUID, error: str) -> None:
    """It could not go on; the words say why."""
    row = find(session, row_id)
    row.error = error[:LONGEST_ERROR]
    _end(row, UndertakingStatus.FAILED)


def _end(row: Undertaking, status: UndertakingStatus) -> None:
    if row.ended_at is None:
        row.status, row.ended_at = status, clock.now()
