"""Incidents: a case that cannot continue is written down in words, and closed only when it has really moved on."""

from __future__ import annotations

import traceback
import uuid
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import CandidateGroup, Case, Incident, Job, JobStatus, ProcessInstance, User, clock
from workflows import enqueue
from workflows.actions import audit, mail
from workflows.engine import Stuck
from workflows.errors import CannotContinue

LONGEST_TRACE = 8_000
TELL = "incidents.tell"
GROUPED = timedelta(minutes=15)
MOST_LINES = 20
TOLD = ("system_admin", "process_owner")


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


def open_for(session: Session, instance: ProcessInstance, element: str, name: str, message: str) -> None:
    """Open an incident of an instance that no step raised: somebody looked at it and saw that it cannot go on."""
    _open(session, instance.case, instance.id, element, name, message, "")


def _open(session: Session, case: Case | None, instance_id: uuid.UUID | None, element: str, name: str, message: str, trace: str) -> None:
    now = clock.now()
    incident = Incident(
        case_id=case.id if case else None, instance_id=instance_id, job_id=None, element_id=element, element_name=name, message=message,
        trace=trace, opened_at=now, last_tried_at=now, closed_at=None, closed_by_id=None,
    )  # fmt: skip
    session.add(incident)
    session.flush()
    audit.record(session, "incident:opened", case=case, by=None, detail={"step": element, "name": name}, text={"message": message})
    tell_soon(session)


def tell_soon(session: Session) -> None:
    """Have administrators told of what cannot continue: at once, and of all that comes in the next quarter of an hour together."""
    waiting = select(Job.id).where(Job.name == TELL, Job.status == JobStatus.TODO).limit(1)
    if session.scalar(waiting) is not None:
        return
    last = session.scalar(select(func.max(Job.started_at)).where(Job.name == TELL, Job.status.in_([JobStatus.DOING, JobStatus.DONE])))
    now = clock.now()
    # This one is always among them, also when the job before began at the same moment and could not see it yet.
    since = min(last or now - GROUPED, now - timedelta(microseconds=1))
    enqueue.enqueue(session, TELL, {"since": since.isoformat()}, at=max(now, last + GROUPED) if last else now)


def tell(session: Session, since: datetime) -> None:
    """Write to administrators and to those who own processes about what came to a stop after an aware moment and still does not."""
    query = select(Incident).where(Incident.closed_at.is_(None), Incident.opened_at > since)
    found = session.scalars(query.order_by(Incident.opened_at)).all()
    if not found:
        return
    first, count = found[0], len(found)
    where = first.element_name or "a job"
    subject = f"{count} cases or jobs cannot continue" if count > 1 else f"{_name_of(first)} cannot continue at “{where}”"
    body = "\n".join(f"{_name_of(each)}: {each.element_name or 'a job'}" for each in found[:MOST_LINES])
    for group in session.scalars(select(CandidateGroup.key).where(CandidateGroup.role.in_(TOLD)).order_by(CandidateGroup.key)):
        mail.to_group(session, group, kind="incident:opened", case=None, subject=subject, link="/admin/incidents", body=body)


def _name_of(incident: Incident) -> str:
    """The reference of its case; a restricted case is never named in a mail."""
    if incident.case is None:
        return "A job"
    return "A restricted case" if incident.case.is_restricted else incident.case.reference


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
