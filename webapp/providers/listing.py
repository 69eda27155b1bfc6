"""The list of providers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import clock
from webapp.db import db
from webapp.providers import bp, frame
from webapp.shared import provider_words
from workflows.queries import provider_list
from workflows.queries.provider_list import ListedProvider, ProviderFilter
from workflows.rules import certificate_kinds

NEEDS = [
    (provider_list.TO_VERIFY, "Certificates to verify"),
    (provider_list.EXPIRING, "Certificates that end within 60 days"),
    (provider_list.HELD, "No new placements"),
]


@bp.get("/providers")
def list_providers() -> ResponseReturnValue:
    """Every provider, filtered by the address."""
    wanted = ProviderFilter(**{name: request.args.get(name, "").strip()[:200] for name in ("words", "status", "registration", "needs")})
    after = request.args.get("after", "")[:40]
    found = provider_list.list_providers(db.session, wanted, after=after)
    return render_template(
        "providers/list.html",
        rows=[row(each) for each in found.rows],
        total=found.total,
        wanted=wanted,
        choices=_choices(wanted),
        next_href=_href(wanted, found.after) if found.after else "",
        first_href=_href(wanted) if after else "",
    )


def row(found: ListedProvider) -> dict[str, Any]:
    """A provider as a row of the table."""
    first = found.newest[0] if found.newest else None
    registration = found.registration
    return {
        "name": found.provider.name,
        "trading_name": found.provider.trading_name,
        "reference": found.provider.reference,
        "href": url_for("providers.show_provider", provider_reference=found.provider.reference),
        "tags": frame.standing_tags(found),
        "badge": frame.badge(found),
        "registration": provider_words.REGISTRATION[registration.status] if registration else {"text": "Not recorded", "colour": "grey"},
        "places": found.places,
        "ends": {"on": first.ends_on, "what": certificate_kinds.WORDS[first.kind], "is_over": first.ends_on < clock.today()} if first else None,
    }


def _href(wanted: ProviderFilter, after: str = "") -> str:
    asked = {"words": wanted.words, "status": wanted.status, "registration": wanted.registration, "needs": wanted.needs, "after": after}
    filled: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return url_for("providers.list_providers", **filled)


def _choices(wanted: ProviderFilter) -> dict[str, list[dict[str, object]]]:
    """What the filter offers, with what is chosen."""
    statuses = [(status.value, tag["text"]) for status, tag in provider_words.MEMBERSHIP.items()]
    registrations = [(status.value, tag["text"]) for status, tag in provider_words.REGISTRATION.items()]
    return {
        "status": _options("Any", [*statuses, (provider_list.NO_LIST, "Not on a list")], wanted.status),
        "registration": _options("Any", [*registrations, (provider_list.NO_LIST, "Not recorded")], wanted.registration),
        "needs": _options("Nothing in particular", NEEDS, wanted.needs),
    }


def _options(every: str, found: Sequence[tuple[str, str]], chosen: str) -> list[dict[str, object]]:
    return [{"value": value, "text": text, "selected": value == chosen} for value, text in [("", every), *found]]
