"""What the tests of single actions start from: the first decision standing at a step, or a small office without any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.office import Office, open_office
from tests.support.stage import Stage, standing_at

StageAt = Callable[[str], Stage]


@pytest.fixture
def stage_at(tmp_path: Path) -> Iterator[StageAt]:
    """The demo's first decision waiting for a step, with the clock held just before the story's own moment."""
    with ExitStack() as open_ones:
        yield lambda step: open_ones.enter_context(standing_at(step, tmp_path))


@pytest.fixture
def office() -> Iterator[Office]:
    with open_office() as opened:
        yield opened
