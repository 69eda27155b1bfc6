"""Declared interests: of some people in a case or its provider, whether one keeps them from a task, and the register."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from models import Case, Interest, InterestKind, TaskStatus, User, UserTask, clock
from workflows.errors import NotFound, Refused
from workflows.rules import calendar, permissions
from workflows.rules import interests as rules

READERS = ("head_of_procurement", "monitoring_officer", "procurement_officer", "legal_officer", "auditor")


def declared_by(session: Session, users: Iterable[User], case: Case) -> Sequence[Interest]:
    """What these people declared in this case, or elsewhere about its provider, newest first."""
    here = [Interest.case_id == case.id]
    if case.provider_id is not None:
        here.append(Interest.provider_id == case.provider_id)
    query = select(Interest).where(Interest.user_id.in_([user.id for user in users]), or_(*here))
    return session.scalars(query.order_by(Interest.declared_at.desc())).all()


def check_work(session: Session, task: UserTask, *, by: User, acting_for: User | None) -> None:
    """Raise what `rules.interests.check_work` raises for this person and task; asks nothing of a case that is not about a provider."""
    if not rules.must_declare(by, task):
        return
    declared = declared_by(session, [by, *([acting_for] if acting_for else [])], task.case)
    inspectors = inspectors_of(session, task.case.provider_id) if task.bpmn_id in rules.APART_FROM_INSPECTING else frozenset()
    rules.check_work(task, by=by, acting_for=acting_for, declared=declared, inspectors=inspectors)


def check_give(session: Session, task: UserTask, *, to: User) -> None:
    """Raise Refused when a declared interest keeps this person from a task that somebody gives them."""
    try:
        check_work(session, task, by=to, acting_for=None)
    except rules.NotDeclared:
        # They declare when they begin.
        return
    except Refused as refused:
        raise Refused(f"{to.name} cannot do this: they have an interest in this provider, or inspected it") from refused


def why_not(session: Session, task: UserTask, *, by: User, acting_for: User | None) -> str:
    """Why an interest or an inspection keeps this person from a task, as a sentence; empty when nothing does."""
    try:
        check_work(session, task, by=by, acting_for=acting_for)
    except Refused as refused:
        return str(refused)
    return ""


def is_wanted(session: Session, task: UserTask, reader: User) -> bool:
    """Whether this person has yet to declare before the task, and nothing else keeps them from it."""
    try:
        check_work(session, task, by=reader, acting_for=None)
    except rules.NotDeclared:
        return True
    except Refused:
        return False
    return False


def is_kept_away(session: Session, reader: User, case: Case) -> bool:
    """Whether an actual conflict hides a provider's case from this person."""
    return rules.concerns(case) and rules.is_kept_away(declared_by(session, [reader], case))


def inspectors_of(session: Session, provider_id: uuid.UUID | None) -> frozenset[uuid.UUID]:
    """Who visited or graded this provider in the last 12 months, themselves or through somebody who acted for them."""
    since = calendar.london_instant(calendar.add_months(clock.today(), -rules.MONTHS_APART))
    return _doers(session, provider_id, rules.INSPECTING, since)


def _doers(session: Session, provider_id: uuid.UUID | None, steps: Iterable[str], since: datetime) -> frozenset[uuid.UUID]:
    query = (
        select(UserTask.completed_by_id, UserTask.acting_for_id)
        .join(Case, Case.id == UserTask.case_id)
        .where(
            Case.provider_id == provider_id, UserTask.bpmn_id.in_(sorted(steps)), UserTask.status == TaskStatus.COMPLETED,
            UserTask.completed_at >= since,
        )
    )  # fmt: skip
    return frozenset(each for row in session.execute(query) for each in row if each is not None)


def find(session: Session, interest_id: uuid.UUID) -> Interest:
    """A declared interest with its person. NotFound when there is none."""
    interest = session.scalar(select(Interest).where(Interest.id == interest_id).options(joinedload(Interest.user)))
    if interest is None:
        raise NotFound("There is no such declaration")
    return interest


def check_read_register(reader: User) -> None:
    """Raise NotFound unless this person may read the register of interests."""
    if not permissions.has_role(reader, *READERS):
        raise NotFound("There is no such page")


def register(session: Session, reader: User) -> Sequence[tuple[Interest, Case]]:
    """Every declaration that says there is an interest, those that stand first. NotFound for somebody who may not read it."""
    check_read_register(reader)
    query = (
        select(Interest, Case)
        .join(Case, Case.id == Interest.case_id)
        .where(Interest.kind != InterestKind.NONE)
        .options(joinedload(Interest.user))
        .order_by(Interest.cleared_at.is_not(None), Interest.declared_at.desc())
    )
    return [(interest, case) for interest, case in session.execute(query)]


def standing_in(session: Session, case: Case) -> bool:
    """Whether an interest that somebody declared in this case, or about its provider, is on record, cleared or not."""
    here = [Interest.case_id == case.id]
    if case.provider_id is not None:
        here.append(Interest.provider_id == case.provider_id)
    return session.scalar(select(Interest.id).where(Interest.kind != InterestKind.NONE, or_(*here)).limit(1)) is not None


def workers(session: Session, case: Case) -> Sequence[User]:
    """The council's people who have or did a task of a case, by name."""
    mine = select(UserTask.assignee_id).where(UserTask.case_id == case.id, UserTask.assignee_id.is_not(None))
    found = session.scalars(select(User).where(User.id.in_(mine), User.is_active).order_by(User.name)).all()
    return [user for user in found if permissions.is_staff(user)]
