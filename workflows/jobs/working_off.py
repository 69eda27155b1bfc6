"""One look at the job table: what is due is done, tried again later when it fails, and given up with an incident in the end."""

from __future__ import annotations

import traceback
import uuid
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, func, select, true, update
from sqlalchemy.orm import Session

from models import Incident, Job, JobStatus, clock
from models.session import new_session, transaction
from workflows import enqueue
from workflows.actions import undertakings
from workflows.enqueue import KnownJob, Tools

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
MOST_AT_ONCE = 50
LONGEST_ERROR = 2_000
LONG = frozenset({undertakings.JOB})

# Jobs that take minutes have a lane of their own, so that timers and mails do not wait for them.
Lane = Literal["all", "short", "long"]


def work_off(engine: Engine, tools: Tools, now: datetime, *, lane: Lane = "all", most: int = MOST_AT_ONCE) -> int:
    """Do up to `most` jobs of a lane that are due at an aware moment, the most urgent first; how many were tried."""
    done = 0
    while done < most and (job_id := _take(engine, now, lane)) is not None:
        _do(engine, tools, job_id)
        done += 1
    return done


def _in_lane(lane: Lane) -> ColumnElement[bool]:
    if lane == "all":
        return true()
    return Job.name.in_(LONG) if lane == "long" else Job.name.not_in(LONG)


def _take(engine: Engine, now: datetime, lane: Lane) -> uuid.UUID | None:
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
        job.status, job.started_at, job.tries = JobStatus.DOING, clock.now(), job.tries + 1
        return job.id


def _do(engine: Engine, tools: Tools, job_id: uuid.UUID) -> None:
    try:
        with new_session(engine, writes=False) as session:
            job = session.get_one(Job, job_id)
            name, args = job.name, dict(job.args)
        known = enqueue.find(name)
        _call_outside(engine, tools, known, args, job_id) if known.outside else _call_inside(engine, tools, known, args, job_id)
    except Exception as error:  # noqa: BLE001  whatever a job does, the next one must run
        _failed(engine, job_id, error)


def _call_inside(engine: Engine, tools: Tools, known: KnownJob, args: dict[str, Any], job_id: uuid.UUID) -> None:
    """The effect and the mark that it is done are one transaction: whatever is killed, it happens once."""
    with transaction(engine) as session:
        known.function(session, tools, **args)
        _done(session, job_id)


def _call_outside(engine: Engine, tools: Tools, known: KnownJob, args: dict[str, Any], job_id: uuid.UUID) -> None:
    known.function(engine, tools, **args)
    with transaction(engine) as session:
        _done(session, job_id)


def _done(session: Session, job_id: uuid.UUID) -> None:
    job = session.get_one(Job, job_id)
    job.status, job.finished_at, job.last_error = JobStatus.DONE, clock.now(), ""
    session.execute(update(Incident).where(Incident.job_id == job_id, Incident.closed_at.is_(None)).values(closed_at=clock.now()))


def _failed(engine: Engine, job_id: uuid.UUID, error: Exception) -> None:
    with transaction(engine) as session:
        job = session.get_one(Job, job_id)
        job.last_error = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
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


def put_back_unfinished(engine: Engine) -> int:
    """Let every job that was being done when a worker died be done again; for the only worker, at its start."""
    with transaction(engine) as session:
        unfinished = session.scalars(select(Job).where(Job.status == JobStatus.DOING)).all()
        for job in unfinished:
            job.status = JobStatus.TODO
        return len(unfinished)


def next_job_at(session: Session, *, lane: Lane = "all") -> datetime | None:
    """When the next job of a lane wants to run; None when none waits."""
    return session.scalar(select(func.min(Job.run_at)).where(Job.status == JobStatus.TODO, _in_lane(lane)))
