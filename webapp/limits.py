"""A coarse limit on what one address may post without signing in, kept in the memory of this process."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from webapp.db import READS
from webapp.signed_in import visitor

POSTS = "300 per minute"

limiter = Limiter(
    get_remote_address,
    storage_uri="memory://",
    application_limits=[POSTS],
    application_limits_per_method=False,
    application_limits_exempt_when=lambda: request.method in READS or visitor() is not None,
    headers_enabled=False,
)


def init_limits(app: Flask) -> None:
    """Count the public's posts by address; a view may ask for a stricter limit with `@limiter.limit`."""
    app.config["RATELIMIT_ENABLED"] = True
    limiter.init_app(app)
