"""Working time: from nine to five in London on the working days of a calendar, counted in minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from models import clock
from workflows.rules import calendar

OPENS, CLOSES = time(9), time(17)
DAY_MINUTES = 8 * 60
DAY_SECONDS = 24 * 60 * 60
ONE_DAY = timedelta(days=1)


class WorkingHours:
    """The council's working time with its closures."""

    def __init__(self, closures: Iterable[calendar.Closure] = ()) -> None:
        named = calendar.find_calendar("EW", closures)
        self._is_working = lru_cache(maxsize=None)(lambda day: calendar.is_working_day(day, named))
        # Working days before each day, counted on and back from the first day that was asked about.
        self._before: dict[date, int] = {}
        self._first = self._last = date.min
        # By the day's number since 1970: working minutes before it, the second it opens, and how many minutes it has.
        self._days: dict[float, tuple[int, float, int]] = {}

    def opening(self, at: datetime) -> datetime:
        """The moment itself if it is in working time, else the next at which work begins."""
        local = at.astimezone(clock.LONDON)
        day = local.date()
        if self._is_working(day) and local.time() < CLOSES:
            return at if local.time() >= OPENS else _moment(day, OPENS)
        day += timedelta(days=1)
        while not self._is_working(day):
            day += timedelta(days=1)
        return _moment(day, OPENS)

    def after(self, start: datetime, minutes: float) -> datetime:
        """The moment at which so many working minutes have passed, as UTC."""
        at = self.opening(start).astimezone(clock.LONDON)
        left = minutes
        while True:
            today = (datetime.combine(at.date(), CLOSES) - at.replace(tzinfo=None)).total_seconds() / 60
            if left <= today:
                # The clock never changes in working time, so London's own time can be counted on.
                return (at + timedelta(minutes=left)).astimezone(UTC)
            left -= today
            at = self.opening(_moment(at.date(), CLOSES)).astimezone(clock.LONDON)

    def between(self, start: datetime, end: datetime) -> float:
        """How many working minutes lie between two moments; nothing when the end is not later."""
        return self.between_seconds(start.timestamp(), end.timestamp())

    def between_seconds(self, start: float, end: float) -> float:
        """The same for moments in seconds since 1970, as a database gives very many of them."""
        return max(0.0, self._minutes(end) - self._minutes(start)) if end > start else 0.0

    def _minutes(self, at: float) -> float:
        # London's day and UTC's differ only around midnight, when nobody works.
        day = at // DAY_SECONDS
        known = self._days.get(day)
        if known is None:
            on = datetime.fromtimestamp(day * DAY_SECONDS, UTC).date()
            known = self._days[day] = (self._counted(on) * DAY_MINUTES, _moment(on, OPENS).timestamp(), DAY_MINUTES if self._is_working(on) else 0)
        before, opens, minutes = known
        return before + min(max((at - opens) / 60, 0.0), minutes)

    def _counted(self, day: date) -> int:
        """How many working days lie between the first day that was asked about and a day, which is left out itself; before it, less than none."""
        if not self._before:
            self._before[day] = 0
            self._first = self._last = day
        while self._last < day:
            self._before[self._last + ONE_DAY] = self._before[self._last] + int(self._is_working(self._last))
            self._last += ONE_DAY
        while day < self._first:
            self._first -= ONE_DAY
            self._before[self._first] = self._before[self._first + ONE_DAY] - int(self._is_working(self._first))
        return self._before[day]


def _moment(day: date, at: time) -> datetime:
    return calendar.london_instant(day, at=at)
