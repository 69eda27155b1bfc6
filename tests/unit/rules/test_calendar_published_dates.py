"""Dates that councils have published, and dates set as acceptance points: the calendar must give the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support.calendar_rules import a_rule, on
from workflows.rules import calendar

# Publication of a decision and the day it took effect, with seven working days for call-in.
PUBLISHED_PAIRS = [
    ("Fri 28 Jun 2019", "Wed 10 Jul 2019"),
    ("Mon 22 Jul 2019", "Thu 01 Aug 2019"),
    ("Thu 12 Sep 2019", "Tue 24 Sep 2019"),
    ("Wed 09 Oct 2019", "Sat 19 Oct 2019"),
    ("Thu 26 Nov 2020", "Tue 08 Dec 2020"),
    ("Fri 15 Oct 2021", "Wed 27 Oct 2021"),
    ("Thu 25 Nov 2021", "Tue 07 Dec 2021"),
    ("Wed 22 Jun 2022", "Sat 02 Jul 2022"),
]


@pytest.mark.parametrize(("published", "effective"), PUBLISHED_PAIRS)
def test_a_decision_takes_effect_on_the_day_that_was_published(published: str, effective: str) -> None:
    rule = a_rule(7, "working", "EW")

    found = calendar.call_in_effective_day(on(published), rule=rule)

    assert found.on == on(effective)


@pytest.mark.parametrize(
    ("published", "not_before"),
    [("Tue 16 Feb 2021", "Wed 17 Mar 2021"), ("Fri 26 Nov 2021", "Wed 29 Dec 2021")],
)
def test_28_clear_days_end_where_a_county_said_they_do(published: str, not_before: str) -> None:
    rule = a_rule(28, "clear_calendar", "EW")

    lawful = calendar.clear_calendar_days(on(published), rule=rule).on

    assert calendar.working_day_on_or_after(lawful, calendar.EW) == on(not_before)


def test_5_clear_days_end_where_a_county_said_they_do() -> None:
    rule = a_rule(5, "clear_working", "EW")

    lawful = calendar.clear_working_days(on("Fri 26 Nov 2021"), rule=rule).on

    assert lawful == on("Mon 06 Dec 2021")


def test_a_notice_that_counted_one_day_too_few_is_put_right() -> None:
    printed = on("Mon 29 Oct 2012")

    lawful = calendar.clear_calendar_days(on("Mon 01 Oct 2012"), rule=a_rule(28, "clear_calendar", "EW")).on

    assert lawful == printed + timedelta(days=1) == on("Tue 30 Oct 2012")


@pytest.mark.parametrize(("days", "last"), [(7, "Mon 23 Nov 2020"), (5, "Thu 19 Nov 2020")])
def test_call_in_closes_by_the_number_of_days_in_the_rule(days: int, last: str) -> None:
    published = on("Thu 12 Nov 2020")

    found = calendar.call_in_last_day(published, rule=a_rule(days, "working", "EW"))

    assert found.on == on(last)


def test_changing_the_rule_leaves_a_deadline_that_runs() -> None:
    running = calendar.call_in_last_day(on("Thu 12 Nov 2020"), rule=a_rule(7, "working", "EW"))
    stored = running.explanation.to_json()

    calendar.call_in_last_day(on("Thu 12 Nov 2020"), rule=a_rule(5, "working", "EW"))

    assert running.on == on("Mon 23 Nov 2020")
    assert calendar.Explanation.from_json(stored).gives == on("Mon 23 Nov 2020")


def test_an_extension_is_planned_back_from_its_end() -> None:
    month = on("Sun 01 Dec 2019")

    notice_by = calendar.latest_publication_day(month, rule=a_rule(28, "clear_calendar", "EW")).on
    effective = calendar.call_in_effective_day(on("Tue 17 Dec 2019"), rule=a_rule(7, "working", "EW")).on

    assert notice_by == on("Fri 01 Nov 2019")
    assert effective == on("Tue 31 Dec 2019")


@pytest.mark.parametrize("day", [1, 15, 30])
def test_representations_close_at_the_end_of_the_month_before(day: int) -> None:
    rule = a_rule(0, "previous_month_end")

    closes = calendar.representations_close(date(2020, 11, day), rule=rule)

    assert closes.on == on("Sat 31 Oct 2020")
    assert closes.instant.isoformat() == "2020-10-31T23:59:59.999999+00:00"
