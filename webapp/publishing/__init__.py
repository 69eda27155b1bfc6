"""The publishing area: the desk of Democratic Services."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("publishing", __name__, template_folder="templates")
