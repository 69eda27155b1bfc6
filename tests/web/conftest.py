"""What every web test starts from: an app on a database of its own, and a few people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from models import CandidateGroup, GroupKind, GroupMembership, User, clock
from models.session import transaction
from tests.support.databases import sqlite_file, sqlite_template
from webapp import create_app
from webapp.settings import Settings, from_environment
from workflows.rules import passwords

PASSWORD = "tide ferry gravel"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings for a test: a SQLite file in a folder of its own and cheap password hashes."""
    return from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40}, folder=tmp_path)


def app_on(database: Path, settings: Settings) -> Flask:
    """The whole app with these settings on a copy of a SQLite file."""
    place = sqlite_file(settings.database_url)
    place.parent.mkdir(exist_ok=True)
    shutil.copy(database, place)
    return create_app(settings)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The whole app on an empty database."""
    app = app_on(sqlite_template(), settings)
    yield app
    app.extensions["dps_engine"].dispose()


@pytest.fixture
def tls_app(tmp_path: Path) -> Iterator[Flask]:
    """The app as it runs behind a proxy that speaks TLS."""
    environ = {
        "DPS_CHEAP_PASSWORDS": "1",
        "DPS_SECRET_KEY": "k" * 40,
        "DPS_PUBLIC_URL": "https://casework.example.gov.uk",
    }
    app = app_on(sqlite_template(), from_environment(environ, folder=tmp_path))
    yield app
    app.extensions["dps_engine"].dispose()


def person(app: Flask, name: str, *, role: str = "commissioning_officer", is_demo: bool = False) -> User:
    """Somebody in a group that gives them a role."""
    email = name.lower().replace(" ", ".") + "@example.gov.uk"
    with transaction(app.extensions["dps_engine"]) as session:
        group = session.get(CandidateGroup, role)
        if group is None:
            group = CandidateGroup(key=role, name=role, kind=GroupKind.TEAM, role=role, manager_key=None)
            session.add(group)
        stored = passwords.store(PASSWORD, cheap=True)
        user = User(
            email=email,
            name=name,
            job_title=role,
            password_hash=stored,
            is_demo=is_demo,
            created_at=clock.now(),
            last_signed_in_at=None,
        )
        user.memberships.append(GroupMembership(group_key=role, starts_on=date(2020, 1, 1), ends_on=None))
        session.add(user)
    return user


@pytest.fixture
def an_officer(app: Flask) -> User:
    """A commissioning officer who can sign in with PASSWORD."""
    return person(app, "Rowan Ashdown")
