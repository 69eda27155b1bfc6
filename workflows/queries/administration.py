"""What administrators look at: cases that cannot continue, mail, jobs, timers, people and policy values."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, joinedload

from models import (
    CandidateGroup,
    Case,
    GroupMembership,
    Incident,
    Job,
    JobStatus,
    OutboxMail,
    Parameter,
    ProcessInstance,
    TaskStatus,
    Timer,
    User,
    UserTask,
    clock,
)
from workflows.errors import NotFound
from workflows.queries import breaches, case_list, mail_about, processes

FINISHED_JOBS = 50
MAIL_TRIES = 5
MAIL_STATES = {"waiting": "Waiting", "trying": "Tried and failed", "not_sent": "Not sent", "unneeded": "Not needed", "sent": "Sent"}


@dataclass(frozen=True)
class Overview:
    """The figures of the home page of administration."""

    incidents: int
    breaches: int
    mails_waiting: int
    jobs_waiting: int
    jobs_failed: int
    timers_overdue: int
    not_confirmed: int
    people: int


def overview(session: Session) -> Overview:
    """How much there is to look at."""
    now = clock.now()
    return Overview(
        incidents=_count(session, select(Incident.id).where(Incident.closed_at.is_(None))),
        breaches=breaches.count_open(session),
        mails_waiting=_count(session, select(OutboxMail.id).where(OutboxMail.sent_at.is_(None), *_not_unneeded())),
        jobs_waiting=_count(session, select(Job.id).where(Job.status.in_([JobStatus.TODO, JobStatus.DOING]))),
        jobs_failed=_count(session, select(Job.id).where(Job.status == JobStatus.FAILED)),
        timers_overdue=_count(session, select(Timer.id).where(Timer.due_at < now)),
        not_confirmed=len(not_confirmed(session)),
        people=_count(session, select(User.id).where(User.is_active)),
    )


def _not_unneeded() -> list[ColumnElement[bool]]:
    return [OutboxMail.not_sent_because.not_in(sorted(mail_about.NOT_NEEDED)), ~OutboxMail.is_for_digest]


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def not_confirmed(session: Session) -> list[Parameter]:
    """The policy values in force today that nobody has confirmed for the council."""
    return [row for row in processes.policy_values(session) if row.confirmed_at is None]


def incidents(session: Session, *, closed: bool = False, limit: int = 100) -> Sequence[Incident]:
    """The incidents that are open, the oldest first; or those that are closed, the newest first."""
    query = select(Incident).options(joinedload(Incident.case), joinedload(Incident.instance).joinedload(ProcessInstance.definition))
    if closed:
        return session.scalars(query.where(Incident.closed_at.is_not(None)).order_by(Incident.closed_at.desc()).limit(limit)).all()
    return session.scalars(query.where(Incident.closed_at.is_(None)).order_by(Incident.opened_at, Incident.id)).all()


def incident(session: Session, incident_id: uuid.UUID) -> Incident:
    """One incident. NotFound when there is none with this id."""
    found = session.get(Incident, incident_id)
    if found is None:
        raise NotFound("There is no such incident")
    return found


def visible_cases(session: Session, reader: User, ids: set[uuid.UUID]) -> dict[uuid.UUID, Case]:
    """Those of these cases that a reader may see: administration shows no more of a case than its own page does."""
    found = session.scalars(select(Case).where(Case.id.in_(ids), case_list.visible_to(reader)))
    return {each.id: each for each in found}


def mails(session: Session, *, after: str = "", limit: int = 50, state: str = "") -> Sequence[OutboxMail]:
    """The mails of the outbox, or those in one of `MAIL_STATES`, the newest first, going on after the mail with the id `after`."""
    query = select(OutboxMail).order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc()).limit(limit)
    query = query.where(*_in_state(state))
    last = session.get(OutboxMail, _id(after)) if _id(after) else None
    if last is not None:
        same = (OutboxMail.created_at == last.created_at) & (OutboxMail.id < last.id)
        query = query.where((OutboxMail.created_at < last.created_at) | same)
    return session.scalars(query).all()


def _in_state(state: str) -> list[ColumnElement[bool]]:
    unsent, unneeded = OutboxMail.sent_at.is_(None), OutboxMail.not_sent_because.in_(sorted(mail_about.NOT_NEEDED))
    still = and_(unsent, OutboxMail.not_sent_because == "")
    found: dict[str, list[ColumnElement[bool]]] = {
        "waiting": [still, OutboxMail.tries == 0], "trying": [still, OutboxMail.tries > 0], "unneeded": [unneeded],
        "not_sent": [unsent, OutboxMail.not_sent_because != "", ~unneeded], "sent": [~unsent],
    }  # fmt: skip
    return found.get(state, [])


def mail(session: Session, mail_id: uuid.UUID) -> OutboxMail:
    """One mail. NotFound when there is none with this id."""
    found = session.get(OutboxMail, mail_id)
    if found is None:
        raise NotFound("There is no such mail")
    return found


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def jobs(session: Session) -> Sequence[Job]:
    """What failed, then what runs or waits, then the newest of what is done."""
    place = case((Job.status == JobStatus.FAILED, 0), (Job.status == JobStatus.DOING, 1), else_=2)
    unfinished = session.scalars(select(Job).where(Job.status != JobStatus.DONE).order_by(place, Job.run_at, Job.id)).all()
    done = select(Job).where(Job.status == JobStatus.DONE).order_by(Job.finished_at.desc(), Job.id).limit(FINISHED_JOBS)
    return [*unfinished, *session.scalars(done)]


def job(session: Session, job_id: uuid.UUID) -> Job:
    """One job. NotFound when there is none with this id."""
    found = session.get(Job, job_id)
    if found is None:
        raise NotFound("There is no such job")
    return found


def timers(session: Session, *, limit: int = 200) -> Sequence[Timer]:
    """The timers that run, the soonest due first, with the case each belongs to."""
    instance = joinedload(Timer.instance)
    query = select(Timer).options(instance.joinedload(ProcessInstance.case), instance.joinedload(ProcessInstance.definition))
    return session.scalars(query.order_by(Timer.due_at, Timer.id).limit(limit)).all()


@dataclass(frozen=True)
class Group:
    """A candidate group with the people in it today."""

    group: CandidateGroup
    members: list[User]


def groups(session: Session) -> list[Group]:
    """All groups by name, each with the active people who are in it today."""
    today = clock.today()
    query = (
        select(GroupMembership.group_key, User)
        .join(User, User.id == GroupMembership.user_id)
        .where(GroupMembership.starts_on <= today, GroupMembership.ends_on.is_(None) | (GroupMembership.ends_on >= today), User.is_active)
        .order_by(User.name)
    )
    members: dict[str, list[User]] = {}
    for key, user in session.execute(query):
        members.setdefault(key, []).append(user)
    found = session.scalars(select(CandidateGroup).order_by(CandidateGroup.name))
    return [Group(group, members.get(group.key, [])) for group in found]


def open_tasks_of(session: Session, user: User) -> int:
    """How many open tasks a person has."""
    return _count(session, select(UserTask.id).where(UserTask.assignee_id == user.id, UserTask.status == TaskStatus.CLAIMED))


def memberships_of(session: Session, group_key: str) -> Sequence[GroupMembership]:
    """Who is, was and will be in a team or post, the latest first."""
    query = select(GroupMembership).where(GroupMembership.group_key == group_key).options(joinedload(GroupMembership.user))
    return session.scalars(query.order_by(GroupMembership.starts_on.desc(), GroupMembership.id)).all()


def people(session: Session, *, words: str = "") -> Sequence[User]:
    """The people whose name, address or job holds these words, by name."""
    query = select(User)
    for word in words.split():
        query = query.where(
            User.name.icontains(word, autoescape=True) | User.email.icontains(word, autoescape=True) | User.job_title.icontains(word, autoescape=True)
        )
    return session.scalars(query.order_by(User.name, User.email)).all()
