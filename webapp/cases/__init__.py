"""The cases area: finding a case and everything about it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cases", __name__, template_folder="templates")

from webapp.cases import (  # noqa: E402, F401  the views register themselves on the blueprint
    answers,
    comments,
    consultations,
    documents,
    law,
    listing,
    managing,
    process,
    searching,
    summary,
    timeline,
)
