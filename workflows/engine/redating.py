"""Dates that a running case knows and waits for, set anew where what they were worked out from has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import clock
from workflows.engine import timers
from workflows.engine.running import Run

# A value by its name and as it is now.
Known = tuple[str, str]


@dataclass(frozen=True)
class MovedTimer:
    """A timer that is due at another moment now; both are aware."""

    name: str
    before: datetime
    after: datetime


def redate(run: Run, changes: Mapping[Known, str], *, of: Known | None = None) -> list[MovedTimer]:
    """Put new values in the place of old ones wherever the case knows them, and let its timers follow; the timers that moved.

    With `of`, only for one of a list that is gone through: the name it has for each, and the key of that one. A timer whose value is still
    the same keeps its moment, also where a new look at it would give another one.
    """
    before = {(task.id, timer.element_id): _value(task, timer) for task, timer, _ in _running(run)}
    for data in _all_data(run):
        if of is not None and not _is_about(data, of):
            continue
        for (name, old), new in changes.items():
            if data.get(name) == old:
                data[name] = new
    moved = []
    for task, timer, due_at in list(_running(run)):
        value = _value(task, timer)
        if value != before[task.id, timer.element_id]:
            moment = timers.due_moment(value, since=clock.now())
            task.internal_data[timers.DUE][timer.element_id] = moment.isoformat()
            moved.append(MovedTimer(timer.name or timer.element_id, due_at, moment))
    return moved


def _is_about(data: Mapping[str, Any], of: Known) -> bool:
    name, key = of
    item = data.get(name)
    return isinstance(item, Mapping) and item.get("key") == key


def _running(run: Run) -> Iterator[tuple[Any, Any, datetime]]:
    for task in run._catching():
        for timer, due_at in timers.timers_of(task):
            yield task, timer, due_at


def _value(task: Any, timer: Any) -> Any:
    return task.workflow.script_engine.evaluate(task, timer.expression)


def _all_data(run: Run) -> Iterator[dict[str, Any]]:
    """Every copy the case has of what it knows: each branch carries one, and so does what they came from."""
    for workflow in [run.workflow, *run.workflow.subprocesses.values()]:
        yield workflow.data
        for task in workflow.tasks.values():
            yield task.data
