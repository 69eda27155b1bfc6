"""The language against Python on random expressions, and what it says to people who make mistakes."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows.engine import language
from workflows.engine.language import EvaluationError, LanguageError

DATA: dict[str, Any] = {"a": 3, "b": -7, "c": 12, "words": "open", "yes": True, "items": [1, 5, 9], "record": {"n": 4}}
ATOMS = st.sampled_from(["a", "b", "c", "record.n", "items[1]", "0", "1", "17", "len(items)", "sum(items)", "max(a, b)", "abs(b)"])


def numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Sums of sums, choices and counts."""
    pairs = st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "%"]), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})")
    chosen = st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} if {parts[1]} > {parts[2]} else {parts[2]})")
    gone_through = inner.map(lambda part: f"len([x for x in items if x < {part}])")
    return st.one_of(pairs, chosen, gone_through, inner.map(lambda part: f"(-{part})"))


NUMBERS = st.recursive(ATOMS, numbers, max_leaves=12)
TESTS = st.recursive(
    st.tuples(NUMBERS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMBERS).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        inner.map(lambda part: f"(not {part})"),
    ),
    max_leaves=5,
)


class Record(dict[str, Any]):
    """A record for Python, where a part is reached by a dot."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


def in_python(text: str) -> Any:
    """What Python says, or the error of a sum without an answer."""
    names = {**DATA, "record": Record(DATA["record"]), "len": len, "sum": sum, "max": max, "abs": abs}
    try:
        return eval(text, {"__builtins__": {}, **names})  # noqa: S307  # the text was made here
    except (ZeroDivisionError, OverflowError):
        return EvaluationError


def in_ours(text: str) -> Any:
    try:
        return language.evaluate(text, DATA)
    except EvaluationError:
        return EvaluationError


@settings(max_examples=1_500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(NUMBERS, TESTS))
def test_random_sums_and_tests_come_out_as_in_python(text: str) -> None:
    expected, found = in_python(text), in_ours(text)
    if isinstance(expected, int) and not isinstance(expected, bool) and abs(expected) > 10**29:
        return
    assert found == expected and type(found) is type(expected), text


@settings(max_examples=300, deadline=None)
@given(st.decimals(-10_000, 10_000, places=2), st.decimals(-10_000, 10_000, places=2))
def test_money_is_exact(first: Decimal, second: Decimal) -> None:
    found = language.evaluate("a + b", {"a": float(first), "b": float(second)})
    assert math.isclose(found, float(first + second), abs_tol=1e-9)
    assert language.evaluate("a + b == c", {"a": float(first), "b": float(second), "c": float(first + second)}) is True


@settings(max_examples=2_000, deadline=None)
@given(st.text(st.sampled_from("ab1.x_()[]{}'\",:+-*/<>= \\fnotiandorifelse"), max_size=60))
def test_any_text_is_worked_out_or_refused_in_words(text: str) -> None:
    try:
        language.evaluate(text, DATA)
    except (LanguageError, EvaluationError) as error:
        assert str(error)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("contract_valu > 5", "there is no value named contract_valu. Did you mean contract_value?"),
        ("lenn(items)", "there is no function named lenn. Did you mean len?"),
        ("record.nn", "Did you mean n?"),
        ("words > 5", "a text cannot be compared with a number"),
        ("words.upper()", "write upper(…) instead"),
        ("nothing_here.part", "there is no value named nothing_here"),
        ("a +", "cannot be read"),
        ("a = 1", "cannot be read"),
        ("2 ** 3", "powers are not part of the language"),
        ("1 / 0", "no answer"),
        ("items[7]", "no place 7 in a list of 3"),
        ("a and (b := 1)", "cannot be named inside an expression"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_in_words(text: str, words: str) -> None:
    with pytest.raises((LanguageError, EvaluationError)) as error:
        language.evaluate(text, {**DATA, "contract_value": 1})
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1 + 0.2 == 0.3", True), ("days(14)", "P14D"), ("date('2026-03-31') + days(1)", "2026-04-01"), ("add_months('2026-01-31', 1)", "2026-02-28"),
        ("add_workdays('2026-04-02', 1)", "2026-04-07"), ("is_set(missing.part)", False), ("coalesce(missing, 'none')", "none"), ("like(words, 'OP*')", True),
        ("count(answers, 'state', 'ok')", 2), ("any(x.state == 'no' for x in answers)", True), ("f'It is {words}'", "It is open"), ("1 == true", False),
        ("'b' in ['a', 'b'] and not ('c' in ['a'])", True), ("days_between('2026-03-01', '2026-03-31')", 30), ("round(2.5)", 3), ("1 < a < 9", True),
    ],
)  # fmt: skip
def test_what_process_owners_write_works(text: str, value: Any) -> None:
    data = {**DATA, "answers": [{"state": "ok"}, {"state": "no"}, {"state": "ok"}]}
    assert language.evaluate(text, data) == value


def test_a_template_holds_values_and_nothing_else() -> None:
    assert language.render_template("Dear {{ words }}, {{ a + 1 }}", DATA) == "Dear open, 4"
    with pytest.raises((LanguageError, EvaluationError)):
        language.render_template("{{ words.__class__ }}", DATA)


def test_a_script_changes_a_copy() -> None:
    after = language.execute("for x in items:\n  a = a + x\nif a > 10:\n  record.n = a\ndel b", DATA)
    assert (after["a"], after["record"], "b" in after, DATA["record"], DATA["b"]) == (18, {"n": 18}, False, {"n": 4}, -7)
