"""The documents of a provider: given once and used again, in versions, with the day they run out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from models import ProviderDocument, clock
from webapp import kept
from webapp.db import db, writes
from webapp.provider import bp, frame
from webapp.shared import downloads, record_forms, uploads
from webapp.signed_in import person
from workflows.actions import provider_documents as actions
from workflows.errors import Invalid
from workflows.queries import providers

SOON = timedelta(days=60)
INFECTED_SHOWN = timedelta(days=30)


@bp.get("/provider/documents")
def documents() -> ResponseReturnValue:
    """All documents, the newest first, and the form to add one."""
    back = kept.typed()
    return _page(dict(back.lists()) if back else {}, {})


@bp.post("/provider/documents", endpoint="documents_add")
@writes
def documents_add() -> ResponseReturnValue:
    """Add a document, or say at the field why it cannot be taken."""
    checked = record_forms.sent(record_forms.without_files(record_forms.document(is_new=True)))
    try:
        document = _keep(checked.answers, checked.errors, kind=str(checked.answers.get("kind", "")))
    except Invalid as error:
        db.session.rollback()
        return _page(checked.typed, error.errors), 422
    flash(_kept_words(document))
    return redirect(url_for("provider.documents"), 303)


@bp.get("/provider/documents/<uuid:document_id>/replace")
def document_replace(document_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a newer version of a document."""
    before = _find(document_id)
    return _replace_page(before, {"title": before.title}, {})


@bp.post("/provider/documents/<uuid:document_id>/replace", endpoint="document_replace_post")
@writes
def document_replace_post(document_id: uuid.UUID) -> ResponseReturnValue:
    """Add the newer version; the one before it stays."""
    before = _find(document_id)
    checked = record_forms.sent(record_forms.without_files(record_forms.document(is_new=False)))
    try:
        document = _keep(checked.answers, checked.errors, kind=before.kind, replaces=before)
    except Invalid as error:
        db.session.rollback()
        return _replace_page(_find(document_id), checked.typed, error.errors), 422
    flash(_kept_words(document))
    return redirect(url_for("provider.documents"), 303)


@bp.get("/provider/documents/<uuid:document_id>")
def document(document_id: uuid.UUID) -> ResponseReturnValue:
    """The file itself, always as something to save and never as a page."""
    return downloads.of_provider(_find(document_id))


@bp.get("/provider/documents/<uuid:document_id>/remove")
def document_remove(document_id: uuid.UUID) -> ResponseReturnValue:
    """Ask before a document is taken away."""
    found = _find(document_id)
    return frame.page("provider/remove_document.html", document=found, why_kept=actions.why_kept(db.session, found))


@bp.post("/provider/documents/<uuid:document_id>/remove", endpoint="document_remove_post")
@writes
def document_remove_post(document_id: uuid.UUID) -> ResponseReturnValue:
    """Take a document away."""
    found = _find(document_id)
    actions.remove(db.session, found, by=person())
    flash(f"“{found.title}” is removed")
    return redirect(url_for("provider.documents"), 303)


def _find(document_id: uuid.UUID) -> ProviderDocument:
    return providers.document(db.session, frame.here(), document_id)


def _keep(answers: Mapping[str, Any], errors: Mapping[str, str], *, kind: str, replaces: ProviderDocument | None = None) -> ProviderDocument:
    """Keep the file of this request. Invalid with the messages of the form and of the file together."""
    found = dict(errors)
    try:
        file = uploads.sent()
    except Invalid as error:
        raise Invalid({**found, **error.errors}) from error
    if found:
        raise Invalid(found)
    expires_on = date.fromisoformat(answers["expires_on"]) if answers.get("expires_on") else None
    return uploads.keep(frame.here(), file, kind=kind, title=answers["title"], expires_on=expires_on, replaces=replaces)


def _kept_words(document: ProviderDocument) -> str:
    return f"“{document.title}” is added" + (". We are checking it for viruses before anyone can open it" if document.held_because else "")


def _page(values: dict[str, Any], errors: dict[str, str]) -> str:
    provider = frame.here()
    form = record_forms.shown(record_forms.document(is_new=True), values, errors)
    return frame.page(
        "provider/documents.html",
        form=form,
        problems=form.problems,
        rows=[_row(each) for each in providers.documents_of(db.session, provider)],
        infected=providers.infected_since(db.session, provider, clock.today() - INFECTED_SHOWN),
        used=f"{_megabytes(actions.used_bytes(db.session, provider))} of {_megabytes(actions.quota_bytes(db.session))}",
    )


def _megabytes(count: int) -> str:
    return f"{count // actions.MEGABYTE:,}MB" if count >= actions.MEGABYTE else "Less than 1MB"


def _replace_page(before: ProviderDocument, values: dict[str, Any], errors: dict[str, str]) -> str:
    form = record_forms.shown(record_forms.document(is_new=False), values, errors)
    versions = [{"version": each.version, "at": each.added_at, "size": each.size} for each in providers.versions_of(db.session, before)]
    return frame.page("provider/replace_document.html", form=form, problems=form.problems, before=before, versions=versions)


def _row(found: ProviderDocument) -> dict[str, Any]:
    place: dict[str, Any] = {"document_id": found.id}
    return {
        "title": found.title,
        "kind": record_forms.DOCUMENT_KINDS.get(found.kind, found.kind.replace("_", " ").replace("-", " ").capitalize()),
        "version": found.version,
        "size": found.size,
        "added_at": found.added_at,
        "added_by": found.added_by.name,
        "expires_on": found.expires_on,
        "tag": _tag(found),
        "href": "" if found.held_because else url_for("provider.document", **place),
        "replace_href": url_for("provider.document_replace", **place),
        "remove_href": url_for("provider.document_remove", **place),
    }


def _tag(found: ProviderDocument) -> dict[str, str] | None:
    if found.held_because:
        return {"text": "Waiting for a virus check", "colour": "yellow"}
    if found.expires_on is None:
        return None
    if found.expires_on < clock.today():
        return {"text": "Run out", "colour": "red"}
    return {"text": "Expiring", "colour": "orange"} if found.expires_on - clock.today() <= SOON else None
