"""A council with one open list, two members and their homes, for the pages of the provider list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from models import User, clock
from models.session import new_session, transaction
from tests.support import factories, planting_lists
from tests.support.clients import Browser, client_for, public_client
from tests.support.databases import fresh, sqlite_file
from tests.web.conftest import app_on
from webapp.settings import Settings

TODAY = "2026-03-02 10:00"


@dataclass(frozen=True)
class Office:
    """The app, and browsers of the people of the council."""

    app: Flask

    @property
    def engine(self) -> Engine:
        engine: Engine = self.app.extensions["dps_engine"]
        return engine

    def person(self, name: str) -> User:
        with new_session(self.engine, writes=False) as session:
            return factories.person(session, name)

    def browser(self, name: str = "bridget.nolan") -> Browser:
        """A browser of a demo person, a placement officer unless told."""
        return client_for(self.app, self.person(name))

    def public(self) -> Browser:
        return public_client(self.app)


@pytest.fixture(scope="session")
def market_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A database with the council and its small market; made once, and copied by each test."""
    with fresh("sqlite") as made:
        planting_lists.council(made.engine, tmp_path_factory.mktemp("market"))
        with clock.held(clock.read_instant(TODAY)), transaction(made.engine) as session:
            planting_lists.small_market(session)
        made.engine.dispose()
        yield sqlite_file(made.url)


@pytest.fixture
def office(market_file: Path, settings: Settings) -> Iterator[Office]:
    app = app_on(market_file, settings)
    with clock.held(clock.read_instant(TODAY)):
        yield Office(app)
    app.extensions["dps_engine"].dispose()


def needs(**told: Any) -> dict[str, Any]:
    """The answers of a search, with some of them changed; None leaves one out."""
    return {key: value for key, value in (planting_lists.NEEDS | told).items() if value is not None}
