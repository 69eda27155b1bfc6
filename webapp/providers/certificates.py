"""A certificate as staff see it: verified or refused by somebody other than who added it, or added for a provider."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Certificate, Provider, ProviderDocument, User, clock
from webapp.db import db, writes
from webapp.providers import bp, frame
from webapp.shared import record_forms, uploads
from webapp.signed_in import person
from workflows.actions import certificates as actions
from workflows.errors import Invalid
from workflows.library.forms import FormSchema
from workflows.queries import providers
from workflows.rules import certificate_kinds, provider_records


@bp.get("/providers/<provider_reference>/certificates/<uuid:certificate_id>")
def certificate(provider_reference: str, certificate_id: uuid.UUID) -> ResponseReturnValue:
    """What a certificate says, its document, and the two buttons."""
    provider = frame.find(provider_reference)
    return _page(provider, providers.certificate(db.session, provider, certificate_id), "", {})


@bp.post("/providers/<provider_reference>/certificates/<uuid:certificate_id>/verify", endpoint="certificate_verify")
@writes
def certificate_verify(provider_reference: str, certificate_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the certificate was seen and is what it says."""
    provider = frame.find(provider_reference)
    found = providers.certificate(db.session, provider, certificate_id)
    actions.verify(db.session, found, by=person())
    flash(f"{certificate_kinds.WORDS[found.kind]} of {provider.reference} is verified")
    return redirect(url_for("providers.show_provider", provider_reference=provider.reference), 303)


@bp.post("/providers/<provider_reference>/certificates/<uuid:certificate_id>/refuse", endpoint="certificate_refuse")
@writes
def certificate_refuse(provider_reference: str, certificate_id: uuid.UUID) -> ResponseReturnValue:
    """Say why the certificate does not count; the provider reads it."""
    provider = frame.find(provider_reference)
    because = request.form.get("because", "")
    try:
        found = providers.certificate(db.session, provider, certificate_id)
        actions.refuse(db.session, found, because=because, by=person())
    except Invalid as error:
        db.session.rollback()
        provider = frame.find(provider_reference)
        return _page(provider, providers.certificate(db.session, provider, certificate_id), because, error.errors), 422
    flash(f"{certificate_kinds.WORDS[found.kind]} of {provider.reference} is not accepted. The provider is told")
    return redirect(url_for("providers.show_provider", provider_reference=provider.reference), 303)


def _page(provider: Provider, found: Certificate, because: str, errors: Mapping[str, str]) -> str:
    text, colour = certificate_kinds.standing(found, clock.today())
    is_waiting = found.verified_at is None and not found.refused_because
    document = found.document
    return frame.page(
        provider, "providers/certificate.html", tab="show_provider", certificate=found, name=certificate_kinds.WORDS[found.kind],
        tag={"text": text, "colour": colour}, document=_link(provider, document) if document else None,
        added_by=db.session.get_one(User, found.added_by_id).name,
        verified_by=db.session.get_one(User, found.verified_by_id).name if found.verified_by_id else "",
        is_waiting=is_waiting, refusal=provider_records.why_not_verify(person(), found) if is_waiting else "",
        because=because, errors=errors, problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
    )  # fmt: skip


def _link(provider: Provider, document: ProviderDocument) -> dict[str, Any]:
    is_open = not document.held_because and document.removed_at is None
    href = url_for("providers.document", provider_reference=provider.reference, document_id=document.id) if is_open else ""
    return {"title": document.title, "href": href, "size": document.size, "held": document.held_because or "The document was removed"}


@bp.get("/providers/<provider_reference>/certificates/add")
def certificate_add(provider_reference: str) -> ResponseReturnValue:
    """The form for a certificate that came on paper; a colleague then verifies it."""
    provider = frame.find(provider_reference)
    provider_records.check_keep(person(), provider)
    return _form_page(provider, {}, {})


@bp.post("/providers/<provider_reference>/certificates/add", endpoint="certificate_add_post")
@writes
def certificate_add_post(provider_reference: str) -> ResponseReturnValue:
    """Add a certificate for a provider."""
    provider = frame.find(provider_reference)
    provider_records.check_keep(person(), provider)
    checked = record_forms.sent(record_forms.without_files(_form(provider)))
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        found = _add(provider, checked.answers)
    except Invalid as error:
        db.session.rollback()
        return _form_page(frame.find(provider_reference), checked.typed, error.errors), 422
    flash("The certificate is added. A colleague has to verify it")
    return redirect(url_for("providers.certificate", provider_reference=provider.reference, certificate_id=found.id), 303)


def _add(provider: Provider, answers: Mapping[str, Any]) -> Certificate:
    values = record_forms.certificate_from(answers)
    chosen = request.files.get("file")
    document = None
    if chosen is not None and chosen.filename:
        title = certificate_kinds.WORDS[values["kind"]]
        document = uploads.keep(provider, uploads.sent(), kind="insurance", title=title, expires_on=values["ends_on"])
    reference = str(answers.get("premises", ""))
    home = providers.one_premises(db.session, provider, reference) if reference else None
    return actions.add(db.session, provider, by=person(), premises=home, document=document, **values)


def _form(provider: Provider) -> FormSchema:
    return record_forms.certificate(providers.premises_of(db.session, provider, closed=False), with_file=True)


def _form_page(provider: Provider, values: dict[str, Any], errors: Mapping[str, str]) -> str:
    form = record_forms.shown(_form(provider), values, errors)
    return frame.page(provider, "providers/add_certificate.html", tab="show_provider", form=form, problems=form.problems)
