"""The council of the library's tests, for tests of what the law demands whatever a diagram, a form or a person does."""

from __future__ import annotations

from tests.processes.library.conftest import council, town_hall

__all__ = ["council", "town_hall"]
