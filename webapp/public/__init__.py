"""What anyone may read and say without signing in: decisions, notices, records, comments."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("public", __name__, template_folder="templates")

from webapp.public import (  # noqa: E402, F401  the views register themselves on the blueprint
    calling_in,
    documents,
    listing,
    provider_list,
    reading,
    representing,
    start,
)
