"""The scenarios shipped with each process pass on the real engine and leave no flow of the diagram unwalked."""

from __future__ import annotations

import sys

import pytest

from tests.processes.library import shipped
from workflows.library import scenarios

EVERY = [pytest.param(outcome, id=f"{key}: {outcome.name}") for key in shipped.CALLS for outcome in shipped.walked(key)]


@pytest.mark.parametrize("outcome", EVERY)
def test_a_shipped_scenario_passes(outcome: scenarios.Outcome) -> None:
    assert outcome.passed, outcome.fault


@pytest.mark.parametrize("key", shipped.CALLS)
def test_the_scenarios_walk_every_element_and_flow(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = scenarios.coverage(shipped.walked(key), shipped.flows(key))

    with capsys.disabled():
        walked_flows = found.flows - len(found.unwalked_flows)
        walked_elements = found.elements - len(found.unwalked_elements)
        sys.stdout.write(f"\n{key}: {walked_elements} of {found.elements} elements and {walked_flows} of {found.flows} flows walked\n")
    assert found.unwalked_elements == ()
    assert found.unwalked_flows == ()


@pytest.mark.parametrize("key", shipped.CALLS)
def test_every_end_state_is_reached(key: str) -> None:
    reached = {passed.element_id for outcome in shipped.walked(key) for passed in outcome.trail if passed.kind == "end event"}

    assert {step.id for step in shipped.spec(key).steps if step.kind == "end event" and step.process_key == key} <= reached
