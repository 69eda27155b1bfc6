"""The examples of the page that explains conditions mean the same in a form, a decision table and a diagram."""

from __future__ import annotations

import re

import pytest

from workflows.engine import language, tables
from workflows.library.forms import condition_examples, conditions
from workflows.library.forms.condition_examples import EXAMPLES, Example


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.words)
def test_a_condition_means_the_same_in_all_three_places(example: Example) -> None:
    table = tables.read_table(_table(example))

    for answers, expected in ((example.holds_for, True), (example.fails_for, False)):
        assert conditions.is_true(example.form, answers) is expected
        assert bool(language.evaluate(example.diagram, dict(answers))) is expected
        assert (table.decide(answers).rows == (1,)) is expected


def test_every_function_is_explained() -> None:
    explained = {name for call, _ in condition_examples.FUNCTIONS for name in re.findall(r"(\w+)\(", call)}

    assert explained == set(language.FUNCTIONS)


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        ('=a = "x" and\n  b > 3', {"a": "x", "b": 4}, True),
        ('=a = "x" and b > 3 or c', {"a": "y", "b": 4, "c": True}, True),
        ('=a = "x" and (b > 3 or c)', {"a": "y", "b": 4, "c": True}, False),
        ('=(a = "x" or a = "y") and not(b)', {"a": "y", "b": False}, True),
        ('=a = "this and\n that" or b', {"a": "this and\n that"}, True),
        ('=a = "x" or a = "y" or a = "z"', {"a": "z"}, True),
        ("=not(a) and not(b)", {"a": False, "b": True}, False),
    ],
)
def test_forms_join_comparisons_as_the_form_editor_writes_them(condition: str, answers: dict[str, object], expected: bool) -> None:
    assert conditions.is_true(condition, answers) is expected
    assert conditions.tree(condition)[0] in ("and", "or")


@pytest.mark.parametrize("condition", ["=", "=a b", "=a and", "=a = ", "=__import__('os')", "=a + 1", "=for x in a return x", '=a = "x'])
def test_what_cannot_be_read_is_refused(condition: str) -> None:
    with pytest.raises(conditions.ConditionRefused):
        conditions.is_true(condition, {})


def _table(example: Example) -> str:
    inputs = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in example.table)
    cells = "".join(f"<inputEntry><text>{_escaped(cell)}</text></inputEntry>" for cell in example.table.values())
    rule = f'<rule>{cells}<outputEntry><text>"yes"</text></outputEntry></rule>'
    table = f'<decisionTable hitPolicy="FIRST">{inputs}<output name="holds"/>{rule}</decisionTable>'
    return f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="t">{table}</decision></definitions>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
