"""Periods after an event: working days, calendar days, both procurement regimes, the end of a month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from workflows.rules.calendar.explanations import Deadline, make_deadline
from workflows.rules.calendar.months import last_of_previous_month
from workflows.rules.calendar.rule import Rule, expect
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

# SI 2015/102 reg 2(3)-(4): a period of those regulations has at least so many working days in it.
PCR_LEAST_WORKING_DAYS = 2


def working_days_after(
    start: date,
    *,
    rule: Rule,
    event: str = "Started",
    closures: Iterable[Closure] = (),
) -> Deadline:
    """The nth working day after a day, which itself does not count: for service levels."""
    expect(rule, "working")
    calendar = find_calendar(rule.calendar or "", closures)
    counted, left_out = take(plain_date(start) + ONE_DAY, rule.count, calendar)
    if counted:
        left_out.append(LeftOut(start, rule.first_day, "first day"))
    return make_deadline(
        rule,
        on=max(counted, default=start),
        bound="latest",
        event=event,
        started_on=start,
        counted=counted,
        left_out=left_out,
        calendar=calendar,
    )


def calendar_days_after(
    start: date,
    *,
    rule: Rule,
    event: str = "Started",
    closures: Iterable[Closure] = (),
) -> Deadline:
    """The nth calendar day after a day, not moved off weekends.

    With `counts_start_day` in the rule the day itself is day 1, as in Procurement Act 2023 ss.53 and 80
    ("beginning with the day on which"). `closures` play no part.
    """
    expect(rule, "calendar", counts_start_day=rule.counts_start_day)
    first = plain_date(start) + timedelta(days=0 if rule.counts_start_day else 1)
    counted = [first + timedelta(days=n) for n in range(rule.count)]
    left_out = [LeftOut(start, rule.first_day, "first day")] if start < first and counted else []
    return make_deadline(
        rule,
        on=max(counted, default=start),
        bound="latest",
        event=event,
        started_on=start,
        counted=counted,
        left_out=left_out,
    )


def pcr_working_days(
    received: date,
    *,
    rule: Rule,
    event: str = "Request received",
    closures: Iterable[Closure] = (),
) -> Deadline:
    """The last day of a period in working days under the Public Contracts Regulations 2015.

    It ends with the nth working day after receipt; a rule of one working day gets the two that reg 2 asks for
    at least. Source: SI 2015/102 regs 2(3)-(4) and 34(16), (17), (25).
    """
    expect(rule, "working", calendar="PCR")
    calendar = find_calendar("PCR", closures)
    counted, left_out = take(plain_date(received) + ONE_DAY, rule.count, calendar)
    left_out.append(LeftOut(received, rule.first_day, "first day"))
    on, passed, notes = _at_least_two(received, max(counted, default=received), calendar)
    return make_deadline(
        rule,
        on=on,
        bound="latest",
        event=event,
        started_on=received,
        counted=counted,
        left_out=left_out + passed,
        calendar=calendar,
        notes=notes,
    )


def pcr_calendar_days(
    start: date,
    *,
    rule: Rule,
    event: str = "Notice sent",
    closures: Iterable[Closure] = (),
) -> Deadline:
    """The last day of a period in days under the Public Contracts Regulations 2015.

    The day of the event does not count; an end on a day that is not a working day runs on to the end of the
    next working day; at least two working days are in it. Source: SI 2015/102 reg 2(3)-(4).
    """
    expect(rule, "calendar", calendar="PCR")
    calendar = find_calendar("PCR", closures)
    counted = [plain_date(start) + timedelta(days=n) for n in range(1, rule.count + 1)]
    end = max(counted, default=start)
    rolled, passed = roll(end, calendar, step=ONE_DAY)
    notes = [_runs_on(passed[0], rolled)] if passed else []
    on, also_passed, more = _at_least_two(start, rolled, calendar)
    left_out = [
        LeftOut(start, rule.first_day, "first day"),
        *(day for day in passed + also_passed if day.on > end),
    ]
    return make_deadline(
        rule,
        on=on,
        bound="latest",
        event=event,
        started_on=start,
        counted=counted,
        left_out=left_out,
        calendar=calendar,
        notes=notes + more,
    )


def pa23_working_days(
    published: date, *, rule: Rule, event: str = "Notice published", closures: Iterable[Closure] = ()
) -> Deadline:
    """The last day of a period in working days that counts the day of the event as day 1.

    Such a period is one "beginning with the day on which" something happens. Where that is not a working day,
    the first working day after it is day 1. Source: Procurement Act 2023 ss.51(2), 76(2), 123(1).
    """
    expect(rule, "working", calendar="UK_ANY", counts_start_day=True)
    calendar = find_calendar("UK_ANY", closures)
    counted, left_out = take(plain_date(published), rule.count, calendar)
    return make_deadline(
        rule,
        on=max(counted, default=published),
        bound="latest",
        event=event,
        started_on=published,
        counted=counted,
        left_out=left_out,
        calendar=calendar,
    )


def representations_close(
    decision_month: date,
    *,
    rule: Rule,
    event: str = "Month of the decision",
    closures: Iterable[Closure] = (),
) -> Deadline:
    """The end of the last day of the month before the one a decision is due in; takes any day of that month.

    Source: the practice of forward plans, which ask for representations by the beginning of the month.
    `closures` play no part.
    """
    expect(rule, "previous_month_end")
    on = last_of_previous_month(decision_month)
    return make_deadline(rule, on=on, bound="latest", event=event, started_on=decision_month.replace(day=1))


def _at_least_two(start: date, end: date, calendar: Calendar) -> tuple[date, list[LeftOut], list[str]]:
    """An end with two working days or more after the start, the days off passed over, a note if it moved."""
    needed, passed = take(start + ONE_DAY, PCR_LEAST_WORKING_DAYS, calendar)
    least = needed[-1]
    if least <= end:
        return end, [], []
    least_words = f"A period must have at least {PCR_LEAST_WORKING_DAYS} working days in it"
    note = f"{least_words}, so this one runs until the end of {date_words(least)}."
    return least, [day for day in passed if day.on > end], [note]


def _runs_on(off: LeftOut, until: date) -> str:
    return f"{not_working_words(off)}, so the period runs until the end of {date_words(until)}."
