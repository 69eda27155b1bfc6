"""Conflicts of interest: declared before the first task on a provider, cleared by somebody else, and what an actual one takes away."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Interest, InterestKind, TaskStatus, User, UserTask, clock
from workflows.actions import audit, evaluations, mail, tasks
from workflows.errors import Conflict, Invalid
from workflows.queries import interests as queries
from workflows.rules import interests as rules

WATCHES = "head-of-procurement"


def declare(
    session: Session, case: Case, *, kind: InterestKind, by: User, nature: str = "", mitigation: str = "", of: User | None = None
) -> Interest:
    """Keep what a person says of their interests in a case and its provider (PCR 2015 reg 24; Procurement Act 2023 ss.81-83).

    The same again changes nothing. An actual conflict puts their tasks back, hides the provider's cases from them and withdraws
    what they scored. `of` is the colleague whose interest was found out; Refused unless `by` may record it. Invalid with a message
    for each question.
    """
    person = of or by
    rules.check_record_for(by, person)
    problems = rules.problems_of(kind, nature, mitigation)
    if problems:
        raise Invalid(problems)
    audit.lock(session, case)
    before = _same(session, case, person, kind, nature.strip(), mitigation.strip())
    if before is not None:
        return before
    interest = Interest(
        user_id=person.id, case_id=case.id, provider_id=case.provider_id, kind=kind, nature=nature.strip(), mitigation=mitigation.strip(),
        declared_at=clock.now(), cleared_at=None, cleared_by_id=None,
    )  # fmt: skip
    session.add(interest)
    session.flush()
    audit.record(session, "interest:declared", case=case, by=by, detail={"kind": kind.value, "of": person.id.hex}, subject=interest.id.hex)
    if rules.stands(interest):
        mail.to_group(session, WATCHES, kind="interest:declared", case=case, subject=f"An interest was declared: {case.reference}",
                      link=f"/interests/{interest.id}")  # fmt: skip
    if kind is InterestKind.ACTUAL:
        _keep_away(session, case, person)
    return interest


def _same(session: Session, case: Case, person: User, kind: InterestKind, nature: str, mitigation: str) -> Interest | None:
    own = [each for each in queries.declared_by(session, [person], case) if each.case_id == case.id]
    newest = own[0] if own else None
    same = newest is not None and newest.cleared_at is None and (newest.kind, newest.nature, newest.mitigation) == (kind, nature, mitigation)
    return newest if same else None


def _keep_away(session: Session, case: Case, person: User) -> None:
    """Put back what this person has of the provider's cases, and withdraw their scores in them."""
    for task in _held_by(session, case, person):
        tasks.release(session, task, by=person)
    evaluations.withdraw_of(session, case, person)


def _held_by(session: Session, case: Case, person: User) -> list[UserTask]:
    query = select(UserTask).join(UserTask.case).where(UserTask.assignee_id == person.id, UserTask.status == TaskStatus.CLAIMED)
    about = Case.provider_id == case.provider_id if case.provider_id is not None else Case.id == case.id
    return list(session.scalars(query.where(about)))


def clear(session: Session, interest: Interest, *, because: str, by: User) -> None:
    """Let a person work on the provider after all, with the reason. Refused for themselves and for who may not clear; Conflict when
    there is nothing to clear; Invalid without a reason.
    """
    rules.check_clear(by, interest)
    if not because.strip():
        raise Invalid({"because": "Enter why this interest does no harm"})
    case = session.get_one(Case, interest.case_id)
    audit.lock(session, case)
    session.refresh(interest)
    if not rules.stands(interest):
        raise Conflict("Somebody has cleared this interest")
    interest.cleared_at, interest.cleared_by_id, interest.cleared_because = clock.now(), by.id, because.strip()
    session.flush()
    audit.record(session, "interest:cleared", case=case, by=by, detail={"kind": interest.kind.value}, text={"because": because.strip()},
                 subject=interest.id.hex)  # fmt: skip
    mail.to_person(session, interest.user, kind="interest:cleared", case=case, subject=f"Your interest was cleared: {case.reference}",
                   link=f"/cases/{case.reference}")  # fmt: skip
