"""The letters that a provider was sent, as they were sent."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from webapp.db import db
from webapp.provider import bp, frame
from webapp.shared import letters as letters_shown
from workflows.queries import providers


@bp.get("/provider/letters")
def letters() -> ResponseReturnValue:
    """Every letter, the newest first."""
    found = providers.letters_of(db.session, frame.here())
    rows = [
        {"subject": each.subject, "href": url_for("provider.letter", letter_id=each.id), "sent_at": each.sent_at, "reference": each.case.reference}
        for each in found
    ]
    return frame.page("provider/letters.html", rows=rows)


@bp.get("/provider/letters/<uuid:letter_id>")
def letter(letter_id: uuid.UUID) -> ResponseReturnValue:
    """One letter."""
    found = providers.letter(db.session, frame.here(), letter_id)
    files = [{"text": words, "href": url_for("provider.letter_file", letter_id=found.id, letter_format=kind)} for kind, words in _files()]
    return frame.page("provider/letter.html", letter=found, body=letters_shown.body_of(found), marks=letters_shown.marks_of(found), files=files)


@bp.get("/provider/letters/<uuid:letter_id>/<letter_format>")
def letter_file(letter_id: uuid.UUID, letter_format: str) -> ResponseReturnValue:
    """The letter as a file to save: `pdf` or `docx`."""
    return letters_shown.file_of(providers.letter(db.session, frame.here(), letter_id), letter_format)


def _files() -> list[tuple[str, str]]:
    words = {"pdf": "Save as PDF", "docx": "Save as Word file"}
    return [(kind, words[kind]) for kind in letters_shown.kinds()]
