"""Looking a provider up in public registers, and writing down what they say: by hand, from the register itself, or from Ofsted's file."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import IdentifierScheme, Provider, RegistrationStatus
from webapp.db import db, writes
from webapp.providers import bp, frame
from webapp.providers.showing import registration_rows
from webapp.shared import cards, filters, provider_words, record_forms, registers, uploads
from webapp.signed_in import person
from workflows.actions import register_looks, registrations
from workflows.errors import Invalid
from workflows.library.forms import Field, FormSchema
from workflows.queries import providers
from workflows.registers import charity, company, ofsted
from workflows.registers.answers import NoEntry
from workflows.registers.files import NotThisRegister
from workflows.rules import provider_records

REGISTERS = {
    "company": (IdentifierScheme.COMPANY, "Companies House", company.PAGE, company.Company),
    "charity": (IdentifierScheme.CHARITY, "Register of charities", charity.PAGE, charity.Charity),
    "ofsted": (IdentifierScheme.OFSTED, "Ofsted's register", ofsted.PAGE, ofsted.Entry),
}
CATEGORY_WORDS = (("1", "1: self-contained"), ("2", "2: shared, ring-fenced"), ("3", "3: shared, not ring-fenced"), ("4", "4: private residence"))
FORM = FormSchema(
    "registration",
    (
        Field("status", "radio", "What does the register say?", is_required=True, words={"errorRequired": "Select what the register says"},
              options=tuple((status.value, tag["text"]) for status, tag in provider_words.REGISTRATION.items())),
        Field("urn", "textfield", "Ofsted number (URN)", longest=12),
        Field("categories", "checklist", "Kinds of accommodation it is registered for", options=CATEGORY_WORDS),
        Field("conditions", "textarea", "Conditions of registration", longest=registrations.LONGEST_CONDITIONS),
        Field("enforcement", "checkbox", "Ofsted has taken enforcement action"),
        Field("last_inspected_on", "datetime", "Last inspected on", not_after="today"),
        Field("outcome", "radio", "Last outcome", options=tuple((str(number), words) for number, words in provider_words.OUTCOMES.items())),
    ),
)  # fmt: skip


@bp.get("/providers/<provider_reference>/registration")
def registration(provider_reference: str) -> ResponseReturnValue:
    """What Ofsted's register said each time somebody looked, the other registers, and the form to write down what it says now."""
    return _page(frame.find(provider_reference), None, {})


@bp.post("/providers/<provider_reference>/registration", endpoint="registration_post")
@writes
def registration_post(provider_reference: str) -> ResponseReturnValue:
    """Write down what Ofsted's register says, as seen by hand or as it answered."""
    provider = frame.find(provider_reference)
    checked = record_forms.sent(FORM)
    try:
        if not checked.is_valid:
            raise Invalid(checked.errors)
        registrations.record(db.session, provider, _entry(checked.answers), by=person())
    except Invalid as error:
        db.session.rollback()
        return _page(frame.find(provider_reference), checked.typed, error.errors), 422
    flash("What the register says is written down")
    return redirect(url_for("providers.show_provider", provider_reference=provider.reference), 303)


def _entry(answers: dict[str, Any]) -> ofsted.Entry:
    inspected = answers.get("last_inspected_on")
    return ofsted.Entry(
        urn="".join(str(answers.get("urn", "")).split()).upper(), status=RegistrationStatus(answers["status"]),
        categories=tuple(int(each) for each in answers.get("categories", [])), conditions=answers.get("conditions", ""),
        has_enforcement=bool(answers.get("enforcement")), last_inspected_on=date.fromisoformat(inspected) if inspected else None,
        outcome=int(answers["outcome"]) if answers.get("outcome") else None, source="manual",
    )  # fmt: skip


def _page(provider: Provider, typed: dict[str, Any] | None, errors: dict[str, str]) -> str:
    present = providers.registration_of(db.session, provider)
    form = record_forms.shown(FORM, typed if typed is not None else _values(present), errors)
    past = [each for each in providers.registrations_of(db.session, provider) if each.ends_at is not None]
    return frame.page(
        provider, "providers/registration.html", tab="show_provider", form=form, problems=form.problems,
        present=registration_rows(present) if present else [], can_keep=provider_records.can_keep_register(person()),
        past=[{"until": each.ends_at, "rows": registration_rows(each)} for each in past], registers=_links(provider),
    )  # fmt: skip


def _values(present: Any) -> dict[str, Any]:
    if present is None:
        return {}
    return {
        "status": present.status.value, "urn": present.urn, "categories": [str(each) for each in present.categories],
        "conditions": present.conditions, "enforcement": present.has_enforcement, "outcome": str(present.last_outcome or ""),
        "last_inspected_on": present.last_inspected_on.isoformat() if present.last_inspected_on else "",
    }  # fmt: skip


def _links(provider: Provider) -> list[dict[str, str]]:
    held = {each.scheme: each.value for each in providers.identifiers_of(db.session, provider)}
    return [
        {"text": f"{name}, {held[scheme]}", "href": url_for("providers.ask_register", provider_reference=provider.reference, register=key)}
        for key, (scheme, name, _, _) in REGISTERS.items() if scheme in held
    ]  # fmt: skip


@bp.get("/providers/<provider_reference>/registers/<register>")
def ask_register(provider_reference: str, register: str) -> ResponseReturnValue:
    """What a register says of this provider now, or why it cannot be asked; nothing is written down by looking."""
    provider = frame.find(provider_reference)
    scheme, name, page, _ = REGISTERS.get(register) or abort(404)
    number = next((each.value for each in providers.identifiers_of(db.session, provider) if each.scheme is scheme), "")
    if not number:
        abort(404)
    entry, why = _ask(register, number)
    return frame.page(
        provider, "providers/register.html", tab="show_provider", name=name, number=number, page=page, why=why, register=register,
        rows=_rows(entry) if entry else [], sealed=registers.seal(entry) if entry else "", can_keep=provider_records.can_keep_register(person()),
    )  # fmt: skip


def _ask(register: str, number: str) -> tuple[Any, str]:
    asked: Any = {"company": registers.companies, "charity": registers.charities, "ofsted": registers.accommodation}[register]()
    try:
        return asked.look_up(number), ""
    except NoEntry as error:
        return None, str(error)


def _rows(entry: Any) -> list[cards.Row]:
    """The answer of a register as rows; what it left empty is left out."""
    shown = {
        "name": "Name", "status": "Status", "status_detail": "More on the status", "kind": "Kind", "address": "Address", "postcode": "Postcode",
        "incorporated_on": "Incorporated", "dissolved_on": "Dissolved", "registered_on": "Registered", "removed_on": "Removed",
        "accounts_overdue": "Accounts overdue", "confirmation_overdue": "Confirmation statement overdue", "is_insolvent": "Insolvent",
        "in_administration": "In administration", "has_insolvency_history": "Insolvency on record", "company_number": "Company number",
        "urn": "Ofsted number", "categories": "Kinds of accommodation", "conditions": "Conditions", "has_enforcement": "Enforcement",
        "last_inspected_on": "Last inspected", "outcome": "Last outcome",
    }  # fmt: skip
    return [cards.row(label, _words(getattr(entry, name))) for name, label in shown.items() if getattr(entry, name, None) not in (None, "", ())]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return filters.short_day(value)
    if isinstance(value, RegistrationStatus):
        return provider_words.REGISTRATION[value]["text"]
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return str(value)


@bp.post("/providers/<provider_reference>/registers/<register>", endpoint="note_register")
@writes
def note_register(provider_reference: str, register: str) -> ResponseReturnValue:
    """Write down what a register has just answered."""
    provider = frame.find(provider_reference)
    _, name, _, kind = REGISTERS.get(register) or abort(404)
    entry: Any = registers.unseal(request.form.get("answer", ""), kind)
    if entry is None:
        flash("The answer is too old to be written down. Look at it again", "information")
        return redirect(url_for("providers.ask_register", provider_reference=provider.reference, register=register), 303)
    if register == "company":
        register_looks.note_company(db.session, provider, entry, by=person())
    elif register == "charity":
        register_looks.note_charity(db.session, provider, entry, by=person())
    else:
        registrations.record(db.session, provider, entry, by=person())
    flash(f"What {name} says is written down")
    return redirect(url_for("providers.show_provider", provider_reference=provider.reference), 303)


@bp.get("/providers/import")
def import_register() -> ResponseReturnValue:
    """The form for the file that a register publishes."""
    provider_records.check_keep_register(person())
    return _import_page("", {})


@bp.post("/providers/import", endpoint="import_register_post")
@writes
def import_register_post() -> ResponseReturnValue:
    """Write down what the file says of every provider whose number in that register is on record."""
    provider_records.check_keep_register(person())
    register = request.form.get("register", "")
    try:
        found = _import(register)
    except Invalid as error:
        db.session.rollback()
        return _import_page(register, error.errors), 422
    flash(_counted(found))
    return redirect(url_for("providers.import_register"), 303)


def _import(register: str) -> register_looks.Counted:
    if register not in REGISTERS:
        raise Invalid({"register": "Select which register the file is from"})
    content = uploads.sent().content
    try:
        if register == "ofsted":
            return registrations.import_file(db.session, content, by=person())
        taken = register_looks.import_companies if register == "company" else register_looks.import_charities
        return taken(db.session, content, by=person())
    except NotThisRegister as error:
        raise Invalid({"file": f"The selected file is not from this register. {error}"}) from error


def _counted(found: register_looks.Counted) -> str:
    missing = f" Not in the file, look at them by hand: {', '.join(found['missing'])}." if found["missing"] else ""
    return f"{len(found['changed'])} changed, {len(found['same'])} the same.{missing}"


def _import_page(register: str, errors: dict[str, str]) -> str:
    return render_template(
        "providers/import.html",
        errors=errors,
        problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
        registers=[{"value": key, "text": name, "checked": key == register} for key, (_, name, _, _) in REGISTERS.items()],
    )
