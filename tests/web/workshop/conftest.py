"""What the tests of the workshop start from."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.casebook import Casebook, open_casebook


@pytest.fixture
def book(app: Flask) -> Casebook:
    """The small council."""
    return open_casebook(app)
