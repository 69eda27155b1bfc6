"""Cases in lists: those a reader may see, filtered, a page at a time, each with its status and what it waits for."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from models import (
    OPEN_TASKS,
    CallIn,
    CandidateGroup,
    Case,
    CaseStatus,
    DecisionRecord,
    DecisionState,
    Incident,
    InstanceStatus,
    KeyDecision,
    ProcessDefinition,
    ProcessInstance,
    Timer,
    User,
    UserTask,
)
from workflows.rules import permissions, status

STUCK = "stuck"
LONGEST_NUMBER = 9


@dataclass(frozen=True)
class CaseFilter:
    """What a reader asks of the list; empty values ask for everything. `state` is a case status, a decision state, or `stuck`.

    `process` is the key of a process that runs in the case now, `version` the number of its version.
    """

    kind: str = ""
    state: str = ""
    team: str = ""
    words: str = ""
    process: str = ""
    version: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filtered."""
        return not (self.kind or self.state or self.team or self.words or self.process or self.version)


@dataclass(frozen=True)
class ListedCase:
    """A case as one row of a list: its decision's status and what it waits for."""

    case: Case
    decision: KeyDecision | None = None
    status: status.Status | None = None
    tasks: Sequence[UserTask] = ()
    next_timer: Timer | None = None
    is_stuck: bool = False


@dataclass(frozen=True)
class CasePage:
    """Some rows of the list, how many there are in all, and the reference to go on after when there are more."""

    rows: list[ListedCase]
    total: int
    after: str = ""


def visible_to(reader: User) -> ColumnElement[bool]:
    """The condition under which a case exists for a reader; the same rule as `permissions.can_see`, for lists."""
    groups = permissions.groups_of(reader)
    theirs = or_(UserTask.assignee_id == reader.id, UserTask.completed_by_id == reader.id, UserTask.candidate_group.in_(groups))
    works_on_it = exists(select(UserTask.id).where(UserTask.case_id == Case.id, theirs))
    own = or_(Case.team_key.in_(groups), Case.owner_id == reader.id, works_on_it)
    return or_(own, Case.is_restricted.is_(False)) if permissions.is_staff(reader) else own


def list_cases(session: Session, reader: User, wanted: CaseFilter, *, after: str = "", limit: int = 25) -> CasePage:
    """The cases a reader may see that match, the newest first, going on after the case with the reference `after`."""
    query = select(Case).outerjoin(KeyDecision, KeyDecision.case_id == Case.id).where(visible_to(reader), *_conditions(wanted))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    cases = list(session.scalars(_page(session, query, after).options(joinedload(Case.team), joinedload(Case.owner)).limit(limit + 1)))
    more = len(cases) > limit
    cases = cases[:limit]
    return CasePage(rows=in_rows(session, cases), total=total, after=cases[-1].reference if more else "")


def _page(session: Session, query: Select[Case], after: str) -> Select[Case]:
    ordered = query.order_by(Case.opened_at.desc(), Case.reference.desc())
    last = session.scalar(select(Case).where(Case.reference == after)) if after else None
    if last is None:
        return ordered
    same_moment = and_(Case.opened_at == last.opened_at, Case.reference < last.reference)
    return ordered.where(or_(Case.opened_at < last.opened_at, same_moment))


def _conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kind:
        found.append(Case.kind == wanted.kind)
    if wanted.team:
        found.append(Case.team_key == wanted.team)
    if wanted.state:
        found.append(_in_state(wanted.state))
    if wanted.process or wanted.version:
        found.append(_runs(wanted.process, wanted.version))
    return found + [_says(word) for word in wanted.words.split()]


def _runs(key: str, version: str) -> ColumnElement[bool]:
    query = select(ProcessInstance.id).join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    query = query.where(ProcessInstance.case_id == Case.id, ProcessInstance.status == InstanceStatus.RUNNING, ProcessDefinition.key == key)
    if version:
        # A number that no version has asks for no case; one that is too large for the column is none either.
        query = query.where(ProcessDefinition.version == (int(version) if version.isdecimal() and len(version) < LONGEST_NUMBER else 0))
    return exists(query)


def _in_state(state: str) -> ColumnElement[bool]:
    if state == STUCK:
        return exists(select(Incident.id).where(Incident.case_id == Case.id, Incident.closed_at.is_(None)))
    if state in {each.value for each in CaseStatus}:
        return Case.status == CaseStatus(state)
    if state in {each.value for each in DecisionState}:
        return KeyDecision.state == DecisionState(state)
    return Case.id.is_(None)


def _says(word: str) -> ColumnElement[bool]:
    return or_(
        Case.title.icontains(word, autoescape=True),
        Case.reference.icontains(word, autoescape=True),
        KeyDecision.public_reference.icontains(word, autoescape=True),
    )


def in_rows(session: Session, cases: Sequence[Case]) -> list[ListedCase]:
    """These cases with their statuses and open tasks, in the order given."""
    ids = [case.id for case in cases]
    found = {decision.case_id: decision for decision in session.scalars(select(KeyDecision).where(KeyDecision.case_id.in_(ids)))}
    statuses = _statuses(session, list(found.values()))
    tasks = _open_tasks(session, ids)
    stuck = set(session.scalars(select(Incident.case_id).where(Incident.case_id.in_(ids), Incident.closed_at.is_(None))))
    timers = _next_timers(session, ids)
    return [
        ListedCase(case, found.get(case.id), statuses.get(case.id), tasks[case.id], timers.get(case.id), case.id in stuck) for case in cases
    ]


def _statuses(session: Session, found: Sequence[KeyDecision]) -> dict[uuid.UUID, status.Status]:
    ids = [decision.id for decision in found]
    newest: dict[uuid.UUID, DecisionRecord] = {}
    for record in session.scalars(select(DecisionRecord).where(DecisionRecord.decision_id.in_(ids)).order_by(DecisionRecord.version)):
        newest[record.decision_id] = record
    requested: dict[uuid.UUID, list[CallIn]] = defaultdict(list)
    query = select(CallIn).join(DecisionRecord).where(DecisionRecord.decision_id.in_(ids)).options(joinedload(CallIn.record))
    for call_in in session.scalars(query.order_by(CallIn.received_at)):
        requested[call_in.record.decision_id].append(call_in)
    return {decision.case_id: status.status_of(decision, newest.get(decision.id), requested[decision.id]) for decision in found}


def _open_tasks(session: Session, case_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[UserTask]]:
    tasks: dict[uuid.UUID, list[UserTask]] = defaultdict(list)
    query = select(UserTask).where(UserTask.case_id.in_(case_ids), UserTask.status.in_(OPEN_TASKS)).options(joinedload(UserTask.assignee))
    for task in session.scalars(query.order_by(UserTask.due_at, UserTask.id)):
        tasks[task.case_id].append(task)
    return tasks


def _next_timers(session: Session, case_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Timer]:
    query = select(Timer, ProcessInstance.case_id).join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
    found: dict[uuid.UUID, Timer] = {}
    for timer, case_id in session.execute(query.where(ProcessInstance.case_id.in_(case_ids)).order_by(Timer.due_at)):
        found.setdefault(case_id, timer)
    return found


def kinds(session: Session) -> Sequence[str]:
    """The kinds of case there are."""
    return session.scalars(select(Case.kind).distinct().order_by(Case.kind)).all()


def teams(session: Session) -> Sequence[CandidateGroup]:
    """The teams that own cases."""
    return session.scalars(select(CandidateGroup).where(CandidateGroup.key.in_(select(Case.team_key))).order_by(CandidateGroup.name)).all()
