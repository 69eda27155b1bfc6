"""Long pieces of work that somebody started: how far they are, and how they ended."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("undertakings", __name__, template_folder="templates")

from webapp.undertakings import pages  # noqa: E402, F401  the views register themselves on the blueprint
