"""The threads of a provider with the council, one for each case it knows of."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Case, CaseMessage, ProviderDocument
from webapp import kept
from webapp.db import db, writes
from webapp.provider import bp, frame
from webapp.shared import uploads
from webapp.signed_in import person
from workflows.actions import provider_messages
from workflows.errors import Invalid
from workflows.queries import providers


@bp.get("/provider/messages")
def messages() -> ResponseReturnValue:
    """Every thread, the one with the newest message first; then the cases nobody has written about yet."""
    cases = providers.known_cases(db.session, frame.here())
    ids = [case.id for case in cases]
    newest = providers.newest_messages(db.session, ids)
    unread = providers.unread_by_case(db.session, ids, from_provider=False)
    rows: list[dict[str, Any]] = [
        {"reference": case.reference, "title": case.title, "href": url_for("provider.thread", reference=case.reference),
         "newest": newest.get(case.id), "unread": unread.get(case.id, 0)}
        for case in cases
    ]  # fmt: skip
    written = sorted((row for row in rows if row["newest"]), key=lambda row: row["newest"].sent_at, reverse=True)
    return frame.page("provider/messages.html", rows=written, others=[row for row in rows if not row["newest"]])


@bp.get("/provider/messages/<reference>")
def thread(reference: str) -> ResponseReturnValue:
    """The messages of one case and the box for another."""
    back = kept.typed()
    return _page(_find(reference), body=back.get("body", "") if back else "")


@bp.post("/provider/messages/<reference>", endpoint="send_message")
@writes
def send_message(reference: str) -> ResponseReturnValue:
    """Send a message, with a file when one was chosen."""
    case = _find(reference)
    body = request.form.get("body", "")
    try:
        if not body.strip():
            raise Invalid({"body": "Enter a message"})
        provider_messages.send(db.session, case, body=body, by=person(), document=_document(case))
    except Invalid as error:
        db.session.rollback()
        return _page(_find(reference), body=body, errors=error.errors), 422
    flash("Your message is sent")
    return redirect(url_for("provider.thread", reference=case.reference), 303)


@bp.post("/provider/messages/<reference>/read", endpoint="mark_read")
@writes
def mark_read(reference: str) -> ResponseReturnValue:
    """Note that the messages of a thread were read."""
    case = _find(reference)
    provider_messages.mark_read(db.session, case, by=person())
    return redirect(url_for("provider.thread", reference=case.reference), 303)


def _find(reference: str) -> Case:
    return providers.known_case(db.session, frame.here(), reference)


def _document(case: Case) -> ProviderDocument | None:
    chosen = request.files.get("file")
    if chosen is None or not chosen.filename:
        return None
    file = uploads.sent()
    return uploads.keep(frame.here(), file, kind="message", title=file.name, expires_on=None, case=case)


def _page(case: Case, *, body: str = "", errors: dict[str, str] | None = None) -> str:
    found = providers.thread_of(db.session, case)
    attached = providers.attached(db.session, found)
    return frame.page(
        "provider/thread.html",
        case=case,
        messages=[_message(each, attached) for each in found],
        unread=sum(not each.is_from_provider and each.read_at is None for each in found),
        body=body,
        errors=errors or {},
        problems=frame.listed(errors or {}),
        longest=provider_messages.LONGEST,
    )


def _message(found: CaseMessage, attached: dict[Any, ProviderDocument]) -> dict[str, Any]:
    document = attached.get(found.document_id)
    return {
        "id": found.id,
        "is_ours": found.is_from_provider,
        "by": found.author.name if found.is_from_provider else f"{found.author.name}, the council",
        "at": found.sent_at,
        "body": found.body,
        "is_new": not found.is_from_provider and found.read_at is None,
        "document": document_link(document) if document else None,
    }


def document_link(document: ProviderDocument) -> dict[str, Any]:
    """A document as a link of the area, or the words for why it cannot be opened."""
    is_open = not document.held_because and document.removed_at is None
    href = url_for("provider.document", document_id=document.id) if is_open else ""
    gone = "The document was removed" if document.removed_at else ""
    return {"title": document.title, "href": href, "size": document.size, "held": document.held_because or gone}
