"""The record of a provider at a glance, its documents, and what happened to it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import current_app, url_for
from flask.typing import ResponseReturnValue

from models import Certificate, ImprovementAction, Inspection, Membership, Provider, ProviderPerson, Registration, clock
from webapp.db import db
from webapp.providers import bp, frame
from webapp.shared import cards, days_left, downloads, filters, provider_words, record_forms
from webapp.shared.cards import Card, Row
from webapp.signed_in import person
from workflows.queries import cases, people, provider_history, providers
from workflows.rules import certificate_kinds, provider_records

NOT_RECORDED = "Not recorded"
MOST_CASES = 8
SCHEMES = {
    "GB-COH": "Companies House", "GB-CHC": "Charity Commission", "GB-SC": "Scottish charity register", "GB-NIC": "Northern Irish charity register",
    "GB-VAT": "VAT", "GB-UKPRN": "UKPRN", "GB-OFSTED": "Ofsted", "GB-ICO": "Data protection register", "XI-DUNS": "DUNS", "GB-PPON": "PPON",
}  # fmt: skip


@bp.get("/providers/<provider_reference>")
def show_provider(provider_reference: str) -> ResponseReturnValue:
    """The record at a glance, a card each."""
    provider = frame.find(provider_reference)
    certificates = providers.certificates_of(db.session, provider)
    found = [
        _standing(provider), _registration(provider), _capacity(provider), _certificates(provider, certificates), _cases(provider),
        _inspections(provider), _actions(provider), _people(provider), _identifiers(provider), _contact(provider),
    ]  # fmt: skip
    waiting = [each for each in certificates if each.verified_at is None and not each.refused_because]
    return frame.page(
        provider, "providers/show.html", tab="show_provider", cards=found,
        to_verify=[_to_verify(provider, each) for each in waiting],
    )  # fmt: skip


def _to_verify(provider: Provider, found: Certificate) -> dict[str, str]:
    place = f", {found.premises.name}" if found.premises else ""
    words = f"{certificate_kinds.WORDS[found.kind]}{place}, added {filters.short_day(found.added_at)}"
    return {"text": words, "href": _certificate_href(provider, found)}


def _certificate_href(provider: Provider, found: Certificate) -> str:
    return url_for("providers.certificate", provider_reference=provider.reference, certificate_id=found.id)


def _standing(provider: Provider) -> Card:
    rows: list[Row] = []
    for each in providers.memberships_of(db.session, provider):
        rows.append(cards.row(each.purchasing_list.title, "", provider_words.MEMBERSHIP[each.status]))
        rows += [_condition(condition) for condition in each.conditions]
        rows += _agreement(each)
    return cards.card("Place on the list and conditions", rows, empty="Not on a list")


def _condition(condition: Any) -> Row:
    done = f"met {filters.short_day(condition.met_at)}" if condition.met_at else f"by {filters.short_day(condition.due_on)}"
    return cards.row("Condition", f"{condition.words} ({done})")


def _agreement(found: Membership) -> list[Row]:
    signed = f"{found.agreement_signed_by}, {filters.short_day(found.agreement_signed_at)}" if found.agreement_signed_at else "Not signed"
    rows = [cards.row("Agreement", signed)]
    if found.starts_on:
        rows.append(cards.row("Member", f"{filters.short_day(found.starts_on)} to {filters.short_day(found.ends_on) or 'today'}"))
    return rows


def _registration(provider: Provider) -> Card:
    found = providers.registration_of(db.session, provider)
    href = url_for("providers.registration", provider_reference=provider.reference)
    rows = registration_rows(found) if found else []
    return cards.card("Ofsted registration and outcome", rows, href=href, link="Look at the register", empty=NOT_RECORDED)


def registration_rows(found: Registration) -> list[Row]:
    """What the register said, as rows."""
    rows = [
        cards.row("Status", "", provider_words.REGISTRATION[found.status]),
        cards.row("Ofsted number", found.urn or NOT_RECORDED),
        cards.row("Kinds of accommodation", ", ".join(str(each) for each in found.categories) or NOT_RECORDED),
        cards.row("Last outcome", provider_words.OUTCOMES[found.last_outcome] if found.last_outcome else "None yet"),
        cards.row("Seen", f"{filters.short_day(found.starts_at)}, {SOURCES.get(found.source, found.source)}"),
    ]
    if found.conditions:
        rows.append(cards.row("Conditions", found.conditions))
    return [*rows, cards.row("Enforcement", "Yes")] if found.has_enforcement else rows


SOURCES = {"manual": "by hand", "application": "in the application", "import": "imported file", "client": "from the register"}


def _capacity(provider: Provider) -> Card:
    homes = providers.premises_of(db.session, provider, closed=False)
    rows = [cards.row(each.name, f"{each.spaces} places, ages {each.age_from} to {each.age_to}", _grade(each.grade)) for each in homes]
    total = [cards.row("In all", f"{sum(each.spaces for each in homes)} places in {len(homes)} premises")] if len(homes) > 1 else []
    href = url_for("providers.premises", provider_reference=provider.reference)
    return cards.card("Capacity", [*total, *rows], href=href, link="See premises", empty=NOT_RECORDED)


def _grade(grade: str) -> dict[str, str] | None:
    return provider_words.GRADES.get(grade)


def _certificates(provider: Provider, found: Sequence[Certificate]) -> Card:
    rows = []
    for each in found:
        text, colour = certificate_kinds.standing(each, clock.today())
        place = f", {each.premises.name}" if each.premises else ""
        name = f"{certificate_kinds.WORDS[each.kind]}{place}"
        ends = f"To {filters.short_day(each.ends_on)}"
        rows.append(cards.row(name, ends, {"text": text, "colour": colour}, href=_certificate_href(provider, each)))
    href = url_for("providers.certificate_add", provider_reference=provider.reference) if provider_records.can_keep(person(), provider) else ""
    return cards.card("Insurance and certificates", rows[:12], href=href, link="Add a certificate", empty=NOT_RECORDED)


def _cases(provider: Provider) -> Card:
    shown = [case for case in providers.cases_of(db.session, provider) if cases.can_see(db.session, person(), case)]
    rows = [
        cards.row(
            case.reference,
            f"{case.title} ({(case.outcome or case.status.value).replace('-', ' ')})",
            href=url_for("cases.show_case", reference=case.reference),
        )
        for case in shown[:MOST_CASES]
    ]
    return cards.card("Cases", rows, empty="No cases")


def _inspections(provider: Provider) -> Card:
    rows = []
    for each in provider_history.inspections_of(db.session, provider):
        if not cases.can_see(db.session, person(), each.case):
            continue
        grade = _grade(each.grade.value) if each.grade else None
        rows.append(cards.row(_inspection_name(each), each.case.reference, grade, href=_inspection_href(each)))
    return cards.card("Inspections", rows[:MOST_CASES], empty="Never inspected")


def _inspection_name(found: Inspection) -> str:
    day = found.visit_ended_at or found.planned_for
    place = f", {found.premises.name}" if found.premises else ""
    return f"{filters.short_day(day) or 'Not planned yet'}{place}"


def _inspection_href(found: Inspection) -> str:
    known = "inspections.show_inspection" in current_app.view_functions
    return url_for("inspections.show_inspection" if known else "cases.show_case", reference=found.case.reference)


def _actions(provider: Provider) -> Card:
    rows = [_action(each) for each in provider_history.actions_of(db.session, provider) if each.verified_at is None]
    return cards.card("Actions that are open", rows, empty="None")


def _action(found: ImprovementAction) -> Row:
    return cards.row(found.action, f"{filters.short_day(found.due_on)}, {days_left.until_day(found.due_on).lower()}")


def _people(provider: Provider) -> Card:
    runs = [cards.row(each.name, _role(each)) for each in providers.people_of(db.session, provider)]
    acts = [cards.row(each.name, "Acts for it here") for each in people.members(db.session, provider.group_key)]
    return cards.card("People", [*runs, *acts], empty=NOT_RECORDED)


def _role(found: ProviderPerson) -> str:
    until = f"until {filters.short_day(found.ends_on)}" if found.ends_on else ""
    return ", ".join(part for part in (found.role, "in control" if found.is_in_control else "", until) if part)


def _identifiers(provider: Provider) -> Card:
    rows = [cards.row(SCHEMES[each.scheme.value], each.value) for each in providers.identifiers_of(db.session, provider)]
    return cards.card("Numbers in registers", rows, empty=NOT_RECORDED)


def _contact(provider: Provider) -> Card:
    rows = [
        cards.row("Trading name", provider.trading_name or NOT_RECORDED),
        cards.row("Contact", provider.contact_name or NOT_RECORDED),
        cards.row("E-mail", provider.contact_email or NOT_RECORDED),
        cards.row("Telephone", provider.contact_phone or NOT_RECORDED),
        cards.row("Registered address", ", ".join(part for part in (provider.address, provider.postcode) if part) or NOT_RECORDED),
    ]
    href = url_for("providers.change_provider", provider_reference=provider.reference) if provider_records.can_keep(person(), provider) else ""
    return cards.card("Contact", rows, href=href, link="Change the record")


@bp.get("/providers/<provider_reference>/documents")
def documents(provider_reference: str) -> ResponseReturnValue:
    """The documents of a provider, the newest first."""
    provider = frame.find(provider_reference)
    rows = [
        {"title": each.title, "kind": record_forms.DOCUMENT_KINDS.get(each.kind, each.kind.replace("_", " ").replace("-", " ").capitalize()),
         "version": each.version, "size": each.size, "added_at": each.added_at, "added_by": each.added_by.name, "expires_on": each.expires_on,
         "held": each.held_because,
         "href": "" if each.held_because else url_for("providers.document", provider_reference=provider.reference, document_id=each.id)}
        for each in providers.documents_of(db.session, provider)
    ]  # fmt: skip
    return frame.page(provider, "providers/documents.html", tab="documents", rows=rows)


@bp.get("/providers/<provider_reference>/documents/<uuid:document_id>")
def document(provider_reference: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """The file itself, always as something to save and never as a page."""
    return downloads.of_provider(providers.document(db.session, frame.find(provider_reference), document_id))


@bp.get("/providers/<provider_reference>/history")
def history(provider_reference: str) -> ResponseReturnValue:
    """What happened to the record, the newest first."""
    provider = frame.find(provider_reference)
    return frame.page(provider, "providers/history.html", tab="history", events=provider_history.events_of(db.session, provider))
