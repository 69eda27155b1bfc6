"""Insurances and certificates: what runs out when, and the form that renews one. A renewal waits until staff have checked it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Certificate, Premises, Provider, ProviderDocument, clock
from webapp import kept
from webapp.db import db, writes
from webapp.provider import bp, frame
from webapp.provider.messages import document_link
from webapp.shared import days_left, record_forms, uploads
from webapp.signed_in import person
from workflows.actions import certificates as actions
from workflows.errors import Invalid, NotFound
from workflows.queries import providers
from workflows.rules import certificate_kinds


@bp.get("/provider/certificates")
def certificates() -> ResponseReturnValue:
    """Every certificate, the present ones first, each with what it says and how it stands."""
    found = providers.certificates_of(db.session, frame.here())
    rows = [_row(each) for each in found]
    return frame.page("provider/certificates.html", rows=[row for row in rows if not row["is_over"]], over=[row for row in rows if row["is_over"]])


def _row(found: Certificate) -> dict[str, Any]:
    text, colour = certificate_kinds.standing(found, clock.today())
    return {
        "name": certificate_kinds.WORDS[found.kind],
        "premises": found.premises.name if found.premises else "",
        "issuer": found.issuer,
        "number": found.number,
        "limit": found.limit,
        "starts_on": found.starts_on,
        "ends_on": found.ends_on,
        "left": days_left.until_event(found.ends_on),
        "tag": {"text": text, "colour": colour},
        "refused_because": found.refused_because,
        "document": document_link(found.document) if found.document else None,
        "is_over": found.ends_on < clock.today() or bool(found.refused_because),
        "renew_href": url_for("provider.certificates_add", renews=str(found.id)),
    }


@bp.get("/provider/certificates/add")
def certificates_add() -> ResponseReturnValue:
    """The form, filled with what stays the same when it renews one."""
    back = kept.typed()
    return _form_page(dict(back.lists()) if back else _renewed(), {})


@bp.post("/provider/certificates/add", endpoint="certificates_add_post")
@writes
def certificates_add_post() -> ResponseReturnValue:
    """Add a certificate with its file. It counts once staff have checked it."""
    checked = record_forms.sent(record_forms.without_files(_form()))
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        _add(frame.here(), checked.answers)
    except Invalid as error:
        db.session.rollback()
        return _form_page(checked.typed, error.errors), 422
    flash("The certificate is sent. We will check it, and it counts from then on")
    return redirect(url_for("provider.certificates"), 303)


def _add(provider: Provider, answers: Mapping[str, Any]) -> Certificate:
    values = record_forms.certificate_from(answers)
    return actions.add(db.session, provider, by=person(), premises=_home(provider, answers), document=_document(provider, values), **values)


def _home(provider: Provider, answers: Mapping[str, Any]) -> Premises | None:
    reference = str(answers.get("premises", ""))
    return providers.one_premises(db.session, provider, reference) if reference else None


def _document(provider: Provider, values: Mapping[str, Any]) -> ProviderDocument | None:
    chosen = request.files.get("file")
    if chosen is None or not chosen.filename:
        raise Invalid({"file": "Select the file of the certificate"})
    kind = "safety" if values["kind"] in certificate_kinds.OF_PREMISES else "insurance"
    return uploads.keep(provider, uploads.sent(), kind=kind, title=certificate_kinds.WORDS[values["kind"]], expires_on=values["ends_on"])


def _form() -> Any:
    return record_forms.certificate(providers.premises_of(db.session, frame.here(), closed=False), with_file=True)


def _renewed() -> dict[str, Any]:
    """What a renewal has in common with the certificate that it renews."""
    wanted = request.args.get("renews", "")
    for each in providers.certificates_of(db.session, frame.here()):
        if str(each.id) == wanted:
            limit = f"{each.limit:.2f}" if each.limit is not None else ""
            home = each.premises.reference if each.premises else ""
            return {"kind": each.kind.value, "premises": home, "issuer": each.issuer, "limit": limit}
    if wanted:
        raise NotFound("There is no such certificate")
    return {}


def _form_page(values: dict[str, Any], errors: dict[str, str]) -> str:
    form = record_forms.shown(_form(), values, errors)
    return frame.page("provider/add_certificate.html", form=form, problems=form.problems)
