"""Each morning: open the inspections whose day comes near, so that somebody plans the visit in time."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Job, JobStatus, clock
from models.session import transaction
from workflows.actions import inspections
from workflows.enqueue import Tools, enqueue, job
from workflows.library import definitions
from workflows.queries import inspections as queries
from workflows.queries import parameters
from workflows.rules import calendar

NAME = "visits.due"
AT = time(5, 30)


def plan(engine: Engine) -> None:
    """Ask for the next morning's look unless it is asked for already."""
    with transaction(engine) as session:
        waiting = select(Job.id).where(Job.name == NAME, Job.status.in_([JobStatus.TODO, JobStatus.DOING])).limit(1)
        if session.scalar(waiting) is None:
            enqueue(session, NAME, {}, at=_next_morning())


def _next_morning() -> datetime:
    today = calendar.london_instant(clock.today(), at=AT)
    return today if clock.now() < today else calendar.london_instant(clock.today() + timedelta(days=1), at=AT)


@job(NAME)
def open_due(session: Session, tools: Tools) -> None:
    """Start an inspection of each premises whose next visit is due soon and that has none under way; ask for tomorrow's look."""
    if definitions.find_latest(session, inspections.KEY) is not None:
        rule = parameters.rule(session, "visit_lead_days")
        until = calendar.reckon(rule, clock.today(), event="Today", closures=parameters.closures(session)).on
        for premises in queries.due_premises(session, until):
            inspections.start(session, premises, trigger="calendar", risk=inspections.RISK_BY_REASON["calendar"], by=None)
    enqueue(session, NAME, {}, at=_next_morning())
