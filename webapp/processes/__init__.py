"""The processes area: the library of diagrams for everyone who works by them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("processes", __name__, template_folder="templates")

from webapp.processes import library  # noqa: E402, F401  the views register themselves on the blueprint
