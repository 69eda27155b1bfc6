"""Files of tests that would never end are refused, and a walk can be stopped."""

from __future__ import annotations

import pytest

from tests.processes.library import shipped
from workflows.library import scenarios


def test_paths_that_walk_one_another_again_and_again_are_refused() -> None:
    doubled = "\n".join(f"  p{number}: [{{walks: p{number + 1}}}, {{walks: p{number + 1}}}]" for number in range(40))
    text = f"paths:\n{doubled}\n  p40: [{{clock: 2026-03-02}}]\nA: [{{starts: 2026-03-02}}, {{walks: p0}}]\n"

    with pytest.raises(scenarios.ScenariosRefused, match="at most"):
        scenarios.read(text)


def test_a_file_of_any_length_is_not_read() -> None:
    with pytest.raises(scenarios.ScenariosRefused, match="longer than"):
        scenarios.read("#" * (scenarios.LONGEST_FILE + 1))


def test_a_walk_that_is_stopped_has_not_passed() -> None:
    outcome = scenarios.run(shipped.all_scenarios("consultation")[0], shipped.spec("consultation"), shipped.surroundings("consultation"), stop=lambda: True)

    assert not outcome.passed and "took too long" in outcome.fault
