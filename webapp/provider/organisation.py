"""What the council keeps about the organisation, and the form with which its people change it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Provider
from webapp import kept
from webapp.db import db, writes
from webapp.provider import bp, frame
from webapp.shared import provider_words, record_conflicts, record_forms
from webapp.signed_in import person
from workflows.actions import providers
from workflows.errors import Invalid
from workflows.queries import people
from workflows.queries import providers as provider_queries

SCHEMES = {
    "GB-COH": "Company number", "GB-CHC": "Charity number", "GB-SC": "Scottish charity number", "GB-NIC": "Northern Irish charity number",
    "GB-VAT": "VAT number", "GB-UKPRN": "UKPRN", "GB-OFSTED": "Ofsted number", "GB-ICO": "Data protection registration", "XI-DUNS": "DUNS number",
    "GB-PPON": "Procurement number (PPON)",
}  # fmt: skip


@bp.get("/provider/organisation")
def organisation() -> ResponseReturnValue:
    """The record as the provider sees it, a card each."""
    provider = frame.here()
    return frame.page(
        "provider/organisation.html",
        provider=provider,
        legal_form=provider_words.LEGAL_FORMS[provider.legal_form],
        identifiers=[(SCHEMES[each.scheme.value], each.value) for each in provider_queries.identifiers_of(db.session, provider)],
        runs_it=[each for each in provider_queries.people_of(db.session, provider) if each.ends_on is None],
        registration=_registration(provider),
        homes=len(provider_queries.premises_of(db.session, provider, closed=False)),
        members=people.members(db.session, provider.group_key),
    )


def _registration(provider: Provider) -> dict[str, Any] | None:
    found = provider_queries.registration_of(db.session, provider)
    if found is None:
        return None
    return {"urn": found.urn, "tag": provider_words.REGISTRATION[found.status], "seen_at": found.starts_at}


@bp.get("/provider/organisation/change")
def change_organisation() -> ResponseReturnValue:
    """The form, filled with what is kept."""
    provider = frame.here()
    back = kept.typed()
    values = dict(back.lists()) if back else record_forms.organisation_values(provider)
    return _page(provider, values, {})


@bp.post("/provider/organisation/change", endpoint="change_organisation_post")
@writes
def change_organisation_post() -> ResponseReturnValue:
    """Keep the changes, or say at the field why not, or show what somebody else changed meanwhile."""
    provider = frame.here()
    schema = record_forms.organisation(for_staff=False)
    checked = record_forms.sent(schema)
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        values = {field.key: checked.answers.get(field.key, "") for field in schema.fields}
        wanted = record_conflicts.chosen(values, schema=schema)
        changed = providers.update(db.session, provider, values=wanted, by=person(), revision=record_conflicts.revision(provider.revision))
    except Invalid as error:
        db.session.rollback()
        return _page(frame.here(), checked.typed, error.errors, revision=request.form.get("revision")), 422
    except (providers.RecordChanged, record_conflicts.Undecided) as conflict:
        db.session.rollback()
        return record_conflicts.page(
            conflict, schema=schema, typed=checked.typed, theirs=record_forms.organisation_values(frame.here()), revision=frame.here().revision,
            heading="Your organisation changed while you were editing", action=url_for("provider.change_organisation_post"),
            back=url_for("provider.organisation"), for_provider=True,
        )  # fmt: skip
    flash("Your details are saved" if changed else "Nothing has changed")
    return redirect(url_for("provider.organisation"), 303)


def _page(provider: Provider, values: dict[str, Any], errors: dict[str, str], *, revision: str | None = None) -> str:
    form = record_forms.shown(record_forms.organisation(for_staff=False), values, errors)
    return frame.page("provider/change_organisation.html", form=form, problems=form.problems, revision=revision or provider.revision)
