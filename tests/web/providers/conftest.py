"""What the tests of the staff's pages about providers start from: the small market."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.provider_market import Market, open_market


@pytest.fixture
def market(app: Flask) -> Iterator[Market]:
    """Two providers, staff, and a case about each."""
    with open_market(app) as made:
        yield made
