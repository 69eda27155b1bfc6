"""Examples beside a decision table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from workflows.engine import tables
from workflows.library import table_examples

TABLES = sorted(Path("bpmn").glob("*/*.dmn"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("-1.5", Decimal("-1.5")), ("true", True), ("false", False), ("", None), ("2026-03-31", date(2026, 3, 31)),
        ("2026-13-31", "2026-13-31"), ("red", "red"), ('"red"', "red"), ("  red ", "red"),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_a_value(text: str, value: object) -> None:
    assert table_examples.typed(text) == value


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_the_first_examples_of_every_shipped_table_can_be_tried(path: Path) -> None:
    table = tables.read_table(path.read_text())

    answers = table_examples.answer(table, table_examples.first_examples(table))

    assert answers
    assert any(each.rows for each in answers), answers


def test_an_example_says_which_row_and_what() -> None:
    table = tables.read_table(Path("bpmn/inspection/grade.dmn").read_text())

    answer = table_examples.answer(table, [{"access_refused": "yes", "critical_count": "0"}])[0]

    assert answer.rows == (1,)
    assert answer.outputs == {"grade": "red"}


def test_an_example_that_cannot_be_decided_says_why() -> None:
    table = tables.read_table(Path("bpmn/inspection/grade.dmn").read_text())

    answer = table_examples.answer(table, [{"access_refused": "no", "critical_count": "many"}])[0]

    assert answer.error and not answer.rows
