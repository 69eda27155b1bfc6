"""Harbour Homes on the list: built once, and copied for each test, with the clock held."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import clock
from models.session import make_engine
from tests.processes.membership.harbour import STARTS, Harbour, build
from tests.support import databases
from tests.support.databases import database
from workflows.library import definitions as library

__all__ = ["database"]


@pytest.fixture(scope="session")
def built_harbour() -> Iterator[Path]:
    with databases.fresh("sqlite") as made:
        build(made.engine)
        clock.release()
        made.engine.dispose()
        yield Path(made.url.removeprefix("sqlite:///"))


@pytest.fixture
def harbour(built_harbour: Path, tmp_path: Path) -> Iterator[Harbour]:
    shutil.copy(built_harbour, tmp_path / "harbour.sqlite3")
    engine = make_engine(f"sqlite:///{tmp_path}/harbour.sqlite3")
    clock.hold(clock.read_instant(STARTS))
    library.forget()
    yield Harbour(engine)
    engine.dispose()


@pytest.fixture
def harbour_on(database: databases.Database) -> Harbour:
    """The same on both kinds of database."""
    return build(database.engine)
