"""Timers on our clock: due on a London date, at a moment, or after a length of time, and fired one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import DurationTimerEventDefinition, TimeDateEventDefinition
from SpiffWorkflow.task import Task

from models import clock
from workflows.engine.events import Message
from workflows.engine.language import EvaluationError
from workflows.rules import calendar

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
DURATION = re.compile(r"P(?=.)(?:(\d{1,2})Y)?(?:(\d{1,3})M)?(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?")
DUE = "due"
FIRING = "firing"


def due_moment(value: Any, *, since: datetime) -> datetime:
    """When a timer with this value is due, as an aware UTC moment.

    `2026-03-31` means the start of that day in London; a time without a zone is London time; `P14D` counts from `since`, whole
    days, weeks, months and years on the London calendar so that the time of day stays the same across a clock change.
    EvaluationError for anything else.
    """
    text = str(value).strip()
    if len(text) <= 40 and DATE.fullmatch(text):
        return calendar.london_instant(_date(text))
    found = DURATION.fullmatch(text.upper()) if len(text) <= 40 else None
    if found:
        return _after(since, [int(part or 0) for part in found.groups()])
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise EvaluationError(f"{text[:40]!r} is neither a date such as 2026-03-31 nor a length of time such as P14D") from error
    if moment.tzinfo is None:
        return calendar.london_instant(moment.date(), at=moment.time())
    return moment.astimezone(UTC)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise EvaluationError(f"{text!r} is not a real date") from error


def _after(since: datetime, parts: list[int]) -> datetime:
    years, months, weeks, days, hours, minutes, seconds = parts
    local = since.astimezone(clock.LONDON)
    day = calendar.add_months(local.date(), years * 12 + months) if years or months else local.date()
    moment = calendar.london_instant(day + timedelta(weeks=weeks, days=days), at=local.time()) if any(parts[:4]) else since
    return moment + timedelta(hours=hours, minutes=minutes, seconds=seconds)


class _OnOurClock:
    """Keeps the due moment with the waiting task from the first look on, and fires only when a run says so."""

    def __init__(self, name: str, expression: str, *, element_id: str = "") -> None:
        super().__init__(name, expression)  # type: ignore[call-arg]
        self.expression: str = expression
        self.element_id = element_id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _OnOurClock) and self.element_id == other.element_id

    def __hash__(self) -> int:
        return hash(self.element_id)

    def has_fired(self, my_task: Task) -> bool:
        """Whether this timer has been fired; working out its due moment is all that a look at it does."""
        due = my_task.internal_data.setdefault(DUE, {})
        if self.element_id not in due:
            value = my_task.workflow.script_engine.evaluate(my_task, self.expression)
            due[self.element_id] = due_moment(value, since=clock.now()).isoformat()
        if my_task.internal_data.get(FIRING) == self.element_id:
            my_task.internal_data["event_fired"] = True
        return bool(my_task.internal_data.get("event_fired", False))

    def reset(self, my_task: Task) -> None:
        """Forget a timer that is over."""
        for key in (DUE, FIRING, "event_fired"):
            my_task.internal_data.pop(key, None)


class DateTimer(_OnOurClock, TimeDateEventDefinition):  # type: ignore[misc]
    """Due on a date or at a moment."""


class DurationTimer(_OnOurClock, DurationTimerEventDefinition):  # type: ignore[misc]
    """Due after a length of time."""


def timers_of(my_task: Task) -> Iterator[tuple[DateTimer | DurationTimer, datetime]]:
    """Each timer a waiting task has with its due moment, also those inside an event-based gateway."""
    known = my_task.internal_data.get(DUE, {})
    for definition in _definitions(my_task.task_spec.event_definition):
        if isinstance(definition, DateTimer | DurationTimer) and definition.element_id in known:
            yield definition, datetime.fromisoformat(known[definition.element_id])


def began(value: Any, due: str) -> datetime | None:
    """When a length of time such as `P14D` began that is over at an aware moment in ISO form; None for a value that is no length of time."""
    text = str(value).strip()
    found = DURATION.fullmatch(text.upper()) if len(text) <= 40 else None
    if found is None:
        return None
    return _after(datetime.fromisoformat(due), [-int(part or 0) for part in found.groups()])


def events_of(task_spec: Any) -> list[Any]:
    """The timers and messages that an event or an event-based gateway waits for, as they are drawn."""
    return [each for each in _definitions(task_spec.event_definition) if isinstance(each, DateTimer | DurationTimer | Message)]


def definitions_of(task_spec: Any) -> list[DateTimer | DurationTimer]:
    """The timers among the events of an element."""
    return [each for each in events_of(task_spec) if isinstance(each, DateTimer | DurationTimer)]


def _definitions(definition: Any) -> Iterator[Any]:
    if isinstance(definition, MultipleEventDefinition):
        for inner in definition.event_definitions:
            yield from _definitions(inner)
    else:
        yield definition


def messages_of(my_task: Task) -> list[Message]:
    """The messages a waiting task would take, also those inside an event-based gateway."""
    return [definition for definition in _definitions(my_task.task_spec.event_definition) if isinstance(definition, Message)]


def fire(my_task: Task, element_id: str) -> None:
    """Let one timer of a waiting task go off."""
    my_task.internal_data[FIRING] = element_id
    my_task.task_spec._update(my_task)
