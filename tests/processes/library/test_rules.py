"""What the law demands is written down in checkable form, names real steps, and holds on every scenario."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.processes.library import shipped
from workflows.engine import known_operations
from workflows.library import exploring
from workflows.library.scenarios import Outcome

FORMS = {
    "before": re.compile(r"^(?P<a>[\w.-]+) before (?P<b>[\w.-]+)$"),
    "followed": re.compile(r"^(?P<a>[\w.-]+) always followed by (?P<b>[\w.-]+)$"),
    "never while": re.compile(r"^never (?P<a>[\w.-]+) while (?P<b>[\w.-]+) is open$"),
    "different": re.compile(r"^different people: (?P<people>[\w., -]+)$"),
    "only by": re.compile(r"^(?P<a>[\w.-]+) only by (?P<group>[\w-]+)$"),
    "only after": re.compile(r"^(?P<a>[\w.-]+) only after timer (?P<timer>[\w-]+)$"),
    "once": re.compile(r"^(?P<a>[\w.-]+) at most once$"),
}


def rules(key: str) -> list[dict[str, Any]]:
    """The rules of a process."""
    return list(yaml.safe_load(shipped.files(key)["rules.yml"])["rules"])


def parts(rule: str) -> tuple[str, dict[str, str]]:
    """Which of the seven forms a rule has, and its parts."""
    for form, pattern in FORMS.items():
        found = pattern.match(rule)
        if found:
            return form, found.groupdict()
    raise AssertionError(f"“{rule}” has none of the seven forms")


EVERY = [pytest.param(key, rule, id=f"{key}: {rule['id']}") for key in shipped.CALLS for rule in rules(key)]


@pytest.mark.parametrize(("key", "rule"), EVERY)
def test_a_rule_has_a_known_form_a_basis_and_real_steps(key: str, rule: dict[str, Any]) -> None:
    # A called process may name the steps of those that call it.
    steps = {step.id for each in shipped.CALLS for step in shipped.spec(each).steps} | known_operations()
    flow_ids = {flow for flow, _, _ in shipped.flows(key)}

    form, found = parts(rule["rule"])

    assert rule["legal"] and rule["because"].endswith(".")
    assert rule.get("unless") is None or rule["unless"] in flow_ids
    named = found["people"].split(", ") if form == "different" else [found[part] for part in ("a", "b", "timer") if part in found]
    assert set(named) <= steps
    assert found.get("group", "audit") in shipped.groups()


def happened(outcome: Outcome, key: str) -> list[str]:
    """Elements passed in a walk, with the operation of each behind it."""
    operation = {step.id: step.properties.get("operation", "") for step in shipped.spec(key).steps}
    service = {key_: node.operation for key_, node in exploring.read_net(key, shipped.files(key)).nodes.items() if node.kind == "serviceTask"}
    named: list[str] = []
    for passed in outcome.trail:
        named += [passed.element_id, *filter(None, (operation.get(passed.element_id), service.get(passed.element_id)))]
    return named



@pytest.mark.parametrize(("key", "rule"), EVERY)
def test_a_rule_holds_on_every_scenario(key: str, rule: dict[str, Any]) -> None:
    form, found = parts(rule["rule"])
    exception = next(((source, target) for flow, source, target in shipped.flows(key) if flow == rule.get("unless")), None)

    for outcome in shipped.walked(key):
        trail = happened(outcome, key)
        if exception and _took(trail, exception):
            continue
        first = found.get("a") if form in ("before", "only after") else None
        if form == "before":
            assert _is_before(trail, found["a"], found["b"]), outcome.name
        elif form == "only after" and first in trail:
            assert _is_before(trail, found["timer"], first), outcome.name
        elif form == "once":
            assert trail.count(found["a"]) <= 1, outcome.name


def _is_before(trail: list[str], a: str, b: str) -> bool:
    return b not in trail or (a in trail and trail.index(a) < trail.index(b))


def _took(trail: list[str], flow: tuple[str, str]) -> bool:
    source, target = flow
    return any(element == source and target in trail[place + 1 :] for place, element in enumerate(trail))


def test_people_the_rules_keep_apart_are_kept_apart_by_the_diagram() -> None:
    tasks = {step_id: step for key in shipped.CALLS for step_id, step in shipped.spec(key).user_tasks.items()}
    for key in shipped.CALLS:
        for rule in rules(key):
            form, found = parts(rule["rule"])
            if form == "different":
                names = found["people"].split(", ")
                last = names[-1]
                apart = {name: set(tasks[name].properties.get("differentFrom", "").split()) for name in names}
                assert all(name in apart[last] or last in apart[name] for name in names[:-1]), rule["id"]
