"""A provider's application, from the first question to where it stands: the provider's own side of it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("apply", __name__, template_folder="templates")

from webapp.apply import (  # noqa: E402, F401  the views register themselves on the blueprint
    account,
    autosave,
    documents,
    eligibility,
    hub,
    items,
    organisation,
    people,
    questions,
    sending,
    starting,
    status,
)
