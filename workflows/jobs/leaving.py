"""Each night, when a new day has begun: the tasks of people whose time in a team is over go back to that team."""

from __future__ import annotations

from datetime import time

from sqlalchemy.orm import Session

from workflows.actions import leavers
from workflows.enqueue import Tools, job
from workflows.jobs import planning

NAME = "people.left"
AT = time(0, 10)


planning.daily(NAME, AT)


@job(NAME)
def put_back(session: Session, tools: Tools) -> None:
    """Put them back, and ask for the next night."""
    leavers.put_back_ended(session)
    planning.plan(session, NAME)
