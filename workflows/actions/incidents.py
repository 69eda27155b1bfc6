"""Incidents: a case that cannot continue is written down in words, and closed only when it has really moved on."""

from __future__ import annotations

import traceback
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Incident, ProcessInstance, User, clock
from workflows.actions import audit
from workflows.engine import Stuck
from workflows.errors import CannotContinue

LONGEST_TRACE = 8_000


def keep(session: Session, instance: ProcessInstance, stuck: Stuck | None) -> None:
    """Make the open incidents of an instance say where it is stuck now: open one, count another try, or close them."""
    open_ones = list(session.scalars(select(Incident).where(Incident.instance_id == instance.id, Incident.closed_at.is_(None))))
    same = next((each for each in open_ones if stuck is not None and each.element_id == stuck.element_id), None)
    for incident in open_ones:
        if incident is not same:
            close(session, incident, by=None)
    if stuck is None:
        return
    if same is not None:
        same.tries, same.last_tried_at, same.message, same.trace = same.tries + 1, clock.now(), stuck.message, _trace(stuck.error)
        session.flush()
        return
    _open(session, instance.case, instance.id, stuck.element_id, stuck.element_name, stuck.message, _trace(stuck.error))


def report(session: Session, error: CannotContinue) -> None:
    """Write down why an action was undone as a whole; for the edge, in a transaction of its own."""
    if error.instance_id is None:
        return
    known = session.scalar(
        select(Incident).where(Incident.instance_id == error.instance_id, Incident.element_id == "", Incident.closed_at.is_(None))
    )
    if known is not None:
        known.tries, known.last_tried_at, known.message = known.tries + 1, clock.now(), str(error)
        session.flush()
        return
    case = session.get(Case, error.case_id) if error.case_id else None
    _open(session, case, error.instance_id if session.get(ProcessInstance, error.instance_id) else None, "", "", str(error), _trace(error))


def _open(session: Session, case: Case | None, instance_id: uuid.UUID | None, element: str, name: str, message: str, trace: str) -> None:
    now = clock.now()
    incident = Incident(
        case_id=case.id if case else None, instance_id=instance_id, job_id=None, element_id=element, element_name=name, message=message,
        trace=trace, opened_at=now, last_tried_at=now, closed_at=None, closed_by_id=None,
    )  # fmt: skip
    session.add(incident)
    session.flush()
    audit.record(session, "incident:opened", case=case, by=None, detail={"step": element, "name": name}, text={"message": message})


def close(session: Session, incident: Incident, *, by: User | None) -> None:
    """Close an incident whose case has moved on."""
    incident.closed_at, incident.closed_by_id = clock.now(), by.id if by else None
    session.flush()
    audit.record(session, "incident:closed", case=incident.case, by=by, detail={"step": incident.element_id})


def is_open(session: Session, instance_id: uuid.UUID) -> bool:
    """Whether an instance has an incident that nobody has got past."""
    return session.scalar(select(Incident.id).where(Incident.instance_id == instance_id, Incident.closed_at.is_(None)).limit(1)) is not None


def _trace(error: BaseException) -> str:
    cause = error.__cause__ or error
    return "".join(traceback.format_exception(cause))[-LONGEST_TRACE:]
