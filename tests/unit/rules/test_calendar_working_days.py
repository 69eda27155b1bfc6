"""The three calendars, closures added as data, and words for the time left."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tests.support.calendar_rules import a_rule, on
from workflows.rules import calendar
from workflows.rules.calendar import EW, PCR, UK_ANY, Closure

NEW_HOLIDAY = Closure(on("Mon 13 Apr 2026"), "A royal wedding", "bank holiday", ("EW", "PCR", "UK_ANY"))
CLOSED = Closure(on("Tue 29 Dec 2026"), "Offices closed")


@pytest.mark.parametrize(
    ("day", "in_england", "anywhere"),
    [
        ("Fri 02 Jan 2026", True, False),
        ("Tue 17 Mar 2026", True, False),
        ("Mon 13 Jul 2026", True, False),
        ("Mon 03 Aug 2026", True, False),
        ("Mon 30 Nov 2026", True, False),
        ("Mon 19 Sep 2022", False, False),
        ("Mon 08 May 2023", False, False),
        ("Fri 03 Jun 2022", False, False),
        ("Mon 30 May 2022", True, True),
        ("Tue 24 Nov 2026", True, True),
    ],
)
def test_a_day_is_a_working_day_where_it_is_one(day: str, in_england: bool, anywhere: bool) -> None:
    found = [calendar.is_working_day(on(day), each) for each in (EW, PCR, UK_ANY)]

    assert found == [in_england, in_england, anywhere]


def test_a_newly_proclaimed_holiday_lengthens_periods_in_working_days_only() -> None:
    start = on("Thu 09 Apr 2026")
    working, clear = a_rule(2, "working", "EW"), a_rule(28, "clear_calendar", "EW")

    before = [calendar.reckon(rule, start, event="Asked").on for rule in (working, clear)]
    after = [
        calendar.reckon(rule, start, event="Asked", closures=[NEW_HOLIDAY]).on for rule in (working, clear)
    ]

    assert before == [on("Mon 13 Apr 2026"), on("Fri 08 May 2026")]
    assert after == [on("Tue 14 Apr 2026"), on("Fri 08 May 2026")]


def test_a_closure_of_the_council_lengthens_no_statutory_period() -> None:
    start = on("Thu 24 Dec 2026")

    council = calendar.reckon(a_rule(2, "working", "EW"), start, event="Asked", closures=[CLOSED])
    statutory = calendar.reckon(a_rule(2, "working", "PCR"), start, event="Received", closures=[CLOSED])

    assert (council.on, statutory.on) == (on("Thu 31 Dec 2026"), on("Wed 30 Dec 2026"))
    assert "council closure: Offices closed" in [day.reason for day in council.explanation.left_out]


def test_the_version_changes_with_the_closures_of_that_calendar() -> None:
    versions = {
        calendar.find_calendar("EW", closures).version
        for closures in ([], [CLOSED], [NEW_HOLIDAY], [CLOSED, NEW_HOLIDAY], [NEW_HOLIDAY, CLOSED])
    }

    assert len(versions) == 4
    assert calendar.find_calendar("PCR", [CLOSED]).version == PCR.version
    assert calendar.find_calendar("PCR", [NEW_HOLIDAY]).version != PCR.version


@pytest.mark.parametrize(
    "wrong",
    [
        {"calendars": ("PCR",)},
        {"calendars": ("EW", "UK_ANY")},
        {"calendars": ()},
        {"kind": "bank holiday", "calendars": ("MARS",)},
    ],
)
def test_a_closure_where_the_law_allows_none_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="closure"):
        Closure(on("Tue 29 Dec 2026"), "Offices closed", **wrong)


def test_an_unknown_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="no calendar 'MARS'"):
        calendar.find_calendar("MARS")


def test_steps_between_working_days_leave_the_day_itself() -> None:
    good_friday, thursday = on("Fri 03 Apr 2026"), on("Thu 02 Apr 2026")

    assert calendar.next_working_day(thursday, EW) == on("Tue 07 Apr 2026")
    assert calendar.previous_working_day(on("Tue 07 Apr 2026"), EW) == thursday
    assert calendar.working_day_on_or_before(good_friday, EW) == thursday
    assert calendar.working_day_on_or_after(thursday, EW) == thursday


def test_working_days_between_count_the_end_and_not_the_start() -> None:
    thursday, wednesday = on("Thu 02 Apr 2026"), on("Wed 08 Apr 2026")

    assert calendar.working_days_between(thursday, wednesday, EW) == 2
    assert calendar.working_days_between(wednesday, thursday, EW) == -2
    assert calendar.working_days_between(thursday, thursday, EW) == 0


@pytest.mark.parametrize(
    ("due", "today", "words"),
    [
        ("Fri 10 Apr 2026", "Tue 07 Apr 2026", "3 working days left"),
        ("Fri 10 Apr 2026", "Thu 02 Apr 2026", "4 working days left"),
        ("Fri 10 Apr 2026", "Wed 08 Apr 2026", "Due soon"),
        ("Fri 10 Apr 2026", "Fri 10 Apr 2026", "Due soon"),
        ("Fri 10 Apr 2026", "Sat 11 Apr 2026", "Overdue"),
        ("Fri 10 Apr 2026", "Mon 13 Apr 2026", "Overdue by 1 working day"),
        ("Fri 10 Apr 2026", "Tue 14 Apr 2026", "Overdue by 2 working days"),
        ("Sat 11 Apr 2026", "Sun 12 Apr 2026", "Overdue"),
    ],
)
def test_the_time_left_is_told_in_working_days(due: str, today: str, words: str) -> None:
    found = calendar.days_left_words(on(due), today=on(today), calendar=EW)

    assert found == words


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-08-28T14:59:00+00:00", "Due soon"),
        ("2026-08-28T15:00:01+00:00", "Overdue"),
        ("2026-08-28T23:30:00+00:00", "Overdue"),
        ("2026-08-31T23:30:00+00:00", "Overdue by 1 working day"),
        ("2026-08-24T23:30:00+00:00", "3 working days left"),
    ],
)
def test_a_cut_off_is_past_at_its_london_hour(now: str, words: str) -> None:
    due_at = datetime.fromisoformat("2026-08-28T15:00:00+00:00")

    found = calendar.time_left_words(due_at, now=datetime.fromisoformat(now), calendar=EW)

    assert found == words


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_are_added_to_the_same_day_or_the_last(day: date, months: int, expected: date) -> None:
    found = calendar.add_months(day, months)

    assert found == expected


def test_a_month_has_a_first_and_a_last_day() -> None:
    leap_day = date(2024, 2, 29)

    assert calendar.first_of_month(leap_day) == date(2024, 2, 1)
    assert calendar.last_of_month(date(2024, 2, 1)) == leap_day
