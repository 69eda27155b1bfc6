"""The letters and reports about a provider, as they were sent."""

from __future__ import annotations

import uuid
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from models import Letter, Provider
from webapp.db import db
from webapp.providers import bp, frame
from webapp.shared import letters as letters_shown
from webapp.signed_in import person
from workflows.errors import NotFound
from workflows.queries import cases, provider_history


@bp.get("/providers/<provider_reference>/letters")
def letters(provider_reference: str) -> ResponseReturnValue:
    """Every letter that this reader may see, the newest first."""
    provider = frame.find(provider_reference)
    rows = [
        {"subject": each.subject, "reference": each.case.reference, "sent_at": each.sent_at, "is_for_provider": each.is_for_provider,
         "href": url_for("providers.letter", provider_reference=provider.reference, letter_id=each.id)}
        for each in provider_history.letters_of(db.session, provider) if cases.can_see(db.session, person(), each.case)
    ]  # fmt: skip
    return frame.page(provider, "providers/letters.html", tab="letters", rows=rows)


@bp.get("/providers/<provider_reference>/letters/<uuid:letter_id>")
def letter(provider_reference: str, letter_id: uuid.UUID) -> ResponseReturnValue:
    """One letter, with who wrote and approved it."""
    provider = frame.find(provider_reference)
    found = _find(provider, letter_id)
    place: dict[str, Any] = {"provider_reference": provider.reference, "letter_id": found.id}
    words = {"pdf": "Save as PDF", "docx": "Save as Word file"}
    return frame.page(
        provider, "providers/letter.html", tab="letters", letter=found, body=letters_shown.body_of(found), marks=letters_shown.marks_of(found),
        files=[{"text": words[kind], "href": url_for("providers.letter_file", letter_format=kind, **place)} for kind in letters_shown.kinds()],
    )  # fmt: skip


@bp.get("/providers/<provider_reference>/letters/<uuid:letter_id>/<letter_format>")
def letter_file(provider_reference: str, letter_id: uuid.UUID, letter_format: str) -> ResponseReturnValue:
    """The letter as a file to save: `pdf` or `docx`."""
    return letters_shown.file_of(_find(frame.find(provider_reference), letter_id), letter_format)


def _find(provider: Provider, letter_id: uuid.UUID) -> Letter:
    found = provider_history.letter(db.session, provider, letter_id)
    if not cases.can_see(db.session, person(), found.case):
        raise NotFound("There is no such letter")
    return found
