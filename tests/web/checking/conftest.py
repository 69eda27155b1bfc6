"""The app with one application whose checks have begun, and the clock held on the day it was sent."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask

from models import Application, ApplicationSection, clock
from models.session import new_session, transaction
from tests.processes.admission import desk
from tests.processes.admission.conftest import KEYS
from tests.processes.library import shipped
from tests.support.clients import Browser, client_for
from workflows.actions import definitions, organisation
from workflows.demo import people
from workflows.library import definitions as library


@dataclass(frozen=True)
class Checking:
    """The app, the application, and its case's reference."""

    app: Flask
    application_id: uuid.UUID
    reference: str

    def browser(self, name: str) -> Browser:
        """A browser of the demo person `first.last`."""
        with new_session(self.app.extensions["dps_engine"], writes=False) as session:
            return client_for(self.app, people.find_person(session, name))

    @contextmanager
    def writing(self) -> Iterator[desk.Desk]:
        """The desk of the application in a transaction of its own."""
        with transaction(self.app.extensions["dps_engine"]) as session:
            yield desk.Desk(session, session.get_one(Application, self.application_id))

    def task_id(self, step: str) -> uuid.UUID:
        """The open task of a step."""
        with self.writing() as found:
            return found.task(step).id


@pytest.fixture
def checking(app: Flask) -> Iterator[Checking]:
    library.forget()
    with clock.held(clock.read_instant(desk.SENT)):
        with transaction(app.extensions["dps_engine"]) as session:
            organisation.load(session, shipped.ROOT / "organisation.yml")
            organisation.load_parameters(session, shipped.ROOT / "parameters.yml")
            for key in KEYS:
                definitions.deploy_folder(session, shipped.ROOT / key)
            people.load_people(session)
            found = desk.being_checked(session)
            provider_application = definitions.read_folder(shipped.ROOT / "provider-application")
            found.instance.definition.files = {**found.instance.definition.files, **_forms(provider_application)}
            session.add(
                ApplicationSection(
                    application_id=found.application.id, key="methods", values={"support": "Each young person has a key worker."}, problems={},
                    is_completed=True, saved_by_id=found.application.started_by_id, saved_at=clock.now(),
                )
            )  # fmt: skip
            session.flush()
            made = Checking(app, found.application.id, found.case.reference)
        yield made


def _forms(files: dict[str, str]) -> dict[str, str]:
    """The forms of an application's sections, which an application that was filled in has pinned."""
    return {name: text for name, text in files.items() if name.startswith("forms/section-")}
