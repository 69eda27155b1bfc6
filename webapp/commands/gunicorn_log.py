"""gunicorn's messages through our own log writer, so that every line on standard error is JSON."""

from __future__ import annotations

import logging
from typing import Any

from gunicorn.glogging import Logger


class Log(Logger):  # type: ignore[misc]
    """gunicorn's logger without handlers of its own; requests are logged by the app, not here."""

    def setup(self, _cfg: Any) -> None:
        self.error_log.handlers = []
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)

    def access(self, *_arguments: Any) -> None:
        """Nothing: `webapp.logs` writes one line a request."""
