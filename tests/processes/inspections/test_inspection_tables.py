"""The decision tables of the inspection decide the examples of the domain, and leave nothing out."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.support import factories
from workflows.engine.tables import read_table

GRADES = ("green", "amber", "red", "not_assessed")
RISKS = ("critical", "high", "medium", "low")
YES_NO = ("yes", "no")
SOUND = {"access_refused": "no", "critical_count": 0, "major_count": 0, "moderate_count": 0, "repeat_major": "no", "percent_assessed": 100}


def decide(name: str, **data: Any) -> Any:
    """What a table says: one row's outputs, or the list of them where several rows count."""
    text = (factories.LIBRARY / "inspection" / f"{name}.dmn").read_text(encoding="utf-8")
    return read_table(text, name).decide(data).outputs


@pytest.mark.parametrize(
    ("found", "grade"),
    [
        ({}, "green"),
        ({"access_refused": "yes"}, "red"),
        ({"critical_count": 1}, "red"),
        ({"major_count": 3}, "red"),
        ({"major_count": 1, "repeat_major": "yes"}, "red"),
        ({"major_count": 2}, "amber"),
        ({"major_count": 1}, "amber"),
        ({"moderate_count": 4}, "amber"),
        ({"moderate_count": 3}, "green"),
        ({"percent_assessed": 79}, "not_assessed"),
        ({"percent_assessed": 79, "major_count": 3}, "red"),
        ({"percent_assessed": 80}, "green"),
        ({"repeat_major": "perhaps"}, "manual"),
    ],
)
def test_the_grade_follows_from_the_findings(found: dict[str, Any], grade: str) -> None:
    assert decide("grade", **{**SOUND, **found})["grade"] == grade


def test_every_combination_of_findings_has_exactly_one_grade() -> None:
    for refused, critical, major, moderate, repeat, percent in product(YES_NO, (0, 1, 9), (0, 1, 2, 3, 9), (0, 3, 4, 9), YES_NO, (0, 79, 80, 100)):
        found = decide(
            "grade", access_refused=refused, critical_count=critical, major_count=major, moderate_count=moderate, repeat_major=repeat,
            percent_assessed=percent,
        )  # fmt: skip

        assert found["grade"] in GRADES
        if critical or refused == "yes" or major >= 3:
            assert found["grade"] == "red"


@pytest.mark.parametrize(("risk", "notice", "days"), [("critical", "none", 2), ("high", "short", 5), ("medium", "usual", 20), ("low", "usual", 60), ("?", "manual", 5)])
def test_the_higher_the_risk_the_sooner_and_quieter_the_visit(risk: str, notice: str, days: int) -> None:
    assert dict(decide("visit-type", risk=risk)) == {"notice": notice, "within_days": days}


@pytest.mark.parametrize(
    ("facts", "unit", "count"),
    [
        ({"final_grade": "red"}, "working", 20),
        ({"final_grade": "red", "high_needs": "yes"}, "working", 10),
        ({"final_grade": "amber"}, "weeks", 13),
        ({"final_grade": "green"}, "weeks", 52),
        ({"final_grade": "green", "is_new": "yes"}, "weeks", 26),
        ({"final_grade": "green", "risk_now": "high"}, "weeks", 26),
        ({"final_grade": "green", "high_needs": "yes"}, "weeks", 26),
        ({"final_grade": "not_assessed"}, "working", 20),
        ({"final_grade": "?"}, "manual", 0),
    ],
)
def test_the_next_visit_follows_from_the_grade(facts: dict[str, str], unit: str, count: int) -> None:
    data = {"risk_now": "low", "is_new": "no", "high_needs": "no", **facts}

    assert dict(decide("next-visit", **data)) == {"unit": unit, "count": count}


def test_the_next_visit_is_never_left_open() -> None:
    for grade, risk, new, needs in product(GRADES, RISKS, YES_NO, YES_NO):
        assert decide("next-visit", final_grade=grade, risk_now=risk, is_new=new, high_needs=needs)["unit"] in ("working", "weeks")


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"final_grade": "green"}, {"none"}),
        ({"final_grade": "amber"}, {"action_plan"}),
        ({"final_grade": "red"}, {"embargo", "action_plan"}),
        ({"final_grade": "red", "critical_count": 1}, {"embargo", "action_plan", "notify_ofsted"}),
        ({"final_grade": "red", "reds_in_a_row": 2}, {"embargo", "action_plan", "suspension"}),
        ({"final_grade": "amber", "plan_overdue_days": 21}, {"action_plan", "suspension"}),
        ({"final_grade": "amber", "plan_overdue_days": 20}, {"action_plan"}),
        ({"final_grade": "not_assessed"}, {"monitoring"}),
        ({"final_grade": "?"}, {"manual"}),
    ],
)
def test_what_follows_from_a_grade(facts: dict[str, Any], wanted: set[str]) -> None:
    data = {"critical_count": 0, "reds_in_a_row": 0, "plan_overdue_days": 0, **facts}

    assert {each["consequence"] for each in decide("consequence", **data)} == wanted
