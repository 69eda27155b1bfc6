"""People and their groups: who is in a group, who may be acted for today."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, GroupKind, GroupMembership, User, clock
from workflows.queries import absences


def members(session: Session, group_key: str) -> Sequence[User]:
    """The active people of a candidate group today, by name."""
    today = clock.today()
    return session.scalars(
        select(User)
        .join(GroupMembership, GroupMembership.user_id == User.id)
        .where(GroupMembership.group_key == group_key, GroupMembership.starts_on <= today, User.is_active)
        .where((GroupMembership.ends_on.is_(None)) | (GroupMembership.ends_on >= today))
        .order_by(User.name)
        .distinct()
    ).all()


def maker_name(session: Session, group_key: str) -> str:
    """Who decides as a notice must name them: the holder of a post, the newest of several; of a body all its members (reg 9(1)(c)).

    Nothing for a vacant post or a body without members.
    """
    group = session.get(CandidateGroup, group_key)
    if group is None or group.kind is not GroupKind.POST:
        return ", ".join(user.name for user in members(session, group_key))
    today = clock.today()
    newest = session.scalar(
        select(User.name)
        .join(GroupMembership, GroupMembership.user_id == User.id)
        .where(GroupMembership.group_key == group_key, GroupMembership.starts_on <= today, User.is_active)
        .where((GroupMembership.ends_on.is_(None)) | (GroupMembership.ends_on >= today))
        .order_by(GroupMembership.starts_on.desc())
        .limit(1)
    )
    return newest or ""


def absent_for(session: Session, user: User) -> Sequence[User]:
    """The absent colleagues this person acts for today as their delegate, by name."""
    return [each.person for each in absences.stand_ins(session, user) if each.groups is None]


def manager_of(session: Session, group_key: str) -> str | None:
    """The key of the group that manages a candidate group."""
    return session.scalar(select(CandidateGroup.manager_key).where(CandidateGroup.key == group_key))


def group_names(session: Session) -> dict[str, str]:
    """The name of every candidate group by its key."""
    return {row.key: row.name for row in session.execute(select(CandidateGroup.key, CandidateGroup.name))}


def groups(session: Session) -> Sequence[CandidateGroup]:
    """All candidate groups by name."""
    return session.scalars(select(CandidateGroup).order_by(CandidateGroup.name)).all()
