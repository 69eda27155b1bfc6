"""A provider's premises: listed, added, changed and closed. Their addresses are on these pages and on those of staff, nowhere else."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Premises, clock
from webapp import kept
from webapp.db import db, writes
from webapp.provider import bp, frame
from webapp.shared import record_conflicts, record_forms
from webapp.signed_in import person
from workflows.actions import premises as actions
from workflows.actions.providers import RecordChanged
from workflows.errors import Invalid
from workflows.library.forms import Field, FormSchema
from workflows.queries import providers

CLOSING = FormSchema(
    "close", (Field("closed_on", "datetime", "Closed from", is_required=True, words={"errorRequired": "Enter the day from which it is closed"}),)
)


@bp.get("/provider/premises")
def premises() -> ResponseReturnValue:
    """All premises, the open ones first."""
    found = providers.premises_of(db.session, frame.here())
    return frame.page("provider/premises.html", homes=[card(each) for each in found])


def card(home: Premises) -> dict[str, Any]:
    """One premises as a card of facts."""
    reference: dict[str, Any] = {"premises_reference": home.reference}
    return {
        "name": home.name,
        "reference": home.reference,
        "address": home.address,
        "postcode": home.postcode,
        "district": home.district,
        "category": actions.CATEGORIES[home.category],
        "spaces": home.spaces,
        "ages": f"{home.age_from} to {home.age_to}",
        "price": home.weekly_price,
        "closed_on": home.closed_on,
        "change_href": url_for("provider.premises_change", **reference) if home.closed_on is None else "",
        "close_href": url_for("provider.premises_close", **reference) if home.closed_on is None else "",
    }


@bp.get("/provider/premises/add")
def premises_add() -> ResponseReturnValue:
    """The empty form."""
    back = kept.typed()
    return _form_page(dict(back.lists()) if back else {}, {}, None)


@bp.post("/provider/premises/add", endpoint="premises_add_post")
@writes
def premises_add_post() -> ResponseReturnValue:
    """Add premises, or say at the field why not."""
    schema = record_forms.premises()
    checked = record_forms.sent(schema)
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        home = actions.add(db.session, frame.here(), by=person(), **record_forms.premises_from(checked.answers, asked=schema))
    except Invalid as error:
        db.session.rollback()
        return _form_page(checked.typed, error.errors, None), 422
    flash(f"{home.name} is added")
    return redirect(url_for("provider.premises"), 303)


@bp.get("/provider/premises/<premises_reference>")
def premises_change(premises_reference: str) -> ResponseReturnValue:
    """The form, filled with what is kept; closed premises are shown in the list only."""
    home = _find(premises_reference)
    if home.closed_on is not None:
        return redirect(url_for("provider.premises"))
    back = kept.typed()
    return _form_page(dict(back.lists()) if back else record_forms.premises_values(home), {}, home)


@bp.post("/provider/premises/<premises_reference>", endpoint="premises_change_post")
@writes
def premises_change_post(premises_reference: str) -> ResponseReturnValue:
    """Keep the changes, or say at the field why not, or show what somebody else changed meanwhile."""
    home = _find(premises_reference)
    schema = record_forms.premises()
    checked = record_forms.sent(schema)
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        values = record_conflicts.chosen(record_forms.premises_from(checked.answers, asked=schema), schema=schema)
        changed = actions.change(db.session, home, values=values, by=person(), revision=record_conflicts.revision(home.revision))
    except Invalid as error:
        db.session.rollback()
        return _form_page(checked.typed, error.errors, _find(premises_reference), revision=request.form.get("revision")), 422
    except (RecordChanged, record_conflicts.Undecided) as conflict:
        db.session.rollback()
        home = _find(premises_reference)
        return record_conflicts.page(
            conflict, schema=schema, typed=checked.typed, theirs=record_forms.premises_values(home), revision=home.revision,
            heading=f"{home.name} changed while you were editing", for_provider=True, back=url_for("provider.premises"),
            action=url_for("provider.premises_change_post", premises_reference=home.reference),
        )  # fmt: skip
    flash(f"{home.name} is saved" if changed else "Nothing has changed")
    return redirect(url_for("provider.premises"), 303)


@bp.get("/provider/premises/<premises_reference>/close")
def premises_close(premises_reference: str) -> ResponseReturnValue:
    """Ask from which day premises are closed."""
    return _close_page(_find(premises_reference), {"closed_on": clock.today().isoformat()}, {})


@bp.post("/provider/premises/<premises_reference>/close", endpoint="premises_close_post")
@writes
def premises_close_post(premises_reference: str) -> ResponseReturnValue:
    """Close premises from a day."""
    home = _find(premises_reference)
    checked = record_forms.sent(CLOSING)
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        actions.close(db.session, home, closed_on=date.fromisoformat(checked.answers["closed_on"]), by=person())
    except Invalid as error:
        db.session.rollback()
        return _close_page(_find(premises_reference), checked.typed, error.errors), 422
    flash(f"{home.name} is closed from {home.closed_on:%-d %B %Y}")
    return redirect(url_for("provider.premises"), 303)


def _find(reference: str) -> Premises:
    return providers.one_premises(db.session, frame.here(), reference)


def _form_page(values: dict[str, Any], errors: dict[str, str], home: Premises | None, *, revision: str | None = None) -> str:
    form = record_forms.shown(record_forms.premises(), values, errors)
    there = "provider.premises_change_post" if home else "provider.premises_add_post"
    action = url_for(there, premises_reference=home.reference) if home else url_for(there)
    return frame.page(
        "provider/change_premises.html", form=form, problems=form.problems, home=home, action=action,
        revision=revision or (home.revision if home else None),
    )  # fmt: skip


def _close_page(home: Premises, values: dict[str, Any], errors: dict[str, str]) -> str:
    form = record_forms.shown(CLOSING, values, errors)
    return frame.page("provider/close_premises.html", form=form, problems=form.problems, home=home)
