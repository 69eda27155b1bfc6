"""Doing one job: it is done once, tried again later when it fails, and given up with an incident in the end; for both engines."""

from __future__ import annotations

import logging
import time
import traceback
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Engine, Table, func, select, true, update
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from models import Incident, Job, JobStatus, clock
from models.session import transaction
from workflows import enqueue
from workflows.actions import incidents
from workflows.enqueue import KnownJob, Lane, Tools

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
MOST_AT_ONCE = 50
LONGEST_ERROR = 2_000

# The table itself: the two statements that every job needs are not worth the way through its class.
ROWS = cast(Table, Job.__table__)

log = logging.getLogger("dps.runner")


class Overtaken(Exception):
    """While this try was under way the job was given to another worker: what it did is not kept."""


@dataclass(frozen=True)
class Taken:
    """One try of a job: no other try of the same job has its number."""

    job_id: uuid.UUID
    name: str
    args: dict[str, Any]
    number: int
    had_failed: bool
    request: str = ""


def work_off(engine: Engine, tools: Tools, now: datetime, *, lane: Lane | None = None, most: int = MOST_AT_ONCE) -> int:
    """Do up to `most` jobs of a lane that are due at an aware moment, the most urgent first; how many were tried."""
    done = 0
    while done < most and (taken := _take(engine, now, lane)) is not None:
        do(engine, tools, taken)
        done += 1
    return done


def _in_lane(lane: Lane | None) -> ColumnElement[bool]:
    if lane is None:
        return true()
    # What nobody has registered here is tried in the short lane.
    long = enqueue.names_in("long")
    return Job.name.in_(long) if lane == "long" else Job.name.not_in(long)


def _take(engine: Engine, now: datetime, lane: Lane | None) -> Taken | None:
    with transaction(engine) as session:
        job = session.scalar(
            select(Job)
            .where(Job.status == JobStatus.TODO, Job.run_at <= now, _in_lane(lane))
            .order_by(Job.priority.desc(), Job.run_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if job is None:
            return None
        job.status, job.started_at, job.tries, job.ticket = JobStatus.DOING, clock.now(), job.tries + 1, None
        return Taken(job.id, job.name, dict(job.args), job.tries, bool(job.last_error), job.request)


def do(engine: Engine, tools: Tools, taken: Taken) -> None:
    """Do a job that was taken; whatever it raises, how it ended stands in its row, unless another worker has it by now.

    Every line that is logged meanwhile bears the job's id and that of the request that asked for it, and one line says how it went.
    """
    token, began = enqueue.asked_in.set(taken.request), time.perf_counter()
    with bound_contextvars(job=str(taken.job_id), **({"request": taken.request} if taken.request else {})):
        try:
            outcome = _do(engine, tools, taken)
            log.info("Job %s %s at try %d after %.0f ms", taken.name, outcome, taken.number, (time.perf_counter() - began) * 1_000)
        finally:
            enqueue.asked_in.reset(token)


def _do(engine: Engine, tools: Tools, taken: Taken) -> str:
    """How it ended, in a word."""
    try:
        known = enqueue.find(taken.name)
        _call_outside(engine, tools, known, taken) if known.outside else _call_inside(engine, tools, known, taken)
    except Overtaken:
        log.warning("Another worker was given the job %s meanwhile", taken.job_id)
        return "overtaken"
    except Exception as error:  # noqa: BLE001  whatever a job does, the next one must run
        _failed(engine, taken, error)
        return f"failed with {type(error).__name__}"
    return "done"


def _call_inside(engine: Engine, tools: Tools, known: KnownJob, taken: Taken) -> None:
    """The effect and the mark that it is done are one transaction: whatever is killed, it happens once."""
    with transaction(engine) as session:
        known.function(session, tools, **taken.args)
        _done(session, taken)


def _call_outside(engine: Engine, tools: Tools, known: KnownJob, taken: Taken) -> None:
    known.function(engine, tools, **taken.args)
    with transaction(engine) as session:
        _done(session, taken)


def _done(session: Session, taken: Taken) -> None:
    """Mark this try's job as done. Overtaken when it is no longer this try that does it, which undoes the transaction."""
    now, table = clock.now(), ROWS
    marking = (
        update(table)
        .where(table.c.id == taken.job_id, table.c.status == JobStatus.DOING, table.c.tries == taken.number)
        .values(status=JobStatus.DONE, finished_at=now, last_error="", ticket=None)
    )
    if session.execute(marking.returning(table.c.id)).one_or_none() is None:
        raise Overtaken
    if taken.had_failed:
        session.execute(update(Incident).where(Incident.job_id == taken.job_id, Incident.closed_at.is_(None)).values(closed_at=now))


def _failed(engine: Engine, taken: Taken, error: Exception) -> None:
    with transaction(engine) as session:
        job = session.scalar(select(Job).where(Job.id == taken.job_id, Job.status == JobStatus.DOING, Job.tries == taken.number).with_for_update())
        if job is None:
            log.warning("Another worker was given the job %s meanwhile", taken.job_id)
            return
        job.last_error, job.ticket = f"{type(error).__name__}: {error}"[:LONGEST_ERROR], None
        if job.tries < _most_tries(job.name):
            job.status, job.run_at = JobStatus.TODO, clock.now() + min(FIRST_WAIT * 4 ** (job.tries - 1), LONGEST_WAIT)
            return
        job.status, job.finished_at = JobStatus.FAILED, clock.now()
        _open_incident(session, job, error)


def _most_tries(name: str) -> int:
    try:
        return enqueue.find(name).most_tries
    except LookupError:
        return enqueue.MOST_TRIES


def _open_incident(session: Session, job: Job, error: Exception) -> None:
    now = clock.now()
    known = session.scalar(select(Incident).where(Incident.job_id == job.id))
    if known is not None:
        known.message, known.tries, known.last_tried_at, known.closed_at = job.last_error, job.tries, now, None
        return
    session.add(
        Incident(
            case_id=None, instance_id=None, job_id=job.id, element_name=job.name, message=job.last_error, tries=job.tries, opened_at=now,
            trace="".join(traceback.format_exception(error))[-8_000:], last_tried_at=now, closed_at=None, closed_by_id=None,
        )
    )  # fmt: skip
    if job.name != incidents.TELL:
        incidents.tell_soon(session)


def put_back_unfinished(engine: Engine) -> int:
    """Let every job that was being done when a worker died be done again; for the only worker, at its start."""
    with transaction(engine) as session:
        unfinished = session.scalars(select(Job).where(Job.status == JobStatus.DOING)).all()
        for job in unfinished:
            job.status, job.ticket = JobStatus.TODO, None
        return len(unfinished)


def next_job_at(session: Session, *, lane: Lane | None = None) -> datetime | None:
    """When the next job of a lane wants to run; None when none waits."""
    return session.scalar(select(func.min(Job.run_at)).where(Job.status == JobStatus.TODO, _in_lane(lane)))
