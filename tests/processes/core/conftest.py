"""The small town of `tests.support.town`, on a database of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.town import Town, build_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with build_town(tmp_path) as built:
        yield built
