"""Notice before a decision in clear days, counted on from its publication."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from workflows.rules.calendar.explanations import Deadline, make_deadline
from workflows.rules.calendar.rule import Rule, expect
from workflows.rules.calendar.words import date_words, not_working_words
from workflows.rules.calendar.working_days import (
    ONE_DAY,
    Closure,
    LeftOut,
    find_calendar,
    plain_date,
    roll,
    take,
    working_day_on_or_after,
)


def clear_calendar_days(
    published: date,
    *,
    rule: Rule,
    event: str = "Notice published",
    closures: Iterable[Closure] = (),
) -> Deadline:
    """The first lawful day after so many clear calendar days.

    Neither the day of publication nor that of decision counts. Weekends and holidays do, and the day found is
    not moved: where it is not a working day of the rule's calendar (if it has one), a note names the next.
    Source: SI 2012/2089 reg 9(2); that its 28 clear days are calendar days is practice.
    """
    expect(rule, "clear_calendar")
    counted = [plain_date(published) + timedelta(days=n) for n in range(1, rule.count + 1)]
    on = published + timedelta(days=rule.count + 1)
    calendar = find_calendar(rule.calendar, closures) if rule.calendar else None
    notes = []
    if calendar and (off := calendar.day_off(on)):
        usual = date_words(working_day_on_or_after(on, calendar))
        notes.append(f"{not_working_words(off)}. The next working day is {usual}.")
    left_out = [LeftOut(published, rule.first_day, "first day"), LeftOut(on, rule.end_day, "last day")]
    return make_deadline(
        rule,
        on=on,
        bound="earliest",
        event=event,
        started_on=published,
        counted=counted,
        left_out=left_out,
        calendar=calendar,
        notes=notes,
    )


def clear_working_days(
    published: date,
    *,
    rule: Rule,
    event: str = "Notice published",
    closures: Iterable[Closure] = (),
) -> Deadline:
    """The first lawful working day after so many clear working days.

    Neither the day of publication nor that of decision counts. Source: SI 2012/2089 reg 10(1)(c); that its
    five clear days are working days is practice.
    """
    expect(rule, "clear_working")
    calendar = find_calendar(rule.calendar or "", closures)
    counted, left_out = take(plain_date(published) + ONE_DAY, rule.count, calendar)
    on, passed = roll((counted[-1] if counted else published) + ONE_DAY, calendar, step=ONE_DAY)
    ends = [LeftOut(published, rule.first_day, "first day"), LeftOut(on, rule.end_day, "last day")]
    return make_deadline(
        rule,
        on=on,
        bound="earliest",
        event=event,
        started_on=published,
        counted=counted,
        left_out=ends + left_out + passed,
        calendar=calendar,
    )
