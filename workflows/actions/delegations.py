"""Who acts for someone who is away, between two days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Delegation, User, clock
from workflows.actions import audit, mail
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import absences
from workflows.rules import permissions, words

PAGE = "/settings/out-of-office"
LONGEST_MESSAGE = 1_000


def add(
    session: Session, person: User, *, to: User, starts_on: date, ends_on: date, by: User, reason: str = "", message: str = ""
) -> Delegation:
    """Let `to` act for `person` from one London day to another, both included, and tell them, with a message from the person.

    Refused for anyone but the person and administrators, and unless both work for the council; Invalid with a message for each wrong field,
    also where the two would act for one another, straight or through others.
    """
    _check_by(person, by)
    permissions.check_stand_in(person, to)
    _check(session, person, to=to, starts_on=starts_on, ends_on=ends_on)
    if len(message.strip()) > LONGEST_MESSAGE:
        raise Invalid({"message": f"The message must be {LONGEST_MESSAGE:,} characters or fewer"})
    delegation = Delegation(
        from_user_id=person.id, to_user_id=to.id, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(), message=message.strip(),
        authorised_by_id=by.id, created_at=clock.now(), ended_at=None, from_user=person, to_user=to,
    )  # fmt: skip
    session.add(delegation)
    session.flush()
    days = {"from": str(person.id), "to": str(to.id), "starts_on": starts_on, "ends_on": ends_on}
    audit.record(session, "delegation:added", case=None, by=by, detail=days, text={"reason": reason.strip()} if reason.strip() else None)
    _tell(session, delegation)
    _tell_those_left(session, person, starts_on, ends_on)
    return delegation


def _tell(session: Session, delegation: Delegation) -> None:
    name = delegation.from_user.name
    days = f"From {words.short_day(delegation.starts_on)} to {words.short_day(delegation.ends_on)} you see the work of {name} and can do it."
    said = f"{name} writes:\n{delegation.message}" if delegation.message else ""
    mail.to_person(session, delegation.to_user, kind="delegation:added", case=None, subject=f"You act for {name}", link=PAGE,
                   body="\n\n".join(part for part in (days, said) if part))  # fmt: skip


def _tell_those_left(session: Session, delegate: User, starts_on: date, ends_on: date) -> None:
    """Tell everyone whose delegate is away on some of their own days: their work falls to their teams meanwhile."""
    for each in _acting(session, delegate, starts_on, ends_on):
        first, last = max(starts_on, each.starts_on), min(ends_on, each.ends_on)
        _tell_uncovered(session, each, f"{delegate.name} is away from {words.short_day(first)} to {words.short_day(last)}")


def _tell_uncovered(session: Session, absence: Delegation, because: str) -> None:
    mail.to_person(session, absence.from_user, kind="delegation:uncovered", case=None, subject=f"Nobody acts for you: {because}", link=PAGE,
                   body="Meanwhile your work falls to the others of your teams, or to whoever manages them. You can name somebody else.")  # fmt: skip


def tell_of_leaver(session: Session, user: User) -> None:
    """Tell everyone for whom a person acts, or was to act, that this person cannot sign in any more."""
    for each in _acting(session, user, clock.today(), date.max):
        _tell_uncovered(session, each, f"{user.name} cannot sign in any more")


def _acting(session: Session, delegate: User, starts_on: date, ends_on: date) -> Sequence[Delegation]:
    touches = (Delegation.starts_on <= ends_on, Delegation.ends_on >= starts_on, Delegation.ended_at.is_(None))
    return session.scalars(select(Delegation).where(Delegation.to_user_id == delegate.id, *touches).order_by(Delegation.starts_on)).all()


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
    elif other := absences.meeting(session, person, starts_on, ends_on):
        days = f"{other[0].starts_on:%-d %B} to {other[0].ends_on:%-d %B %Y}"
        errors["starts_on"] = f"{other[0].to_user.name} acts for you from {days}. End that first"
    elif not errors and (words_of_ring := _ring(session, person, to, starts_on, ends_on)):
        errors["delegate"] = words_of_ring
    if errors:
        raise Invalid(errors)


def _ring(session: Session, person: User, to: User, starts_on: date, ends_on: date) -> str:
    """Why these two would act for one another, straight or through others, on some of these days; empty when they would not."""
    known, waiting = {to.id}, [(to, starts_on, ends_on)]
    while waiting:
        at, first, last = waiting.pop()
        for step in absences.meeting(session, at, first, last):
            if step.to_user_id == person.id:
                return _ring_words(to, step)
            if step.to_user_id not in known:
                known.add(step.to_user_id)
                waiting.append((step.to_user, max(first, step.starts_on), min(last, step.ends_on)))
    return ""


def _ring_words(to: User, step: Delegation) -> str:
    days = f"from {words.short_day(step.starts_on)} to {words.short_day(step.ends_on)}"
    if step.from_user_id == to.id:
        return f"{to.name} cannot act for you: you act for them {days}. Select someone else"
    return f"{to.name} cannot act for you: they are away too, and through {step.from_user.name} their work would come back to you {days}"


def days_uncovered(session: Session, delegation: Delegation) -> Sequence[Delegation]:
    """The absences of the delegate themselves during this one: on those days nobody acts."""
    return absences.meeting(session, delegation.to_user, delegation.starts_on, delegation.ends_on)


def end(session: Session, delegation: Delegation, *, by: User) -> None:
    """End an absence early: from now on nobody acts for the person. Conflict when it has ended already."""
    _check_by(delegation.from_user, by)
    if delegation.ended_at is not None:
        raise Conflict("This absence has ended already")
    delegation.ended_at = clock.now()
    audit.record(session, "delegation:ended", case=None, by=by, detail={"from": str(delegation.from_user_id), "to": str(delegation.to_user_id)})
    session.flush()
    name = delegation.from_user.name
    mail.to_person(session, delegation.to_user, kind="delegation:ended", case=None, subject=f"You no longer act for {name}", link=PAGE,
                   body=f"{name} is back. What you began for them stays with them.")  # fmt: skip
