"""Random processes walked at random: the figure, and proof that it notices what it is there to notice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.figures import r13_random_models as figure
from tests.support.random_models import Block, Maker, Node
from workflows.engine import cases, events, joins, state


def wrong_walks(blocks: Iterable[Block], walks: int = 6) -> list[str]:
    """What goes wrong in some walks through these models."""
    found: list[str] = []
    for model, block in enumerate(blocks):
        spec = figure.spec_of(block)
        for number in range(walks):
            try:
                figure.RandomWalk(spec, block, seed=model * 10_000 + number, stock=False).to_the_end()
            except Exception as error:
                found.append(str(error))
    return found


def some_models() -> list[Block]:
    return [Maker(seed).process() for seed in range(30)]


def test_pruning_that_drops_an_arrival_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "_loses_arrival", lambda dropped: False)
    monkeypatch.setattr(joins, "is_open_arrival", lambda task: False)

    assert wrong_walks(some_models())


def test_a_join_that_counts_old_arrivals_again_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(task: Any) -> bool:
        return isinstance(task.task_spec, joins.CountedJoin) and task._state in (joins.TaskState.CANCELLED, joins.TaskState.WAITING)

    monkeypatch.setattr(joins, "is_open_arrival", careless)
    monkeypatch.setattr(state, "prune", lambda workflow: None)
    branches_in_a_loop = (Node("loop", "loop1", ((Node("together", "together2", tuple((Node("step", f"step{place}"),) for place in (3, 4, 5))),),)),)

    assert wrong_walks([branches_in_a_loop])


def test_instances_that_outlive_an_interruption_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases.CaseWorkflow, "forget", lambda self, task: None)

    assert wrong_walks(some_models())


def test_a_message_that_is_taken_only_once_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events.Boundary, "_wait_again", lambda self, task: None)

    assert wrong_walks(some_models())


def test_a_state_that_forgets_a_due_moment_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "PASSING", state.PASSING | {"due"})

    assert wrong_walks(some_models())
