"""What holds for every date from 2012 to 2028 and every length, checked against counting with a finger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.figures import r11_calendar
from tests.support import naive_calendar as naive
from tests.support.calendar_rules import a_rule
from workflows.rules import calendar
from workflows.rules.calendar import CALENDAR_NAMES, CalendarName, Deadline

dates = st.dates(date(2012, 1, 1), date(2028, 12, 31))
counts = st.integers(0, 45)
calendars = st.sampled_from(CALENDAR_NAMES)

Counting = Callable[[date, int, CalendarName], Deadline]

COUNTINGS: dict[str, Counting] = {
    "clear calendar days": lambda start, count, name: calendar.clear_calendar_days(
        start, rule=a_rule(count, "clear_calendar", name)
    ),
    "clear working days": lambda start, count, name: calendar.clear_working_days(
        start, rule=a_rule(count, "clear_working", name)
    ),
    "latest day for clear calendar days": lambda start, count, name: calendar.latest_publication_day(
        start, rule=a_rule(count, "clear_calendar", name)
    ),
    "latest day for clear working days": lambda start, count, name: calendar.latest_publication_day(
        start, rule=a_rule(count, "clear_working", name)
    ),
    "call-in": lambda start, count, name: calendar.call_in_last_day(
        start, rule=a_rule(count, "working", name)
    ),
    "effective day": lambda start, count, name: calendar.call_in_effective_day(
        start, rule=a_rule(count, "working", name)
    ),
    "working days": lambda start, count, name: calendar.working_days_after(
        start, rule=a_rule(count, "working", name)
    ),
    "calendar days": lambda start, count, name: calendar.calendar_days_after(
        start, rule=a_rule(count, "calendar")
    ),
    "PCR working days": lambda start, count, name: calendar.pcr_working_days(
        start, rule=a_rule(count, "working", "PCR")
    ),
    "PCR days": lambda start, count, name: calendar.pcr_calendar_days(
        start, rule=a_rule(count, "calendar", "PCR")
    ),
    "PA23 working days": lambda start, count, name: calendar.pa23_working_days(
        start, rule=a_rule(count, "working", "UK_ANY", counts_start_day=True)
    ),
}

ORACLES: dict[str, Callable[[date, int, CalendarName], date]] = {
    "clear calendar days": lambda start, count, name: naive.clear_calendar(start, count),
    "clear working days": naive.clear_working,
    "latest day for clear calendar days": lambda start, count, name: naive.latest_publication(
        start, count, name, in_working_days=False
    ),
    "latest day for clear working days": lambda start, count, name: naive.latest_publication(
        start, count, name, in_working_days=True
    ),
    "call-in": naive.nth_working,
    "effective day": lambda start, count, name: naive.nth_working(start, count, name) + naive.DAY,
    "working days": naive.nth_working,
    "calendar days": lambda start, count, name: start + count * naive.DAY,
    "PCR working days": lambda start, count, name: naive.pcr_period(start, count, in_working_days=True),
    "PCR days": lambda start, count, name: naive.pcr_period(start, count, in_working_days=False),
    "PA23 working days": lambda start, count, name: naive.nth_working(
        start, count, "UK_ANY", counting_start=True
    ),
}

each_counting = pytest.mark.parametrize("name", COUNTINGS)


def test_every_date_and_nine_lengths_agree_with_counting_by_hand() -> None:
    wrong, sums = r11_calendar.compare()

    assert sums > 150_000
    assert wrong == []


@each_counting
@settings(max_examples=100, deadline=None)
@given(start=dates, count=counts, days_of=calendars)
def test_a_period_agrees_with_counting_by_hand(
    name: str, start: date, count: int, days_of: CalendarName
) -> None:
    found = COUNTINGS[name](start, count, days_of)

    assert found.on == ORACLES[name](start, count, days_of)


@each_counting
@settings(max_examples=50, deadline=None)
@given(start=dates, count=counts, days_of=calendars, later=st.integers(0, 30))
def test_a_later_start_never_ends_earlier(
    name: str, start: date, count: int, days_of: CalendarName, later: int
) -> None:
    reckon = COUNTINGS[name]

    assert reckon(start, count, days_of).on <= reckon(start + timedelta(days=later), count, days_of).on


@each_counting
@settings(max_examples=50, deadline=None)
@given(start=dates, count=counts, days_of=calendars, more=st.integers(1, 10))
def test_more_days_never_end_nearer(
    name: str, start: date, count: int, days_of: CalendarName, more: int
) -> None:
    reckon = COUNTINGS[name]

    short, long = (abs((reckon(start, n, days_of).on - start).days) for n in (count, count + more))

    assert short <= long


@each_counting
@settings(max_examples=50, deadline=None)
@given(start=dates, count=counts, days_of=calendars)
def test_exactly_the_days_of_the_rule_are_counted(
    name: str, start: date, count: int, days_of: CalendarName
) -> None:
    told = COUNTINGS[name](start, count, days_of).explanation

    counted = set(told.counted)

    assert len(told.counted) == len(counted) == count
    assert counted.isdisjoint(day.on for day in told.left_out)


@each_counting
@settings(max_examples=50, deadline=None)
@given(start=dates, count=counts, days_of=calendars)
def test_a_day_left_out_as_a_day_off_is_no_working_day_and_a_counted_one_is(
    name: str, start: date, count: int, days_of: CalendarName
) -> None:
    told = COUNTINGS[name](start, count, days_of).explanation

    days_off = [day.on for day in told.left_out if day.why not in ("first day", "last day")]

    assert not any(naive.works(day, told.calendar) for day in days_off)
    if "working" in name:
        assert all(naive.works(day, told.calendar) for day in told.counted)


@each_counting
@settings(max_examples=50, deadline=None)
@given(start=dates, count=counts, days_of=calendars)
def test_no_day_between_the_start_and_the_end_goes_unmentioned(
    name: str, start: date, count: int, days_of: CalendarName
) -> None:
    deadline = COUNTINGS[name](start, count, days_of)
    told = deadline.explanation

    mentioned = {*told.counted, *(day.on for day in told.left_out), start, deadline.on}

    first, last = sorted((start, deadline.on))
    between = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    # Only a period with the least number of working days added to it has days that a note alone explains.
    assert between <= mentioned or "at least" in told.notes[-1]


@each_counting
@settings(max_examples=50, deadline=None)
@given(start=dates, count=counts, days_of=calendars)
def test_an_explanation_survives_being_stored(
    name: str, start: date, count: int, days_of: CalendarName
) -> None:
    told = COUNTINGS[name](start, count, days_of).explanation

    assert calendar.Explanation.from_json(told.to_json()) == told


@settings(max_examples=200, deadline=None)
@given(start=dates, end=dates, days_of=calendars)
def test_working_days_between_add_up_day_by_day(start: date, end: date, days_of: CalendarName) -> None:
    found = calendar.working_days_between(start, end, calendar.find_calendar(days_of))

    first, last = sorted((start, end))
    by_hand = sum(naive.works(first + timedelta(days=n), days_of) for n in range(1, (last - first).days + 1))
    assert found == (by_hand if start <= end else -by_hand)


@settings(max_examples=200, deadline=None)
@given(day=dates, at=st.times())
def test_a_london_moment_falls_on_its_own_date(day: date, at: object) -> None:
    moment = calendar.london_instant(day, at=at)  # type: ignore[arg-type]

    assert calendar.london_date(moment) == day
