"""Once a night: seal the audit trail, erase files that belong to nothing, forget what need not be kept, judge the cases by their rules."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Job, JobStatus, clock
from models.session import transaction
from workflows.actions import audit, documents, tidying
from workflows.enqueue import Tools, enqueue, job
from workflows.jobs import rules_watch
from workflows.rules import calendar

NAME = "nightly"
AT = time(23, 50)


def plan(engine: Engine) -> None:
    """Ask for the next night's work unless it is asked for already."""
    with transaction(engine) as session:
        waiting = select(Job.id).where(Job.name == NAME, Job.status.in_([JobStatus.TODO, JobStatus.DOING])).limit(1)
        if session.scalar(waiting) is None:
            enqueue(session, NAME, {}, at=_next_night())


def _next_night() -> datetime:
    tonight = calendar.london_instant(clock.today(), at=AT)
    return tonight if clock.now() < tonight else calendar.london_instant(clock.today() + timedelta(days=1), at=AT)


@job(NAME)
def tidy(session: Session, tools: Tools) -> None:
    """Do the night's work and ask for the next."""
    audit.seal_day(session)
    documents.sweep(session, tools.uploads)
    tidying.forget_old(session)
    enqueue(session, rules_watch.NAME, {})
    enqueue(session, NAME, {}, at=_next_night())
