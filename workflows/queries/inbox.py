"""The lists of tasks a person works from, a page at a time, and how many there are.

Each list is read as one ordered, limited look-up a group or person, joined by UNION ALL, so that a page costs the same however
many tasks wait (`IN (groups)`, OR and OFFSET read everything). A cursor is the place of a task: its due time and its id.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, Subquery, Uuid, and_, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from models import OPEN_TASKS, CandidateGroup, Case, CaseStatus, Draft, TaskStatus, User, UserTask, clock
from models.base import Instant
from workflows.queries import absences
from workflows.queries.absences import StandIn
from workflows.rules import permissions
from workflows.rules.duties import Doer

ListName = Literal["mine", "unassigned", "team", "waiting", "done"]
PAGE = 25
MOST_COUNTED = 1000

Assignee = aliased(User, name="assignee")
Group = aliased(CandidateGroup, name="task_group")


@dataclass(frozen=True)
class Place:
    """Where a task stands in its list: a cursor."""

    due_at: datetime
    id: uuid.UUID


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; empty texts narrow nothing."""

    kind: str = ""
    group: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.kind or self.group or self.text)


@dataclass(frozen=True)
class Item:
    """A task as a list shows it."""

    id: uuid.UUID
    name: str
    label: str
    bpmn_id: str
    properties: dict[str, Any]
    status: TaskStatus
    due_at: datetime
    completed_at: datetime | None
    group_key: str
    group: str
    assignee_id: uuid.UUID | None
    assignee: str
    case_id: uuid.UUID
    reference: str
    title: str
    kind: str
    has_draft: bool = False

    @property
    def place(self) -> Place:
        """Its place in its list."""
        return Place(self.due_at, self.id)


@dataclass(frozen=True)
class Page:
    """One page of a list in its order, and whether there is more before and after it."""

    items: Sequence[Item]
    has_more: bool = False
    has_before: bool = False


@dataclass(frozen=True)
class TeamCount:
    """What waits in one of a reader's teams."""

    key: str
    name: str
    unassigned: int
    overdue: int


@dataclass(frozen=True)
class Counts:
    """How many tasks the lists hold, each counted to `MOST_COUNTED` at most."""

    mine: int = 0
    unassigned: int = 0
    team: int = 0
    waiting: int = 0
    teams: Sequence[TeamCount] = field(default_factory=tuple)


@dataclass(frozen=True)
class Desk:
    """A reader with the colleagues they act for today, and the groups whose work is theirs.

    `left` are colleagues whose delegate cannot do it: of their work only that for some groups is the reader's.
    """

    reader: User
    absent: Sequence[User] = ()
    left: Sequence[StandIn] = ()

    @classmethod
    def of(cls, session: Session, reader: User) -> Desk:
        """The desk of a reader as it is today."""
        found = absences.stand_ins(session, reader)
        return cls(reader, [each.person for each in found if each.groups is None], [each for each in found if each.groups is not None])

    @property
    def own_groups(self) -> list[str]:
        """The reader's own groups."""
        return sorted(permissions.groups_of(self.reader))

    @property
    def groups(self) -> list[str]:
        """The reader's groups and those of the colleagues they act for."""
        left = (each.groups or frozenset() for each in self.left)
        return sorted(permissions.groups_of(self.reader).union(*(permissions.groups_of(each) for each in self.absent), *left))

    @property
    def people(self) -> list[uuid.UUID]:
        """The reader and the colleagues they act for."""
        return [self.reader.id, *(each.id for each in self.absent)]

    def acting_name(self, item: Item) -> str:
        """The name of the colleague on whose behalf a task is on this desk; empty when it is the reader's own."""
        if item.assignee_id == self.reader.id or (item.assignee_id is None and item.group_key in permissions.groups_of(self.reader)):
            return ""
        owner = next((each for each in self.absent if each.id == item.assignee_id), None)
        if owner is None and item.assignee_id is None:
            owner = next((each for each in self.absent if item.group_key in permissions.groups_of(each)), None)
        if owner is None:
            owner = next((each.person for each in self._left_with(item)), None)
        return owner.name if owner else ""

    def why_here(self, item: Item) -> str:
        """Why a task of an absent colleague is on this desk and not on their delegate's; empty for every other task."""
        return next((each.why for each in self._left_with(item)), "") if self.acting_name(item) else ""

    def _left_with(self, item: Item) -> list[StandIn]:
        mine = [each for each in self.left if each.covers(item.group_key)]
        return [each for each in mine if item.assignee_id is None or item.assignee_id == each.person.id]


Branch = Select[uuid.UUID, datetime]


def page(
    session: Session,
    desk: Desk,
    name: ListName,
    *,
    only: Filter = Filter(),
    after: Place | None = None,
    before: Place | None = None,
    size: int = PAGE,
) -> Page:
    """A page of a list: soonest due first, at equal times by reference; `done` newest first. One statement.

    `after` and `before` are the places of the last and the first task of the page next to it.
    """
    branches = LISTS[name](desk)
    if not branches:
        return Page([])
    backwards = before is not None
    order = _Order(descending=backwards != (name == "done"), column=UserTask.completed_at if name == "done" else UserTask.due_at)
    narrowed = [_narrow(branch, only) for branch in branches]
    ids = _merge([order.cut(branch, before or after, size + 1) for branch in narrowed])
    rows = session.execute(order.sort(_with_everything(ids, desk.reader)).limit(size + 1)).all()
    found = [Item(*row) for row in rows[:size]]
    more = len(rows) > size
    if backwards:
        return Page(_in_order(found[::-1], name), has_more=True, has_before=more)
    return Page(_in_order(found, name), has_more=more, has_before=after is not None)


def _in_order(items: list[Item], name: ListName) -> list[Item]:
    if name == "done":
        return items
    return sorted(items, key=lambda item: (item.due_at, item.reference, item.id.hex))


@dataclass(frozen=True)
class _Order:
    """The order of a list by one time and the task's id, and the part of it beyond a place."""

    descending: bool
    column: Any

    def cut(self, branch: Branch, beyond: Place | None, size: int) -> Branch:
        if beyond is not None:
            here = tuple_(self.column, UserTask.id)
            there = tuple_(literal(beyond.due_at, Instant()), literal(beyond.id, Uuid()))
            branch = branch.where(here < there if self.descending else here > there)
        limited: Branch = self.sort(branch).limit(size)
        return limited

    def sort(self, query: Any) -> Any:
        columns = (self.column, UserTask.id)
        return query.order_by(*(column.desc() if self.descending else column for column in columns))


def _merge(branches: Sequence[Branch]) -> Subquery:
    parts = [select(branch.subquery(f"part_{number}")) for number, branch in enumerate(branches)]
    return (union_all(*parts) if len(parts) > 1 else parts[0]).subquery("found")


def _with_everything(ids: Subquery, reader: User) -> Select[Any]:
    has_draft = select(Draft.id).where(Draft.task_id == UserTask.id, Draft.user_id == reader.id).exists()
    return (
        select(
            UserTask.id, UserTask.name, UserTask.label, UserTask.bpmn_id, UserTask.properties, UserTask.status, UserTask.due_at,
            UserTask.completed_at, UserTask.candidate_group, Group.name, UserTask.assignee_id, func.coalesce(Assignee.name, ""),
            UserTask.case_id, Case.reference, Case.title, Case.kind, has_draft,
        )
        .select_from(ids)
        .join(UserTask, UserTask.id == ids.c.id)
        .join(Case, Case.id == UserTask.case_id)
        .join(Group, Group.key == UserTask.candidate_group)
        .outerjoin(Assignee, Assignee.id == UserTask.assignee_id)
    )  # fmt: skip


def _base(*conditions: Any) -> Branch:
    return select(UserTask.id, UserTask.due_at).where(*conditions)


def _of_group(key: str, status: TaskStatus) -> Branch:
    return _base(UserTask.candidate_group == key, UserTask.status == status)


def _of_person(user_id: uuid.UUID, status: TaskStatus) -> Branch:
    return _base(UserTask.assignee_id == user_id, UserTask.status == status)


def _mine(desk: Desk) -> list[Branch]:
    left = [
        _of_person(each.person.id, TaskStatus.CLAIMED).where(UserTask.candidate_group.in_(sorted(each.groups or ()))) for each in desk.left
    ]
    return [*(_of_person(each, TaskStatus.CLAIMED) for each in desk.people), *left]


def _unassigned(desk: Desk) -> list[Branch]:
    return [_of_group(key, TaskStatus.READY) for key in desk.groups]


def _team(desk: Desk) -> list[Branch]:
    return [_of_group(key, status) for key in desk.own_groups for status in OPEN_TASKS]


def _waiting(desk: Desk) -> list[Branch]:
    others = UserTask.candidate_group.not_in(desk.own_groups)
    owned = (Case.owner_id == desk.reader.id, Case.status == CaseStatus.OPEN)
    return [_base(UserTask.status == status, others).join(Case, Case.id == UserTask.case_id).where(*owned) for status in OPEN_TASKS]


def _done(desk: Desk) -> list[Branch]:
    return [_of_person(desk.reader.id, TaskStatus.COMPLETED)]


LISTS: dict[ListName, Callable[[Desk], list[Branch]]] = {
    "mine": _mine, "unassigned": _unassigned, "team": _team, "waiting": _waiting, "done": _done,
}  # fmt: skip


def _narrow(branch: Branch, only: Filter) -> Branch:
    if only.group:
        branch = branch.where(UserTask.candidate_group == only.group)
    if not (only.kind or only.text):
        return branch
    case = aliased(Case)
    branch = branch.join(case, case.id == UserTask.case_id)
    if only.kind:
        branch = branch.where(case.kind == only.kind)
    if only.text:
        columns = (UserTask.name, UserTask.label, case.reference, case.title)
        branch = branch.where(or_(*(column.icontains(only.text, autoescape=True) for column in columns)))
    return branch


def counts(session: Session, desk: Desk) -> Counts:
    """How many tasks each list and each of the reader's teams hold, in one statement."""
    now, own = clock.now(), desk.own_groups
    wanted: dict[tuple[str, str], list[Branch]] = {
        ("mine", ""): _mine(desk), ("unassigned", ""): _unassigned(desk), ("team", ""): _team(desk), ("waiting", ""): _waiting(desk),
    }  # fmt: skip
    for key in own:
        wanted["team unassigned", key] = [_of_group(key, TaskStatus.READY)]
        wanted["team overdue", key] = [_of_group(key, status).where(UserTask.due_at < now) for status in OPEN_TASKS]
    found = _count_all(session, wanted)
    names = {membership.group_key: membership.group.name for membership in desk.reader.memberships}
    return Counts(
        mine=found.get(("mine", ""), 0),
        unassigned=found.get(("unassigned", ""), 0),
        team=found.get(("team", ""), 0),
        waiting=found.get(("waiting", ""), 0),
        teams=[TeamCount(key, names[key], found.get(("team unassigned", key), 0), found.get(("team overdue", key), 0)) for key in own],
    )


def _count_all(session: Session, wanted: dict[tuple[str, str], list[Branch]]) -> dict[tuple[str, str], int]:
    parts = [
        select(literal(what).label("what"), literal(key).label("key"), func.count().label("count")).select_from(branch.limit(MOST_COUNTED).subquery())
        for (what, key), branches in wanted.items()
        for branch in branches
    ]
    found: dict[tuple[str, str], int] = {}
    for what, key, number in session.execute(union_all(*parts)):
        found[what, key] = min(MOST_COUNTED, found.get((what, key), 0) + number)
    return found


def doers_of(session: Session, items: Iterable[Item]) -> dict[uuid.UUID, dict[str, list[Doer]]]:
    """For each task with a four-eyes rule, who did the steps that its doer must not have done. One statement, or none."""
    ruled = {item.id: (item.case_id, str(item.properties["differentFrom"]).split()) for item in items if item.properties.get("differentFrom")}
    if not ruled:
        return {}
    rows = session.execute(
        select(UserTask.case_id, UserTask.bpmn_id, UserTask.name, UserTask.completed_by_id, UserTask.acting_for_id).where(
            and_(UserTask.case_id.in_({case_id for case_id, _ in ruled.values()}), UserTask.status == TaskStatus.COMPLETED),
            UserTask.bpmn_id.in_({step for _, steps in ruled.values() for step in steps}),
        )
    ).all()
    found: dict[uuid.UUID, dict[str, list[Doer]]] = {task_id: {} for task_id in ruled}
    for task_id, (case_id, steps) in ruled.items():
        for row in rows:
            if row.case_id == case_id and row.bpmn_id in steps:
                people = frozenset(each for each in (row.completed_by_id, row.acting_for_id) if each is not None)
                found[task_id].setdefault(row.bpmn_id, []).append(Doer(row.name, people))
    return found
