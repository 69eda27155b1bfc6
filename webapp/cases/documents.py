"""The documents of a case: listed, added, downloaded and taken away."""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Case, Document, User
from webapp import kept
from webapp.cases import bp, frame
from webapp.db import db, writes
from webapp.settings import Settings
from webapp.shared import downloads, provider_files
from webapp.signed_in import person
from workflows.actions import documents as document_actions
from workflows.errors import Invalid
from workflows.queries import case_pages
from workflows.rules import permissions

KINDS = {
    "report": "Report",
    "appendix": "Appendix",
    "background": "Background paper",
    "correspondence": "Letter or e-mail",
    "other": "Other",
}
LONGEST_TITLE = 200


@bp.get("/cases/<reference>/documents")
def documents(reference: str) -> ResponseReturnValue:
    """The documents of a case and the form to add one."""
    back = kept.typed()
    return _page(frame.find(reference), typed=back.to_dict() if back else {})


@bp.post("/cases/<reference>/documents", endpoint="add_document")
@writes
def add_document(reference: str) -> ResponseReturnValue:
    """Add a file, or say at the field why it cannot be taken."""
    case = frame.find(reference)
    try:
        document = _add(case)
    except Invalid as error:
        db.session.rollback()
        return _page(frame.find(reference), typed=request.form.to_dict(), errors=error.errors), 422
    flash(f"“{document.title}” is added")
    return redirect(url_for("cases.documents", reference=case.reference), 303)


def _add(case: Case) -> Document:
    sent = request.files.get("file")
    title = request.form.get("title", "").strip()
    errors = {}
    if sent is None or not sent.filename:
        errors["file"] = "Select a file"
    if not title:
        errors["title"] = "Enter a title for the document"
    elif len(title) > LONGEST_TITLE:
        errors["title"] = f"The title must be {LONGEST_TITLE} characters or fewer"
    kind = request.form.get("kind", "")
    if kind not in KINDS:
        errors["kind"] = "Select what kind of document it is"
    if errors or sent is None:
        raise Invalid(errors)
    return document_actions.add(
        db.session,
        case,
        filename=sent.filename or "",
        content=sent.read(),
        kind=kind,
        title=title,
        is_public=request.form.get("is_public") == "yes",
        exempt_paragraphs="",
        by=person(),
        folder=_settings().documents,
    )


@bp.get("/cases/<reference>/documents/<uuid:document_id>")
def document(reference: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """The file itself, always as something to save and never as a page."""
    found = case_pages.document(db.session, frame.find(reference), document_id)
    return downloads.of(found)


@bp.get("/cases/<reference>/documents/<uuid:document_id>/remove")
def remove_document(reference: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why a document is taken away."""
    case = frame.find(reference)
    return _remove_page(case, case_pages.document(db.session, case, document_id))


@bp.post("/cases/<reference>/documents/<uuid:document_id>/remove", endpoint="remove_document_post")
@writes
def remove_document_post(reference: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Take a document away with a reason."""
    case = frame.find(reference)
    found = case_pages.document(db.session, case, document_id)
    because = request.form.get("because", "")
    try:
        document_actions.remove(db.session, found, because=because, by=person())
    except Invalid as error:
        return _remove_page(case, found, because=because, errors=error.errors), 422
    flash(f"“{found.title}” is removed")
    return redirect(url_for("cases.documents", reference=case.reference), 303)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["dps_settings"]
    return settings


def _may_remove(user: User, case: Case, found: Document) -> bool:
    if found.is_public:
        return permissions.can_publish(user, case)
    return found.added_by_id == user.id or permissions.can_manage(user, case)


def _row(case: Case, found: Document) -> dict[str, Any]:
    place: dict[str, Any] = {"reference": case.reference, "document_id": found.id}
    return {
        "title": found.title,
        "filename": found.filename,
        "kind": KINDS.get(found.kind, found.kind.replace("_", " ").replace("-", " ").capitalize()),
        "format": found.filename.rpartition(".")[2].upper(),
        "size": found.size,
        "added_by": found.added_by.name,
        "added_at": found.added_at,
        "reach": "Public" if found.is_public else f"Exempt: {found.exempt_paragraphs}" if found.exempt_paragraphs else "Staff only",
        "href": url_for("cases.document", **place),
        "remove_href": url_for("cases.remove_document", **place) if _may_remove(person(), case, found) else "",
    }


def _page(case: Case, *, typed: dict[str, str], errors: dict[str, str] | None = None) -> str:
    found = errors or {}
    return frame.page(
        case,
        "cases/documents.html",
        tab="documents",
        documents=[_row(case, each) for each in case_pages.documents(db.session, case)],
        given=provider_files.of_case(db.session, case),
        typed=typed,
        errors=found,
        problems=[{"text": words, "href": f"#{name}"} for name, words in found.items()],
        kinds=[{"value": "", "text": "Select a kind"}, *({"value": key, "text": text} for key, text in KINDS.items())],
        can_upload=permissions.can_upload(person(), case),
        largest=f"{document_actions.MOST_BYTES // (1024 * 1024)}MB",
    )


def _remove_page(case: Case, found: Document, *, because: str = "", errors: dict[str, str] | None = None) -> str:
    problems = [{"text": words, "href": f"#{name}"} for name, words in (errors or {}).items()]
    return frame.page(case, "cases/remove_document.html", tab="documents", document=found, because=because, errors=errors or {}, problems=problems)
