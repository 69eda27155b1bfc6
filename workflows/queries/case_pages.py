"""Cases as their pages show them: the list a reader may see, and what is stored about one case."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from models import (
    Answer,
    AuditEvent,
    CallIn,
    CandidateGroup,
    Case,
    CaseStatus,
    Comment,
    DecisionRecord,
    DecisionState,
    Document,
    Incident,
    KeyDecision,
    Notice,
    ProcessInstance,
    Report,
    Representation,
    TaskStatus,
    Timer,
    User,
    UserTask,
)
from workflows.errors import NotFound
from workflows.queries import decisions
from workflows.rules import decidable, permissions, status

OPEN_TASK = (TaskStatus.READY, TaskStatus.CLAIMED)
STUCK = "stuck"


@dataclass(frozen=True)
class CaseFilter:
    """What a reader asks of the list; empty values ask for everything. `state` is a case status, a decision state, or `stuck`."""

    kind: str = ""
    state: str = ""
    team: str = ""
    words: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filtered."""
        return not (self.kind or self.state or self.team or self.words)


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
    return found + [_says(word) for word in wanted.words.split()]


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
    query = select(UserTask).where(UserTask.case_id.in_(case_ids), UserTask.status.in_(OPEN_TASK)).options(joinedload(UserTask.assignee))
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


def group_names(session: Session) -> Mapping[str, str]:
    """The name of every candidate group by its key."""
    return {key: name for key, name in session.execute(select(CandidateGroup.key, CandidateGroup.name))}


def passed_steps(session: Session, case: Case) -> frozenset[str]:
    """The ids of the elements of a diagram that a case has gone through: by people, and by the system."""
    recorded = select(AuditEvent.detail).where(AuditEvent.chain == case.id.hex, AuditEvent.kind.in_(["step:completed", "task:completed"]))
    return frozenset(str(detail.get("step", "")) for detail in session.scalars(recorded))


@dataclass(frozen=True)
class Whole:
    """What is stored about one case and its processes, for the pages about it."""

    case: Case
    decision: KeyDecision | None
    standing: decidable.Standing | None
    instances: Sequence[ProcessInstance] = ()
    tasks: Sequence[UserTask] = ()
    timers: Sequence[Timer] = ()
    incidents: Sequence[Incident] = ()
    representations: int = 0
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def main(self) -> ProcessInstance | None:
        """The process the case was opened for."""
        return self.instances[0] if self.instances else None

    @property
    def open_tasks(self) -> list[UserTask]:
        """The tasks that wait for people, the soonest due first."""
        return sorted((task for task in self.tasks if task.status in OPEN_TASK), key=lambda task: (task.due_at, task.created_at))

    def group_of(self, task: UserTask) -> str:
        """The name of the group a task is for."""
        return self.names.get(task.candidate_group, task.candidate_group)

    @property
    def done_tasks(self) -> list[UserTask]:
        """The completed tasks in the order they were completed."""
        done = [task for task in self.tasks if task.status is TaskStatus.COMPLETED and task.completed_at is not None]
        return sorted(done, key=lambda task: (task.completed_at or task.created_at, task.created_at))


def whole(session: Session, case: Case) -> Whole:
    """Everything about a case that its summary and process pages need."""
    decision = decisions.find_of_case(session, case.id)
    instances = session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.case_id == case.id)
        .options(joinedload(ProcessInstance.definition))
        .order_by(ProcessInstance.started_at, ProcessInstance.id)
    ).all()
    return Whole(
        case=case,
        decision=decision,
        standing=decisions.standing(session, decision) if decision else None,
        instances=instances,
        tasks=_tasks(session, case),
        timers=_timers(session, instances),
        incidents=open_incidents(session, case),
        representations=_representations(session, decision),
        names=group_names(session),
    )


def _tasks(session: Session, case: Case) -> Sequence[UserTask]:
    people = (joinedload(UserTask.assignee), joinedload(UserTask.completed_by), joinedload(UserTask.acting_for))
    return session.scalars(select(UserTask).where(UserTask.case_id == case.id).options(*people).order_by(UserTask.created_at, UserTask.id)).all()


def _timers(session: Session, instances: Sequence[ProcessInstance]) -> Sequence[Timer]:
    ids = [instance.id for instance in instances]
    return session.scalars(select(Timer).where(Timer.instance_id.in_(ids)).order_by(Timer.due_at, Timer.id)).all()


def _representations(session: Session, decision: KeyDecision | None) -> int:
    if decision is None:
        return 0
    return session.scalar(select(func.count()).select_from(Representation).where(Representation.decision_id == decision.id)) or 0


def open_incidents(session: Session, case: Case) -> Sequence[Incident]:
    """What keeps a case from going on, the oldest first."""
    return session.scalars(select(Incident).where(Incident.case_id == case.id, Incident.closed_at.is_(None)).order_by(Incident.opened_at)).all()


@dataclass(frozen=True)
class Counts:
    """How much lies behind the tabs of a case."""

    documents: int
    comments: int
    consultations: int


def counts(session: Session, case: Case) -> Counts:
    """How many documents, comments and consulted groups a case has."""
    held = select(func.count()).select_from(Document).where(Document.case_id == case.id, Document.removed_at.is_(None))
    said = select(func.count()).select_from(Comment).where(Comment.case_id == case.id)
    decision = decisions.find_of_case(session, case.id)
    asked = {request.consultee_key for request in decisions.requests(session, decision)} if decision else set()
    return Counts(session.scalar(held) or 0, session.scalar(said) or 0, len(asked))


def documents(session: Session, case: Case) -> Sequence[Document]:
    """The documents of a case that have not been removed, the newest first."""
    query = select(Document).where(Document.case_id == case.id, Document.removed_at.is_(None)).options(joinedload(Document.added_by))
    return session.scalars(query.order_by(Document.added_at.desc(), Document.id)).all()


def document(session: Session, case: Case, document_id: uuid.UUID) -> Document:
    """One document of a case. NotFound for one of another case or one that was removed."""
    found = session.get(Document, document_id)
    if found is None or found.case_id != case.id or found.removed_at is not None:
        raise NotFound("There is no such document on this case")
    return found


def comments(session: Session, case: Case) -> Sequence[Comment]:
    """The comments on a case, the newest first."""
    query = select(Comment).where(Comment.case_id == case.id).options(joinedload(Comment.author))
    return session.scalars(query.order_by(Comment.written_at.desc(), Comment.id)).all()


def answers(session: Session, case: Case) -> Sequence[Answer]:
    """What was answered in each completed task, the newest first."""
    task = joinedload(Answer.task)
    loaded = (task.joinedload(UserTask.definition), task.joinedload(UserTask.acting_for), joinedload(Answer.said_by))
    return session.scalars(select(Answer).where(Answer.case_id == case.id).options(*loaded).order_by(Answer.said_at.desc(), Answer.id)).all()


def reports(session: Session, decision: KeyDecision) -> Sequence[Report]:
    """The versions of a decision's report, the first first."""
    query = select(Report).where(Report.decision_id == decision.id).options(joinedload(Report.written_by))
    return session.scalars(query.order_by(Report.version)).all()


def has_notice(session: Session, decision: KeyDecision) -> bool:
    """Whether a notice of a decision has been published."""
    return session.scalar(select(Notice.id).where(Notice.decision_id == decision.id).limit(1)) is not None
