"""The calendar once more, as a person counts with a finger on a wall calendar, to check the real one.

It shares no code and no holiday data with the product: holidays come from the rules of the Banking and
Financial Dealings Act 1971 and the proclamations since 2012, periods from counting day after day.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

DAY = timedelta(days=1)

# Proclaimed days, and the usual days that they replaced.
PROCLAIMED = {
    date(2012, 6, 4),
    date(2012, 6, 5),
    date(2020, 5, 8),
    date(2022, 6, 2),
    date(2022, 6, 3),
    date(2022, 9, 19),
    date(2023, 5, 8),
}
REPLACED = {date(2012, 5, 28), date(2020, 5, 4), date(2022, 5, 30)}
PROCLAIMED_IN_SCOTLAND = {date(2026, 6, 15)}


def easter(year: int) -> date:
    """Easter Sunday, by the method of Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    month, day = divmod(d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114, 31)
    return date(year, month, day + 1)


def first_monday(year: int, month: int) -> date:
    return next(day for day in (date(year, month, n) for n in range(1, 8)) if day.weekday() == 0)


def last_monday(year: int, month: int) -> date:
    return next(day for day in (date(year, month, n) for n in range(31, 24, -1)) if day.weekday() == 0)


def with_substitutes(fixed: list[date]) -> set[date]:
    """Fixed holidays on their weekdays; one on a weekend moves to the next weekday that is free."""
    found = {day for day in fixed if day.weekday() < 5}
    for day in sorted(set(fixed) - found):
        while day.weekday() >= 5 or day in found:
            day += DAY
        found.add(day)
    return found


@cache
def holidays_in_england(year: int) -> frozenset[date]:
    moving = {
        easter(year) - 2 * DAY,
        easter(year) + DAY,
        first_monday(year, 5),
        last_monday(year, 5),
        last_monday(year, 8),
    }
    fixed = with_substitutes([date(year, 1, 1)]) | with_substitutes([date(year, 12, 25), date(year, 12, 26)])
    proclaimed = {day for day in PROCLAIMED if day.year == year}
    return frozenset((moving - REPLACED) | fixed | proclaimed)


@cache
def holidays_anywhere(year: int) -> frozenset[date]:
    scotland = with_substitutes([date(year, 1, 1), date(year, 1, 2)]) | with_substitutes([date(year, 11, 30)])
    ireland = with_substitutes([date(year, 3, 17)]) | with_substitutes([date(year, 7, 12)])
    proclaimed = {day for day in PROCLAIMED_IN_SCOTLAND if day.year == year}
    return holidays_in_england(year) | scotland | ireland | proclaimed | {first_monday(year, 8)}


@cache
def works(day: date, calendar: str) -> bool:
    holidays = holidays_anywhere(day.year) if calendar == "UK_ANY" else holidays_in_england(day.year)
    return day.weekday() < 5 and day not in holidays


def clear_calendar(published: date, count: int) -> date:
    """The first day with so many whole days between it and the day of publication."""
    day, whole_days = published + DAY, 0
    while whole_days < count:
        whole_days += 1
        day += DAY
    return day


def clear_working(published: date, count: int, calendar: str) -> date:
    """The first working day with so many whole working days between it and the day of publication."""
    day, whole_days = published + DAY, 0
    while not (works(day, calendar) and whole_days >= count):
        whole_days += works(day, calendar)
        day += DAY
    return day


def nth_working(start: date, count: int, calendar: str, *, counting_start: bool = False) -> date:
    """The day on which the finger has touched so many working days."""
    day = start
    touched = int(counting_start and works(start, calendar))
    while touched < count:
        day += DAY
        touched += works(day, calendar)
    return day


def pcr_period(start: date, count: int, *, in_working_days: bool) -> date:
    """The end of a period of SI 2015/102: a working day, with two working days at least before it ends."""
    end = nth_working(start, count, "PCR") if in_working_days else start + count * DAY
    inside = sum(works(start + n * DAY, "PCR") for n in range(1, (end - start).days + 1))
    while inside < 2 or not works(end, "PCR"):
        end += DAY
        inside += works(end, "PCR")
    return end


def latest_publication(decision: date, count: int, calendar: str, *, in_working_days: bool) -> date:
    """The last working day from which the decision day can still be reached, found by trying each."""
    day = decision - DAY
    while not works(day, calendar) or _first_lawful(day, count, calendar, in_working_days) > decision:
        day -= DAY
    return day


def _first_lawful(published: date, count: int, calendar: str, in_working_days: bool) -> date:
    return clear_working(published, count, calendar) if in_working_days else clear_calendar(published, count)
