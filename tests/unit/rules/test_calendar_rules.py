"""Rules as data: which counting a rule's unit asks for, and rules that make no sense."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from tests.support.calendar_rules import a_rule, on
from workflows.rules import calendar

Counting = Callable[..., calendar.Deadline]

UNITS: list[tuple[calendar.Rule, Counting]] = [
    (a_rule(28, "clear_calendar", "EW"), calendar.clear_calendar_days),
    (a_rule(28, "clear_calendar"), calendar.clear_calendar_days),
    (a_rule(5, "clear_working", "EW"), calendar.clear_working_days),
    (a_rule(10, "working", "EW"), calendar.working_days_after),
    (a_rule(20, "working", "UK_ANY"), calendar.working_days_after),
    (a_rule(10, "working", "PCR"), calendar.pcr_working_days),
    (a_rule(8, "working", "UK_ANY", counts_start_day=True), calendar.pa23_working_days),
    (a_rule(12, "calendar"), calendar.calendar_days_after),
    (a_rule(120, "calendar", counts_start_day=True), calendar.calendar_days_after),
    (a_rule(30, "calendar", "PCR"), calendar.pcr_calendar_days),
    (a_rule(0, "previous_month_end"), calendar.representations_close),
]


@pytest.mark.parametrize(("rule", "counting"), UNITS, ids=[f"{rule.id}-{rule.calendar}" for rule, _ in UNITS])
def test_a_rule_is_counted_as_its_unit_says(rule: calendar.Rule, counting: Counting) -> None:
    start = on("Sun 01 Nov 2026")

    found = calendar.reckon(rule, start, event="Something happened")

    assert found == counting(start, rule=rule, event="Something happened")
    assert found.explanation.event == "Something happened"
    assert found.explanation.started_on == start


def test_a_last_day_may_end_at_an_hour() -> None:
    rule = a_rule(10, "working", "EW")

    found = calendar.reckon(rule, on("Mon 02 Mar 2026"), event="Asked", at=time(17))

    assert found.instant.isoformat() == "2026-03-16T17:00:00+00:00"


def test_a_first_lawful_day_has_no_hour() -> None:
    rule = a_rule(28, "clear_calendar")

    with pytest.raises(ValueError, match="midnight"):
        calendar.reckon(rule, on("Mon 02 Mar 2026"), event="Published", at=time(17))


def test_a_period_beginning_with_a_day_counts_it() -> None:
    rule = a_rule(30, "calendar", counts_start_day=True)

    found = calendar.calendar_days_after(on("Sun 01 Mar 2026"), rule=rule)

    assert found.on == on("Mon 30 Mar 2026")
    assert found.explanation.left_out == ()


def test_no_days_at_all_end_on_the_day_itself() -> None:
    start = on("Mon 02 Mar 2026")

    found = [
        calendar.calendar_days_after(start, rule=a_rule(0, "calendar")),
        calendar.working_days_after(start, rule=a_rule(0, "working", "EW")),
    ]

    assert [(each.on, each.explanation.left_out) for each in found] == [(start, ()), (start, ())]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"count": -1}, "whole number"),
        ({"count": 10**9}, "whole number"),
        ({"count": True}, "whole number"),
        ({"count": 5.0}, "whole number"),
        ({"unit": "fortnight"}, "unit"),
        ({"calendar": "MARS"}, "no calendar"),
        ({"unit": "working", "calendar": None}, "need a calendar"),
        ({"unit": "working", "calendar": "EW", "counts_start_day": True}, "UK_ANY"),
        ({"counts_start_day": True}, "never count"),
        ({"legal_url": "javascript:alert(1)"}, "https"),
        ({"id": ""}, "id"),
        ({"sentence": ""}, "sentence"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(change: dict[str, Any], complaint: str) -> None:
    good = a_rule(28, "clear_calendar", "EW")

    with pytest.raises(ValueError, match=complaint):
        replace(good, **change)


@pytest.mark.parametrize(
    ("counting", "rule"),
    [
        (calendar.clear_calendar_days, a_rule(5, "clear_working", "EW")),
        (calendar.clear_working_days, a_rule(28, "clear_calendar", "EW")),
        (calendar.call_in_last_day, a_rule(7, "calendar", "EW")),
        (calendar.pcr_working_days, a_rule(10, "working", "EW")),
        (calendar.pa23_working_days, a_rule(8, "working", "UK_ANY")),
        (calendar.working_days_after, a_rule(8, "working", "UK_ANY", counts_start_day=True)),
        (calendar.latest_publication_day, a_rule(7, "working", "EW")),
        (calendar.latest_publication_day, a_rule(28, "clear_calendar")),
    ],
)
def test_two_clocks_are_never_mixed(counting: Counting, rule: calendar.Rule) -> None:
    start = on("Mon 02 Mar 2026")

    with pytest.raises(ValueError, match=f"Rule {rule.id}"):
        counting(start, rule=rule)


def test_a_moment_is_not_taken_for_a_date() -> None:
    moment = datetime.fromisoformat("2026-03-28T23:30:00+00:00")

    with pytest.raises(TypeError, match="date is needed"):
        calendar.clear_calendar_days(moment, rule=a_rule(28, "clear_calendar"))


def test_a_year_without_holiday_data_is_refused() -> None:
    with pytest.raises(calendar.OutsideCalendar):
        calendar.is_working_day(date(2140, 12, 25), calendar.EW)

    with pytest.raises(calendar.OutsideCalendar):
        calendar.is_working_day(date(1999, 12, 27), calendar.EW)
