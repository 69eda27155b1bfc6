"""The forms of a provider's record, for its own people and for staff: the organisation, a home, a certificate, a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request

from models import CertificateKind, Premises, Provider
from webapp.db import db
from webapp.shared import forms
from workflows.actions import premises as premises_actions
from workflows.library import task_forms
from workflows.library.forms import Field, FormSchema, Validated, validate
from workflows.rules import certificate_kinds

Options = Sequence[tuple[str, str]]
DOCUMENT_KINDS = {
    "accounts": "Accounts",
    "insurance": "Insurance certificate",
    "safety": "Safety certificate of premises",
    "safeguarding": "Safeguarding policy",
    "policy": "Another policy or procedure",
    "statement_of_purpose": "Statement of purpose",
    "registration": "Registration with Ofsted",
    "other": "Something else",
}


@dataclass(frozen=True)
class Shown:
    """A form ready for its page."""

    parts: list[forms.Part]
    problems: list[dict[str, str]]


def shown(schema: FormSchema, values: Mapping[str, Any], errors: Mapping[str, str] | None = None) -> Shown:
    """A form filled with values, with a message at each question that has one."""
    found = errors or {}
    return Shown(forms.present(schema, values=values, errors=found), forms.error_list(schema, found))


def sent(schema: FormSchema) -> Validated:
    """What this request sent for a form, question by question; never raises. Files are not looked at here."""
    return validate(schema, request.form)


def organisation(*, for_staff: bool) -> FormSchema:
    """What a provider says about itself; the legal name is changed by staff, who have seen the register."""
    name = _line("name", "Legal name", "Enter the legal name", longest=160)
    fields = (
        _line("trading_name", "Trading name", longest=160),
        Field("address", "textarea", "Registered address", longest=500),
        _line("postcode", "Postcode", longest=10),
        _line("website", "Website", longest=200),
        _line("contact_name", "Contact name", "Enter a contact name", longest=120),
        _line("contact_email", "Contact e-mail", "Enter a contact e-mail address", format="email", longest=200),
        _line("contact_phone", "Contact telephone", format="phone", longest=40),
        Field("is_small", "checkbox", "Small business", hint="Fewer than 250 people, and turnover of £44 million or less"),
        Field("is_voluntary", "checkbox", "Voluntary, community or social enterprise"),
    )
    return FormSchema("organisation", (name, *fields) if for_staff else fields)


def organisation_values(provider: Provider) -> dict[str, Any]:
    """What the form of an organisation begins with."""
    return {field.key: getattr(provider, field.key) for field in organisation(for_staff=True).fields}


def premises() -> FormSchema:
    """What is kept about a place where young people live."""
    choices = task_forms.choices(db.session)
    supports = tuple(choices.get("support_needs", ()))
    needs = (Field("supports", "checklist", "Needs that can be met here", options=supports),) if supports else ()
    return FormSchema("premises", (*_place(choices.get("divisions", ())), *_people(), *needs, _price(), _date("opened_on", "Open since")))


def _place(districts: Options) -> tuple[Field, ...]:
    words = "Only you and council staff see the address. It is never published."
    return (
        _line("name", "Name", "Enter a name for the premises", hint="The name you use for it, without the address", longest=100),
        Field("address", "textarea", "Address", hint=words, is_required=True, longest=400, words={"errorRequired": "Enter the address"}),
        _line("postcode", "Postcode", "Enter the postcode", longest=10),
        _choice("select", "district", "District", districts, "Select the district"),
        _choice("radio", "category", "Kind of accommodation", _pairs(premises_actions.CATEGORIES), "Select the kind of accommodation"),
    )


def _people() -> tuple[Field, ...]:
    return (
        _number("spaces", "Number of places", "Enter the number of places"),
        _number("age_from", "Youngest age", "Enter the youngest age"),
        _number("age_to", "Oldest age", "Enter the oldest age"),
        _choice("radio", "gender", "Who can live there", _pairs(premises_actions.GENDERS), "Select who can live there"),
        _choice("radio", "night_cover", "Cover at night", _pairs(premises_actions.NIGHT_COVER), "Select the cover at night"),
        Field("is_step_free", "checkbox", "Step-free, with a room on the ground floor"),
        _number("support_hours", "Hours of support a week for each young person", ""),
    )


def _price() -> Field:
    return _line("weekly_price", "Weekly price for one place", format="money", longest=12)


def premises_values(found: Premises) -> dict[str, Any]:
    """What the form of premises begins with."""
    values = {name: getattr(found, name) for name in premises_actions.LABELS}
    price, opened = found.weekly_price, found.opened_on
    return values | {
        "category": str(found.category),
        "weekly_price": f"{price:.2f}" if price is not None else "",
        "opened_on": opened.isoformat() if opened else "",
    }


def premises_from(answers: Mapping[str, Any], *, asked: FormSchema) -> dict[str, Any]:
    """The answers of the form as the columns of the table; a question left empty empties its column."""
    empty: dict[str, Any] = {"weekly_price": None, "opened_on": None, "support_hours": 0, "supports": [], "is_step_free": False}
    given = {field.key: answers.get(field.key, empty.get(field.key, "")) for field in asked.fields}
    readers: dict[str, Callable[[Any], Any]] = {"category": int, "weekly_price": Decimal, "opened_on": date.fromisoformat}
    return {name: readers[name](value) if name in readers and value else value for name, value in given.items()}


def certificate(homes: Sequence[Premises], *, with_file: bool) -> FormSchema:
    """What is kept about an insurance or a safety certificate."""
    kinds = [(kind.value, words) for kind, words in certificate_kinds.WORDS.items()]
    places = [(home.reference, home.name) for home in homes]
    file = Field("file", "filepicker", "The certificate", hint="PDF, Word, picture or text, smaller than 20MB")
    return FormSchema(
        "certificate",
        (
            _choice("radio", "kind", "What is it?", kinds, "Select what it is"),
            *([_choice("select", "premises", "Which premises is it for?", places, "", "For safety certificates and licences")] if places else []),
            _line("issuer", "Who issued it", "Enter who issued it", hint="The insurer, the engineer or the authority", longest=120),
            _line("number", "Policy or certificate number", longest=120),
            _line("limit", "Amount covered", hint="For insurances, in pounds for any one claim", format="money", longest=20),
            _date("starts_on", "Starts on", "Enter the day it starts"),
            _date("ends_on", "Ends on", "Enter the day it ends"),
            *([file] if with_file else []),
        ),
    )


def certificate_from(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of the form as the values of the action, apart from the premises and the file."""
    return {
        "kind": CertificateKind(answers["kind"]),
        "issuer": answers.get("issuer", ""),
        "number": answers.get("number", ""),
        "limit": Decimal(answers["limit"]) if answers.get("limit") else None,
        "starts_on": date.fromisoformat(answers["starts_on"]),
        "ends_on": date.fromisoformat(answers["ends_on"]),
    }


def document(*, is_new: bool) -> FormSchema:
    """What is kept about a file of a provider's record; the kind stays the same over its versions."""
    kind = _choice("select", "kind", "What kind of document is it?", list(DOCUMENT_KINDS.items()), "Select what kind of document it is")
    rest = (
        _line("title", "Title", "Enter a title for the document", longest=200),
        _date("expires_on", "Runs out on", hint="If it has such a day"),
        Field("file", "filepicker", "File", hint="PDF, Word, Excel, OpenDocument, picture, text or CSV, smaller than 20MB", is_required=True),
    )
    return FormSchema("document", (kind, *rest) if is_new else rest)


def without_files(schema: FormSchema) -> FormSchema:
    """A form without its files, whose messages come from where the file is kept."""
    return FormSchema(schema.key, tuple(part for part in schema.parts if not (isinstance(part, Field) and part.kind == "filepicker")))


def _pairs(words: Mapping[Any, str]) -> Options:
    return [(str(value), text) for value, text in words.items()]


def _line(key: str, label: str, missing: str = "", *, hint: str = "", format: str = "", longest: int = 250) -> Field:
    words = {"errorRequired": missing} if missing else {}
    return Field(key, "textfield", label, hint=hint, format=format, is_required=bool(missing), longest=longest, words=words)


def _number(key: str, label: str, missing: str) -> Field:
    return Field(key, "number", label, is_required=bool(missing), words={"errorRequired": missing} if missing else {})


def _date(key: str, label: str, missing: str = "", *, hint: str = "For example 27 3 2027") -> Field:
    return Field(key, "datetime", label, hint=hint, is_required=bool(missing), words={"errorRequired": missing} if missing else {})


def _choice(kind: str, key: str, label: str, options: Options, missing: str, hint: str = "") -> Field:
    words = {"errorRequired": missing} if missing else {}
    return Field(key, kind, label, hint=hint, options=tuple(options), is_required=bool(missing), words=words)
