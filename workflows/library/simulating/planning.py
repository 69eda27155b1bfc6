"""What a simulation takes for granted: how long work takes, how many people there are, and how often each answer is given. All of it is stated."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from models import clock
from workflows.engine import Spec
from workflows.library import scenarios
from workflows.library.working_hours import DAY_MINUTES
from workflows.rules import calendar

LEAST_OBSERVED = 5
USUAL_SHARE = 0.8
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")


@dataclass(frozen=True)
class Duration:
    """How long a step takes in working minutes once somebody has begun: as observed in real cases, else a guess (least, usual, most)."""

    least: float = 60.0
    usual: float = 240.0
    most: float = 960.0
    observed: tuple[float, ...] = ()

    @property
    def is_guess(self) -> bool:
        """Whether too few real ones are known."""
        return len(self.observed) < LEAST_OBSERVED

    def draw(self, chance: random.Random) -> float:
        """One length of time."""
        return chance.triangular(self.least, self.most, self.usual) if self.is_guess else chance.choice(self.observed)


@dataclass(frozen=True)
class Result:
    """One answer a step can give: the values, when on the walk's clock, and how many of the sample walks gave it."""

    gives: Mapping[str, Any]
    at: datetime
    seen: int = 1

    @property
    def words(self) -> str:
        """The values that tell it from others; dates are left out, since they move along with each case."""
        return ", ".join(f"{name}: {_short(value)}" for name, value in _undated(self.gives).items()) or "dates only"


Results = Mapping[str, Sequence[Result]]


@dataclass(frozen=True)
class Plan:
    """Everything a simulation is told.

    `durations` by user task, `people` by the key of a group (a group that is left out has as many as it needs), `shares` by element:
    for a step with several known results the weight of each by its place, for an exclusive gateway by the id of the element
    that follows. `messages`: in how many of a hundred cases one comes. `results` are what the sample walks gave.
    """

    durations: Mapping[str, Duration] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    messages: Mapping[str, float] = field(default_factory=dict)
    results: Results = field(default_factory=dict)
    begins: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    data_of: datetime | None = None
    a_day: float = 4.0
    usual: Duration = field(default_factory=Duration)

    def duration_of(self, step: str) -> Duration:
        """How long a step takes."""
        return self.durations.get(step, self.usual)

    def draw_result(self, element: str, chance: random.Random) -> Result | None:
        """One of the known results of an element, by the stated shares or else the usual one in most cases; None when none is known."""
        known = self.results.get(element, ())
        if len(known) < 2:
            return known[0] if known else None
        stated = self.shares.get(element, {})
        weights = [float(stated.get(str(place), 0.0)) for place in range(len(known))]
        if sum(weights) <= 0:
            rest = (1 - USUAL_SHARE) / (len(known) - 1)
            weights = [USUAL_SHARE, *(rest for _ in known[1:])]
        return chance.choices(known, weights)[0]


def results_of(found: Iterable[scenarios.Scenario], spec: Spec, around: scenarios.Surroundings) -> tuple[dict[str, list[Result]], list[str]]:
    """What each element gave in the scenarios that pass, the most frequent first; and the names of those that do not pass."""
    seen: dict[str, dict[str, Result]] = {}
    failed = []
    for scenario in found:
        outcome = scenarios.run(scenario, spec, around)
        if not outcome.passed:
            failed.append(scenario.name)
            continue
        for each in outcome.results:
            by_words = seen.setdefault(each.element_id, {})
            name = json.dumps(_undated(each.gives), sort_keys=True, default=str)
            known = by_words.get(name)
            by_words[name] = Result(known.gives, known.at, known.seen + 1) if known else Result(each.gives, each.at)
    return {element: sorted(known.values(), key=lambda each: -each.seen) for element, known in seen.items()}, failed


def shifted(value: Any, days: int) -> Any:
    """A value with every date and moment in it moved by whole days; a moment keeps its time of day in London."""
    if isinstance(value, Mapping):
        return {name: shifted(each, days) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [shifted(each, days) for each in value]
    if isinstance(value, str) and days:
        return _shifted_text(value, days)
    return value


def _shifted_text(text: str, days: int) -> str:
    try:
        if DATE.fullmatch(text):
            return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
        if MOMENT.fullmatch(text):
            local = clock.read_instant(text).astimezone(clock.LONDON)
            return calendar.london_instant(local.date() + timedelta(days=days), at=local.time()).astimezone(clock.LONDON).isoformat()
    except (ValueError, OverflowError):
        return text
    return text


def days_apart(earlier: datetime, later: datetime) -> int:
    """How many days lie between two moments on London's calendar."""
    return (later.astimezone(clock.LONDON).date() - earlier.astimezone(clock.LONDON).date()).days


def spacing(a_day: float) -> float:
    """Working minutes between two cases when so many come on each working day."""
    return DAY_MINUTES / max(a_day, 0.01)


def _undated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not (isinstance(value, str) and (DATE.fullmatch(value) or MOMENT.fullmatch(value)))}


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:39]}…"
