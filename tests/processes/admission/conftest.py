"""A database of each kind with the processes of checking and admission and the demo people, rolled back after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import clock
from models.session import new_session, transaction
from tests.processes.admission import desk
from tests.processes.library import shipped
from tests.support import databases
from workflows.actions import definitions, organisation
from workflows.demo import people
from workflows.library import definitions as library

KEYS = ("consultation", "key-decision", "due-diligence", "admission")


@pytest.fixture(scope="module", params=[pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgresql)])
def town_hall(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param not in databases.available():
        pytest.skip("PostgreSQL is not on this machine")
    with databases.fresh(request.param) as database:
        library.forget()
        with transaction(database.engine) as session:
            organisation.load(session, shipped.ROOT / "organisation.yml")
            organisation.load_parameters(session, shipped.ROOT / "parameters.yml")
            for key in KEYS:
                definitions.deploy_folder(session, shipped.ROOT / key)
            people.load_people(session)
        yield database.engine


@pytest.fixture
def session(town_hall: Engine) -> Iterator[Session]:
    with new_session(town_hall) as found, clock.held(clock.read_instant(desk.SENT)):
        yield found
        found.rollback()
