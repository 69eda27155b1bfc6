"""Every policy value that code or diagram asks for is shipped, with a unit the calendar knows and a basis where the law sets it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.processes.library import shipped
from workflows.rules import calendar
from workflows.rules.calendar.rule import UNITS

NOT_DAYS = {"pounds", "time_of_day", "people", "percent", "number", "date", "months", "days", "megabytes", "group"}
ASKED = re.compile(r"parameters\.(?:value|rule|time_of_day|find)\(\s*\w+,\s*\"([a-z_0-9]+)\"")


def asked_by_code() -> set[str]:
    """The parameter keys that the code writes out."""
    root = shipped.ROOT.parent
    sources = [path for folder in ("workflows", "webapp") for path in (root / folder).rglob("*.py")]
    return {key for path in sources for key in ASKED.findall(path.read_text(encoding="utf-8"))}


def test_every_parameter_that_the_code_asks_for_is_shipped() -> None:
    by_route = {"consultation_days", "consultation_days_expedited", "consultation_days_urgent"}
    by_maker = {f"call_in_working_days_{maker}" for maker in ("officer", "cabinet_member", "cabinet")}

    assert asked_by_code() | by_route | by_maker | {"task_days"} <= set(shipped.parameters())


def test_every_due_rule_of_a_diagram_is_a_parameter_that_counts_days() -> None:
    for key in shipped.CALLS:
        for step in shipped.spec(key).user_tasks.values():
            rule = step.properties.get("dueRule")
            assert rule is None or shipped.parameters()[rule]["unit"] == "working", step.id


@pytest.mark.parametrize("entry", [pytest.param(entry, id=key) for key, entry in shipped.parameters().items()])
def test_a_parameter_has_a_label_a_value_and_a_unit(entry: dict[str, Any]) -> None:
    assert entry["label"][0].isupper()
    assert entry["unit"] in {*UNITS, *NOT_DAYS}
    assert isinstance(entry["confirmed"], bool)
    if entry["unit"] in UNITS:
        calendar.Rule(
            id=entry["key"], sentence=entry["sentence"], count=entry["value"], unit=entry["unit"], legal_basis=entry.get("legal_basis", ""),
            legal_url=entry.get("legal_url", ""), confirmed=entry["confirmed"], calendar=entry.get("calendar"),
        )  # fmt: skip
        assert "{count}" in entry["sentence"] or entry["value"] == 0
    if entry.get("legal_url"):
        assert entry["legal_url"].startswith("https://www.legislation.gov.uk/") and entry["legal_basis"]


def test_only_what_the_regulations_fix_counts_as_confirmed() -> None:
    confirmed = {key for key, entry in shipped.parameters().items() if entry["confirmed"]}

    regulations = {"notice_clear_days", "general_exception_clear_days", "application_evaluation", "application_evaluation_extended", "declaration_days"}
    assert confirmed == regulations


def test_the_defaults_are_those_the_council_is_asked_to_confirm() -> None:
    values = {key: entry["value"] for key, entry in shipped.parameters().items()}

    assert values["key_decision_threshold"] == 500_000
    assert {values[f"call_in_working_days_{maker}"] for maker in ("officer", "cabinet_member", "cabinet")} == {7}
    assert (values["call_in_cutoff"], values["call_in_requesters"], values["consultation_days"]) == ("17:00", 4, 10)
    assert (values["notice_clear_days"], values["general_exception_clear_days"]) == (28, 5)
    assert (values["record_publication_days"], values["clarification_days"], values["reconsider_days"]) == (2, 3, 10)
