"""The demo council with the processes that the tests of lists and terms start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Model
from models.session import make_engine, new_session
from tests.support import planting_lists


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = make_engine(f"sqlite:///{tmp_path / 'lists.db'}")
    Model.metadata.create_all(made)
    planting_lists.council(made, tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with new_session(engine) as session:
        yield session
