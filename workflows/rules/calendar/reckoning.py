"""A period from its rule alone, so that a row of parameters can say how it is counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Protocol

from workflows.rules.calendar.explanations import Deadline, until
from workflows.rules.calendar.notice import clear_calendar_days, clear_working_days
from workflows.rules.calendar.periods import (
    calendar_days_after,
    pa23_working_days,
    pcr_calendar_days,
    pcr_working_days,
    representations_close,
    working_days_after,
)
from workflows.rules.calendar.rule import Rule
from workflows.rules.calendar.working_days import Closure


class _Period(Protocol):
    def __call__(
        self, start: date, /, *, rule: Rule, event: str, closures: Iterable[Closure]
    ) -> Deadline: ...


def reckon(
    rule: Rule, start: date, *, event: str, at: time | None = None, closures: Iterable[Closure] = ()
) -> Deadline:
    """The deadline that a rule gives for something that happened (or will happen) on a London date.

    `event` says what.

    By unit: clear_calendar and clear_working give the first lawful day, the others the last day, until `at`
    London time if given. Days of the calendar PCR follow SI 2015/102 reg 2; working days of UK_ANY that count
    the start day follow the Procurement Act 2023; previous_month_end is the end of the month before the
    start's. Raises ValueError for `at` with a first lawful day.
    """
    deadline = _period(rule)(start, rule=rule, event=event, closures=closures)
    return deadline if at is None else until(deadline, at)


def _period(rule: Rule) -> _Period:
    match rule.unit:
        case "clear_calendar":
            return clear_calendar_days
        case "clear_working":
            return clear_working_days
        case "previous_month_end":
            return representations_close
        case "calendar":
            return pcr_calendar_days if rule.calendar == "PCR" else calendar_days_after
        case "working" if rule.calendar == "PCR":
            return pcr_working_days
        case "working":
            return pa23_working_days if rule.counts_start_day else working_days_after
