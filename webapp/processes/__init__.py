"""The processes area: the library of diagrams for everyone who works by them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("processes", __name__, template_folder="templates")

# The views register themselves on the blueprint.
from webapp.processes import branches, compare, heatmap, helping, library, rules, steps, version_figures, versions  # noqa: E402, F401
