"""Each morning: open the inspections whose day comes near, so that somebody plans the visit in time."""

from __future__ import annotations

from datetime import time

from sqlalchemy.orm import Session

from models import clock
from workflows.actions import inspections
from workflows.enqueue import Tools, job
from workflows.jobs import planning
from workflows.library import definitions
from workflows.queries import inspections as queries
from workflows.queries import parameters
from workflows.rules import calendar

NAME = "visits.due"
AT = time(5, 30)


planning.daily(NAME, AT)


@job(NAME)
def open_due(session: Session, tools: Tools) -> None:
    """Start an inspection of each premises whose next visit is due soon and that has none under way; ask for tomorrow's look."""
    if definitions.find_latest(session, inspections.KEY) is not None:
        rule = parameters.rule(session, "visit_lead_days")
        until = calendar.reckon(rule, clock.today(), event="Today", closures=parameters.closures(session)).on
        for premises in queries.due_premises(session, until):
            inspections.start(session, premises, trigger="calendar", risk=inspections.RISK_BY_REASON["calendar"], by=None)
    planning.plan(session, NAME)
