"""Notice before a decision, counted back from the day somebody wants to decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from workflows.rules.calendar.explanations import Deadline, make_deadline
from workflows.rules.calendar.rule import Rule
from workflows.rules.calendar.words import date_words, not_working_words
from workflows.rules.calendar.working_days import (
    ONE_DAY,
    Calendar,
    Closure,
    LeftOut,
    find_calendar,
    plain_date,
    roll,
    take,
)


def latest_publication_day(
    decision: date,
    *,
    rule: Rule,
    event: str = "Decision planned",
    closures: Iterable[Closure] = (),
) -> Deadline:
    """The last working day on which a notice can be published in time for a decision day.

    Takes a rule in clear calendar or clear working days, with a calendar either way (else ValueError):
    notices are published on working days. Clear working days are counted back from the last working day on or
    before the decision day. Source: SI 2012/2089 regs 9(2), 10(1)(c).
    """
    if rule.unit not in ("clear_calendar", "clear_working") or rule.calendar is None:
        raise ValueError(f"Rule {rule.id} needs clear days and a calendar to count back from a decision")
    calendar = find_calendar(rule.calendar, closures)
    end, counted, left_out, notes = _count_back(plain_date(decision), rule, calendar)
    before = (counted[-1] if counted else end) - ONE_DAY
    on, passed = roll(before, calendar, step=-ONE_DAY)
    if passed and rule.unit == "clear_calendar":
        notes.append(f"{not_working_words(passed[0])}, so publish by {date_words(on)}.")
    ends = [LeftOut(on, rule.first_day, "first day"), LeftOut(end, rule.end_day, "last day")]
    return make_deadline(
        rule,
        on=on,
        bound="latest",
        event=event,
        started_on=decision,
        counted=counted,
        left_out=[*ends, *left_out, *passed],
        calendar=calendar,
        notes=notes,
    )


def _count_back(
    decision: date, rule: Rule, calendar: Calendar
) -> tuple[date, list[date], list[LeftOut], list[str]]:
    """The day counted back from, the days counted (latest first), those left out on the way, and notes."""
    if rule.unit == "clear_calendar":
        return decision, [decision - timedelta(days=n) for n in range(1, rule.count + 1)], [], []
    end, late = roll(decision, calendar, step=-ONE_DAY)
    counted, passed = take(end - ONE_DAY, rule.count, calendar, step=-ONE_DAY)
    notes = [f"{not_working_words(late[0])}, so the count goes back from {date_words(end)}."] if late else []
    return end, counted, late + passed, notes
