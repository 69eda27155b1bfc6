"""Incidents as people deal with them: tried again, or gone past with a reason where the process can truly go on."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import Incident, Job, JobStatus, User, clock
from workflows.actions import audit, dead_ends, incidents, instances
from workflows.engine import setting
from workflows.errors import Conflict, NotFound, Refused
from workflows.library import moving
from workflows.library.setting import why_not_past
from workflows.rules import permissions, reasons

LONGEST_REASON = reasons.LONGEST


def retry(session: Session, incident: Incident, *, by: User) -> bool:
    """Try again what an incident is about; whether it is over. A job is done in its turn, so for one the answer is no.

    Refused for anyone but system administrators and process owners.
    """
    permissions.check_retry(by)
    if incident.closed_at is not None:
        return True
    if incident.job_id is not None:
        try_job_again(session, session.get_one(Job, incident.job_id), by=by)
        return False
    if incident.instance is None:
        raise Refused("This is about no case that runs and no job, so there is nothing to try again")
    went_on = instances.retry(session, incident.instance, by=by)
    dead_ends.settle(session, incident.instance)
    return went_on or incident.closed_at is not None


def try_job_again(session: Session, job: Job, *, by: User) -> None:
    """Have a job that was given up, or that waits for its next try, done now. Conflict when it is being done or is done."""
    permissions.check_retry(by)
    locked = session.get_one(Job, job.id, with_for_update=True, populate_existing=True)
    if locked.status not in (JobStatus.FAILED, JobStatus.TODO):
        raise Conflict("This job is being done at the moment" if locked.status is JobStatus.DOING else "This job is done")
    if locked.status is JobStatus.FAILED:
        # It has all its tries again; the ones before stay in the trail.
        locked.tries = 0
    locked.status, locked.run_at, locked.finished_at, locked.ticket = JobStatus.TODO, clock.now(), None, None
    session.info["jobs_wanted"] = True
    session.flush()
    audit.record(session, "job:retried", case=None, by=by, detail={"name": locked.name, "error": locked.last_error[:200]}, subject=str(locked.id))


def why_not_skip(session: Session, incident: Incident) -> str:
    """Why an incident cannot be gone past; empty when it can."""
    if incident.closed_at is not None:
        return "This is over: it went on already"
    if incident.job_id is not None:
        return ""
    instance = incident.instance
    if instance is None or not incident.element_id or incident.element_id == dead_ends.NOWHERE:
        return "No single step stands still here, so there is none to go past. Put the case back to an earlier step, or try again"
    if instance.stuck_at != incident.element_id:
        return "The case does not stand there any more"
    kind = next((step.kind for step in moving.version_of(session, instance.definition).spec.steps if step.id == incident.element_id), "")
    if kind not in instances.CAN_BE_TRIED_AGAIN:
        return f"A {kind or 'step of this kind'} cannot be gone past: the way from it depends on what it says"
    return why_not_past(moving.version_of(session, instance.definition), instance.state, incident.element_id)


def skip(session: Session, incident: Incident, *, because: str, by: User) -> None:
    """Go past a step that cannot be carried out, or give up a job, and say why.

    Refused for anyone but system administrators and process owners, and with the reason where the case could not truly go on; Invalid
    without a reason.
    """
    permissions.check_retry(by)
    because = reasons.checked(because)
    if incident.job_id is not None:
        _give_up(session, incident, because, by)
        return
    if incident.instance is None:
        raise NotFound("There is no such case")
    current = instances.locked(session, incident.instance.id)
    session.refresh(incident)
    why = why_not_skip(session, incident)
    if why:
        raise Refused(why)
    incident.skipped_because = because
    detail = {"step": incident.element_id, "name": incident.element_name}
    audit.record(session, "incident:skipped", case=current.case, by=by, detail=detail, text={"because": because})
    instances.move(session, current, lambda run: setting.skip(run, incident.element_id))
    if incident.closed_at is None and current.stuck_at != incident.element_id:
        incidents.close(session, incident, by=by)
    incident.closed_by_id = by.id
    session.flush()


def _give_up(session: Session, incident: Incident, because: str, by: User) -> None:
    if incident.closed_at is not None:
        raise Conflict("This is over already")
    job = session.get_one(Job, incident.job_id, with_for_update=True)
    if job.status is not JobStatus.FAILED:
        raise Conflict("This job is tried again at the moment")
    incident.skipped_because, incident.closed_at, incident.closed_by_id = because, clock.now(), by.id
    audit.record(session, "job:given_up", case=None, by=by, detail={"name": job.name}, text={"because": because}, subject=str(job.id))
    session.flush()
