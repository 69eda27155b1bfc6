"""The app with the inspection deployed, and an inspection on the afternoon of its visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from models import clock
from models.session import new_session, transaction
from tests.support import clients, factories
from tests.support import planting_inspections as planting
from tests.support.clients import Browser


@dataclass
class Visiting:
    """An app, the reference of an inspection in it, and browsers of demo people; `provider` is the provider's own person."""

    app: Flask
    reference: str
    address: str

    def browser(self, name: str) -> Browser:
        """A browser signed in as a demo person, or as somebody of the provider."""
        with new_session(self.app.extensions["dps_engine"], writes=False) as session:
            if name == "provider":
                user = session.scalars(planting.select(planting.User).where(planting.User.name == "Una Brook")).one()
            else:
                user = factories.person(session, name)
            return clients.client_for(self.app, user)

    def path(self, rest: str = "") -> str:
        """The address of the inspection, or of a page below it."""
        return f"/inspections/{self.reference}{rest}"


@pytest.fixture
def begun(app: Flask, tmp_path: Path) -> Iterator[Callable[..., Visiting]]:
    """Makes an inspection as far as a planting function takes it."""
    engine = app.extensions["dps_engine"]
    clock.hold(clock.read_instant("2026-03-02 09:30"))
    planting.council(engine, tmp_path / "library")

    def make(how: Callable[..., planting.Walk] = planting.at_the_visit) -> Visiting:
        with transaction(engine) as session:
            walk = how(session)
            for name in (planting.INSPECTOR, planting.COLLEAGUE, planting.MANAGER):
                planting.declaring.declare_none(session, walk.case, walk.person(name))
            return Visiting(app, walk.case.reference, planting.ADDRESS)

    yield make
