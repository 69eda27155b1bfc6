"""Who is away today, who does their work meanwhile, and to whom it falls when whoever was named cannot do it.

Nothing is moved when somebody goes away: a task keeps its assignee, and for the days of the absence it also stands on the desk of the
delegate, who does it for them. Delegates are not followed further: work never passes through a third person's hands unseen.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from models import CandidateGroup, Delegation, GroupMembership, User, clock
from workflows.rules import permissions


@dataclass(frozen=True)
class StandIn:
    """A colleague who is away and whose work is somebody's today: all of it, or with `groups` only their tasks for these groups.

    `why` says why it is not with the delegate; empty when it is.
    """

    person: User
    until: date
    groups: frozenset[str] | None = None
    why: str = ""

    def covers(self, group_key: str) -> bool:
        """Whether tasks for this group are among them."""
        return self.groups is None or group_key in self.groups


def _running(on: date, row: type[Delegation] = Delegation) -> ColumnElement[bool]:
    return and_(row.ended_at.is_(None), row.starts_on <= on, row.ends_on >= on)


def away_today(session: Session) -> frozenset[uuid.UUID]:
    """The ids of everyone who has somebody to act for them today."""
    return frozenset(session.scalars(select(Delegation.from_user_id).where(_running(clock.today()))))


def why_not(to: User, away: Collection[uuid.UUID]) -> str:
    """Why somebody cannot act for a colleague today, as the end of a sentence about them; empty when they can."""
    if not to.is_active:
        return "cannot sign in any more"
    if not permissions.can_stand_in(to):
        return "is in none of the council's teams any more"
    return "is away too" if to.id in away else ""


def stand_ins(session: Session, user: User) -> list[StandIn]:
    """The absent colleagues whose work is this person's today, by name: as their delegate, or because the delegate cannot do it.

    In the second case the others of a task's team stand in, and where nobody is left in it the group that manages the team. One statement
    for somebody who stands in for nobody.
    """
    found = session.scalars(_wanted(user)).all()
    away = away_today(session) if found else frozenset()
    if user.id in away:
        return []
    uncovered = [each for each in found if why_not(each.to_user, away)]
    own = [StandIn(each.from_user, each.ends_on) for each in found if each.to_user_id == user.id and each not in uncovered]
    present = _present(session, uncovered, away)
    left = [_left_to(user, each, present, why_not(each.to_user, away)) for each in uncovered if each.from_user_id != user.id]
    return sorted([*own, *(each for each in left if each is not None)], key=lambda each: each.person.name)


def _wanted(user: User) -> Select[Delegation]:
    """The absences of today that name this person, or somebody who cannot do it."""
    today, other = clock.today(), aliased(Delegation)
    held = (
        select(GroupMembership.id)
        .join(CandidateGroup, CandidateGroup.key == GroupMembership.group_key)
        .where(GroupMembership.user_id == Delegation.to_user_id, GroupMembership.starts_on <= today)
        .where(or_(GroupMembership.ends_on.is_(None), GroupMembership.ends_on >= today), CandidateGroup.role.not_in(permissions.NEVER_STAND_IN))
    )
    is_away = exists(select(other.id).where(other.from_user_id == Delegation.to_user_id, _running(today, other)))
    cannot = or_(~User.is_active, is_away, ~held.exists())
    return (
        select(Delegation).join(User, User.id == Delegation.to_user_id).where(_running(today), or_(Delegation.to_user_id == user.id, cannot))
    )


def _present(session: Session, uncovered: Sequence[Delegation], away: Collection[uuid.UUID]) -> Mapping[str, set[uuid.UUID]]:
    """Who is there today in each team of people whose delegate cannot act."""
    keys = {key for each in uncovered for key in permissions.groups_of(each.from_user)}
    if not keys:
        return {}
    today = clock.today()
    query = (
        select(GroupMembership.group_key, GroupMembership.user_id)
        .join(User, User.id == GroupMembership.user_id)
        .where(GroupMembership.group_key.in_(sorted(keys)), GroupMembership.starts_on <= today, User.is_active)
        .where(or_(GroupMembership.ends_on.is_(None), GroupMembership.ends_on >= today))
    )
    found: dict[str, set[uuid.UUID]] = {}
    for key, user_id in session.execute(query):
        if user_id not in away:
            found.setdefault(key, set()).add(user_id)
    return found


def _left_to(user: User, absence: Delegation, present: Mapping[str, set[uuid.UUID]], why: str) -> StandIn | None:
    mine = permissions.groups_of(user)
    theirs = [membership.group for membership in permissions.current_memberships(absence.from_user)]
    keys = {group.key for group in theirs if group.key in mine or (not present.get(group.key) and group.manager_key in mine)}
    if not keys:
        return None
    return StandIn(absence.from_user, absence.ends_on, frozenset(keys), f"{absence.to_user.name}, who acts for them, {why}")


def groups_worked_for(session: Session, user: User) -> frozenset[str]:
    """Keys of the groups whose work is this person's today: their own, and those of the colleagues they stand in for."""
    return with_groups(user, stand_ins(session, user))


def with_groups(user: User, found: Iterable[StandIn]) -> frozenset[str]:
    """The same for somebody whose stand-ins are known."""
    keys = permissions.groups_of(user)
    for each in found:
        keys |= permissions.groups_of(each.person) if each.groups is None else each.groups
    return keys


def covering(session: Session, users: Iterable[User]) -> dict[uuid.UUID, Delegation]:
    """The absences of today of those among these people whose delegate can act, by the person's id."""
    ids = [user.id for user in users]
    found = session.scalars(select(Delegation).where(Delegation.from_user_id.in_(ids), _running(clock.today()))).all() if ids else []
    away = away_today(session) if found else frozenset()
    return {each.from_user_id: each for each in found if not why_not(each.to_user, away)}


def of_person(session: Session, user: User) -> Sequence[Delegation]:
    """This person's absences and those of colleagues they act for, running or to come, soonest first."""
    mine = or_(Delegation.from_user_id == user.id, Delegation.to_user_id == user.id)
    still = (Delegation.ends_on >= clock.today(), Delegation.ended_at.is_(None))
    return session.scalars(select(Delegation).where(mine, *still).order_by(Delegation.starts_on, Delegation.id)).all()


def meeting(session: Session, user: User, starts_on: date, ends_on: date) -> Sequence[Delegation]:
    """The absences of a person that touch a span of London days, the first first."""
    touches = (Delegation.starts_on <= ends_on, Delegation.ends_on >= starts_on, Delegation.ended_at.is_(None))
    return session.scalars(select(Delegation).where(Delegation.from_user_id == user.id, *touches).order_by(Delegation.starts_on)).all()
