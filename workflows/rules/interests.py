"""Conflicts of interest: who must declare before working on a provider, and whom a declaration keeps away (domain 4.2 and 4.3)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence

from models import Case, Interest, InterestKind, User, UserTask
from workflows.errors import Refused
from workflows.rules import permissions

ABOUT_A_PROVIDER = frozenset({"provider-application", "suspension", "inspection"})
# Steps of an inspection, and the decisions about the same provider that whoever did them leaves to others for a year (domain 4.2).
INSPECTING = frozenset({"record-visit", "grade-visit"})
APART_FROM_INSPECTING = frozenset({"decide-admission", "decide-status"})
MONTHS_APART = 12
CLEARERS = ("head_of_procurement", "monitoring_officer")
DECLARE = "Before you work on this provider, say whether you have an interest in it"
WAITS = "You cannot do this until somebody else has cleared the interest you declared"
KEPT_AWAY = "You cannot work on this provider because you declared an interest in it"
INSPECTED = "You cannot decide this: you inspected this provider in the last 12 months"


class NotDeclared(Refused):
    """This person has not yet said whether they have an interest (PCR 2015 reg 24; Procurement Act 2023 ss.81-83)."""


def concerns(case: Case) -> bool:
    """Whether staff declare their interests before they work on this case: it is about one provider."""
    return case.kind in ABOUT_A_PROVIDER


def must_declare(user: User, task: UserTask) -> bool:
    """Whether this person declares before this task. What a provider does in its own case is no work of the council."""
    return concerns(task.case) and not permissions.is_provider(user)


def stands(interest: Interest) -> bool:
    """Whether a declared interest is in the way: it says there is one, and nobody has cleared it."""
    return interest.kind is not InterestKind.NONE and interest.cleared_at is None


def check_work(
    task: UserTask, *, by: User, acting_for: User | None, declared: Sequence[Interest], inspectors: Collection[uuid.UUID] = ()
) -> None:
    """Raise Refused when an interest, or an inspection of the provider, keeps this person or whom they act for from the task.

    `declared` are the interests both declared in this case or about its provider; `inspectors` those who inspected the provider in
    the last 12 months. NotDeclared when only the declaration is missing.
    """
    # Acting for a colleague does not get round what keeps the colleague away.
    for person in [by, *([acting_for] if acting_for else [])]:
        found = [interest for interest in declared if interest.user_id == person.id and stands(interest)]
        if found:
            raise Refused(_why(found, person, by))
        if task.bpmn_id in APART_FROM_INSPECTING and person.id in inspectors:
            raise Refused(INSPECTED if person is by else f"You cannot decide this for {person.name}: they inspected this provider")
    if not any(interest.user_id == by.id and interest.case_id == task.case_id for interest in declared):
        raise NotDeclared(DECLARE)


def _why(found: Sequence[Interest], person: User, by: User) -> str:
    if person is not by:
        return f"You cannot do this for {person.name}: they declared an interest in this provider"
    return KEPT_AWAY if is_kept_away(found) else WAITS


def is_kept_away(declared: Sequence[Interest]) -> bool:
    """Whether one of these is an actual conflict that nobody has cleared: its holder does not even see the case."""
    return any(interest.kind is InterestKind.ACTUAL and stands(interest) for interest in declared)


def check_record_for(user: User, person: User) -> None:
    """Raise Refused unless this person may record an interest that a colleague has not declared."""
    if user.id != person.id and not permissions.has_role(user, *CLEARERS):
        raise Refused("Only the Head of Procurement and the Monitoring Officer can record the interest of somebody else")


def problems_of(kind: InterestKind, nature: str, mitigation: str) -> Mapping[str, str]:
    """What is missing from a declaration, as a message for each question."""
    problems = {}
    if kind is not InterestKind.NONE and not nature.strip():
        problems["nature"] = "Enter what the interest is"
    if kind in (InterestKind.POTENTIAL, InterestKind.PERCEIVED) and not mitigation.strip():
        problems["mitigation"] = "Enter what you propose so that it does no harm"
    return problems


def check_clear(user: User, interest: Interest) -> None:
    """Raise Refused unless this person may clear a declared interest: never their own; an actual conflict only the Monitoring Officer."""
    if user.id == interest.user_id:
        raise Refused("You cannot clear an interest that you declared yourself")
    if not permissions.has_role(user, *CLEARERS):
        raise Refused("Only the Head of Procurement and the Monitoring Officer can clear an interest")
    if interest.kind is InterestKind.ACTUAL and not permissions.has_role(user, "monitoring_officer"):
        raise Refused("Only the Monitoring Officer can clear an actual conflict")


def can_clear(user: User, interest: Interest) -> bool:
    """Whether `check_clear` would pass and there is something to clear."""
    try:
        check_clear(user, interest)
    except Refused:
        return False
    return stands(interest)
