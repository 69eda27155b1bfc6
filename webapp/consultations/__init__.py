"""The consultations area: giving advice."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("consultations", __name__, template_folder="templates")

from webapp.consultations import asking, listing, pages  # noqa: E402  the views register themselves on the blueprint

__all__ = ["asking", "bp", "listing", "pages"]
