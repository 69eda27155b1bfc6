"""Simulating: many cases of a process on the real engine in a sandbox, in simulated working time. No rows, no mail, nobody is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from workflows import engine
from workflows.library.simulating.planning import Duration, Plan, Result, results_of
from workflows.library.simulating.result import GroupFound, Line, SimulationResult, StepFound, side_by_side
from workflows.library.simulating.running import Simulation
from workflows.library.working_hours import WorkingHours
from workflows.rules.calendar import Closure

Files = Mapping[str, str]
MOST_CASES = 5_000

__all__ = ["MOST_CASES", "Duration", "GroupFound", "Line", "Plan", "Result", "SimulationResult", "StepFound", "results_of", "side_by_side",
           "simulate"]  # fmt: skip


def simulate(
    key: str,
    files: Files,
    called: Mapping[str, Files],
    *,
    cases: int,
    plan: Plan,
    groups: Mapping[str, str],
    seed: int = 1,
    closures: Iterable[Closure] = (),
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda done: None,
) -> SimulationResult:
    """Let `cases` cases of a folder run to their ends; the same seed gives the same result.

    `groups` are names by key. `stop` is asked before every move, `progress` is told how many cases are over. DefinitionRefused
    when the folder cannot be run; ValueError for fewer than one case or more than MOST_CASES.
    """
    if not 1 <= cases <= MOST_CASES:
        raise ValueError(f"From 1 to {MOST_CASES:,} cases can be simulated")
    spec = engine.read(key, files, called)
    simulation = Simulation(spec, plan, groups=groups, hours=WorkingHours(closures), seed=seed)
    stopped = simulation.go_through(cases, stop=stop, progress=progress)
    tally = simulation.tally
    return SimulationResult(
        wanted=cases, days=tuple(tally.days), working=tuple(tally.working), ends=dict(tally.ends), stuck=dict(tally.stuck),
        guessed={spec.names.get(each) or each: count for each, count in tally.guessed.items()}, messages=dict(tally.messages),
        steps=tally.steps(), groups=tally.groups(groups), seed=seed, stopped=stopped, assumed=_assumed(spec, plan, simulation),
    )  # fmt: skip


def _assumed(spec: engine.Spec, plan: Plan, simulation: Simulation) -> tuple[str, ...]:
    """What was taken for granted, in words, so that nobody takes a guess for a fact."""
    tally = simulation.tally
    guesses = sorted(spec.names.get(each) or each for each in tally.group_of if plan.duration_of(each).is_guess)
    found = [f"{plan.a_day:g} new cases on each working day"]
    if guesses:
        found.append(f"How long these take is a guess: {', '.join(guesses)}")
    if tally.unknown:
        found.append(f"No sample walk says what these give: {', '.join(sorted(spec.names.get(each) or each for each in tally.unknown))}")
    if tally.guessed:
        found.append(f"Ways taken by chance: {', '.join(sorted(spec.names.get(each) or each for each in tally.guessed))}")
    if tally.messages:
        found.append(f"These came since nothing else could: {', '.join(sorted(tally.messages))}")
    unlimited = sorted(simulation.groups.get(each, each) for each in tally.group_tasks if each not in plan.people)
    if unlimited:
        found.append(f"As many people as needed: {', '.join(unlimited)}")
    return tuple(found)
