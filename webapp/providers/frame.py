"""What every page about one provider has for staff: the provider for this reader, its name plate, its tabs and its actions."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from models import Provider
from webapp.db import db
from webapp.shared import provider_words
from webapp.signed_in import person
from workflows.queries import provider_list, providers
from workflows.queries.provider_list import ListedProvider
from workflows.rules import provider_records, provider_risk

TABS = (("Record", "show_provider"), ("Premises", "premises"), ("Documents", "documents"), ("Letters", "letters"), ("History", "history"))


def find(reference: str) -> Provider:
    """The provider at this address. NotFound when there is none."""
    return providers.provider_for(db.session, person(), reference)


def row_of(provider: Provider) -> ListedProvider:
    """The provider with how it stands."""
    return provider_list.in_rows(db.session, [provider])[0]


def page(provider: Provider, template: str, *, tab: str, **values: Any) -> str:
    """A page about a provider: `template` extends `providers/frame.html`; `tab` is the endpoint of the tab it belongs to."""
    row = row_of(provider)
    return render_template(
        template,
        **{"problems": [], "errors": {}, **values},
        provider=provider,
        plate={"tags": standing_tags(row), "badge": badge(row), "signs": row.signs, "kind": provider_words.LEGAL_FORMS[provider.legal_form]},
        tabs=[
            {"text": text, "href": url_for(f"providers.{endpoint}", provider_reference=provider.reference), "active": endpoint == tab}
            for text, endpoint in TABS
        ],
        can_change=provider_records.can_keep(person(), provider),
    )


def standing_tags(row: ListedProvider) -> list[dict[str, str]]:
    """How a provider stands on the lists, the newest membership first."""
    return [provider_words.MEMBERSHIP[each.status] for each in row.memberships] or [provider_words.NOT_ON_A_LIST]


def badge(row: ListedProvider) -> dict[str, str] | None:
    """The risk badge, when there is something to look at."""
    words = provider_risk.badge(row.signs)
    return {"text": words, "colour": "red" if words == provider_risk.SERIOUS else "orange"} if words else None
