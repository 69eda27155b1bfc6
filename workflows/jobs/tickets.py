"""Jobs that distributed workers do: each is a row of ours that a ticket in the queue stands for while they have it."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from sqlalchemy import Engine, bindparam, func, select, text, update
from sqlalchemy.orm import Session

from models import Job, JobStatus, clock
from models.session import new_session, transaction
from workflows import enqueue
from workflows.enqueue import Lane, Tools
from workflows.jobs import working_off
from workflows.jobs.working_off import Taken

MOST_AT_ONCE = 500
# A job that was begun already goes before what has waited since: behind a backlog it would come too late.
AGAIN = 1_000
LANES: tuple[Lane, ...] = ("short", "long")

log = logging.getLogger("dps.worker")

# Whose ticket is gone, or is held by a worker whose heart no longer beats. Our row is marked done before its ticket goes, so
# that a job on its way is never among them.
_STALLED = text(
    "SELECT job.id, job.name, job.ticket, job.priority FROM job"
    " LEFT JOIN procrastinate_jobs queued ON queued.id = job.ticket"
    " LEFT JOIN procrastinate_workers worker ON worker.id = queued.worker_id"
    " WHERE job.ticket IS NOT NULL AND job.status IN ('todo', 'doing') AND (queued.id IS NULL OR queued.status NOT IN ('todo', 'doing')"
    " OR (queued.status = 'doing' AND (worker.last_heartbeat IS NULL OR worker.last_heartbeat < now() - CAST(:stalled AS interval))))"
    " FOR UPDATE OF job SKIP LOCKED"
)
_FOR_NOTHING = text(
    "DELETE FROM procrastinate_jobs queued WHERE queued.status = 'doing' AND NOT EXISTS (SELECT 1 FROM job WHERE job.ticket = queued.id)"
    " AND NOT EXISTS (SELECT 1 FROM procrastinate_workers worker WHERE worker.id = queued.worker_id"
    " AND worker.last_heartbeat >= now() - CAST(:stalled AS interval))"
)
_LEFT_BEHIND = text("SELECT id FROM job WHERE status = 'doing' AND ticket IS NULL FOR UPDATE SKIP LOCKED")
_TAKE_BACK = text("DELETE FROM procrastinate_jobs WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))


def hand_over_due(engine: Engine, now: datetime) -> int:
    """Hand every job that is due at an aware moment and has no ticket to the workers, the most urgent first; how many there were.

    This brings jobs for later, tries after a failure, and whatever was enqueued by a process that did not know of the queue.
    """
    with transaction(engine) as session:
        rows = session.execute(
            select(Job.id, Job.name, Job.priority)
            .where(Job.status == JobStatus.TODO, Job.ticket.is_(None), Job.run_at <= now)
            .order_by(Job.priority.desc(), Job.run_at, Job.id)
            .limit(MOST_AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            _issue(session, row.id, row.name, row.priority)
    return len(rows)


def next_due(engine: Engine) -> datetime | None:
    """When the next job that no worker has yet wants to run; None when none waits."""
    with new_session(engine, writes=False) as session:
        return session.scalar(select(func.min(Job.run_at)).where(Job.status == JobStatus.TODO, Job.ticket.is_(None)))


def put_back_stalled(engine: Engine, stalled: timedelta) -> int:
    """Have every job done again whose worker was not heard of for so long, or whose ticket is gone; how many there were."""
    with transaction(engine) as session:
        rows = session.execute(_STALLED, {"stalled": stalled}).all()
        if rows:
            session.execute(_TAKE_BACK, {"ids": [row.ticket for row in rows]})
        for row in rows:
            session.execute(update(Job).where(Job.id == row.id).values(status=JobStatus.TODO))
            _issue(session, row.id, row.name, max(row.priority, AGAIN))
        # A worker that is killed between its job and the end of its ticket leaves a ticket that stands for nothing.
        session.execute(_FOR_NOTHING, {"stalled": stalled})
    if rows:
        log.warning("%d jobs of workers that are gone are done again", len(rows))
    return len(rows)


def put_back_left_behind(engine: Engine) -> int:
    """Have done again what an embedded runner was doing when it ended; for a worker that knows that none is running."""
    with transaction(engine) as session:
        ids = session.scalars(_LEFT_BEHIND).all()
        session.execute(update(Job).where(Job.id.in_(ids)).values(status=JobStatus.TODO))
    return len(ids)


def do_ticket(engine: Engine, tools: Tools, job_id: uuid.UUID, ticket: int, lane: str) -> None:
    """Do the job that a ticket stands for. Nothing happens when the job is done, or another ticket stands for it by now."""
    with transaction(engine) as session:
        taken = _take(session, job_id, ticket, lane)
        if taken is None:
            _put_into_its_lane(session, job_id, ticket, lane)
    if taken is not None:
        working_off.do(engine, tools, taken)


def _take(session: Session, job_id: uuid.UUID, ticket: int, lane: str) -> Taken | None:
    table = working_off.ROWS
    mine = [table.c.id == job_id, table.c.status == JobStatus.TODO, table.c.ticket == ticket]
    if lane != "long":
        mine.append(table.c.name.not_in(enqueue.names_in("long")))
    taking = update(table).where(*mine).values(status=JobStatus.DOING, started_at=clock.now(), tries=table.c.tries + 1)
    row = session.execute(taking.returning(table.c.name, table.c.args, table.c.tries, table.c.last_error, table.c.request)).one_or_none()
    return Taken(job_id, row.name, dict(row.args), row.tries, bool(row.last_error), row.request) if row is not None else None


def _put_into_its_lane(session: Session, job_id: uuid.UUID, ticket: int, lane: str) -> None:
    """A job that takes minutes goes to its own lane: who enqueued it may not have known that it does."""
    here = select(Job).where(Job.id == job_id, Job.status == JobStatus.TODO, Job.ticket == ticket).with_for_update()
    job = session.scalar(here) if lane != "long" else None
    if job is not None:
        _issue(session, job_id, job.name, job.priority)


def _issue(session: Session, job_id: uuid.UUID, name: str, priority: int) -> None:
    ticket = enqueue.issue_ticket(session, job_id, lane=enqueue.lane_of(name), priority=priority)
    session.execute(update(Job).where(Job.id == job_id).values(ticket=ticket).execution_options(synchronize_session=False))
