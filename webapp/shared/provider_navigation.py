"""The menu of the provider's pages: the places of its own area that exist, in the same order for everyone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request, url_for
from sqlalchemy.orm import Session

from models import User
from webapp.db import db
from webapp.signed_in import visitor
from workflows.rules import permissions

Count = Callable[[Session, User], int]


@dataclass(frozen=True, kw_only=True)
class Place:
    """An entry of the menu; `begins` are the beginnings of the endpoints that belong to it."""

    text: str
    endpoint: str
    begins: tuple[str, ...]


PLACES = (
    Place(text="Home", endpoint="provider.home", begins=("provider.home",)),
    Place(text="Applications", endpoint="apply.list_applications", begins=("apply.",)),
    Place(text="Organisation", endpoint="provider.organisation", begins=("provider.organisation", "provider.people", "provider.person")),
    Place(text="Premises", endpoint="provider.premises", begins=("provider.premises",)),
    Place(text="Documents", endpoint="provider.documents", begins=("provider.documents", "provider.certificates", "provider.document")),
    Place(text="Messages", endpoint="provider.messages", begins=("provider.messages", "provider.thread")),
    Place(text="Actions", endpoint="provider.actions", begins=("provider.actions", "provider.action")),
)
# What an area counts for its entry, by the entry's endpoint; the area puts its query here.
COUNTS: dict[str, Count] = {}


def places() -> list[dict[str, object]]:
    """The entries for a person of a provider: text, href, whether it is the present one, and a count or 0. Nothing for others."""
    user = visitor()
    if user is None or not permissions.is_provider(user):
        return []
    return [_entry(place, user) for place in PLACES if place.endpoint in current_app.view_functions]


def _entry(place: Place, user: User) -> dict[str, object]:
    count = COUNTS.get(place.endpoint)
    return {
        "text": place.text,
        "href": url_for(place.endpoint),
        "active": (request.endpoint or "").startswith(place.begins),
        "count": count(db.session, user) if count else 0,
    }
