"""The worked examples of the design: one row a trap, with the date that the law gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.calendar_rules import a_rule, on
from workflows.rules import calendar

CUT_OFF = time(16)


def notice(published: date) -> date:
    return calendar.clear_calendar_days(published, rule=a_rule(28, "clear_calendar", "EW")).on


def notice_by(decision: date) -> date:
    return calendar.latest_publication_day(decision, rule=a_rule(28, "clear_calendar", "EW")).on


def exception(published: date) -> date:
    return calendar.clear_working_days(published, rule=a_rule(5, "clear_working", "EW")).on


def call_in(days: int) -> Callable[[date], tuple[date, date]]:
    rule = a_rule(days, "working", "EW")
    return lambda published: (
        calendar.call_in_last_day(published, rule=rule).on,
        calendar.call_in_effective_day(published, rule=rule).on,
    )


def pcr_working(days: int) -> Callable[[date], date]:
    return lambda received: calendar.pcr_working_days(received, rule=a_rule(days, "working", "PCR")).on


def pcr_days(days: int) -> Callable[[date], date]:
    return lambda sent: calendar.pcr_calendar_days(sent, rule=a_rule(days, "calendar", "PCR")).on


def standstill(published: date) -> date:
    rule = a_rule(8, "working", "UK_ANY", counts_start_day=True)
    return calendar.pa23_working_days(published, rule=rule).on


def scrutiny_papers(asked: date) -> date:
    return calendar.calendar_days_after(asked, rule=a_rule(10, "calendar")).on


def rows(table: Sequence[tuple[Any, ...]]) -> list[Any]:
    """The rows of a table of examples, each test named by its first column."""
    return [pytest.param(*row[1:], id=row[0]) for row in table]


EXAMPLES = [
    ("1", notice, "Mon 28 Sep 2020", "Tue 27 Oct 2020"),
    ("2", notice, "Tue 16 Feb 2021", "Wed 17 Mar 2021"),
    ("3", notice, "Fri 26 Nov 2021", "Sat 25 Dec 2021"),
    ("4 Good Friday", notice, "Thu 05 Mar 2026", "Fri 03 Apr 2026"),
    ("5 Boxing Day", notice, "Fri 27 Nov 2026", "Sat 26 Dec 2026"),
    ("6 leap year", notice, "Thu 01 Feb 2024", "Fri 01 Mar 2024"),
    ("7 holidays inside", notice, "Thu 24 Dec 2026", "Fri 22 Jan 2027"),
    ("8", notice_by, "Tue 07 Apr 2026", "Mon 09 Mar 2026"),
    ("9", notice_by, "Mon 02 Nov 2026", "Fri 02 Oct 2026"),
    ("10", notice_by, "Mon 04 Jan 2027", "Fri 04 Dec 2026"),
    ("11 Easter", exception, "Fri 27 Mar 2026", "Wed 08 Apr 2026"),
    ("12 Easter", exception, "Thu 02 Apr 2026", "Tue 14 Apr 2026"),
    ("13 Christmas", exception, "Tue 22 Dec 2026", "Mon 04 Jan 2027"),
    ("14 spring bank holiday", exception, "Wed 20 May 2026", "Fri 29 May 2026"),
    ("15", exception, "Fri 26 Nov 2021", "Mon 06 Dec 2021"),
    ("21 ten days", pcr_working(10), "Mon 30 Mar 2026", "Wed 15 Apr 2026"),
    ("21 fifteen days", pcr_working(15), "Mon 30 Mar 2026", "Wed 22 Apr 2026"),
    ("22 ten days", pcr_working(10), "Mon 14 Dec 2026", "Wed 30 Dec 2026"),
    ("22 fifteen days", pcr_working(15), "Mon 14 Dec 2026", "Thu 07 Jan 2027"),
    ("23 rolls", pcr_days(30), "Wed 25 Nov 2026", "Tue 29 Dec 2026"),
    ("24 rolls", pcr_days(15), "Fri 20 Mar 2026", "Tue 07 Apr 2026"),
    ("25", pcr_working(5), "Wed 01 Apr 2026", "Fri 10 Apr 2026"),
    ("26 St Patrick's Day", standstill, "Wed 11 Mar 2026", "Mon 23 Mar 2026"),
    ("27", standstill, "Fri 18 Dec 2026", "Thu 31 Dec 2026"),
    ("28", scrutiny_papers, "Mon 30 Mar 2026", "Thu 09 Apr 2026"),
]

CALL_INS = [
    ("16 weekend", 7, "Mon 30 Mar 2026", "Fri 10 Apr 2026", "Sat 11 Apr 2026"),
    ("17 holiday", 7, "Fri 18 Dec 2026", "Thu 31 Dec 2026", "Fri 01 Jan 2027"),
    ("18", 7, "Mon 21 Dec 2026", "Mon 04 Jan 2027", "Tue 05 Jan 2027"),
    ("19", 5, "Wed 16 Dec 2026", "Wed 23 Dec 2026", "Thu 24 Dec 2026"),
    ("20", 4, "Mon 24 Aug 2026", "Fri 28 Aug 2026", "Sat 29 Aug 2026"),
]

NEXT_WORKING_DAYS = [
    ("3", calendar.EW, "Sat 25 Dec 2021", "Wed 29 Dec 2021"),
    ("4", calendar.EW, "Fri 03 Apr 2026", "Tue 07 Apr 2026"),
    ("5", calendar.EW, "Sat 26 Dec 2026", "Tue 29 Dec 2026"),
    ("27", calendar.UK_ANY, "Fri 01 Jan 2027", "Tue 05 Jan 2027"),
]


@pytest.mark.parametrize(("reckons", "start", "expected"), rows(EXAMPLES))
def test_a_worked_example_gives_its_date(reckons: Callable[[date], date], start: str, expected: str) -> None:
    started = on(start)

    found = reckons(started)

    assert found == on(expected)


@pytest.mark.parametrize(("days", "published", "last", "effective"), rows(CALL_INS))
def test_a_worked_call_in_gives_its_last_and_effective_days(
    days: int, published: str, last: str, effective: str
) -> None:
    started = on(published)

    found = call_in(days)(started)

    assert found == (on(last), on(effective))


@pytest.mark.parametrize(("days_of", "day", "expected"), rows(NEXT_WORKING_DAYS))
def test_a_first_lawful_day_off_has_a_next_working_day(
    days_of: calendar.Calendar, day: str, expected: str
) -> None:
    lawful = on(day)

    found = calendar.working_day_on_or_after(lawful, days_of)

    assert found == calendar.next_working_day(lawful, days_of) == on(expected)


def test_call_in_ends_at_the_cut_off_in_london_time() -> None:
    rule = a_rule(4, "working", "EW")

    last = calendar.call_in_last_day(on("Mon 24 Aug 2026"), rule=rule, cut_off=CUT_OFF)

    assert last.at == CUT_OFF
    assert last.instant == datetime(2026, 8, 28, 16, tzinfo=ZoneInfo("Europe/London"))


def test_the_wider_calendar_moves_what_england_would_not() -> None:
    start = on("Mon 14 Dec 2026")

    anywhere = calendar.working_days_after(start, rule=a_rule(15, "working", "UK_ANY")).on

    assert anywhere == on("Fri 08 Jan 2027")
    assert anywhere > pcr_working(15)(start)


def test_a_standstill_counted_by_english_holidays_would_end_too_soon() -> None:
    published = on("Wed 11 Mar 2026")

    # The day of publication counts as day 1, so seven more working days follow it.
    in_england = calendar.working_days_after(published, rule=a_rule(7, "working", "EW")).on

    assert in_england == on("Fri 20 Mar 2026")
    assert in_england < standstill(published)
