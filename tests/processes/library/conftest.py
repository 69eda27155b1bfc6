"""A database of each kind with the shipped library and the demo people, set up once and rolled back after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from models.session import new_session, transaction
from tests.processes.library import shipped
from tests.processes.library.council import Council, sitting
from tests.support import databases
from workflows.actions import definitions
from workflows.demo import people
from workflows.library import definitions as library


@pytest.fixture(scope="module", params=[pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgresql)])
def town_hall(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param not in databases.available():
        pytest.skip("PostgreSQL is not on this machine")
    with databases.fresh(request.param) as database:
        library.forget()
        with transaction(database.engine) as session:
            definitions.deploy_library(session, shipped.ROOT)
            people.load_people(session)
        yield database.engine


@pytest.fixture
def council(town_hall: Engine) -> Iterator[Council]:
    with new_session(town_hall) as session, sitting(session) as found:
        yield found
        session.rollback()
