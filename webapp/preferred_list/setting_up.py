"""Setting up a list and writing down the contract behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import Contract, PurchasingList, Regime
from webapp.db import db, writes
from webapp.preferred_list import bp
from webapp.shared import record_forms
from webapp.signed_in import person
from workflows.actions import contracts, lists
from workflows.errors import Conflict, Invalid
from workflows.library.forms import Field, FormSchema
from workflows.queries import lists as queries
from workflows.rules import list_terms
from workflows.rules.list_terms import REGIME_WORDS

DAY = "For example 1 4 2027"


def _day(key: str, label: str, missing: str, hint: str = DAY) -> Field:
    return Field(key, "datetime", label, hint=hint, is_required=bool(missing), words={"errorRequired": missing} if missing else {})


def list_form() -> FormSchema:
    """What is asked of a new list."""
    regimes = tuple((regime.value, text) for regime, text in REGIME_WORDS.items())
    return FormSchema("list", (
        Field("title", "textfield", "Title", is_required=True, longest=lists.LONGEST_TITLE,
              words={"errorRequired": "Enter what the list is called"}),
        Field("regime", "radio", "Which law is it under?", hint="The day on which its first notice was sent decides", options=regimes,
              is_required=True, words={"errorRequired": "Select which law it is under"}),
        Field("notice_reference", "textfield", "Reference of its notice", longest=60),
        _day("noticed_on", "Day on which its first notice was sent", "", "If it was sent before the list began"),
        _day("valid_from", "First day", "Enter the first day"),
        _day("valid_to", "Last day", "Enter the last day"),
        _day("request_deadline", "Last day of the first round of applications", "", "The list stays open after it"),
    ))  # fmt: skip


def contract_form() -> FormSchema:
    """What is asked of the contract behind a list."""
    owners = tuple((group.key, group.name) for group in queries.owners(db.session))
    return FormSchema("contract", (
        Field("title", "textfield", "Title", is_required=True, longest=150, words={"errorRequired": "Enter what the contract is called"}),
        _day("starts_on", "First day", "Enter the first day"),
        _day("initial_ends_on", "Last day of the first term", "Enter the last day of the first term"),
        Field("options", "textfield", "Options to extend, in months", longest=30,
              hint="As in the contract, in order, such as 24 or 12, 12. Leave empty if it has none", pattern=r"\d{1,2}(\s*,\s*\d{1,2})*",
              words={"errorPattern": "The options must be numbers of months, such as 24 or 12, 12"}),
        Field("notice_months", "number", "Months of notice to the suppliers before an option is used", is_required=True, least="0", most="24",
              words={"errorRequired": "Enter the months of notice, or 0"}),
        Field("annual_value", "textfield", "Yearly value", format="money", longest=20),
        Field("owner_key", "radio", "Which team looks after it?", options=owners, is_required=True, words={"errorRequired": "Select a team"}),
    ))  # fmt: skip


@bp.get("/preferred-list/lists/new")
def new_list() -> ResponseReturnValue:
    """The form for a new list."""
    list_terms.check_keep(person())
    return _list_page({}, {})


@bp.post("/preferred-list/lists/new", endpoint="new_list_post")
@writes
def new_list_post() -> ResponseReturnValue:
    """Set a list up with the usual categories."""
    list_terms.check_keep(person())
    checked = record_forms.sent(list_form())
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        made = _create(checked.answers)
    except Invalid as error:
        db.session.rollback()
        return _list_page(checked.typed, error.errors), 422
    flash(f"{made.reference} is set up with the usual categories")
    return redirect(url_for("preferred_list.show_list", list_reference=made.reference), 303)


def _create(answers: Mapping[str, Any]) -> PurchasingList:
    noticed_on, deadline = (date.fromisoformat(answers[key]) if answers.get(key) else None for key in ("noticed_on", "request_deadline"))
    return lists.create(
        db.session, title=answers["title"], regime=Regime(answers["regime"]), notice_reference=answers.get("notice_reference", ""),
        valid_from=date.fromisoformat(answers["valid_from"]), valid_to=date.fromisoformat(answers["valid_to"]), by=person(),
        noticed_on=noticed_on, request_deadline=deadline,
    )  # fmt: skip


def _list_page(values: dict[str, Any], errors: Mapping[str, str]) -> str:
    form = record_forms.shown(list_form(), values, errors)
    return render_template("preferred_list/new_list.html", form=form, problems=form.problems)


@bp.get("/preferred-list/lists/<list_reference>/contract")
def write_contract(list_reference: str) -> ResponseReturnValue:
    """The form for the contract behind a list."""
    list_terms.check_keep(person())
    found = queries.by_reference(db.session, list_reference)
    values = {"title": found.title, "starts_on": found.valid_from.isoformat(), "initial_ends_on": found.valid_to.isoformat()}
    return _contract_page(found, values, {})


@bp.post("/preferred-list/lists/<list_reference>/contract", endpoint="write_contract_post")
@writes
def write_contract_post(list_reference: str) -> ResponseReturnValue:
    """Write the contract down and let its end be watched."""
    found = queries.by_reference(db.session, list_reference)
    list_terms.check_keep(person())
    if queries.contract_of(db.session, found) is not None:
        raise Conflict("The contract behind this list is written down already")
    checked = record_forms.sent(contract_form())
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        made = _write(found, checked.answers)
    except Invalid as error:
        db.session.rollback()
        return _contract_page(queries.by_reference(db.session, list_reference), checked.typed, error.errors), 422
    flash(f"Contract {made.reference} is written down. Its owner is reminded before it ends")
    return redirect(url_for("preferred_list.term", list_reference=found.reference), 303)


def _write(found: PurchasingList, answers: Mapping[str, Any]) -> Contract:
    value = answers.get("annual_value")
    return contracts.create(
        db.session, title=answers["title"], purchasing_list=found, starts_on=date.fromisoformat(answers["starts_on"]),
        initial_ends_on=date.fromisoformat(answers["initial_ends_on"]), notice_months=int(answers["notice_months"]), by=person(),
        options=[int(each) for each in str(answers.get("options", "")).split(",") if each.strip()],
        annual_value=Decimal(value) if value else None, owner_key=answers["owner_key"],
    )  # fmt: skip


def _contract_page(found: PurchasingList, values: dict[str, Any], errors: Mapping[str, str]) -> str:
    form = record_forms.shown(contract_form(), values, errors)
    return render_template("preferred_list/contract.html", list=found, form=form, problems=form.problems)
