"""The scenario runner tells a diagram that does what its scenario says from one that does not."""

from __future__ import annotations

import pytest

from models import clock
from tests.processes.library import shipped
from workflows.library import scenarios

START = """
{name}:
  - starts: 2026-03-02 10:00
    with: {{consultee: {{key: legal, name: Legal, mandatory: true}}, consultation_round: 1}}
"""
GIVEN = {
    "consultations.ask": {
        "advice_due_on": "2026-03-16T17:00:00+00:00", "remind_first_at": "2026-03-09T09:00:00+00:00", "remind_second_at": "2026-03-12T09:00:00+00:00",
        "escalate_manager_on": "2026-03-17T09:00:00+00:00", "escalate_monitoring_on": "2026-03-19T09:00:00+00:00",
    },
    "consultations.answer": {"response": "support"},
}  # fmt: skip


def walked(steps: str) -> scenarios.Outcome:
    """The outcome of a scenario of the consultation that goes on with these steps."""
    scenario = scenarios.read(START.format(name="a walk") + steps, also=GIVEN)[0]
    return scenarios.run(scenario, shipped.spec("consultation"), shipped.surroundings("consultation"))


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ("  - waits_for: {give-advice: finance}\n", "waits for give-advice (legal), not for give-advice (finance)"),
        ("  - waits_for: {}\n", "waits for give-advice (legal), not for nobody"),
        ("  - completes: give-view\n", "give-view does not wait"),
        ("  - completes: give-advice\n    of: finance\n", "give-advice of finance does not wait"),
        ("  - ends_at: advice-given\n", "the process goes on and stands at give-advice"),
        ("  - completes: give-advice\n  - ends_at: no-view-given\n", "ends at advice-given, not at no-view-given"),
        ("  - waits_until: {remind-first: 2026-03-10 09:00}\n", "the timer remind-first is due"),
        ("  - message: ProposalWithdrawn\n", "nothing waits for the message ProposalWithdrawn"),
        ("  - completes: give-advice\n    gives: {answer: yes}\n", "consultations.answer never gives answer"),
        ("  - completes: give-advice\n    answers: {response: support}\n", "Enter the implications in your field"),
        ("  - refuses: give-advice\n    answers: {response: object}\n    errors: {response: Select your answer}\n", "says None at response"),
        ("  - operations: {consultations.answer: {}}\n  - completes: give-advice\n", "there is no value named response"),
    ],
)
def test_a_scenario_that_is_not_kept_fails_and_says_where(steps: str, fault: str) -> None:
    outcome = walked(steps)

    assert not outcome.passed
    assert fault in outcome.fault
    assert outcome.fault.startswith("step ")


def test_the_clock_is_as_it_was_after_a_walk() -> None:
    assert not clock.is_held()

    walked("  - clock: 2026-03-12 09:00\n")

    assert not clock.is_held()


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "- a list",
        "a walk: just words",
        "a walk:\n  - waits_for: {}",
        "a walk:\n  - starts: 2026-01-01\n  - jumps: high",
        "a walk:\n  - walks: nowhere",
        "paths:\n  round:\n    - walks: round\na walk:\n  - walks: round",
        "a walk: []",
    ],
)
def test_a_file_that_holds_no_scenarios_is_refused(text: str) -> None:
    with pytest.raises(scenarios.ScenariosRefused):
        scenarios.read(text)


def test_coverage_names_the_flows_that_no_scenario_walks() -> None:
    outcome = walked("  - completes: give-advice\n")

    found = scenarios.coverage([outcome], shipped.flows("consultation"))

    assert "must-they-answer-to-give-view" in found.unwalked_flows
    assert "must-they-answer-to-give-advice" not in found.unwalked_flows
    assert "note-silence" in found.unwalked_elements
