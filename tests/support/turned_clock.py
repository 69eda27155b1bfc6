"""A clock that is turned while time goes on: years pass in minutes because nobody really waits, and what true time it is stays known."""

from __future__ import annotations

import time
from bisect import insort
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from models import clock


@dataclass
class TurnedClock:
    """True time is what has passed: work takes as long as it takes, waiting is skipped. What the clock shows is true time and all its turns."""

    began: datetime
    skipped: float = 0.0
    turns: list[tuple[float, timedelta]] = field(default_factory=list)
    _start: float = field(default_factory=time.monotonic)

    def true(self) -> float:
        """The seconds of true time that have passed."""
        return time.monotonic() - self._start + self.skipped

    def now(self) -> datetime:
        """What the clock shows, as an aware UTC moment."""
        return self.shows(self.true())

    def shows(self, true: float) -> datetime:
        """What it shows at a true time."""
        return self.began + timedelta(seconds=true) + sum((by for at, by in self.turns if at <= true), timedelta())

    def wait(self, seconds: float) -> None:
        """Let true time pass without waiting."""
        self.skipped += max(0.0, seconds)

    def turn(self, by: timedelta) -> None:
        """Turn the clock now."""
        insort(self.turns, (self.true(), by))

    def first_showed(self, moment: datetime) -> float:
        """The true time at which it showed this moment, or a later one, for the first time."""
        edges = [0.0, *(at for at, _ in self.turns), float("inf")]
        for begins, ends in zip(edges, edges[1:], strict=False):
            reached = begins + max(0.0, (moment - self.shows(begins)).total_seconds())
            if reached < ends:
                return reached
        raise AssertionError("a clock that goes on shows every moment some day")


@contextmanager
def turned(began: datetime) -> Iterator[TurnedClock]:
    """Have everything here live by such a clock, in every thread."""
    one, before = TurnedClock(began.astimezone(UTC)), clock.now
    clock.now = one.now
    try:
        yield one
    finally:
        clock.now = before
