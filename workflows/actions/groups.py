"""Teams, posts and who is in them: added, renamed and ended with dates; a duty of the law never loses its last holder unwarned."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import OPEN_TASKS, CandidateGroup, GroupKind, GroupMembership, User, UserTask, clock
from workflows.actions import audit
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.rules import permissions
from workflows.rules.calendar import date_words

# What the law wants somebody to hold at all times, and where it says so (domain 4.1).
STATUTORY: Mapping[str, str] = {
    "monitoring_officer": "Local Government and Housing Act 1989 s.5",
    "s151_officer": "Local Government Act 1972 s.151",
    "head_of_paid_service": "Local Government and Housing Act 1989 s.4",
    "lead_director": "Children Act 2004 s.18",
    "democratic_services": "SI 2012/2089, the proper officer",
}
LONGEST = 100


class Unheld(Conflict):
    """What was asked for would leave a duty of the law without anybody; it is done when the person says that they know."""


def statutory_loss(session: Session, user: User, keys: Sequence[str], *, on: date) -> str:
    """Which duties of the law nobody would have from a day on if a person left these groups, in words; empty when none."""
    lost = []
    for key in keys:
        group = session.get_one(CandidateGroup, key)
        if group.role in STATUTORY and not _others(session, group, user, on):
            lost.append(f"Nobody would hold {group.name} from {date_words(on)} ({STATUTORY[group.role]})")
    return ". ".join(lost)


def _others(session: Session, group: CandidateGroup, user: User, on: date) -> bool:
    """Whether somebody else has the same role on a day."""
    same = select(CandidateGroup.key).where(CandidateGroup.role == group.role)
    query = select(GroupMembership.id).join(User, User.id == GroupMembership.user_id).where(
        GroupMembership.group_key.in_(same), GroupMembership.user_id != user.id, User.is_active, GroupMembership.starts_on <= on,
        GroupMembership.ends_on.is_(None) | (GroupMembership.ends_on >= on),
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def check_administrators(session: Session, user: User, keys: Sequence[str], *, on: date) -> None:
    """Raise Refused when nobody could look after the system any more."""
    for key in keys:
        group = session.get_one(CandidateGroup, key)
        if group.role in permissions.ADMINISTRATORS and not _others(session, group, user, on):
            raise Refused("This is the last system administrator. Add another one first")


def find(session: Session, key: str) -> CandidateGroup:
    """A team or post of the council. NotFound when there is none, and for the groups of providers."""
    found = session.get(CandidateGroup, key)
    if found is None or found.role in permissions.PROVIDERS:
        raise NotFound("There is no such team or post")
    return found


def save(session: Session, key: str, *, words: Mapping[str, str], ends_on: date | None, by: User, is_new: bool = False) -> CandidateGroup:
    """Add a team or post, or change its words, its manager and its last day. `words` has name, kind, role, manager, email and phone.

    The name before stays known, for lanes of diagrams that bear it. Refused for anyone but system administrators; Invalid with a message
    for each wrong field.
    """
    permissions.check_administer(by)
    found = None if is_new else find(session, key)
    _check(session, key, found, words, ends_on)
    name = " ".join(words["name"].split())
    if found is None:
        found = CandidateGroup(key=key, name=name, kind=GroupKind(words["kind"]), role=words["role"])
        session.add(found)
    elif found.name != name:
        found.former_names, found.name = [*found.former_names, found.name], name
    found.manager_key, found.email, found.phone = words["manager"] or None, words["email"].strip(), words["phone"].strip()
    found.ends_on, found.set_by_id = ends_on, by.id
    session.flush()
    audit.record(session, "group:added" if is_new else "group:changed", case=None, by=by, detail={"group": key, "name": name, "ends_on": ends_on})
    return found


def _check(session: Session, key: str, found: CandidateGroup | None, words: Mapping[str, str], ends_on: date | None) -> None:
    errors: dict[str, str] = {}
    name = " ".join(words["name"].split())
    if not name or len(name) > LONGEST:
        errors["name"] = "Enter the name" if not name else f"The name must be {LONGEST} characters or fewer"
    elif _is_taken(session, name, key):
        errors["name"] = "Another team or post has or had this name"
    if found is None:
        errors |= _problems_of_new(session, key, words)
    if words["manager"] and (session.get(CandidateGroup, words["manager"]) is None or words["manager"] == key):
        errors["manager"] = "Select another team or post"
    if words["email"].strip() and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", words["email"].strip()):
        errors["email"] = "Enter an e-mail address in the form name@example.gov.uk"
    if ends_on is not None and (problem := _problem_with_end(session, found, ends_on)):
        errors["ends_on"] = problem
    if errors:
        raise Invalid(errors)


def _problems_of_new(session: Session, key: str, words: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,40}", key) or session.get(CandidateGroup, key) is not None:
        errors["key"] = "Enter a key of small letters, digits and hyphens that no other team has"
    if words["kind"] not in {each.value for each in GroupKind}:
        errors["kind"] = "Select whether it is a team or a post"
    if words["role"] not in known_roles(session):
        errors["role"] = "Select what its people may do"
    return errors


def known_roles(session: Session) -> list[str]:
    """The roles that teams and posts of the council have."""
    return sorted({role for role in session.scalars(select(CandidateGroup.role)) if role and role not in permissions.PROVIDERS})


def _is_taken(session: Session, name: str, key: str) -> bool:
    rows = session.scalars(select(CandidateGroup).where(CandidateGroup.key != key))
    return any(name in (each.name, each.key, *each.former_names) for each in rows)


def _problem_with_end(session: Session, found: CandidateGroup | None, ends_on: date) -> str:
    if ends_on < clock.today():
        return "The last day must be today or in the future"
    if found is None:
        return ""
    same = select(CandidateGroup.key).where(CandidateGroup.role == found.role, CandidateGroup.key != found.key, CandidateGroup.ends_on.is_(None))
    if found.role in STATUTORY and session.scalar(same.limit(1)) is None:
        return f"The law wants this post: {STATUTORY[found.role]}. Add the one that follows it first"
    waiting = session.scalar(select(UserTask.id).where(UserTask.candidate_group == found.key, UserTask.status.in_(OPEN_TASKS)).limit(1))
    return "It has open tasks. Give them to another team first" if waiting is not None else ""


def join(session: Session, user: User, key: str, *, starts_on: date | None, ends_on: date | None, by: User) -> GroupMembership:
    """Let a person be in a team, or hold a post, from one London day to another, both included.

    Refused for anyone but system administrators; Invalid with a message for each wrong field.
    """
    permissions.check_administer(by)
    errors: dict[str, str] = {}
    group = session.get(CandidateGroup, key)
    if group is None or group.role in permissions.PROVIDERS or (group.ends_on is not None and group.ends_on < clock.today()):
        errors["group"] = "Select a team or post"
    if starts_on is None:
        errors["starts_on"] = "The first day must be a real date"
    elif ends_on is not None and ends_on < starts_on:
        errors["ends_on"] = "The last day must be the same as or after the first day"
    elif not errors and _overlaps(session, user, key, starts_on, ends_on):
        errors["starts_on"] = "They are in it on some of these days already"
    if errors or starts_on is None:
        raise Invalid(errors)
    membership = GroupMembership(group_key=key, starts_on=starts_on, ends_on=ends_on)
    user.memberships.append(membership)
    session.flush()
    audit.record(session, "group:joined", case=None, by=by, detail={"user": str(user.id), "group": key, "starts_on": starts_on, "ends_on": ends_on})
    return membership


def _overlaps(session: Session, user: User, key: str, starts_on: date, ends_on: date | None) -> bool:
    query = select(GroupMembership.id).where(
        GroupMembership.user_id == user.id, GroupMembership.group_key == key,
        GroupMembership.ends_on.is_(None) | (GroupMembership.ends_on >= starts_on),
    )  # fmt: skip
    return session.scalar((query if ends_on is None else query.where(GroupMembership.starts_on <= ends_on)).limit(1)) is not None


def membership(session: Session, membership_id: uuid.UUID) -> GroupMembership:
    """One place in a team or post. NotFound when there is none, and for those of providers."""
    found = session.get(GroupMembership, membership_id)
    if found is None or found.group.role in permissions.PROVIDERS:
        raise NotFound("There is no such place in a team")
    return found


def leave(session: Session, found: GroupMembership, *, ends_on: date | None, by: User, knowing: bool = False) -> None:
    """Set the last day of a person in a team or post.

    Refused for anyone but system administrators and for the last of them; Invalid for a day that cannot be; Unheld when a duty of the law
    would have nobody, unless the person says that they know.
    """
    permissions.check_administer(by)
    if ends_on is None or ends_on < max(found.starts_on, clock.today()):
        raise Invalid({"ends_on": "The last day must be a real date, today or later"})
    after = date.fromordinal(ends_on.toordinal() + 1)
    check_administrators(session, found.user, [found.group_key], on=after)
    lost = statutory_loss(session, found.user, [found.group_key], on=after)
    if lost and not knowing:
        raise Unheld(lost)
    found.ends_on = ends_on
    text = {"warned": lost} if lost else None
    audit.record(
        session, "group:left", case=None, by=by, detail={"user": str(found.user_id), "group": found.group_key, "ends_on": ends_on}, text=text
    )
    session.flush()
