"""The provider's own area: its tasks, its record, its documents and the messages with the council."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("provider", __name__, template_folder="templates")

from webapp.provider import (  # noqa: E402  the views register themselves on the blueprint above
    actions,
    certificates,
    documents,
    home,
    letters,
    messages,
    organisation,
    people,
    premises,
    tasks,
)

__all__ = ["actions", "bp", "certificates", "documents", "home", "letters", "messages", "organisation", "people", "premises", "tasks"]
