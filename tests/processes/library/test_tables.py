"""The decision tables decide the examples of the domain, leave no case out and never say two things."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.processes.library import shipped
from workflows.engine.tables import Table, read_table

YES_NO = ("yes", "no")
SPENDING, SAVINGS = "Spending of £500,000 or more", "Savings of £500,000 or more"
DIVISIONS = "Significant effect on communities in two or more divisions"


def table(name: str) -> Table:
    """One of the tables of the key decision."""
    return read_table(shipped.files("key-decision")[f"{name}.dmn"], name)


def key_test(*, executive: str = "yes", treasury: str = "no", value: float = 0, savings: float = 0, divisions: str = "no") -> dict[str, Any]:
    """What the key test says."""
    data = {"executive": executive, "treasury": treasury, "value_total": value, "savings": savings, "two_or_more_divisions": divisions}
    return dict(table("key-test").decide(data).outputs)


@pytest.mark.parametrize(
    ("facts", "key", "reasons"),
    [
        ({"executive": "no", "value": 9_000_000, "divisions": "yes"}, "no", []),
        ({"treasury": "yes", "value": 9_000_000}, "no", []),
        ({"treasury": "yes", "value": 9_000_000, "divisions": "yes"}, "yes", [DIVISIONS]),
        ({"value": 500_000}, "yes", [SPENDING]),
        ({"value": 499_999.99}, "no", []),
        ({"savings": 500_000}, "yes", [SAVINGS]),
        ({"value": 600_000, "savings": 600_000}, "yes", [SPENDING, SAVINGS]),
        ({"divisions": "yes"}, "yes", [DIVISIONS]),
        ({"value": 2_400_000, "divisions": "yes"}, "yes", [SPENDING, DIVISIONS]),
        ({"value": 600_000, "savings": 600_000, "divisions": "yes"}, "yes", [SPENDING, SAVINGS, DIVISIONS]),
    ],
)
def test_the_key_test_follows_the_regulation(facts: dict[str, Any], key: str, reasons: list[str]) -> None:
    assert key_test(**facts) == {"key": key, "reason": reasons}


def test_the_key_test_has_exactly_one_answer_for_every_case() -> None:
    for executive, treasury, value, savings, divisions in product(YES_NO, YES_NO, (0, 499_999, 500_000), (0, 499_999, 500_000), YES_NO):
        found = key_test(executive=executive, treasury=treasury, value=value, savings=savings, divisions=divisions)

        assert found["key"] in YES_NO
        assert bool(found["reason"]) is (found["key"] == "yes")


def test_the_key_test_uses_the_threshold_that_the_council_publishes() -> None:
    threshold = shipped.parameters()["key_decision_threshold"]["value"]

    assert key_test(value=threshold)["key"] == "yes"
    assert key_test(value=threshold - 1)["key"] == "no"
    assert f"{threshold:,}" in SPENDING


@pytest.mark.parametrize(("wait_28", "wait_5", "route"), [("yes", "yes", "A"), ("yes", "no", "A"), ("no", "yes", "B"), ("no", "no", "C")])
def test_the_route_of_the_notice_follows_from_how_long_it_can_wait(wait_28: str, wait_5: str, route: str) -> None:
    assert table("notice-route").decide({"can_wait_28": wait_28, "can_wait_5": wait_5}).outputs == {"route": route}


def signatories(**facts: Any) -> list[str]:
    """The keys of the groups that sign off."""
    usual = {
        "maker": "executive-director-children", "lead_director": "executive-director-children", "value_total": 100_000, "savings": 0,
        "outside_budget": None, "route": "A", "extends_after_expiry": "no",
    }  # fmt: skip
    return [row["key"] for row in table("sign-offs").decide({**usual, **facts}).outputs]


@pytest.mark.parametrize(
    ("facts", "keys"),
    [
        ({}, []),
        ({"value_total": 2_400_000, "extends_after_expiry": "yes"}, ["section-151-officer", "monitoring-officer"]),
        ({"value_total": 1_950_000}, ["section-151-officer"]),
        ({"savings": 500_000}, ["section-151-officer"]),
        ({"outside_budget": "yes"}, ["section-151-officer"]),
        ({"route": "B"}, ["monitoring-officer"]),
        ({"route": "C"}, ["monitoring-officer"]),
        ({"maker": "cabinet-member-children"}, ["executive-director-children"]),
        ({"maker": "cabinet", "value_total": 500_000, "route": "C"}, ["executive-director-children", "section-151-officer", "monitoring-officer"]),
    ],
)
def test_sign_off_is_asked_of_the_right_posts(facts: dict[str, Any], keys: list[str]) -> None:
    assert signatories(**facts) == keys


def test_every_post_that_signs_off_is_a_group() -> None:
    assert set(signatories(value_total=500_000, route="C", maker="cabinet")) <= set(shipped.groups())
