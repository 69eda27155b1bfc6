"""References of decisions in every spelling that councils use."""

from __future__ import annotations

import pytest

from workflows.rules.references import NotAReference, decision_reference


@pytest.mark.parametrize(
    "typed",
    [
        "OKD99 20-21", "OKD99 20/21", "OKD 99 (20/21)", "OKD99_20_21", "OKD99 (20/21)", "okd99-20-21", "OKD99(20/21)", "OKD99 20.21",
        "OKD99 (2020/21)", "OKD99 2020-2021", " okd099 20/21 ", "OKD99 20–21",
    ],
)  # fmt: skip
def test_every_spelling_is_the_same_decision(typed: str) -> None:
    assert decision_reference(typed) == "OKD99 (20/21)"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("CYP03 (18/19)", "CYP3 (18/19)"), ("HT8(21/22)", "HT8 (21/22)"), ("ECR06_20_21", "ECR6 (20/21)"), ("LDR04 17.18", "LDR4 (17/18)")],
)
def test_noughts_before_the_number_do_not_count(typed: str, kept: str) -> None:
    assert decision_reference(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "OKD99", "20/21", "extension", "OKD99 20/2", "KD-2020-0001", "OKD1234 20/21", "X" * 5000, "OKD٩٩ 20/21", "OKD99 20/21\x00"]
)
def test_anything_else_is_not_a_reference(typed: str) -> None:
    with pytest.raises(NotAReference):
        decision_reference(typed)
