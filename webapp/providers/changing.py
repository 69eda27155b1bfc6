"""Changing a provider's record as staff: never over a change that somebody else made meanwhile."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Provider
from webapp import kept
from webapp.db import db, writes
from webapp.providers import bp, frame
from webapp.shared import record_conflicts, record_forms
from webapp.signed_in import person
from workflows.actions import providers
from workflows.errors import Invalid
from workflows.rules import provider_records


@bp.get("/providers/<provider_reference>/change")
def change_provider(provider_reference: str) -> ResponseReturnValue:
    """The form, filled with what is kept."""
    provider = frame.find(provider_reference)
    provider_records.check_keep(person(), provider)
    back = kept.typed()
    return _page(provider, dict(back.lists()) if back else record_forms.organisation_values(provider), {})


@bp.post("/providers/<provider_reference>/change", endpoint="change_provider_post")
@writes
def change_provider_post(provider_reference: str) -> ResponseReturnValue:
    """Keep the changes, or say at the field why not, or show what somebody else changed meanwhile."""
    provider = frame.find(provider_reference)
    provider_records.check_keep(person(), provider)
    schema = record_forms.organisation(for_staff=True)
    checked = record_forms.sent(schema)
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        values = record_conflicts.chosen({field.key: checked.answers.get(field.key, "") for field in schema.fields}, schema=schema)
        changed = providers.update(db.session, provider, values=values, by=person(), revision=record_conflicts.revision(provider.revision))
    except Invalid as error:
        db.session.rollback()
        return _page(frame.find(provider_reference), checked.typed, error.errors, revision=request.form.get("revision")), 422
    except (providers.RecordChanged, record_conflicts.Undecided) as conflict:
        db.session.rollback()
        provider = frame.find(provider_reference)
        return record_conflicts.page(
            conflict, schema=schema, typed=checked.typed, theirs=record_forms.organisation_values(provider), revision=provider.revision,
            heading=f"{provider.reference} changed while you were editing", for_provider=False,
            action=url_for("providers.change_provider_post", provider_reference=provider.reference),
            back=url_for("providers.show_provider", provider_reference=provider.reference),
        )  # fmt: skip
    flash("The record is saved" if changed else "Nothing has changed")
    return redirect(url_for("providers.show_provider", provider_reference=provider.reference), 303)


def _page(provider: Provider, values: dict[str, Any], errors: dict[str, str], *, revision: str | None = None) -> str:
    form = record_forms.shown(record_forms.organisation(for_staff=True), values, errors)
    return frame.page(
        provider, "providers/change.html", tab="show_provider", form=form, problems=form.problems, revision=revision or provider.revision
    )
