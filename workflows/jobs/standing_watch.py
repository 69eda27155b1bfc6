"""At each London midnight: what has ended overnight holds new placements at once; and whenever something about a provider has changed."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Job, JobStatus, Provider, clock
from models.session import transaction
from workflows.actions import standing
from workflows.enqueue import Tools, enqueue, job
from workflows.rules import calendar

NAME = "standing.watch"
PRIORITY = 10


def plan(engine: Engine) -> None:
    """Ask for a look now unless one is asked for already: a midnight that passed while nothing ran is made up for at once."""
    with transaction(engine) as session:
        waiting = select(Job.id).where(Job.name == NAME, Job.status.in_([JobStatus.TODO, JobStatus.DOING])).limit(1)
        if session.scalar(waiting) is None:
            enqueue(session, NAME, {}, priority=PRIORITY)


def next_midnight() -> datetime:
    """The next moment at which a day begins in London, also on the two nights a year when the clocks change."""
    return calendar.london_instant(clock.today() + timedelta(days=1))


@job(NAME, outside=True)
def watch(engine: Engine, tools: Tools) -> None:
    """Ask for the next midnight, whatever becomes of this one, and look at every member."""
    with transaction(engine) as session:
        tomorrow = next_midnight()
        if session.scalar(select(Job.id).where(Job.name == NAME, Job.status == JobStatus.TODO, Job.run_at >= tomorrow).limit(1)) is None:
            enqueue(session, NAME, {}, at=tomorrow, priority=PRIORITY)
    with transaction(engine) as session:
        standing.look_at_all(session)


@job(standing.LOOK)
def look(session: Session, tools: Tools, *, provider: str) -> None:
    """Look at one provider, because something about it has changed."""
    standing.look_at_provider(session, session.get_one(Provider, uuid.UUID(provider)))
