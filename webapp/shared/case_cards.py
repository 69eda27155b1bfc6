"""The cards of facts on a case's summary and the facts beside its tasks, for each kind of case; every kind has a module of its own here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import current_app, url_for
from sqlalchemy.orm import Session

from models import Case
from webapp.db import db
from webapp.shared import cards, filters
from webapp.shared.cards import Card
from workflows.queries import providers
from workflows.queries.case_pages import Whole

Facts = Mapping[str, str]

# By the kind of a case. A kind that is not here has the cards and facts of every case about a provider.
CARDS: dict[str, Callable[[Whole], list[Card]]] = {}
FACTS: dict[str, Callable[[Session, Case], Facts]] = {}


def of_case(whole: Whole) -> list[Card]:
    """The cards of a case: who the provider is, then those of its kind."""
    about = [_provider(whole.case)] if whole.case.provider_id is not None else []
    of_kind = CARDS.get(whole.case.kind)
    return about + (of_kind(whole) if of_kind else [])


def facts(session: Session, case: Case) -> Facts:
    """The few facts of a case that help with any of its tasks."""
    about = {"Provider": _name(session, case)} if case.provider_id is not None else {}
    of_kind = FACTS.get(case.kind)
    found = of_kind(session, case) if of_kind else {"Opened": filters.short_day(case.opened_at), "Team": case.team.name}
    return {**about, **found}


def _name(session: Session, case: Case) -> str:
    assert case.provider_id is not None
    provider = providers.by_id(session, case.provider_id)
    return f"{provider.name} ({provider.reference})"


def _provider(case: Case) -> Card:
    assert case.provider_id is not None
    provider = providers.by_id(db.session, case.provider_id)
    rows = [
        cards.row("Name", provider.name),
        cards.row("Reference", provider.reference),
        cards.row("Contact", ", ".join(part for part in (provider.contact_name, provider.contact_phone) if part) or "Not given"),
    ]
    return cards.card("Provider", rows, href=_record_href(provider.reference), link="See the record")


def _record_href(reference: str) -> str:
    if "providers.show_provider" not in current_app.view_functions:
        return ""
    return url_for("providers.show_provider", provider_reference=reference)
