"""What the tests of the workshop start from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.processes.workshop.change_room import Room, furnish
from tests.support.databases import Database, database
from workflows.library import definitions as library

__all__ = ["database"]


@pytest.fixture
def room(database: Database) -> Iterator[Room]:
    """The office, on each database."""
    library.forget()
    yield furnish(database.engine)
    library.forget()
