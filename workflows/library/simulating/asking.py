"""A simulation as somebody asks for it: what they stated, as plain JSON, and the plan it makes with what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.library import scenarios, trying
from workflows.library.simulating.planning import Duration, Plan, results_of
from workflows.library.trying import Stage

MINUTES = 60.0
SPREAD = (0.25, 4.0)  # a guess reaches from a quarter of the usual time to four times as much


@dataclass(frozen=True)
class Stated:
    """What somebody stated: working hours by user task, people by group, shares by element and result, messages in a hundred cases."""

    cases: int = 1_000
    seed: int = 1
    a_day: float = 4.0
    sample: int = 1
    compare: bool = False
    hours: Mapping[str, float] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    messages: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Stated:
        """As it was kept."""
        return cls(**{name: kept[name] for name in cls.__dataclass_fields__ if name in kept})


def guess(hours: float) -> Duration:
    """A stated length of time with its spread."""
    return Duration(hours * MINUTES * SPREAD[0], hours * MINUTES, hours * MINUTES * SPREAD[1])


def plan_of(stage: Stage, found: list[scenarios.Scenario], stated: Stated, observed: Mapping[str, Duration]) -> Plan:
    """The plan for a stage: stated times before observed ones before the usual guess, and the results of the sample walks."""
    results, _ = results_of(found, stage.spec, stage.around)
    samples = trying.samples(found)
    sample = samples[stated.sample - 1] if 0 < stated.sample <= len(samples) else None
    return Plan(
        durations={**observed, **{step: guess(hours) for step, hours in stated.hours.items()}}, people=stated.people, shares=stated.shares,
        messages=stated.messages, results=results, data=sample.data if sample else {}, data_of=sample.at if sample else None, a_day=stated.a_day,
    )  # fmt: skip
