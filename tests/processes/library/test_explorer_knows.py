"""The figure that compares the explorer with the engine, on a few models in every run and a hundred in long ones, and proof that it notices what it is there to notice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.figures import r22_explorer as figure
from workflows.library.exploring import moving


@pytest.mark.parametrize(("models", "least_states"), [(15, 75), pytest.param(100, 500, marks=pytest.mark.long)])
def test_the_engine_reaches_no_state_that_the_explorer_does_not_know(models: int, least_states: int) -> None:
    found = figure.compare(models, 1, first_seed=5_000)

    assert found.unknown == []
    assert found.states > least_states


def test_an_explorer_that_forgets_events_beside_a_step_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(self: Any, state: Any, node: Any) -> Iterator[Any]:
        return iter(())

    monkeypatch.setattr(moving.Mover, "_fire_beside", nothing)

    assert figure.compare(20, 3).unknown


def test_an_explorer_that_knows_only_one_way_on_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = moving.Mover._split
    monkeypatch.setattr(moving.Mover, "_split", lambda self, case, node: usual(self, case, node)[:1])

    assert figure.compare(20, 3).unknown
