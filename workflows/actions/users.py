"""People who sign in: added, disabled, given a password, and what they prefer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, GroupMembership, User, clock
from workflows.actions import audit, delegations, leavers, sign_ins
from workflows.actions import groups as council_groups
from workflows.errors import Invalid
from workflows.rules import mail_kinds, passwords, permissions

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def add(
    session: Session,
    *,
    email: str,
    name: str,
    by: User | None,
    job_title: str = "",
    groups: tuple[str, ...] = (),
    password: str | None = None,
    is_demo: bool = False,
    cheap_hash: bool = False,
) -> User:
    """Add a person to some candidate groups from today on; without a password they cannot sign in yet.

    Raises Invalid with a message for each wrong field.
    """
    email = email.strip().lower()
    _check_new(session, email=email, name=name, groups=groups)
    user = User(
        email=email,
        name=name.strip(),
        job_title=job_title,
        password_hash=None,
        is_demo=is_demo,
        created_at=clock.now(),
        last_signed_in_at=None,
    )
    session.add(user)
    for key in groups:
        user.memberships.append(GroupMembership(group_key=key, starts_on=clock.today(), ends_on=None))
    session.flush()
    audit.record(
        session, "user:added", case=None, by=by, detail={"user": str(user.id), "groups": list(groups)}
    )
    if password is not None:
        set_password(session, user, password=password, by=by, cheap_hash=cheap_hash)
    return user


def _check_new(session: Session, *, email: str, name: str, groups: tuple[str, ...]) -> None:
    errors = {}
    if not ADDRESS.fullmatch(email):
        errors["email"] = "Enter an e-mail address in the form name@example.gov.uk"
    elif session.scalar(select(User.id).where(User.email == email)):
        errors["email"] = "Someone with this e-mail address is here already"
    if not name.strip():
        errors["name"] = "Enter the person's name"
    known = set(session.scalars(select(CandidateGroup.key)))
    if not set(groups) <= known:
        errors["groups"] = f"There is no group called {', '.join(sorted(set(groups) - known))}"
    if errors:
        raise Invalid(errors)


def set_password(
    session: Session, user: User, *, password: str, by: User | None, cheap_hash: bool = False
) -> None:
    """Give a person a new password and end all their sign-ins. Raises Invalid with what is wrong with the
    password."""
    problem = passwords.problem(password, about=(user.name, user.email, user.job_title))
    if problem:
        raise Invalid({"new_password": problem})
    user.password_hash = passwords.store(password, cheap=cheap_hash)
    sign_ins.end_all(session, user)
    audit.record(session, "user:password_set", case=None, by=by, detail={"user": str(user.id)})
    session.flush()


def disable(session: Session, user: User, *, by: User | None) -> int:
    """Keep a person out from their next request on. What they did stays; the tasks they hold go back to their teams, and it says how many."""
    user.is_active = False
    sign_ins.end_all(session, user)
    audit.record(session, "user:disabled", case=None, by=by, detail={"user": str(user.id)})
    session.flush()
    went_back = leavers.put_back_all(session, user, by=by)
    delegations.tell_of_leaver(session, user)
    return went_back


def choose_mail(session: Session, user: User, *, choices: Mapping[str, str]) -> None:
    """Remember how a person wants the mails of some topics. Invalid with a message for each topic whose answer is not on offer."""
    offered = {topic.key: topic for topic in mail_kinds.topics_for(provider=permissions.is_provider(user)) if not topic.fixed}
    wrong = {key: "Select how you want to hear of this" for key, value in choices.items() if key in offered and value not in offered[key].choices}
    if wrong:
        raise Invalid(wrong)
    kept = {key: value for key, value in choices.items() if key in offered}
    before = user.preferences.get(mail_kinds.PREFERENCE) or {}
    prefer(session, user, choices={mail_kinds.PREFERENCE: {**before, **kept}})


def enable(session: Session, user: User, *, by: User) -> None:
    """Let a person in again."""
    permissions.check_administer(by)
    user.is_active = True
    audit.record(session, "user:enabled", case=None, by=by, detail={"user": str(user.id)})
    session.flush()


def change(session: Session, user: User, *, name: str, job_title: str, by: User) -> None:
    """Change what a person is called and what their job is. Invalid without a name."""
    permissions.check_administer(by)
    if not name.strip():
        raise Invalid({"name": "Enter the person's name"})
    user.name, user.job_title = " ".join(name.split())[:100], " ".join(job_title.split())[:100]
    audit.record(session, "user:changed", case=None, by=by, detail={"user": str(user.id)})
    session.flush()


def leave(session: Session, user: User, *, by: User, knowing: bool = False) -> int:
    """Keep a person out, as `disable`, for administrators on a page; how many tasks went back to their teams.

    Refused for the last system administrator; Unheld when a duty of the law would have nobody, unless the person says that they know.
    """
    permissions.check_administer(by)
    keys = [each.group_key for each in permissions.current_memberships(user)]
    council_groups.check_administrators(session, user, keys, on=clock.today())
    lost = council_groups.statutory_loss(session, user, keys, on=clock.today())
    if lost and not knowing:
        raise council_groups.Unheld(lost)
    return disable(session, user, by=by)


def prefer(session: Session, user: User, *, choices: dict[str, Any]) -> None:
    """Remember what a person set for themselves; it changes nothing for anyone else and is not audited."""
    user.preferences = {**user.preferences, **choices}
    session.flush()
