"""Who acts for someone who is away, between two days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Delegation, User, clock
from workflows.actions import audit, mail
from workflows.errors import Conflict, Invalid, Refused
from workflows.rules import permissions


def add(session: Session, person: User, *, to: User, starts_on: date, ends_on: date, reason: str, by: User) -> Delegation:
    """Let `to` act for `person` from one London day to another, both included, and tell them.

    Refused for anyone but the person and administrators, and unless both work for the council; Invalid with a message for each wrong field.
    """
    _check_by(person, by)
    permissions.check_stand_in(person, to)
    _check(session, person, to=to, starts_on=starts_on, ends_on=ends_on)
    delegation = Delegation(
        from_user_id=person.id, to_user_id=to.id, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(), authorised_by_id=by.id,
        created_at=clock.now(), ended_at=None,
    )  # fmt: skip
    session.add(delegation)
    session.flush()
    days = {"from": str(person.id), "to": str(to.id), "starts_on": starts_on, "ends_on": ends_on}
    audit.record(session, "delegation:added", case=None, by=by, detail=days, text={"reason": reason.strip()} if reason.strip() else None)
    mail.to_person(session, to, kind="delegation:added", case=None, subject=f"You act for {person.name}", link="/settings",
                   body=f"From {starts_on:%-d %B %Y} to {ends_on:%-d %B %Y} you see the work of {person.name} and can do it.")  # fmt: skip
    return delegation


def _check_by(person: User, by: User) -> None:
    if by.id != person.id and not permissions.can_administer(by):
        raise Refused("Only the person who is away, or a system administrator, can say who acts for them")


def _check(session: Session, person: User, *, to: User, starts_on: date, ends_on: date) -> None:
    errors = {}
    if to.id == person.id:
        errors["delegate"] = "Select someone else: nobody acts for themselves"
    elif not to.is_active:
        errors["delegate"] = f"{to.name} cannot sign in any more. Select someone else"
    if ends_on < starts_on:
        errors["ends_on"] = "The last day must be the same as or after the first day"
    elif ends_on < clock.today():
        errors["ends_on"] = "The last day must be today or in the future"
    elif (other := _overlapping(session, person, starts_on, ends_on)) is not None:
        errors["starts_on"] = f"{other.to_user.name} acts for you from {other.starts_on:%-d %B} to {other.ends_on:%-d %B %Y}. End that first"
    if errors:
        raise Invalid(errors)


def _overlapping(session: Session, person: User, starts_on: date, ends_on: date) -> Delegation | None:
    return session.scalars(
        select(Delegation)
        .where(Delegation.from_user_id == person.id, Delegation.ended_at.is_(None))
        .where(Delegation.starts_on <= ends_on, Delegation.ends_on >= starts_on)
        .limit(1)
    ).first()


def end(session: Session, delegation: Delegation, *, by: User) -> None:
    """End an absence early: from now on nobody acts for the person. Conflict when it has ended already."""
    _check_by(delegation.from_user, by)
    if delegation.ended_at is not None:
        raise Conflict("This absence has ended already")
    delegation.ended_at = clock.now()
    audit.record(session, "delegation:ended", case=None, by=by, detail={"from": str(delegation.from_user_id), "to": str(delegation.to_user_id)})
    session.flush()
