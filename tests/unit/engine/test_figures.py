"""The figures of the engine are short when the fault that each is there to find is planted; `make test` takes the figures themselves."""

from __future__ import annotations

import time

import pytest

from tests.figures import p2_state, r15_long_life, s4_runaways, s5_sandbox
from tests.unit.engine import models
from tests.unit.engine.drawing import chain, end, exclusive, flow, parallel, start, user
from tests.unit.engine.walking import Walk
from workflows import engine
from workflows.engine import running, state
from workflows.engine.language import evaluating, functions


def test_what_is_stored_does_not_grow_with_the_rounds() -> None:
    assert p2_state.main() == 0


def test_history_that_is_never_pruned_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "prune", lambda workflow: None)

    sizes, live, _ = p2_state.measure(60)
    largest, _, _ = r15_long_life.rounds(60)

    assert sizes[60] > p2_state.MOST * sizes[10] and live[60] > p2_state.MOST * live[10]
    assert largest * (r15_long_life.ROUNDS / 60) > 200_000


def test_a_function_that_lets_texts_out_is_noticed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(evaluating, "FUNCTIONS", {**functions.FUNCTIONS, "open": lambda *path: "secret"})

    assert s5_sandbox.main() == 1
    assert "open(" in capsys.readouterr().err


def test_a_function_that_is_not_paid_for_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluating, "cost_of", lambda name, arguments: 0)
    monkeypatch.setattr(s5_sandbox, "BOMBS", ("[workdays_between('2012-01-01', '2013-12-31') for a in many]",))
    monkeypatch.setattr(s5_sandbox, "SCRIPT_BOMBS", ())

    assert s5_sandbox.main() == 1


def test_a_runaway_that_is_not_stopped_is_noticed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(s4_runaways, "runaways", lambda: {"one that stops by itself": (s4_runaways.USUAL, {})})

    assert s4_runaways.main() == 1
    assert "not_stopped_or_moved 1 of_1 0 short" in capsys.readouterr().out


def test_a_runaway_that_others_notice_is_noticed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    loop = "a loop without a wait"
    spin = s4_runaways.runaways()[loop]
    monkeypatch.setattr(s4_runaways, "runaways", lambda: {loop: spin})
    monkeypatch.setattr(running, "LONGEST_SECONDS", 1.0)
    monkeypatch.setattr(s4_runaways, "usual", lambda: time.sleep(0.05) or 0.05)
    monkeypatch.setattr(s4_runaways, "LONGEST_FOR_OTHERS", 0.02)

    assert s4_runaways.main() == 1
    assert "0.05 s 0.02 short" in capsys.readouterr().out


def test_a_loop_beside_a_task_that_waits_for_long_is_pruned_too() -> None:
    diagram = models.one(
        start(), parallel("split"), user("long"), exclusive("merge"), user("work"), exclusive("again", default="join"), parallel("join"), end(),
        chain("start", "split", "long", "join", "end"), chain("split", "merge", "work", "again"), flow("again", "merge", "again == 1"), flow("again", "join"),
    )  # fmt: skip
    case = Walk(engine.read("p", {"process.bpmn": diagram}))
    sizes = []
    for _ in range(100):
        case.complete("work", again=1)
        sizes.append(len(case.stored))

    assert sizes[99] <= p2_state.MOST * sizes[9]
    case.complete("work", again=0)
    case.complete("long")
    assert case.run.finished
