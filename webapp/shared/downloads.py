"""A document handed to a browser: always something to save, never a page."""

from __future__ import annotations

from flask import Response, current_app, make_response

from models import Document, ProviderDocument
from webapp.settings import Settings
from workflows.actions import documents, provider_documents
from workflows.storage import Place

# Nothing that a browser opens from us may run a script, send a form or load anything.
SEALED = "sandbox; default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def of(document: Document) -> Response:
    """The bytes of a document with the headers that keep a browser from trusting them. NotFound when it was removed."""
    return _sealed(document, documents.open_bytes(document, _kept_in()))


def of_provider(document: ProviderDocument) -> Response:
    """The same for a provider's document. Held while it was not scanned."""
    return _sealed(document, provider_documents.open_bytes(document, _kept_in()))


def _kept_in() -> Place:
    settings: Settings = current_app.extensions["dps_settings"]
    return settings.documents


def _sealed(document: Document | ProviderDocument, content: bytes) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = document.media_type
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SEALED
    response.headers.set("Content-Disposition", "attachment", filename=document.filename)
    return response
