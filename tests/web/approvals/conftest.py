"""The app with the first decision at a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.stage import WebStage, web_standing_at


@pytest.fixture
def stage_at(tmp_path: Path) -> Iterator[Callable[[str], WebStage]]:
    """Gives the stage at a named step."""
    with ExitStack() as stack:
        yield lambda step: stack.enter_context(web_standing_at(step, tmp_path))
