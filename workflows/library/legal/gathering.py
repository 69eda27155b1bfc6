"""The history of a case from its rows: its tasks, and the steps that its trail holds."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, InstanceStatus, ProcessInstance, TaskStatus, Timer, UserTask
from workflows.library.legal.book import Book
from workflows.library.legal.calling import with_calls
from workflows.library.legal.history import Doing, History

KINDS = ("step:completed", "task:completed", "task:cancelled", "consultation:overridden", "process:moved")
LAST = float("inf")
AT_ONCE = timedelta(seconds=30)  # an override and the completion that follows it in the same transaction
Key = tuple[datetime, float]


@dataclass(frozen=True)
class Event:
    """An event of the trail, as far as a history needs it."""

    sequence: int
    kind: str
    at: datetime
    by_id: uuid.UUID | None
    subject: str
    detail: Mapping[str, Any]


def events_of(session: Session, case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Event]]:
    """The events of some cases that a history is made of, in order, by case. One statement."""
    chains = {case_id.hex: case_id for case_id in case_ids}
    columns = (AuditEvent.chain, AuditEvent.sequence, AuditEvent.kind, AuditEvent.at, AuditEvent.by_id, AuditEvent.subject, AuditEvent.detail)
    query = select(*columns).where(AuditEvent.chain.in_(list(chains)), AuditEvent.kind.in_(KINDS)).order_by(AuditEvent.chain, AuditEvent.sequence)
    found: dict[uuid.UUID, list[Event]] = defaultdict(list)
    for chain, *values in session.execute(query):
        found[chains[chain]].append(Event(*values))
    return found


def history_of(
    book: Book, instance: ProcessInstance, tasks: Iterable[UserTask], timers: Iterable[Timer], events: Sequence[Event]
) -> History:  # fmt: skip
    """What happened in one instance, the calls and the ways told from it."""
    own = [each for each in events if _is_of(book, instance, each)]
    marked = _in_order([*_of_tasks(book, [task for task in tasks if task.instance_id == instance.id], events), *_of_steps(own)])
    ended = len(marked) * 2 + 1 if instance.status is not InstanceStatus.RUNNING else None
    if ended is not None:
        marked = [replace(each, over=ended) if each.is_open else each for each in marked]
    doings = with_calls(book, marked)
    ways = {flow: place for flow in book.flows for roads in book.roads.values() if (place := roads.taken(flow, doings)) is not None}
    due = {timer.bpmn_id: timer.due_at for timer in timers if timer.instance_id == instance.id}
    return History(tuple(doings), ways, due, ended, instance.ended_at)


def _is_of(book: Book, instance: ProcessInstance, event: Event) -> bool:
    """Whether a step was passed by this instance: the trail is the case's, which may hold several."""
    within = event.at >= instance.started_at and (instance.ended_at is None or event.at <= instance.ended_at)
    return event.kind == "step:completed" and within and event.detail.get("process", book.key) in book.roads


@dataclass(frozen=True)
class _Marked:
    """A doing with the two moments that give it its places; `end` is None while it is open."""

    doing: Doing
    begin: Key
    end: Key | None


def _in_order(found: Sequence[_Marked]) -> list[Doing]:
    keys = sorted({key for each in found for key in (each.begin, each.end) if key is not None})
    places = {key: place for place, key in enumerate(keys, 1)}
    doings = [
        replace(each.doing, begun=places[each.begin], over=None if each.end is None else places[each.end]) for each in found
    ]
    return sorted(doings, key=lambda each: each.begun)


def _of_steps(events: Iterable[Event]) -> list[_Marked]:
    return [
        _Marked(
            Doing(str(event.detail.get("step", "")), 0, 0, is_done=True, at=event.at, process=str(event.detail.get("process", ""))),
            (event.at, event.sequence), (event.at, event.sequence),
        )
        for event in events
    ]  # fmt: skip


def _of_tasks(book: Book, tasks: Sequence[UserTask], events: Sequence[Event]) -> list[_Marked]:
    done = {event.subject: event for event in events if event.kind == "task:completed"}
    gone = {key: event for event in events if event.kind == "task:cancelled" for key in event.detail.get("tasks", ())}
    overrides = [event for event in events if event.kind == "consultation:overridden"]
    by_moment: dict[datetime, list[Event]] = defaultdict(list)
    for event in events:
        by_moment[event.at].append(event)
    found = []
    for task in tasks:
        end = _end(task, done.get(task.id.hex), gone.get(task.id.hex))
        found.append(_of_task(task, _begin(book, task, end, by_moment[task.created_at]), end, overrides))
    return found


def _end(task: UserTask, done: Event | None, gone: Event | None) -> Key | None:
    """When a task was over. Without an event, as of rows that were brought in, the row's own moments count."""
    if task.status is TaskStatus.COMPLETED:
        return (done.at, done.sequence) if done else (task.completed_at or task.created_at, 0)
    if task.status is TaskStatus.CANCELLED:
        return (gone.at, gone.sequence) if gone else (task.created_at, LAST)
    return None


def _begin(book: Book, task: UserTask, end: Key | None, same_moment: Sequence[Event]) -> Key:
    """When a task began to wait: after all that is written of that moment, or after the step it follows where more was done within it."""
    key = str(task.properties.get("process", book.key))
    follows = book.roads[key].leading_to(task.bpmn_id) if same_moment and key in book.roads else set()
    came = [each.sequence for each in same_moment if each.detail.get("step") in follows and (end is None or (each.at, each.sequence) < end)]
    if came:
        return task.created_at, max(came) + 0.5
    if end is not None and end <= (task.created_at, LAST):
        return (end[0], end[1] - 0.5) if end[1] != LAST else (end[0], 0)
    return task.created_at, LAST


def _of_task(task: UserTask, begin: Key, end: Key | None, overrides: Sequence[Event]) -> _Marked:
    is_done = task.status is TaskStatus.COMPLETED
    doing = Doing(
        task.bpmn_id, 0, is_done=is_done, at=task.completed_at, people=_people(task), who=_who(task), group=task.candidate_group,
        process=str(task.properties.get("process", "")), due_at=task.due_at, overridden=is_done and _is_overridden(task, overrides),
    )  # fmt: skip
    return _Marked(doing, begin, end)


def _people(task: UserTask) -> frozenset[str]:
    ids = (task.completed_by_id, task.acting_for_id) if task.status is TaskStatus.COMPLETED else (task.assignee_id,)
    return frozenset(each.hex for each in ids if each is not None)


def _who(task: UserTask) -> str:
    person = task.completed_by if task.status is TaskStatus.COMPLETED else task.assignee
    if person is None:
        return ""
    return f"{person.name} for {task.acting_for.name}" if task.acting_for and task.status is TaskStatus.COMPLETED else person.name


def _is_overridden(task: UserTask, overrides: Sequence[Event]) -> bool:
    return any(
        event.by_id == task.completed_by_id and event.detail.get("consultee") == task.candidate_group and task.completed_at is not None
        and abs(event.at - task.completed_at) < AT_ONCE
        for event in overrides
    )  # fmt: skip
