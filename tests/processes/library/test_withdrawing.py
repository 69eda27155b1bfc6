"""A proposal can be withdrawn at every step after it was proposed, and the case ends cleanly."""

from __future__ import annotations

from collections.abc import Iterator

from tests.processes.library import shipped
from workflows.library import scenarios

WITHDRAWN = [{"message": "ProposalWithdrawn", "with": {"withdrawn_because": "It is no longer needed."}}, {"waits_for": {}}, {"ends_at": "withdrawn"}]
LONG_WALKS = (
    "the usual way, carried out when nobody calls it in",
    "special urgency needs an agreement before anything is published",
    "urgent, with the chair of scrutiny told and five clear days",
    "the Chief Executive decides on an objection",
    "not a key decision",
    "called in on the last minute of the last day and let stand",
    "referred to council, which objects",
)


def _cut_short() -> Iterator[scenarios.Scenario]:
    for scenario in shipped.all_scenarios("key-decision"):
        if scenario.name in LONG_WALKS:
            after_proposal = next(place for place, step in enumerate(scenario.steps) if step.get("completes") == "propose") + 1
            for end in range(after_proposal, len(scenario.steps) - 1):
                if "completes" in scenario.steps[end]:
                    yield scenarios.Scenario(f"{scenario.name}, before step {end + 1}", [*scenario.steps[:end], *WITHDRAWN], scenario.given)


def test_a_proposal_can_be_withdrawn_before_every_task_of_the_procedure() -> None:
    waiting_tasks = {step.id for step in shipped.spec("key-decision").steps if step.kind == "user task"}
    withdrawn_before = set()

    faults = []
    for scenario in _cut_short():
        outcome = scenarios.run(scenario, shipped.spec("key-decision"), shipped.surroundings("key-decision"))
        faults += [f"{outcome.name}: {outcome.fault}"] if outcome.fault else []
        if "decisions.record_withdrawal" not in outcome.performed:
            faults.append(f"{outcome.name}: the withdrawal was not recorded")
    for scenario in shipped.all_scenarios("key-decision"):
        if scenario.name in LONG_WALKS:
            withdrawn_before |= {str(step["completes"]) for step in scenario.steps if "completes" in step}

    assert faults == []
    never_tried = waiting_tasks - withdrawn_before - {"propose", "give-view", "inform-consultee"}
    assert never_tried == set()


def test_a_consultation_under_way_ends_with_its_proposal() -> None:
    scenario = next(each for each in shipped.all_scenarios("key-decision") if each.name == "withdrawn while it is consulted on")

    outcome = scenarios.run(scenario, shipped.spec("key-decision"), shipped.surroundings("key-decision"))

    assert outcome.passed, outcome.fault
    assert "consultations.sum_up" not in outcome.performed
