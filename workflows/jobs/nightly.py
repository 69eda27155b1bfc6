"""Once a night: seal the audit trail, erase files that belong to nothing, forget what need not be kept, judge the cases by their rules."""

from __future__ import annotations

from datetime import time

from sqlalchemy.orm import Session

from workflows.actions import audit, documents, tidying
from workflows.enqueue import Tools, enqueue, job
from workflows.jobs import planning, rules_watch

NAME = "nightly"
AT = time(23, 50)


planning.daily(NAME, AT)


@job(NAME)
def tidy(session: Session, tools: Tools) -> None:
    """Do the night's work and ask for the next."""
    audit.seal_day(session)
    documents.sweep(session, tools.uploads)
    tidying.forget_old(session)
    enqueue(session, rules_watch.NAME, {})
    planning.plan(session, NAME)
