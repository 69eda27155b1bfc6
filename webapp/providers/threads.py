"""The thread with a provider as staff see it: one for each case about a provider."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Case, CaseMessage, Provider, ProviderDocument
from webapp import kept
from webapp.db import db, writes
from webapp.providers import bp
from webapp.shared import uploads
from webapp.signed_in import person
from workflows.actions import provider_messages
from workflows.errors import Invalid, NotFound
from workflows.queries import cases, providers
from workflows.rules import permissions


@bp.get("/cases/<reference>/messages")
def thread(reference: str) -> ResponseReturnValue:
    """The messages of a case and the box for another."""
    back = kept.typed()
    return _page(_find(reference), body=back.get("body", "") if back else "")


@bp.post("/cases/<reference>/messages", endpoint="send_message")
@writes
def send_message(reference: str) -> ResponseReturnValue:
    """Send a message to the provider, with a file when one was chosen."""
    case = _find(reference)
    body = request.form.get("body", "")
    try:
        if not body.strip():
            raise Invalid({"body": "Enter a message"})
        provider_messages.send(db.session, case, body=body, by=person(), document=_document(case))
    except Invalid as error:
        db.session.rollback()
        return _page(_find(reference), body=body, errors=error.errors), 422
    flash("Your message is sent to the provider")
    return redirect(url_for("providers.thread", reference=case.reference), 303)


@bp.post("/cases/<reference>/messages/read", endpoint="mark_read")
@writes
def mark_read(reference: str) -> ResponseReturnValue:
    """Note that the provider's messages were read."""
    case = _find(reference)
    permissions.check_comment(person(), case)
    provider_messages.mark_read(db.session, case, by=person())
    return redirect(url_for("providers.thread", reference=case.reference), 303)


def _find(reference: str) -> Case:
    case = cases.case_for(db.session, person(), reference=reference)
    if case.provider_id is None:
        raise NotFound("This case has no provider")
    return case


def _provider(case: Case) -> Provider:
    assert case.provider_id is not None
    return providers.by_id(db.session, case.provider_id)


def _document(case: Case) -> ProviderDocument | None:
    chosen = request.files.get("file")
    if chosen is None or not chosen.filename:
        return None
    file = uploads.sent()
    return uploads.keep(_provider(case), file, kind="message", title=file.name, expires_on=None, case=case)


def _page(case: Case, *, body: str = "", errors: dict[str, str] | None = None) -> str:
    provider = _provider(case)
    found = providers.thread_of(db.session, case)
    attached = providers.attached(db.session, found)
    return render_template(
        "providers/thread.html",
        case=case,
        provider=provider,
        messages=[_message(provider, each, attached) for each in found],
        unread=sum(each.is_from_provider and each.read_at is None for each in found),
        can_write=permissions.can_comment(person(), case),
        body=body,
        errors=errors or {},
        problems=[{"text": words, "href": f"#{name}"} for name, words in (errors or {}).items()],
        longest=provider_messages.LONGEST,
    )


def _message(provider: Provider, found: CaseMessage, attached: Mapping[uuid.UUID, ProviderDocument]) -> dict[str, Any]:
    document = attached.get(found.document_id) if found.document_id else None
    return {
        "id": found.id,
        "is_ours": not found.is_from_provider,
        "at": found.sent_at,
        "body": found.body,
        "by": f"{found.author.name}, {provider.name}" if found.is_from_provider else found.author.name,
        "is_new": found.is_from_provider and found.read_at is None,
        "document": _link(provider, document) if document else None,
    }


def _link(provider: Provider, document: ProviderDocument) -> dict[str, Any]:
    is_open = not document.held_because and document.removed_at is None
    href = url_for("providers.document", provider_reference=provider.reference, document_id=document.id) if is_open else ""
    return {"title": document.title, "href": href, "size": document.size, "held": document.held_because or "The document was removed"}
