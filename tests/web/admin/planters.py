"""What the walk over every route finds under <mail_id> and <incident_id>."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from models import Case, CaseReturn, GroupMembership, Incident, Job, JobStatus, OutboxMail, Parameter, ProcessInstance, UserTask, clock
from models.session import transaction
from tests.support import factories
from tests.support.walk import Planted, World, planter
from workflows.actions import webhooks


@planter("mail_id")
def a_mail_about_the_restricted_case(world: World) -> Planted:
    """The mail that was planted with the restricted case; nobody who walks may read it."""
    hidden = world.plant("reference")
    with transaction(world.app.extensions["dps_engine"]) as session:
        mail = session.scalars(select(OutboxMail).join(Case, Case.id == OutboxMail.case_id).where(Case.reference == hidden.value)).one()
    return Planted(mail.id, hidden.canary, frozenset())


@planter("incident_id")
def an_incident_without_a_case(world: World) -> Planted:
    """Something that cannot continue and is no secret to administrators; there is no process to try again."""
    with transaction(world.app.extensions["dps_engine"]) as session:
        incident = Incident(
            case_id=None, instance_id=None, job_id=None, element_id="", element_name="", message="The mail server does not answer",
            opened_at=clock.now(), last_tried_at=clock.now(), closed_at=None, closed_by_id=None,
        )  # fmt: skip
        session.add(incident)
    return Planted(incident.id)


@planter("job_id")
def a_job_that_was_given_up(world: World) -> Planted:
    """A job of the service itself; there is nobody's secret in it."""
    with transaction(world.app.extensions["dps_engine"]) as session:
        job = Job(name="nightly", args={}, status=JobStatus.FAILED, run_at=clock.now(), enqueued_at=clock.now(), started_at=None, finished_at=clock.now())
        session.add(job)
    return Planted(job.id)


@planter("task_id", area="admin")
def a_step_of_the_restricted_case(world: World) -> Planted:
    """A task of the case that nobody who walks may know of."""
    hidden = world.plant("reference")
    with transaction(world.app.extensions["dps_engine"]) as session:
        task_id = session.scalars(select(UserTask.id).join(Case, Case.id == UserTask.case_id).where(Case.reference == hidden.value).limit(1)).first()
    return Planted(task_id or hidden_id(world), hidden.canary, frozenset())


def hidden_id(world: World) -> uuid.UUID:
    """An id that nothing has, for a case without tasks: the answer is the same, there is no such case."""
    return uuid.uuid5(uuid.NAMESPACE_OID, world.canary("no task"))


@planter("return_id")
def the_restricted_case_put_back(world: World) -> Planted:
    """The case that nobody may know of, put back to a step of its own, where it has one."""
    hidden = world.plant("reference")
    with transaction(world.app.extensions["dps_engine"]) as session:
        query = select(ProcessInstance).join(Case, Case.id == ProcessInstance.case_id).where(Case.reference == hidden.value)
        instance = session.scalars(query.limit(1)).first()
        task = session.scalars(select(UserTask).where(UserTask.instance_id == instance.id).limit(1)).first() if instance else None
        if instance is None or task is None:
            return Planted(hidden_id(world), hidden.canary, frozenset())
        kept = CaseReturn(
            instance_id=instance.id, task_id=task.id, element_name=hidden.canary, because=hidden.canary, state_before=instance.state,
            rows_before={"tasks": {}, "stuck_at": "", "has_messages": False}, revision_after=instance.revision, returned_at=clock.now(),
            returned_by_id=world.people["process_owner"].id, undone_at=None, undone_by_id=None,
        )  # fmt: skip
        session.add(kept)
    return Planted(kept.id, hidden.canary, frozenset())


@planter("webhook_id")
def a_message_that_was_given_up(world: World) -> Planted:
    """A message that another system did not take, about the restricted case: it may be sent again, and its words are nobody's to read."""
    hidden = world.plant("reference")
    with transaction(world.app.extensions["dps_engine"]) as session:
        case = session.scalars(select(Case).where(Case.reference == hidden.value)).one()
        row = webhooks.tell(session, "finance", "contract.signed", {"case": case.reference}, case=case)
        job = webhooks.job_of(session, row)
        assert job is not None
        job.status, job.tries, job.finished_at = JobStatus.FAILED, 8, clock.now()
        row.tries, row.last_error = 8, "finance answered 503"
    return Planted(row.id)


@planter("day", area="admin")
def a_day_off(world: World) -> Planted:
    """A day on which the offices are closed; everybody may know of it."""
    with transaction(world.app.extensions["dps_engine"]) as session:
        return Planted(factories.day_off(session).day.isoformat())


@planter("key", area="admin")
def a_policy_value(world: World) -> Planted:
    """A value that holds from today on; everybody may know of it."""
    with transaction(world.app.extensions["dps_engine"]) as session:
        session.add(Parameter(key="walked_days", label="Days of the walk", value=5, unit="number", valid_from=clock.today()))
    return Planted("walked_days")


@planter("value_id")
def a_value_to_come(world: World) -> Planted:
    """A value that nobody has confirmed yet."""
    with transaction(world.app.extensions["dps_engine"]) as session:
        row = Parameter(key="walked_later", label="Days of the walk", value=5, unit="number", valid_from=clock.today() + timedelta(days=9))
        session.add(row)
    return Planted(row.id)


@planter("user_id", area="admin")
def a_person(world: World) -> Planted:
    """One of those who walk."""
    return Planted(world.people["safeguarding_officer"].id)


@planter("membership_id", area="admin")
def a_place_in_a_team(world: World) -> Planted:
    """Somebody's place in a team."""
    with transaction(world.app.extensions["dps_engine"]) as session:
        query = select(GroupMembership.id).where(GroupMembership.user_id == world.people["safeguarding_officer"].id)
        return Planted(session.scalars(query.limit(1)).one())


@planter("group_key", area="admin")
def a_team(world: World) -> Planted:
    """A team of the council."""
    with transaction(world.app.extensions["dps_engine"]) as session:
        query = select(GroupMembership.group_key).where(GroupMembership.user_id == world.people["safeguarding_officer"].id)
        return Planted(session.scalars(query.limit(1)).one())
