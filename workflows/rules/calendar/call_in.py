"""Call-in after a decision is published: the last day to ask for it, and when the decision takes effect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time

from workflows.rules.calendar.explanations import Deadline, make_deadline, until
from workflows.rules.calendar.periods import working_days_after
from workflows.rules.calendar.rule import Rule
from workflows.rules.calendar.words import date_words
from workflows.rules.calendar.working_days import ONE_DAY, Closure, find_calendar


def call_in_last_day(
    published: date,
    *,
    rule: Rule,
    cut_off: time | None = None,
    event: str = "Decision published",
    closures: Iterable[Closure] = (),
) -> Deadline:
    """The last day to call a decision in: the nth working day after it was published.

    `cut_off` is a London time; without it the whole day is open. Source: LGA 2000 s.9F and the council's
    constitution, which sets the number and the hour.
    """
    rule = replace(rule, start_day=rule.start_day or "day of publication")
    last = working_days_after(published, rule=rule, event=event, closures=closures)
    return last if cut_off is None else until(last, cut_off)


def call_in_effective_day(
    published: date,
    *,
    rule: Rule,
    event: str = "Decision published",
    closures: Iterable[Closure] = (),
) -> Deadline:
    """The day a decision takes effect when nobody calls it in: the day after the last call-in day.

    It is not moved off a weekend or holiday: councils publish Saturdays. Source: as `call_in_last_day`.
    """
    last = call_in_last_day(published, rule=rule, event=event, closures=closures)
    on = last.on + ONE_DAY
    told = f"The last day to call the decision in is {date_words(last.on)}."
    note = f"{told} It takes effect the day after, which may be a weekend or a holiday."
    return make_deadline(
        rule,
        on=on,
        bound="earliest",
        event=event,
        started_on=published,
        counted=last.explanation.counted,
        left_out=last.explanation.left_out,
        calendar=find_calendar(last.explanation.calendar, closures),
        notes=[note],
    )
