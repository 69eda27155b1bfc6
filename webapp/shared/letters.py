"""A letter on its page, and as the file that somebody saves: PDF where the server can make one, and Word."""

from __future__ import annotations

from flask import Response, abort, current_app, make_response
from markupsafe import Markup

from models import Letter, User
from webapp.db import db
from webapp.settings import Settings
from webapp.shared.downloads import SEALED
from workflows.letters import html, pdf, word

TYPES = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


def body_of(letter: Letter) -> Markup:
    """The words of a letter as HTML; the renderer has escaped everything."""
    return Markup(html.render_html(letter))  # noqa: S704


def marks_of(letter: Letter) -> list[str]:
    """What the letter carries beside its words: case, template, who wrote and approved it, when."""
    return html.marks_of(letter, **_names(letter))


def kinds() -> list[str]:
    """The kinds of file a letter can be had as on this server."""
    return ["pdf", "docx"] if pdf.can_make_pdf() else ["docx"]


def file_of(letter: Letter, kind: str) -> Response:
    """A letter as a file to save; 404 for a kind of file that there is not."""
    settings: Settings = current_app.extensions["dps_settings"]
    if kind not in TYPES:
        abort(404)
    render = pdf.render_pdf if kind == "pdf" else word.render_docx
    content = render(letter, council=settings.council_name, **_names(letter))
    if content is None:
        abort(404)
    response = make_response(content)
    response.headers["Content-Type"] = TYPES[kind]
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SEALED
    response.headers.set("Content-Disposition", "attachment", filename=f"{letter.case.reference}-{letter.kind.replace('_', '-')}.{kind}")
    return response


def _names(letter: Letter) -> dict[str, str]:
    found = {"author": letter.author_id, "approver": letter.approver_id}
    return {name: db.session.get_one(User, user_id).name if user_id else "" for name, user_id in found.items()}
