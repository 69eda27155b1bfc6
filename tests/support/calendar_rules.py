"""Rules and dates for tests of the calendar."""

from __future__ import annotations

from datetime import date, datetime

from workflows.rules.calendar import CalendarName, Rule, Unit


def a_rule(
    count: int, unit: Unit, calendar: CalendarName | None = None, *, counts_start_day: bool = False
) -> Rule:
    """A rule with made-up law behind it."""
    return Rule(
        id=f"{count}-{unit}",
        sentence="{count} days must pass.",
        count=count,
        unit=unit,
        legal_basis="An Act, section 1",
        legal_url="https://example.org/act/1",
        confirmed=True,
        calendar=calendar,
        counts_start_day=counts_start_day,
    )


def on(text: str) -> date:
    """Read "Tue 27 Oct 2020", and refuse a weekday that is not that of the date."""
    day = datetime.strptime(text, "%a %d %b %Y").date()  # noqa: DTZ007
    if f"{day:%a}" != text[:3]:
        raise ValueError(f"{text!r} is a {day:%A}")
    return day
