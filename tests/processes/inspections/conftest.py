"""The inspection and what it calls, deployed with the demo people, once for a module and rolled back after each test, on a Monday morning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import clock
from models.session import new_session
from tests.support import databases, planting_inspections

MONDAY = "2026-03-02 09:30"


@pytest.fixture(scope="module")
def town_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with databases.fresh("sqlite") as database, clock.held(clock.read_instant(MONDAY)):
        planting_inspections.council(database.engine, tmp_path_factory.mktemp("library"))
        yield database.engine


@pytest.fixture
def session(town_hall: Engine) -> Iterator[Session]:
    clock.hold(clock.read_instant(MONDAY))
    with new_session(town_hall) as session:
        yield session
        session.rollback()
