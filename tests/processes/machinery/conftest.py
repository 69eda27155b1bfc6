"""A small office on each database, with a process in which something can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from models import CandidateGroup, GroupKind, GroupMembership, User, clock
from tests.processes.machinery.roundabout import PARAMETERS
from tests.processes.workshop.change_room import Room, furnish
from tests.support.databases import Database, database
from workflows.actions import organisation
from workflows.library import definitions as library

__all__ = ["database"]


@pytest.fixture
def room(database: Database, tmp_path: Path) -> Iterator[Room]:
    """The office, on each database, with an administrator."""
    library.forget()
    office = furnish(database.engine)
    (tmp_path / "parameters.yml").write_text(PARAMETERS)
    with office.session() as session:
        organisation.load_parameters(session, tmp_path / "parameters.yml")
        session.add(CandidateGroup(key="administrators", name="Administrators", kind=GroupKind.TEAM, role="system_admin"))
        session.flush()
        admin = User(email="admin@example.gov.uk", name="Admin", password_hash=None, created_at=clock.now(), last_signed_in_at=None)
        admin.memberships.append(GroupMembership(group_key="administrators", starts_on=date(2020, 1, 1), ends_on=None))
        session.add(admin)
        session.flush()
        office.ids["admin"] = admin.id
    yield office
    library.forget()
