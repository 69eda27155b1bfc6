"""What the tests of the case pages start from: a small council, or the demo council with its three decisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from models import Case, User
from models.session import new_session
from tests.support.casebook import Casebook, open_casebook
from tests.support.clients import Browser, client_for
from tests.support.server import COUNCIL, copy_town, make_town
from webapp import create_app
from webapp.settings import Settings


@pytest.fixture
def book(app: Flask) -> Casebook:
    """The small council."""
    return open_casebook(app)


@dataclass(frozen=True)
class Council:
    """The demo council: its app, and browsers of its people."""

    app: Flask
    carried_out: str
    in_consultation: str
    to_decide: str

    @property
    def engine(self) -> Engine:
        engine: Engine = self.app.extensions["dps_engine"]
        return engine

    def person(self, name: str) -> User:
        """A demo person by the part of the address before the @."""
        with new_session(self.engine, writes=False) as session:
            return session.scalars(select(User).where(User.email == f"{name}@{COUNCIL}")).one()

    def browser(self, name: str) -> Browser:
        """A browser of a demo person."""
        return client_for(self.app, self.person(name))


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demo council, made once."""
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def council(town: Settings, tmp_path: Path) -> Iterator[Council]:
    """A copy of the demo council that a test may change."""
    app = create_app(copy_town(town, tmp_path))
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        carried_out, in_consultation, to_decide = session.scalars(select(Case.reference).order_by(Case.reference))
    yield Council(app, carried_out, in_consultation, to_decide)
    app.extensions["dps_engine"].dispose()
