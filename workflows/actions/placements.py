"""Placements: recorded and ended, one row each, without anything about the young person."""

from __future__ import annotations

from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Case, Membership, Placement, Premises, User, clock
from workflows.actions import happenings, providers
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import memberships, placements
from workflows.queries import providers as provider_queries
from workflows.rules import permissions, placing

OLDEST_RECORD = 365  # days: an earlier stay belongs to the social-care record only
NEWEST_RECORD = 90
LONGEST_POST = 80
OF_THE_PREMISES_AGES = "not_registered"  # says that the premises take 16 and 17 year olds without a registered category


def record(
    session: Session, *, reference: str, premises: Premises, starts_on: date, social_worker_post: str, age: int | None, by: User
) -> Placement:
    """Record that a young person stays in premises from a day on. The age is checked and kept nowhere.

    Refused for who may not place, for what the law forbids (under 16, or 16 and 17 without a registered category on that day: Care
    Planning Regulations 2010 regs 27A, 27C) and while anything stands in the way of placements there (table D-10); Invalid with a
    message for each wrong field; Conflict when the last space has just gone.
    """
    permissions.check_place(by)
    tidied = _check(reference, starts_on, social_worker_post, age)
    # Whoever wants the last space waits here for the other, and then sees that it is gone.
    session.flush()
    session.refresh(premises, with_for_update={"of": Premises})
    _check_age(session, premises, starts_on, age or 0)
    _check_open(session, premises, starts_on, age or 0)
    if placements.free_spaces(session, [premises.id], on=starts_on)[premises.id] < 1:
        raise Conflict("The last free space has just been taken. Look for another place")
    made = Placement(
        reference=tidied, premises_id=premises.id, starts_on=starts_on, ends_on=None, social_worker_post=social_worker_post.strip(),
        recorded_by_id=by.id, recorded_at=clock.now(), premises=premises,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as error:
        raise Invalid({"reference": "This reference has a placement that has not ended. End that first"}) from error
    _tell(session, "placement:recorded", made, by=by)
    return made


def _check(reference: str, starts_on: date, post: str, age: int | None) -> str:
    errors, tidied = {}, ""
    try:
        tidied = placing.tidy_reference(reference)
    except ValueError as error:
        errors["reference"] = str(error)
    if age is None or not 0 <= age <= placing.OLDEST:
        errors["age"] = f"Enter the age in years, up to {placing.OLDEST}"
    if not post.strip():
        errors["social_worker_post"] = "Enter the post of the social worker, not a name"
    elif len(post.strip()) > LONGEST_POST:
        errors["social_worker_post"] = f"The post must be {LONGEST_POST} characters or fewer"
    days = (clock.today() - starts_on).days
    if days > OLDEST_RECORD:
        errors["starts_on"] = "The first day must be within the last year"
    elif -days > NEWEST_RECORD:
        errors["starts_on"] = f"The first day must be within the next {NEWEST_RECORD} days"
    if errors:
        raise Invalid(errors)
    return tidied


def _check_age(session: Session, premises: Premises, starts_on: date, age: int) -> None:
    registration = provider_queries.registration_of(session, premises.provider, on=starts_on)
    why = placing.refusal(age, premises, registration, on=starts_on)
    if why:
        raise Refused(why)


def _check_open(session: Session, premises: Premises, starts_on: date, age: int) -> None:
    """Nothing stands in the way today nor on the first day; from 18 on the registration of the premises' category does not matter."""
    if premises.closed_on is not None and premises.closed_on <= starts_on:
        raise Refused("These premises are closed")
    membership = memberships.current(session, premises.provider_id)
    if membership is None:
        raise Refused("This provider is not on the list")
    for day in dict.fromkeys((clock.today(), starts_on)):
        found = memberships.blockers_of(session, membership, premises, on=day)
        counted = [each.words for each in found if age < placing.ADULT or each.code != OF_THE_PREMISES_AGES]
        if counted:
            raise Refused(f"No new placement can be made here. {'. '.join(counted)}")


def end(session: Session, placement: Placement, *, ends_on: date, by: User) -> None:
    """Record the last day of a stay. Refused for who may not place; Invalid for a day before the first; Conflict when it has ended."""
    permissions.check_place(by)
    session.refresh(placement, with_for_update={"of": Placement})
    if placement.ends_on is not None:
        raise Conflict("This placement has ended already")
    if ends_on < placement.starts_on:
        raise Invalid({"ends_on": "The last day must be the same as or after the first day"})
    placement.ends_on = ends_on
    session.flush()
    _tell(session, "placement:ended", placement, by=by)


def ask_for_first_visit(session: Session, membership: Membership, premises: Premises, *, by: User) -> list[Case]:
    """Ask for the visit that must come before the first placement in premises; asking again on the same day does nothing."""
    permissions.check_place(by)
    payload = {"membership": str(membership.id), "premises": str(premises.id)}
    message_id = f"first-visit:{premises.id.hex}:{clock.today().isoformat()}"
    return happenings.announce(session, "FirstPlacementRequested", payload, message_id=message_id, keys={"premises": str(premises.id)}, by=by)


def _tell(session: Session, kind: str, placement: Placement, *, by: User) -> None:
    detail = {"placement": placement.id.hex, "premises": placement.premises.reference}
    providers.record(session, kind, placement.premises.provider, by=by, detail=detail)
