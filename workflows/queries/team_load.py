"""What each person of a team has to do, who is away, and the team's open tasks: for whoever hands out the work."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from models import OPEN_TASKS, CandidateGroup, Delegation, User, UserTask, clock
from workflows.errors import NotFound
from workflows.queries import absences, people
from workflows.rules import calendar, permissions

MOST = 200


@dataclass(frozen=True)
class Load:
    """The open tasks of one person of a team, or with nobody the unassigned ones; the absence is one that runs today."""

    person: User | None
    open: int = 0
    overdue: int = 0
    this_week: int = 0
    absence: Delegation | None = None
    is_covered: bool = True


def teams_led_by(session: Session, user: User) -> Sequence[CandidateGroup]:
    """The groups whose work a person hands out, by name: those they manage, and those of theirs that nobody manages."""
    mine = sorted(permissions.groups_of(user))
    own = CandidateGroup.key.in_(mine) & CandidateGroup.manager_key.is_(None)
    query = select(CandidateGroup).where(CandidateGroup.manager_key.in_(mine) | own).order_by(CandidateGroup.name)
    return [group for group in session.scalars(query) if permissions.can_lead(user, group)]


def team_for(session: Session, user: User, key: str) -> CandidateGroup:
    """A group for whoever hands out its work. NotFound when there is none; Refused for everybody else."""
    group = session.get(CandidateGroup, key)
    if group is None:
        raise NotFound("There is no such team")
    permissions.check_lead(user, group)
    return group


def end_of_week(today: date) -> datetime:
    """The last moment of the Sunday that a London date comes before, or is."""
    return calendar.london_instant(today + timedelta(days=7 - today.weekday()))


def of_team(session: Session, group: CandidateGroup) -> list[Load]:
    """One line for each person of the team and for whoever else has its tasks, the most loaded first; then the unassigned ones."""
    now = clock.now()
    overdue = func.sum(case((UserTask.due_at < now, 1), else_=0))
    this_week = func.sum(case(((UserTask.due_at >= now) & (UserTask.due_at < end_of_week(clock.today())), 1), else_=0))
    rows = session.execute(
        select(UserTask.assignee_id, func.count(), overdue, this_week)
        .where(UserTask.candidate_group == group.key, UserTask.status.in_(OPEN_TASKS))
        .group_by(UserTask.assignee_id)
    ).all()
    found = {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}
    here = {user.id: user for user in people.members(session, group.key)}
    others = [each for each in found if each is not None and each not in here]
    here |= {user.id: user for user in session.scalars(select(User).where(User.id.in_(others)))} if others else {}
    running, away = _running(session, here.values()), absences.away_today(session)
    loads = [_load(user, found.get(user.id, (0, 0, 0)), running.get(user.id), away) for user in here.values()]
    return [*sorted(loads, key=lambda each: (-each.open, each.person.name if each.person else "")), Load(None, *found.get(None, (0, 0, 0)))]


def _running(session: Session, users: Iterable[User]) -> dict[uuid.UUID, Delegation]:
    ids = [user.id for user in users]
    today = clock.today()
    still = (Delegation.ended_at.is_(None), Delegation.starts_on <= today, Delegation.ends_on >= today)
    return {each.from_user_id: each for each in session.scalars(select(Delegation).where(Delegation.from_user_id.in_(ids), *still))}


def _load(user: User, numbers: tuple[int, int, int], absence: Delegation | None, away: frozenset[uuid.UUID]) -> Load:
    covered = absence is None or not absences.why_not(absence.to_user, away)
    return Load(user, *numbers, absence=absence, is_covered=covered)


def tasks_of(session: Session, group: CandidateGroup, *, person: uuid.UUID | None = None, unassigned: bool = False) -> Sequence[UserTask]:
    """The open tasks of a team, soonest due first, up to `MOST`: all of them, one person's, or the unassigned ones."""
    query = select(UserTask).where(UserTask.candidate_group == group.key, UserTask.status.in_(OPEN_TASKS))
    if unassigned:
        query = query.where(UserTask.assignee_id.is_(None))
    elif person is not None:
        query = query.where(UserTask.assignee_id == person)
    loaded = (joinedload(UserTask.case), joinedload(UserTask.assignee))
    return session.scalars(query.options(*loaded).order_by(UserTask.due_at, UserTask.id).limit(MOST)).all()
