"""Gate one: which roles may enter which area of the site, and what the navigation offers to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec

from flask import Flask, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from models import User
from webapp.signed_in import person, visitor
from workflows.rules import permissions

P = ParamSpec("P")


@dataclass(frozen=True, kw_only=True)
class Area:
    """A part of the site: open to everyone, to all staff, to some roles, or to the people of providers; `ask` is
    the team that can give access."""

    is_open: bool = False
    needs_staff: bool = True
    roles: frozenset[str] = frozenset()
    providers: bool = False
    ask: str = "Service Improvement"

    def admits(self, user: User) -> bool:
        """Whether a signed-in person may come in."""
        if self.providers:
            return permissions.is_provider(user)
        held = permissions.roles_of(user)
        if self.roles:
            return bool(held & self.roles)
        return permissions.is_staff(user) or not self.needs_staff


OPEN = Area(is_open=True)
ANY_PERSON = Area(needs_staff=False)
STAFF = Area()
OF_PROVIDERS = Area(providers=True, ask="Procurement")

AREAS: dict[str, Area] = {
    "health": OPEN,
    "public": OPEN,
    "account": ANY_PERSON,
    "work": STAFF,
    "cases": STAFF,
    "consultations": STAFF,
    "approvals": STAFF,
    "processes": STAFF,
    "providers": STAFF,
    "preferred_list": STAFF,
    "inspections": STAFF,
    "apply": OF_PROVIDERS,
    "provider": OF_PROVIDERS,
    "publishing": Area(
        roles=frozenset({"democratic_services", "monitoring_officer", "auditor", "system_admin"}),
        ask="Democratic Services",
    ),
    "workshop": Area(roles=frozenset({"process_owner", "legal_officer", "monitoring_officer", "system_admin"}), ask="Service Improvement"),
    "undertakings": STAFF,
    "admin": Area(roles=frozenset({"system_admin", "auditor", "process_owner"}), ask="System administrators"),
}
OPEN_ENDPOINTS = frozenset(
    {
        "static",
        "council_css",
        "council_logo",
        "account.sign_in",
        "account.sign_in_post",
        "account.sign_in_as_demo",
        "account.signed_out",
        # Calendar programs cannot sign in: the address itself is the secret.
        "account.feed",
        "apply.start",
        "apply.eligibility",
        "apply.answer_eligibility",
        "apply.account",
        "apply.ask_for_link",
        "apply.check_email",
        "apply.follow_link",
        "apply.use_link",
        # Their address is proven by a link and they have no account until the organisation is named.
        "apply.organisation",
        "apply.start_organisation",
        "apply.join",
        "apply.ask_to_join",
        "apply.asked_to_join",
    }
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """An entry of the navigation; `also` names areas without an entry of their own that it stands for."""

    text: str
    endpoint: str
    area: str
    also: frozenset[str] = frozenset()


PLACES = (
    Place(text="Work", endpoint="work.inbox", area="work"),
    Place(text="Cases", endpoint="cases.list_cases", area="cases"),
    Place(text="Home", endpoint="provider.home", area="provider"),
    Place(text="Providers", endpoint="providers.list_providers", area="providers"),
    Place(text="Provider list", endpoint="preferred_list.find", area="preferred_list"),
    Place(text="Inspections", endpoint="inspections.list_inspections", area="inspections"),
    Place(text="Decisions", endpoint="public.list_decisions", area="public"),
    Place(text="Processes", endpoint="processes.list_processes", area="processes", also=frozenset({"workshop", "undertakings"})),
    Place(text="Advice", endpoint="consultations.list_consultations", area="consultations"),
    Place(text="Approvals", endpoint="approvals.list_approvals", area="approvals"),
    Place(text="Publishing", endpoint="publishing.desk", area="publishing"),
    Place(text="Admin", endpoint="admin.home", area="admin"),
)


def init_areas(app: Flask) -> None:
    """Guard every request; an area that nobody described is an error at start, not an open door."""
    unknown = set(app.blueprints) - set(AREAS)
    if unknown:
        raise LookupError(f"No area is described for {', '.join(sorted(unknown))}: add it to AREAS")
    app.before_request(_guard)


def may_enter(user: User | None, endpoint: str) -> bool:
    """Whether gate one lets a visitor through to an endpoint."""
    area = AREAS.get(endpoint.partition(".")[0], ANY_PERSON)
    return endpoint in OPEN_ENDPOINTS or area.is_open or (user is not None and area.admits(user))


def only(*roles: str) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Narrow one view to some roles of those its area admits; 403 for the others."""

    def narrow(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if not permissions.roles_of(person()) & set(roles):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return narrow


def home_of(user: User) -> str:
    """Where a person starts: staff at their work, providers at their own page, councillors at the decisions."""
    if permissions.is_provider(user):
        wanted = "provider.home"
    else:
        wanted = "work.inbox" if permissions.is_staff(user) else "public.list_decisions"
    return url_for(wanted) if wanted in current_app.view_functions else url_for("account.settings")


def navigation(user: User | None) -> list[dict[str, object]]:
    """The entries a person may use, in the same order for everyone: text, href, and whether it is the present
    area."""
    return [
        {"text": place.text, "href": url_for(place.endpoint), "active": request.blueprint in {place.area, *place.also}}
        for place in PLACES
        if place.endpoint in current_app.view_functions and may_enter(user, place.endpoint)
    ]


def _guard() -> None:
    endpoint = request.endpoint
    if (
        endpoint is None
        or endpoint in OPEN_ENDPOINTS
        or AREAS.get(endpoint.partition(".")[0], ANY_PERSON).is_open
    ):
        return
    user = visitor()
    if user is None:
        abort(401)
    if not may_enter(user, endpoint):
        abort(403)
