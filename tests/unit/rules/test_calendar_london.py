"""London dates and moments in UTC, with the two nights on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.support.calendar_rules import a_rule, on
from workflows.rules import calendar

EVERY_DATE = [date(2012, 1, 1) + timedelta(days=n) for n in range((date(2029, 1, 1) - date(2012, 1, 1)).days)]


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        ("Sun 29 Mar 2026", "00:00", "2026-03-29T00:00"),
        ("Sun 29 Mar 2026", "00:59:59", "2026-03-29T00:59:59"),
        ("Sun 29 Mar 2026", "01:00", "2026-03-29T01:00"),
        ("Sun 29 Mar 2026", "01:30", "2026-03-29T01:00"),
        ("Sun 29 Mar 2026", "01:59:59", "2026-03-29T01:00"),
        ("Sun 29 Mar 2026", "02:00", "2026-03-29T01:00"),
        ("Mon 30 Mar 2026", "00:00", "2026-03-29T23:00"),
        ("Sun 25 Oct 2026", "00:00", "2026-10-24T23:00"),
        ("Sun 25 Oct 2026", "00:59:59", "2026-10-24T23:59:59"),
        ("Sun 25 Oct 2026", "01:00", "2026-10-25T01:00"),
        ("Sun 25 Oct 2026", "01:30", "2026-10-25T01:30"),
        ("Sun 25 Oct 2026", "02:00", "2026-10-25T02:00"),
        ("Mon 26 Oct 2026", "00:00", "2026-10-26T00:00"),
    ],
)
def test_a_london_time_is_one_moment(day: str, at: str, instant: str) -> None:
    found = calendar.london_instant(on(day), at=time.fromisoformat(at))

    assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("at", [time(0), time(0, 30), time(1, 30), time(9), time(17), time(23, 59), time.max])
def test_every_date_comes_back_from_its_moments(at: time) -> None:
    moments = [calendar.london_instant(day, at=at) for day in EVERY_DATE]

    assert [calendar.london_date(moment) for moment in moments] == EVERY_DATE
    assert moments == sorted(set(moments))


@pytest.mark.parametrize("day", ["Sun 29 Mar 2026", "Sun 25 Oct 2026"])
def test_later_times_of_a_changing_night_are_never_earlier_moments(day: str) -> None:
    times = [time(minute // 60, minute % 60) for minute in range(24 * 60)]

    moments = [calendar.london_instant(on(day), at=each) for each in times]

    assert moments == sorted(moments)


def test_the_fold_of_a_time_makes_no_difference() -> None:
    twice = time(1, 30)

    found = {calendar.london_instant(on("Sun 25 Oct 2026"), at=twice.replace(fold=fold)) for fold in (0, 1)}

    assert found == {datetime(2026, 10, 25, 1, 30, tzinfo=UTC)}


def test_a_moment_before_midnight_in_utc_is_tomorrow_in_a_london_summer() -> None:
    moment = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)

    assert calendar.london_date(moment) == date(2026, 7, 1)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 6, 30, 23, 30)  # noqa: DTZ001

    with pytest.raises(ValueError, match="zone"):
        calendar.london_date(naive)
    with pytest.raises(ValueError, match="zone"):
        calendar.london_instant(date(2026, 6, 30), at=time(9, tzinfo=UTC))
    with pytest.raises(TypeError, match="date"):
        calendar.london_instant(naive)


def test_a_first_lawful_day_begins_at_midnight_in_london() -> None:
    rule = a_rule(28, "clear_calendar")

    lawful = calendar.clear_calendar_days(on("Sun 01 Mar 2026"), rule=rule)

    assert lawful.on == on("Mon 30 Mar 2026")
    assert lawful.instant == datetime(2026, 3, 29, 23, tzinfo=UTC)


def test_a_last_day_lasts_until_midnight_in_london() -> None:
    rule = a_rule(10, "calendar")

    last = calendar.calendar_days_after(on("Thu 19 Mar 2026"), rule=rule)

    assert last.on == on("Sun 29 Mar 2026")
    assert last.instant + timedelta(microseconds=1) == datetime(2026, 3, 29, 23, tzinfo=UTC)
