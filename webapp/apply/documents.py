"""The documents of an application's organisation: uploaded once, used in every section, with the day each runs out."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from models import Application, ProviderDocument, clock
from webapp.apply import bp, frame
from webapp.apply.eligibility import PROCESS
from webapp.db import db, writes
from webapp.shared import filters, forms, uploads
from webapp.signed_in import person
from workflows.actions import provider_documents
from workflows.errors import Invalid, NotFound
from workflows.library import definitions
from workflows.library.forms import File, FormSchema, Validated, read_form, validate
from workflows.library.forms.answering import file_fault
from workflows.queries import providers

MOST_FILES = 10
NONE_CHOSEN = "Select a file"
TOO_MANY = f"Select {MOST_FILES} files or fewer at once"
Outcome = dict[str, str]


@bp.get("/apply/<reference>/documents")
def documents(reference: str) -> ResponseReturnValue:
    """The documents that there are, what each is for, and the form to upload more."""
    return _page(frame.find(reference))


@bp.post("/apply/<reference>/documents", endpoint="upload")
@writes
def upload(reference: str) -> ResponseReturnValue:
    """Take the files that can be taken and say of each other one why not; a page's script sends them one by one."""
    application = frame.find_draft(reference)
    sent = [each for each in request.files.getlist("file") if each.filename]
    checked = validate(_form(), request.form)
    if not sent or len(sent) > MOST_FILES:
        return _refused(application, NONE_CHOSEN if not sent else TOO_MANY, checked)
    if not checked.is_valid:
        return _refused(application, "", checked)
    runs_out = checked.answers.get("expires_on")
    outcomes = [_take(application, each, date.fromisoformat(runs_out) if runs_out else None) for each in sent]
    refused = [each for each in outcomes if each["error"]]
    if _is_for_a_script():
        return jsonify(files=outcomes), 422 if refused else 200
    for each in outcomes:
        if not each["error"]:
            flash(each["words"])
    if refused:
        return _page(application, refused), 422
    return redirect(url_for("apply.documents", reference=reference), 303)


@bp.get("/apply/<reference>/documents/<uuid:document_id>/remove")
def remove_document(reference: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Ask before a document is taken away."""
    application = frame.find_draft(reference)
    return render_template("apply/remove_document.html", reference=reference, document=_document(application, document_id))


@bp.post("/apply/<reference>/documents/<uuid:document_id>/remove", endpoint="remove_document_now")
@writes
def remove_document_now(reference: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Take a document away; answers that named it have to be given again."""
    application = frame.find_draft(reference)
    found = _document(application, document_id)
    provider_documents.remove(db.session, found, by=person())
    flash(f"“{found.title}” is removed")
    return redirect(url_for("apply.documents", reference=reference), 303)


def _form() -> FormSchema:
    """What is asked about files that are uploaded."""
    source = definitions.form_source(definitions.latest(db.session, PROCESS), "document-upload")
    return read_form(source or {"components": []})


def _take(application: Application, sent: FileStorage, expires_on: date | None) -> Outcome:
    """Keep one file in a step of its own, so that one that is refused takes nothing back of the others."""
    file = File(sent.filename or "", sent.read(), sent.mimetype)
    name, fault = file.name, file_fault(file)
    if fault:
        return {"name": name, "error": fault, "words": ""}
    try:
        with db.session.begin_nested():
            made = uploads.keep(application.provider, file, kind="application", title=name, expires_on=expires_on)
    except Invalid as error:
        return {"name": name, "error": next(iter(error.errors.values())), "words": ""}
    held = " It is being checked before anyone can open it." if made.held_because else ""
    return {"name": name, "error": "", "words": f"“{made.title}” is uploaded.{held}"}


def _refused(application: Application, words: str, checked: Validated) -> ResponseReturnValue:
    if _is_for_a_script():
        return jsonify(files=[{"name": "", "error": words or next(iter(checked.errors.values())), "words": ""}]), 422
    outcomes = [{"name": "", "error": words, "words": ""}] if words else []
    return _page(application, outcomes, checked), 422


def _is_for_a_script() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _document(application: Application, document_id: uuid.UUID) -> ProviderDocument:
    """A document of the application's own provider; NotFound for any other."""
    for each in providers.documents_of(db.session, application.provider):
        if each.id == document_id:
            return each
    raise NotFound("There is no such document")


def _page(application: Application, refused: list[Outcome] | None = None, checked: Validated | None = None) -> str:
    schema = _form()
    errors = checked.errors if checked else {}
    found = providers.documents_of(db.session, application.provider)
    words = [f"{each['name']}: {each['error']}" if each["name"] else each["error"] for each in refused or []]
    return render_template(
        "apply/documents.html",
        reference=application.case.reference,
        rows=[_row(application, each) for each in found],
        may_change=frame.is_draft(application),
        errors=words,
        parts=forms.present(schema, values=checked.typed if checked else {}, errors=errors),
        problems=[{"text": each, "href": "#file"} for each in words] + forms.error_list(schema, errors),
    )


def _row(application: Application, document: ProviderDocument) -> dict[str, Any]:
    runs_out = document.expires_on
    state = {"text": "Held until it is checked", "colour": "yellow"} if document.held_because else {"text": "Ready", "colour": ""}
    if runs_out is not None and runs_out < clock.today():
        state = {"text": "Out of date", "colour": "red"}
    return {
        "title": document.title,
        "size": filters.size(document.size),
        "added": f"{filters.moment(document.added_at)} by {document.added_by.name}",
        "runs_out": filters.short_day(runs_out),
        "state": state,
        "remove_href": url_for("apply.remove_document", reference=application.case.reference, document_id=document.id),
    }
