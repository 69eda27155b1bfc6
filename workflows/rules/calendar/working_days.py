"""Working days: three named calendars, the days they leave out and why, and steps between working days."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Literal, get_args

from workflows.rules.calendar.bank_holidays import (
    ENGLAND,
    LIBRARY_VERSION,
    bank_holidays,
    bank_holidays_of_any_part,
)

CalendarName = Literal["EW", "PCR", "UK_ANY"]
CALENDAR_NAMES: tuple[CalendarName, ...] = get_args(CalendarName)

WhyLeftOut = Literal["weekend", "bank holiday", "council closure", "first day", "last day"]

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class LeftOut:
    """A day that a period does not count, and the reason in words.

    Reasons are such as "weekend", "bank holiday: Good Friday", "day of publication".
    """

    on: date
    reason: str
    why: WhyLeftOut


@dataclass(frozen=True, order=True)
class Closure:
    """A day off added as data: a newly proclaimed bank holiday, or a day the council's offices are closed.

    A council closure can only be in the calendar EW: what a working day is under SI 2015/102 reg 2(1) and the
    Procurement Act 2023 s.123(1) is fixed by law, so a closure there raises ValueError.
    """

    on: date
    name: str
    kind: Literal["bank holiday", "council closure"] = "council closure"
    calendars: tuple[CalendarName, ...] = ("EW",)

    def __post_init__(self) -> None:
        plain_date(self.on)
        if not self.calendars or not set(self.calendars) <= set(CALENDAR_NAMES):
            raise ValueError(f"A closure needs calendars out of {', '.join(CALENDAR_NAMES)}")
        if self.kind == "council closure" and self.calendars != ("EW",):
            raise ValueError("A council closure counts only in the calendar EW; the law fixes the others")


@dataclass(frozen=True)
class Calendar:
    """One definition of "working day"; get one with `find_calendar`.

    EW: bank and public holidays of England and Wales, with the council's closures. PCR: SI 2015/102 reg 2(1),
    which names no place, so England and Wales are taken. UK_ANY: Procurement Act 2023 s.123(1), any part of
    the United Kingdom.
    """

    name: CalendarName
    closures: tuple[Closure, ...] = ()

    @cached_property
    def version(self) -> str:
        """A text that changes when the holiday data or this calendar's closures change."""
        if not self.closures:
            return LIBRARY_VERSION
        told = "\n".join(f"{each.on} {each.kind} {each.name}" for each in self.closures)
        digest = hashlib.sha256(told.encode()).hexdigest()[:8]
        return f"{LIBRARY_VERSION} with local days {digest}"

    def day_off(self, day: date) -> LeftOut | None:
        """Why a day is not a working day, or None when it is one.

        Raises OutsideCalendar before 2000 and after 2099.
        """
        holiday = self._holidays(day.year).get(day)
        if day.weekday() >= 5:
            return LeftOut(day, "weekend", "weekend")
        if holiday is not None:
            return LeftOut(day, f"bank holiday: {holiday}", "bank holiday")
        closure = self._closed.get(day)
        return LeftOut(day, f"{closure.kind}: {closure.name}", closure.kind) if closure else None

    def _holidays(self, year: int) -> Mapping[date, str]:
        return bank_holidays_of_any_part(year) if self.name == "UK_ANY" else bank_holidays(year, ENGLAND)

    @cached_property
    def _closed(self) -> dict[date, Closure]:
        return {each.on: each for each in self.closures}


def find_calendar(name: str, closures: Iterable[Closure] = ()) -> Calendar:
    """The calendar `EW`, `PCR` or `UK_ANY` with those of the closures that are for it.

    Raises ValueError for another name.
    """
    if name not in CALENDAR_NAMES:
        raise ValueError(f"There is no calendar {name!r}; there are {', '.join(CALENDAR_NAMES)}")
    return _find_calendar(name, tuple(closures))


@lru_cache(maxsize=64)
def _find_calendar(name: CalendarName, closures: tuple[Closure, ...]) -> Calendar:
    return Calendar(name, tuple(sorted({each for each in closures if name in each.calendars})))


EW = find_calendar("EW")
PCR = find_calendar("PCR")
UK_ANY = find_calendar("UK_ANY")


def plain_date(day: date) -> date:
    """The day itself; TypeError for anything but a plain date.

    A moment must first become a London date (`london_date`).
    """
    if isinstance(day, datetime) or not isinstance(day, date):
        raise TypeError(f"A date is needed, not {type(day).__name__}")
    return day


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether a London date is a working day of the calendar."""
    return calendar.day_off(plain_date(day)) is None


def working_day_on_or_after(day: date, calendar: Calendar) -> date:
    """The day itself if it is a working day, else the first working day after it."""
    return roll(day, calendar, step=ONE_DAY)[0]


def working_day_on_or_before(day: date, calendar: Calendar) -> date:
    """The day itself if it is a working day, else the last working day before it."""
    return roll(day, calendar, step=-ONE_DAY)[0]


def next_working_day(day: date, calendar: Calendar) -> date:
    """The first working day after a day, never the day itself."""
    return working_day_on_or_after(plain_date(day) + ONE_DAY, calendar)


def previous_working_day(day: date, calendar: Calendar) -> date:
    """The last working day before a day, never the day itself."""
    return working_day_on_or_before(plain_date(day) - ONE_DAY, calendar)


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """How many working days come after `start`, up to and including `end`.

    Below zero when `end` is the earlier one.
    """
    if plain_date(end) < plain_date(start):
        return -working_days_between(end, start, calendar)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(calendar.day_off(day) is None for day in days)


def roll(day: date, calendar: Calendar, *, step: timedelta) -> tuple[date, list[LeftOut]]:
    """The first working day from `day` on (or back, as `step` says), and the days off passed over."""
    plain_date(day)
    passed: list[LeftOut] = []
    while (off := calendar.day_off(day)) is not None:
        passed.append(off)
        day += step
    return day, passed


def take(
    first: date, count: int, calendar: Calendar, *, step: timedelta = ONE_DAY
) -> tuple[list[date], list[LeftOut]]:
    """`count` working days from `first` on (or back, as `step` says), and the days off passed over."""
    counted: list[date] = []
    left_out: list[LeftOut] = []
    day = plain_date(first)
    while len(counted) < count:
        day, passed = roll(day, calendar, step=step)
        left_out += passed
        counted.append(day)
        day += step
    return counted, left_out
