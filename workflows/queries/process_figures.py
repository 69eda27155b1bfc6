"""What the record holds for the figures of a process, counted by the database: where cases stand, how long steps took, which ways were taken."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, cast, exists, extract, func, or_, select
from sqlalchemy.orm import Session

from models import OPEN_TASKS, Case, InstanceStatus, Interest, InterestKind, ProcessDefinition, ProcessInstance, TaskStatus, User, UserTask
from workflows.errors import NotFound
from workflows.queries import case_list

MOST_ROWS = 50_000


@dataclass(frozen=True)
class Version:
    """One version of a process without its files."""

    id: uuid.UUID
    number: int
    name: str


@dataclass(frozen=True)
class Scope:
    """What is counted: some versions of a process, from `since` (aware, included) to `until`. `callers` are the versions of other
    processes that call them, each with the version it calls.
    """

    key: str
    every: tuple[Version, ...]
    chosen: tuple[Version, ...]
    callers: Mapping[uuid.UUID, uuid.UUID]
    since: datetime
    until: datetime

    @property
    def ids(self) -> list[uuid.UUID]:
        """The ids of the chosen versions."""
        return [each.id for each in self.chosen]

    @property
    def runs_on(self) -> list[uuid.UUID]:
        """The ids of all versions whose instances may stand in the process: its own, and those that call it."""
        return [*self.ids, *(caller for caller in self.callers if caller not in self.ids)]

    def version_of(self, definition_id: uuid.UUID) -> uuid.UUID:
        """The chosen version that an instance of this definition runs in."""
        return definition_id if definition_id in self.ids else self.callers[definition_id]


@dataclass(frozen=True)
class Done:
    """A step of people in the time asked for: how often it was done, in how many cases, and how often after it was due."""

    times: int
    cases: int
    late: int


@dataclass(frozen=True)
class Taken:
    """How often an element was passed or a way taken, and in how many cases."""

    times: int
    cases: int


@dataclass(frozen=True)
class Began:
    """The cases of a version that began in the time asked for and stand so now; `ended_as` is the id of their end, empty while they run."""

    status: InstanceStatus
    ended_as: str
    cases: int


def scope(session: Session, key: str, *, number: int | None, since: datetime, until: datetime) -> Scope:
    """One version of a process, or all when no number is given. NotFound when there is no such process or version."""
    rows = session.execute(
        select(ProcessDefinition.id, ProcessDefinition.key, ProcessDefinition.version, ProcessDefinition.name, ProcessDefinition.calls)
    ).all()
    every = sorted((Version(row.id, row.version, row.name) for row in rows if row.key == key), key=lambda each: -each.number)
    chosen = [each for each in every if number is None or each.number == number]
    if not chosen:
        raise NotFound("There is no such version of this process" if every else "There is no such process")
    wanted = {each.id for each in chosen}
    called = {row.id: uuid.UUID(row.calls[key]) for row in rows if key in row.calls}
    callers = {caller: own for caller, own in called.items() if own in wanted}
    return Scope(key, tuple(every), tuple(chosen), callers, since, until)


def diagrams(session: Session, scope: Scope) -> dict[uuid.UUID, str]:
    """The BPMN XML of each chosen version, the newest first, without the rest of their files."""
    query = select(ProcessDefinition.id, ProcessDefinition.files["process.bpmn"].as_string()).where(ProcessDefinition.id.in_(scope.ids))
    return {definition_id: xml for definition_id, xml in session.execute(query.order_by(ProcessDefinition.version.desc()))}


def sees_every_case(session: Session, reader: User, scope: Scope) -> bool:
    """Whether this reader may see every case that is counted. An interest of theirs that stands hides a case too."""
    counted = Case.id.in_(select(ProcessInstance.case_id).where(ProcessInstance.definition_id.in_(scope.runs_on)))
    conflict = (Interest.user_id == reader.id, Interest.kind == InterestKind.ACTUAL, Interest.cleared_at.is_(None))
    # A provider is hidden in each of its cases, whichever the interest was declared in.
    kept_away = exists(select(Interest.id).where(*conflict, or_(Interest.case_id == Case.id, Interest.provider_id == Case.provider_id)))
    hidden = select(Case.id).where(counted, or_(and_(Case.is_restricted, ~case_list.visible_to(reader)), kept_away))
    return session.scalar(hidden.limit(1)) is None


def standing(session: Session, scope: Scope, *, begun: bool = False) -> list[tuple[uuid.UUID, Sequence[str], int]]:
    """Where running cases stand now: version, elements, and how many cases stand exactly there; only those begun in the time when told."""
    query = select(ProcessInstance.definition_id, ProcessInstance.live, func.count()).where(
        ProcessInstance.status == InstanceStatus.RUNNING, ProcessInstance.definition_id.in_(scope.runs_on)
    )
    if begun:
        query = query.where(_begun(scope))
    rows = session.execute(query.group_by(ProcessInstance.definition_id, ProcessInstance.live))
    return [(scope.version_of(definition_id), live, count) for definition_id, live, count in rows]


def times(session: Session, scope: Scope) -> Sequence[tuple[str, float, float]]:
    """The step, its beginning and its end in seconds since 1970, of each task done in the time: the newest when there are very many."""
    columns = UserTask.bpmn_id, _seconds(UserTask.created_at), _seconds(UserTask.completed_at)
    query = select(*columns).where(*_finished(scope)).order_by(UserTask.completed_at.desc()).limit(MOST_ROWS)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def done(session: Session, scope: Scope) -> dict[str, Done]:
    """What was done in the time, by step."""
    late = func.sum(_when(UserTask.completed_at > UserTask.due_at))
    counts = func.count(), func.count(UserTask.instance_id.distinct()), late
    query = select(UserTask.bpmn_id, *counts).where(*_finished(scope)).group_by(UserTask.bpmn_id)
    return {step: Done(times, cases, int(overdue)) for step, times, cases, overdue in session.execute(query)}


def count_with_work_done(session: Session, scope: Scope) -> int:
    """In how many cases any step was done in the time."""
    return session.scalar(select(func.count(UserTask.instance_id.distinct())).where(*_finished(scope))) or 0


def began(session: Session, scope: Scope) -> dict[uuid.UUID, list[Began]]:
    """The cases that began in the time, by version and by how they stand now. Runs inside other processes are none: see `passed`."""
    columns = ProcessInstance.definition_id, ProcessInstance.status, func.coalesce(ProcessInstance.ended_as, "")
    query = select(*columns, func.count()).where(ProcessInstance.definition_id.in_(scope.ids), _begun(scope)).group_by(*columns)
    found: dict[uuid.UUID, list[Began]] = {}
    for definition_id, status, ended_as, count in session.execute(query):
        found.setdefault(definition_id, []).append(Began(status, ended_as, count))
    return found


def lengths(session: Session, scope: Scope) -> Sequence[tuple[uuid.UUID, float, float]]:
    """Version, beginning and end in seconds since 1970 of the cases that began in the time and came to their end."""
    columns = ProcessInstance.definition_id, _seconds(ProcessInstance.started_at), _seconds(ProcessInstance.ended_at)
    ended = ProcessInstance.definition_id.in_(scope.ids), ProcessInstance.status == InstanceStatus.COMPLETED, _begun(scope)
    query = select(*columns).where(*ended).order_by(ProcessInstance.ended_at.desc()).limit(MOST_ROWS)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def worked_on(session: Session, scope: Scope) -> dict[uuid.UUID, tuple[int, int]]:
    """Of the cases that began in the time, by version: how many had any work for people, and in how many a step was or is overdue."""
    is_late = or_(UserTask.completed_at > UserTask.due_at, and_(UserTask.status.in_(OPEN_TASKS), UserTask.due_at < scope.until))
    overdue = case((is_late, UserTask.instance_id))
    query = _work(scope, UserTask.definition_id, func.count(UserTask.instance_id.distinct()), func.count(overdue.distinct()))
    rows = session.execute(query.where(UserTask.status != TaskStatus.CANCELLED).group_by(UserTask.definition_id))
    return {definition_id: (cases, late) for definition_id, cases, late in rows}


def done_again(session: Session, scope: Scope) -> dict[uuid.UUID, int]:
    """Of the cases that began in the time, by version: in how many the same step was done more than once, as after being sent back."""
    one_step = UserTask.definition_id, UserTask.instance_id, UserTask.bpmn_id, UserTask.label
    again = _work(scope, UserTask.definition_id, UserTask.instance_id).where(UserTask.status == TaskStatus.COMPLETED)
    found = again.group_by(*one_step).having(func.count() > 1).subquery()
    query = select(found.c.definition_id, func.count(found.c.instance_id.distinct())).group_by(found.c.definition_id)
    return {definition_id: cases for definition_id, cases in session.execute(query)}


def passed(session: Session, scope: Scope, *, called_only: bool = False) -> dict[uuid.UUID, dict[str, Taken]]:
    """What cases that began in the time passed, by version: elements by id, ways as `gateway>element`.

    `called_only` counts only where another process called this one.
    """
    runs_on = [each for each in scope.runs_on if each not in scope.ids] if called_only else scope.runs_on
    wanted = ProcessInstance.definition_id.in_(runs_on), _begun(scope)
    rows = session.scalars(select(ProcessInstance.passed).where(*wanted).order_by(ProcessInstance.started_at.desc()).limit(MOST_ROWS))
    counts = {each.hex: (Counter[str](), Counter[str]()) for each in scope.ids}
    # Added up here: a database takes several times as long to take such small documents apart.
    for passed in rows:
        for version, found in passed.items():
            if version in counts:
                cases, again = counts[version]
                cases.update(found.keys())
                again.update({what: times - 1 for what, times in found.items() if times > 1})
    return {
        uuid.UUID(version): {what: Taken(count + again[what], count) for what, count in cases.items()}
        for version, (cases, again) in counts.items()
        if cases
    }


def count_begun(session: Session, scope: Scope) -> tuple[int, int]:
    """How many cases began in the time, those of the processes that call this one included; and of how many nothing was noted on their way."""
    nothing = cast(ProcessInstance.passed, ProcessInstance.stuck_at.type) == "{}"
    query = select(func.count(), func.coalesce(func.sum(_when(nothing)), 0))
    begun, unknown = session.execute(query.where(ProcessInstance.definition_id.in_(scope.runs_on), _begun(scope))).one()
    return begun, int(unknown)


def _work(scope: Scope, *columns: Any) -> Any:
    query = select(*columns).join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    return query.where(UserTask.definition_id.in_(scope.ids), _begun(scope))


def _begun(scope: Scope) -> ColumnElement[bool]:
    return and_(ProcessInstance.started_at >= scope.since, ProcessInstance.started_at <= scope.until)


def _finished(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    # Only what was completed has a moment at which it was; the index of the figures holds all that is asked of these rows.
    return UserTask.definition_id.in_(scope.ids), UserTask.completed_at >= scope.since, UserTask.completed_at <= scope.until


def _seconds(moment: Any) -> ColumnElement[float]:
    return cast(extract("epoch", moment), Float)


def _when(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
