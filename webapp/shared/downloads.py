"""A document handed to a browser: always something to save, never a page."""

from __future__ import annotations

from flask import Response, current_app, make_response

from models import Document
from webapp.settings import Settings
from workflows.actions import documents

# Nothing that a browser opens from us may run a script, send a form or load anything.
SEALED = "sandbox; default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def of(document: Document) -> Response:
    """The bytes of a document with the headers that keep a browser from trusting them. NotFound when it was removed."""
    settings: Settings = current_app.extensions["dps_settings"]
    response = make_response(documents.open_bytes(document, settings.uploads))
    response.headers["Content-Type"] = document.media_type
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SEALED
    response.headers.set("Content-Disposition", "attachment", filename=document.filename)
    return response
