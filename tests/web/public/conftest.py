"""What tests of the public pages start from: the clock at the days of the first demo decision, and a way to plant one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import clock
from models.session import transaction
from tests.support.clients import Browser, public_client

T = TypeVar("T")
Plant = Callable[[Callable[[Session], T]], T]


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[None]:
    """Hold the clock on Thursday 12 November 2020 at 3pm, an hour after the decision is published."""
    with clock.held(clock.read_instant("2020-11-12 15:00")):
        yield


@pytest.fixture
def plant(app: Flask) -> Plant[object]:
    """Build rows in a transaction of their own."""

    def build(how: Callable[[Session], object]) -> object:
        with transaction(app.extensions["dps_engine"]) as session:
            return how(session)

    return build


@pytest.fixture
def public(app: Flask) -> Browser:
    """A browser of somebody who is not signed in."""
    return public_client(app)


def on(text: str) -> datetime:
    """A moment in London time."""
    return clock.read_instant(text)
