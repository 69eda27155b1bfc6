"""The diagram of a suspension and its tables: every scenario passes, every step and end is walked, and the table agrees with the rule."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache

import pytest

from models import CertificateKind, Premises
from tests.processes.library import shipped
from workflows import engine
from workflows.engine import reading, tables
from workflows.library import forms, scenarios
from workflows.rules import membership_events, placement_ready
from workflows.rules.placement_ready import Facts

KEY = "suspension"


@cache
def outcomes() -> tuple[scenarios.Outcome, ...]:
    files = shipped.files(KEY)
    known = {name.removeprefix("forms/").removesuffix(".json"): forms.read_form(text) for name, text in files.items() if name.startswith("forms/")}
    around = scenarios.Surroundings(shipped.groups(), known)
    spec = engine.read(KEY, files, {})
    return tuple(scenarios.run(scenario, spec, around) for scenario in scenarios.read(files["scenarios.yml"]))


@pytest.mark.parametrize("outcome", outcomes(), ids=lambda outcome: outcome.name)
def test_every_scenario_passes(outcome: scenarios.Outcome) -> None:
    assert outcome.passed, outcome.fault


def test_the_scenarios_walk_every_element_and_every_flow() -> None:
    root = reading.read_xml(shipped.files(KEY)["process.bpmn"], KEY)
    splits = {gateway.get("id") for gateway in root.iter(f"{reading.BPMN}parallelGateway")}
    flows = [(flow.get("id", ""), flow.get("sourceRef", ""), flow.get("targetRef", "")) for flow in root.iter(f"{reading.BPMN}sequenceFlow")]
    # All flows out of a split are taken at once, so it is enough that each of its targets was reached.
    flows = [flow for flow in flows if flow[1] not in splits]

    covered = scenarios.coverage(outcomes(), flows)

    assert (covered.unwalked_elements, covered.unwalked_flows) == ((), ())


def table(name: str) -> tables.Table:
    return tables.read_table(shipped.files(KEY)[f"{name}.dmn"], name)


@pytest.mark.parametrize("event", sorted(membership_events.EVENTS))
@pytest.mark.parametrize("premises_id", ["", "p"])
def test_each_event_has_one_action_and_the_code_holds_at_once_what_the_table_does(event: str, premises_id: str) -> None:
    decided = table("status-action").decide({"event": event, "premises_id": premises_id}).outputs

    held = decided["action"].startswith("embargo")
    if event != "premises_certificate_expired" or premises_id:
        assert held == (event in membership_events.HELD_AT_ONCE)
    assert all(key in shipped.groups() for key in decided["tells"].split())
    assert decided["due_rule"] in ("", *shipped.parameters())


def test_what_nobody_described_is_left_to_people() -> None:
    assert table("status-action").decide({"event": "something new", "premises_id": ""}).outputs["action"] == "manual"


WAYS_TO_BE_WRONG = (
    ("status", "embargoed"), ("is_signed", False), ("is_list_open", False), ("is_held", True), ("is_stopped", True), ("is_registered", False),
    ("conditions_overdue", 1), ("insurances_missing", (CertificateKind.PUBLIC_LIABILITY,)), ("is_open", False), ("is_premises_held", True),
    ("grade", "red"), ("grade", ""), ("grade", "not_assessed"), ("grade", "amber"), ("has_critical_finding", True),
    ("documents_missing", (CertificateKind.GAS_SAFETY,)),
)  # fmt: skip


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_table_of_reasons_agrees_with_the_rule(number: int) -> None:
    decide, wrong = table("placement-ready"), []
    for ways in itertools.combinations(WAYS_TO_BE_WRONG, number):
        facts = replace(Facts(status="active", premises=Premises()), **dict(ways))
        by_rule = [each.code for each in placement_ready.blockers(facts)]
        by_table = [row["code"] for row in decide.decide({"facts": facts.as_record()}).outputs]
        wrong += [ways] if sorted(by_rule) != sorted(by_table) else []
    assert wrong == []


@pytest.mark.parametrize("way", WAYS_TO_BE_WRONG, ids=lambda way: f"{way[0]}={way[1]}")
def test_each_thing_that_is_wrong_is_a_reason_by_itself(way: tuple[str, object]) -> None:
    facts = replace(Facts(status="active", premises=Premises()), **dict([way]))

    found = placement_ready.blockers(facts)

    assert len(found) == (0 if way == ("grade", "amber") else 1)
