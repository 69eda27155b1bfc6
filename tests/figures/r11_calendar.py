"""Figure R11: working days and statutory deadlines, every date 2012 to 2028, against counting by hand."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta

from tests.support import naive_calendar as naive
from tests.support.calendar_rules import a_rule
from workflows.rules import calendar
from workflows.rules.calendar import CALENDAR_NAMES, CalendarName, Rule

FIRST, LAST = date(2012, 1, 1), date(2028, 12, 31)
LENGTHS = (1, 2, 4, 5, 7, 8, 10, 15, 28)


def main() -> int:
    """Print the figure's line; 1 when any sum is wrong."""
    wrong, sums = compare()
    print(f"R11 calendar sums wrong {len(wrong)} of {sums} {'short' if wrong else 'ok'}")
    for line in wrong[:10]:
        print(f"  {line}", file=sys.stderr)
    return 1 if wrong else 0


def compare() -> tuple[list[str], int]:
    """The sums that differ, in words, and how many there were: each date, length and calendar."""
    wrong: list[str] = []
    sums = 0
    for name in CALENDAR_NAMES:
        for length in LENGTHS:
            rule = _rule(name, length)
            for day in _days():
                found = calendar.reckon(rule, day, event="Published").on
                expected = _by_hand(name, length, day)
                sums += 1
                if found != expected:
                    wrong.append(f"{name} {length} days after {day}: {found}, by hand {expected}")
    return wrong, sums


def _days() -> Iterator[date]:
    return (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))


def _rule(name: CalendarName, length: int) -> Rule:
    """Each calendar with the kind of day that the law counts by it."""
    if name == "EW":
        return a_rule(length, "clear_working", name)
    return a_rule(length, "working", name, counts_start_day=name == "UK_ANY")


def _by_hand(name: CalendarName, length: int, day: date) -> date:
    if name == "EW":
        return naive.clear_working(day, length, name)
    if name == "PCR":
        return naive.pcr_period(day, length, in_working_days=True)
    return naive.nth_working(day, length, name, counting_start=True)


if __name__ == "__main__":
    sys.exit(main())
