"""Withdrawn before every task of every walk through the procedure, that of the processes it calls included (acceptance point 16)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.processes.library import shipped
from workflows.library import scenarios

KEY = "provider-application"
WITHDRAWN = [{"message": "ApplicationWithdrawn", "with": {"withdrawn_because": "We found other work."}}, {"waits_for": {}}, {"ends_at": "withdrawn"}]
# Tasks that only other walks of the called processes come to; their own tests go through them.
ELSEWHERE = frozenset(
    {"assess-self-cleaning", "conclude-finance", "moderate", "score-again", "resolve-admission-objection", "settle-admission-objection"}
)


def cut_short() -> Iterator[scenarios.Scenario]:
    for scenario in shipped.all_scenarios(KEY):
        for end in range(1, len(scenario.steps)):
            if "completes" in scenario.steps[end]:
                yield scenarios.Scenario(f"{scenario.name}, before step {end + 1}", [*scenario.steps[:end], *WITHDRAWN], scenario.given)


def test_16_an_application_can_be_withdrawn_before_every_task_and_it_is_recorded() -> None:
    spec, around = shipped.spec(KEY), shipped.surroundings(KEY)

    outcomes = [scenarios.run(scenario, spec, around) for scenario in cut_short()]

    assert [f"{outcome.name}: {outcome.fault}" for outcome in outcomes if outcome.fault] == []
    assert [outcome.name for outcome in outcomes if outcome.performed[-1:] != ("applications.record_withdrawal",)] == []


def test_16_no_task_is_left_out() -> None:
    completed = {str(step["completes"]) for scenario in shipped.all_scenarios(KEY) for step in scenario.steps if "completes" in step}
    tasks = {step.id for step in shipped.spec(KEY).steps if step.kind == "user task"}

    assert tasks - completed == ELSEWHERE
