"""What a simulation found: how long cases take, where they wait, and who has more to do than they can."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from workflows.library.working_hours import DAY_MINUTES

FULL = 0.85
LONG_QUEUE_DAYS = 1.0


@dataclass(frozen=True)
class StepFound:
    """One place where cases wait: how often, how many calendar days in all, and for people's work also the working days in line and at work."""

    id: str
    name: str
    kind: str
    group: str
    count: int
    days: float
    in_line_days: float = 0.0
    work_days: float = 0.0
    is_guess: bool = False

    @property
    def mean_days(self) -> float:
        """Calendar days each time on average."""
        return self.days / self.count if self.count else 0.0


@dataclass(frozen=True)
class GroupFound:
    """One group's work: how many tasks, working days of work, how full its people are (None without a number of people), and its line."""

    key: str
    name: str
    tasks: int
    work_days: float
    people: int | None
    load: float | None
    needed: float
    in_line_days: float
    longest_line: int

    @property
    def is_overloaded(self) -> bool:
        """Whether there is more work than the stated people can do in good time."""
        return self.load is not None and (self.load > FULL or self.in_line_days > LONG_QUEUE_DAYS)


@dataclass(frozen=True)
class SimulationResult:
    """The whole result in plain values. `days` are the calendar days of each finished case, `working` its working days."""

    wanted: int
    days: tuple[float, ...] = ()
    working: tuple[float, ...] = ()
    ends: Mapping[str, int] = field(default_factory=dict)
    stuck: Mapping[str, int] = field(default_factory=dict)
    guessed: Mapping[str, int] = field(default_factory=dict)
    messages: Mapping[str, int] = field(default_factory=dict)
    steps: tuple[StepFound, ...] = ()
    groups: tuple[GroupFound, ...] = ()
    seed: int = 0
    stopped: bool = False
    assumed: tuple[str, ...] = ()

    @property
    def finished(self) -> int:
        """How many cases came to an end."""
        return len(self.days)

    @property
    def could_not_continue(self) -> int:
        """How many cases stood still for good."""
        return sum(self.stuck.values())

    def share(self, part: float, *, working: bool = False) -> float:
        """The days within which this part of the finished cases ended; nothing when none did."""
        return quantile(self.working if working else self.days, part)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, to be kept in a row; days to a hundredth."""
        kept = asdict(self)
        kept["days"], kept["working"] = [round(each, 2) for each in self.days], [round(each, 2) for each in self.working]
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> SimulationResult:
        """A result as it was kept."""
        parts = {
            "days": tuple(kept["days"]), "working": tuple(kept["working"]), "assumed": tuple(kept["assumed"]),
            "steps": tuple(StepFound(**each) for each in kept["steps"]), "groups": tuple(GroupFound(**each) for each in kept["groups"]),
        }  # fmt: skip
        return cls(**{**kept, **parts})


def quantile(values: Sequence[float], part: float) -> float:
    """The value that this part of the values does not exceed."""
    if not values:
        return 0.0
    if len(values) == 1:
        return float(values[0])
    return float(statistics.quantiles(values, n=100, method="inclusive")[min(98, max(0, round(part * 100) - 1))])


def as_days(minutes: float) -> float:
    """Working minutes as working days."""
    return minutes / DAY_MINUTES


@dataclass(frozen=True)
class Line:
    """One line of two results side by side: a number before and after, and whether it is better when lower."""

    what: str
    before: str
    after: str
    change: str


def side_by_side(before: SimulationResult, after: SimulationResult) -> list[Line]:
    """The live version's result and the draft's, line by line."""
    lines = [
        _line("Half of the cases end within (calendar days)", before.share(0.5), after.share(0.5)),
        _line("Nine in ten end within (calendar days)", before.share(0.9), after.share(0.9)),
        _line("Half of the cases end within (working days)", before.share(0.5, working=True), after.share(0.5, working=True)),
        _line("Cases that came to an end", before.finished, after.finished, places=0),
        _line("Cases that cannot continue", before.could_not_continue, after.could_not_continue, places=0),
    ]
    old, new = {each.id: each for each in before.steps}, {each.id: each for each in after.steps}
    for step in dict.fromkeys([*new, *old]):
        name = (new.get(step) or old[step]).name
        lines.append(_line(f"Wait at “{name}” (calendar days)", _mean(old.get(step)), _mean(new.get(step))))
    work_before, work_after = {each.key: each for each in before.groups}, {each.key: each for each in after.groups}
    for key in dict.fromkeys([*work_after, *work_before]):
        name = (work_after.get(key) or work_before[key]).name
        was, now = work_before.get(key), work_after.get(key)
        lines.append(_line(f"Work of {name} (working days)", was.work_days if was else None, now.work_days if now else None))
    return lines


def _mean(step: StepFound | None) -> float | None:
    return step.mean_days if step else None


def _line(what: str, before: float | None, after: float | None, *, places: int = 1) -> Line:
    def told(value: float | None) -> str:
        return "not there" if value is None else f"{value:,.{places}f}"

    if before is None or after is None:
        change = "new" if before is None else "gone"
    else:
        apart = round(after, places) - round(before, places)
        change = "the same" if abs(apart) < 10**-places / 2 else f"{abs(apart):,.{places}f} {'more' if apart > 0 else 'less'}"
    return Line(what, told(before), told(after), change)
