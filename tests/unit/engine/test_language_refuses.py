"""The language against texts that want out, and against texts that want everything."""

from __future__ import annotations

import builtins
import contextlib
import gc
import resource
import time
from typing import Any

import pytest

from tests.unit.engine.payloads import BOMBS, DATA, EXPRESSIONS, SCRIPT_BOMBS, SCRIPTS, escapes
from workflows.engine import language
from workflows.engine.language import EvaluationError, LanguageError

REFUSALS = (LanguageError, EvaluationError)
LONGEST = 0.5


@pytest.fixture(autouse=True)
def nothing_of_python_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the dangerous builtins shout, should a text ever reach one."""

    def reached(*arguments: Any, **named: Any) -> None:
        pytest.fail("a text reached Python")

    language.evaluate("add_workdays('2026-01-01', 1)", {})  # loads the holidays, which is Python's own work
    for name in ("eval", "exec", "input", "breakpoint"):
        monkeypatch.setattr(builtins, name, reached)


def test_the_battery_is_large_enough() -> None:
    assert len({*EXPRESSIONS, *SCRIPTS}) >= 95 and len(set(escapes())) >= 300


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_that_is_not_of_the_language_is_refused(text: str) -> None:
    with pytest.raises(REFUSALS) as refused:
        language.evaluate(text, DATA)
    assert str(refused.value) and "Traceback" not in str(refused.value)


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_script_that_is_not_of_the_language_is_refused_and_changes_nothing(text: str) -> None:
    data = {"x": "abc", "items": [1, 2], "record": {"a": 1}}
    with pytest.raises(REFUSALS):
        language.execute(text, data)
    assert data == {"x": "abc", "items": [1, 2], "record": {"a": 1}}


def test_every_escape_is_refused() -> None:
    for text in escapes():
        with pytest.raises(REFUSALS):
            language.evaluate(text, DATA)


@pytest.mark.parametrize("text", BOMBS, ids=lambda text: text[:30])
def test_an_expensive_expression_is_stopped_or_cheap(text: str) -> None:
    assert seconds_of(lambda: language.evaluate(text, DATA)) < LONGEST


@pytest.mark.parametrize("text", SCRIPT_BOMBS, ids=lambda text: text[:30])
def test_an_expensive_script_is_stopped_or_cheap(text: str) -> None:
    assert seconds_of(lambda: language.execute(text, DATA)) < LONGEST


def test_bombs_take_no_memory_to_speak_of() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for text in BOMBS:
        seconds_of(lambda text=text: language.evaluate(text, DATA))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64_000


def seconds_of(work: Any) -> float:
    """The processor time of a piece of work that may be refused, and must not fail in any other way.

    Looking through what the tests before it left in memory is not the work's own time, so nobody looks for garbage meanwhile.
    """
    gc.disable()
    try:
        before = time.thread_time()
        with contextlib.suppress(*REFUSALS):
            work()
        return time.thread_time() - before
    finally:
        gc.enable()


@pytest.mark.parametrize("name", ["typename", "__class__", "", "a" * 101])
def test_names_kept_for_the_engine_are_refused_in_what_people_send(name: str) -> None:
    for data in ({name: 1}, {"a": {name: 1}}, {"a": [{name: 1}]}):
        with pytest.raises(EvaluationError, match="not allowed"):
            language.clean_data(data)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1}, b"x", object(), len, 1j, ["a" * 1_100_000]])
def test_what_is_not_plain_data_is_refused(value: Any) -> None:
    with pytest.raises(EvaluationError):
        language.clean_data({"a": value})


def test_data_that_is_too_deep_is_refused() -> None:
    value: Any = 1
    for _ in range(14):
        value = [value]
    with pytest.raises(EvaluationError, match="too deep"):
        language.clean_data({"a": value})
