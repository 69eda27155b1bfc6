"""What has happened in a case, in order: each doing of a step, the ways that were taken, and the times that still run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

THE_SYSTEM = "the system"
OPEN_END = 10**12


@dataclass(frozen=True)
class Doing:
    """One doing of one step. `begun` and `over` are places in the order of the case; `over` is None while it is open.

    `is_done` is False for a step that is open or was taken away undone. `people` are the ids of all who stand behind it: who did it
    and whom they did it for; of an open step whoever it is assigned to. `group` is the team it was for, empty for what the system
    does. `is_call` marks a called process: as what a rule allows only after something, it counts from its beginning. Moments are
    aware; `due_at` is None without one.
    """

    step: str
    begun: int
    over: int | None = None
    is_done: bool = False
    at: datetime | None = None
    people: frozenset[str] = frozenset()
    who: str = THE_SYSTEM
    group: str = ""
    process: str = ""
    due_at: datetime | None = None
    overridden: bool = False
    is_call: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it has begun and is not over."""
        return self.over is None

    @property
    def counts(self) -> int | None:
        """The place at which it was done; None when it was not."""
        return self.over if self.is_done else None

    @property
    def place(self) -> int:
        """The place at which it was done, or one that never comes."""
        return OPEN_END if self.counts is None else self.counts

    def is_open_at(self, place: int) -> bool:
        """Whether it was open at a place of the order."""
        return self.begun < place < (OPEN_END if self.over is None else self.over)


@dataclass(frozen=True)
class History:
    """The doings of a case, the first first; the ways taken, by flow, with the place of the first time; and when running timers are due.

    `ended` is the place at which the process ended, None while it runs; `ended_at` the moment.
    """

    doings: tuple[Doing, ...] = ()
    ways: Mapping[str, int] = field(default_factory=dict)
    timers: Mapping[str, datetime] = field(default_factory=dict)
    ended: int | None = None
    ended_at: datetime | None = None

    def of(self, steps: Collection[str]) -> list[Doing]:
        """The doings of these steps, the first begun first."""
        return sorted((each for each in self.doings if each.step in steps), key=lambda each: each.begun)

    def done(self, steps: Collection[str]) -> list[Doing]:
        """Those of these steps that were done, in the order in which they were."""
        return sorted((each for each in self.doings if each.step in steps and each.counts is not None), key=lambda each: each.place)

    def ventured(self, steps: Collection[str]) -> list[Doing]:
        """The same for steps that a rule restrains: a called process has ventured as soon as it began."""
        found = [replace(each, over=each.begun, is_done=True) if each.is_call else each for each in self.doings if each.step in steps]
        return sorted((each for each in found if each.counts is not None), key=lambda each: each.place)

    def open(self, steps: Collection[str]) -> list[Doing]:
        """Those of these steps that are open, the soonest due first."""
        found = [each for each in self.doings if each.step in steps and each.is_open]
        return sorted(found, key=lambda each: (each.due_at is None, each.due_at.timestamp() if each.due_at else 0, each.begun))

    def only(self, doings: Iterable[Doing], *, ended: int | None, ended_at: datetime | None) -> History:
        """The same case with these doings only, ended or not."""
        return History(tuple(doings), self.ways, self.timers, ended, ended_at)
