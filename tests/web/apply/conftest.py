"""What tests of applying start from: the app with the shipped processes and an open list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Application, ApplicationSection, Case, Provider, User
from models.session import new_session, transaction
from tests.support import factories
from tests.support import planting_apply as plant
from tests.support.clients import Browser, client_for
from tests.support.databases import fresh, sqlite_file
from tests.web.conftest import app_on
from webapp.settings import Settings


@pytest.fixture(scope="session")
def library_file() -> Iterator[Path]:
    """A database with the processes that the council ships, its people, and a list that takes applications; made once."""
    with fresh("sqlite") as made:
        factories.council(made.engine)
        with transaction(made.engine) as session:
            plant.open_list(session)
        made.engine.dispose()
        yield sqlite_file(made.url)


@pytest.fixture
def library_app(library_file: Path, settings: Settings) -> Iterator[Flask]:
    """The app on a copy of that database."""
    app = app_on(library_file, settings)
    yield app
    app.extensions["dps_engine"].dispose()


@dataclass
class Applicant:
    """Somebody of an organisation, in a browser of their own, with the application that they began."""

    app: Flask
    user: User
    browser: Browser
    reference: str = ""

    def path(self, *parts: object) -> str:
        """An address of the application's pages."""
        return "/".join(["/apply", self.reference, *map(str, parts)])

    def get(self, *parts: object) -> TestResponse:
        """Open a page of the application."""
        return self.browser.get(self.path(*parts))

    def post(self, *parts: object, **answers: Any) -> TestResponse:
        """Send a form of the application's pages."""
        return self.browser.post(self.path(*parts), data=answers)

    def reading(self) -> Session:
        """A session that only looks."""
        return new_session(self.app.extensions["dps_engine"], writes=False)

    def section(self, key: str) -> ApplicationSection | None:
        """A section as it is stored; None while nothing is."""
        with self.reading() as session:
            of_case = Application.id == ApplicationSection.application_id, Case.reference == self.reference
            query = select(ApplicationSection).join(Application, of_case[0]).join(Case, Case.id == Application.case_id)
            return session.scalar(query.where(of_case[1], ApplicationSection.key == key))

    def mark(self, *parts: object) -> str:
        """The mark that a page of questions carries now."""
        found = re.search(r'name="_draft_seen" value="(\w*)"', self.get(*parts).text)
        assert found
        return found[1]


def enter(app: Flask, user: User, reference: str = "") -> Applicant:
    """A browser of one of an organisation's people."""
    return Applicant(app, user, client_for(app, user), reference)


@pytest.fixture
def applicant(library_app: Flask) -> Applicant:
    """Ada Brook of Harbour Homes with an application that is begun."""
    with transaction(library_app.extensions["dps_engine"]) as session:
        user = plant.member(session, plant.organisation(session))
    made = enter(library_app, user)
    answer = made.browser.post("/apply/new", data={"list": "DPS-2026-0001", "categories": ["shared"]})
    assert answer.status_code == 303, answer.text
    made.reference = answer.location.rpartition("/")[2]
    return made


@pytest.fixture
def colleague(applicant: Applicant) -> Applicant:
    """Ben Ford of the same organisation."""
    with transaction(applicant.app.extensions["dps_engine"]) as session:
        provider = session.scalars(select(Provider).order_by(Provider.reference)).first()
        assert provider is not None
        user = plant.member(session, provider, "Ben Ford")
    return enter(applicant.app, user, applicant.reference)


@pytest.fixture
def stranger(applicant: Applicant) -> Applicant:
    """Somebody of another organisation who knows the reference."""
    with transaction(applicant.app.extensions["dps_engine"]) as session:
        user = plant.member(session, plant.organisation(session, "Other Homes Ltd"), "Cy Marsh")
    return enter(applicant.app, user, applicant.reference)
