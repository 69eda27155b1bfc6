"""The publishing area: notices, records, corrections and call-in requests, for Democratic Services."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("publishing", __name__, template_folder="templates")

from webapp.publishing import calling_in, correcting, desk, previewing  # noqa: E402  the views register themselves on the blueprint

__all__ = ["bp", "calling_in", "correcting", "desk", "previewing"]
