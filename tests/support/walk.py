"""The walk over every route: real addresses for all rules of the URL map, made from planted objects.

A rule with an argument needs a planter of that name. Add one beside the others, or in your area's tests:

    @planter("case_id")
    def a_case(world: World) -> Planted:
        case = ...  # an object of another department, with `world.canary("case")` in every text field
        return Planted(value=case.id, canary=..., readers=frozenset({"auditor"}))

A rule whose argument nobody plants fails the build, so a new page cannot stay outside the walk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from models import CandidateGroup, Delegation, GroupKind, GroupMembership, Model, User, clock
from models.session import new_session, transaction
from tests.support.clients import Browser, client_for, public_client
from webapp import areas
from webapp.shared import assets

ROLES = (
    "commissioning_officer",
    "procurement_officer",
    "legal_officer",
    "finance_officer",
    "democratic_services",
    "lead_director",
    "monitoring_officer",
    "s151_officer",
    "cabinet_member",
    "scrutiny_member",
    "process_owner",
    "auditor",
    "system_admin",
)
SAFE = ("GET", "HEAD")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
NOT_CONTENT = frozenset({"login_session", "login_attempt", "form_key", "alembic_version"})


@dataclass(frozen=True)
class Planted:
    """An object in the world: its value in an address, the word that must not leak, and the roles that may
    read it."""

    value: Any
    canary: str = ""
    readers: frozenset[str] = frozenset()


Planter = Callable[["World"], Planted]
PLANTERS: dict[str, Planter] = {}
BODIES: dict[str, Callable[[World], dict[str, str]]] = {}


def planter(argument: str) -> Callable[[Planter], Planter]:
    """Register what fills an argument of this name in every rule."""

    def register(plant: Planter) -> Planter:
        PLANTERS[argument] = plant
        return plant

    return register


@dataclass
class World:
    """An app with one person for each role, and everything the planters planted so far."""

    app: Flask
    people: dict[str, User] = field(default_factory=dict)
    planted: dict[str, Planted] = field(default_factory=dict)

    def canary(self, word: str) -> str:
        """A word that occurs nowhere else."""
        return f"canary{hashlib.sha256(word.encode()).hexdigest()[:12]}"

    def plant(self, argument: str) -> Planted:
        """The object for an argument, planted at its first use. LookupError when nobody knows how."""
        if argument not in self.planted:
            if argument not in PLANTERS:
                raise LookupError(f"No planter for <{argument}>: see tests/support/walk.py")
            self.planted[argument] = PLANTERS[argument](self)
        return self.planted[argument]

    def browser(self, role: str) -> Browser:
        """A browser of the person with a role; `public` is nobody."""
        return public_client(self.app) if role == "public" else client_for(self.app, self.people[role])

    def may_enter(self, role: str, endpoint: str) -> bool:
        """Whether gate one lets the person with a role through to an endpoint."""
        with new_session(self.app.extensions["dps_engine"], writes=False) as session:
            return areas.may_enter(session.get_one(User, self.people[role].id), endpoint)

    def content(self) -> str:
        """A digest of every row of every table that holds content: equal before and after means nothing
        changed."""
        digest = hashlib.sha256()
        with new_session(self.app.extensions["dps_engine"], writes=False) as session:
            for table in Model.metadata.sorted_tables:
                if table.name in NOT_CONTENT:
                    continue
                without = [column for column in table.columns if column.name != "last_signed_in_at"]
                rows = sorted(repr(tuple(row)) for row in session.execute(select(*without)))
                digest.update(f"{table.name}{rows}".encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Visit:
    """One request of the walk."""

    endpoint: str
    method: str
    url: str
    body: dict[str, str]
    arguments: tuple[str, ...]

    def make(self, browser: Browser, **kwargs: Any) -> TestResponse:
        """Send it, with a form token when it is a post."""
        if self.method == "POST":
            return browser.post(self.url, data=dict(self.body), **kwargs)
        headers = {**kwargs.pop("headers", {})}
        if self.method in UNSAFE:
            headers["X-CSRFToken"] = browser.token()
        return browser.open(self.url, method=self.method, headers=headers, **kwargs)

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


def build_world(app: Flask) -> World:
    """A world with one person for each role, each in a group of their own, and one who holds every role."""
    world = World(app)
    with transaction(app.extensions["dps_engine"]) as session:
        for role in ROLES:
            if session.get(CandidateGroup, f"walk-{role}") is None:
                session.add(
                    CandidateGroup(key=f"walk-{role}", name=f"Walk {role}", kind=GroupKind.TEAM, role=role)
                )
        session.flush()
        for role in (*ROLES, "everything"):
            held = ROLES if role == "everything" else (role,)
            user = User(
                email=f"walk.{role}@example.gov.uk",
                name=f"Walker {role}",
                password_hash=None,
                created_at=clock.now(),
            )
            user.memberships = [
                GroupMembership(group_key=f"walk-{one}", starts_on=date(2020, 1, 1)) for one in held
            ]
            session.add(user)
            world.people[role] = user
    return world


def visits(world: World) -> Iterator[Visit]:
    """Every rule of the URL map with every method it answers, as real addresses."""
    for rule in sorted(
        world.app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))
    ):
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            yield _visit(world, rule, method)


def _visit(world: World, rule: Rule, method: str) -> Visit:
    values = {argument: world.plant(argument).value for argument in rule.arguments}
    with world.app.test_request_context():
        _, url = rule.build(values) or (None, None)
    if url is None:
        raise LookupError(f"{rule.rule} cannot be built from {values}")
    body = BODIES.get(rule.endpoint, lambda _world: {})(world)
    return Visit(rule.endpoint, method, url, body, tuple(sorted(rule.arguments)))


def is_open(endpoint: str) -> bool:
    """Whether the public may have an answer from an endpoint."""
    return areas.may_enter(None, endpoint)


@planter("filename")
def a_style_sheet(world: World) -> Planted:
    """A built file that everyone may have."""
    with world.app.test_request_context():
        return Planted(assets.asset("site.css").rpartition("/")[2])


@planter("delegation_id")
def a_delegation_of_two_others(world: World) -> Planted:
    """An absence that concerns neither of the people who ask."""
    canary = world.canary("delegation")
    with transaction(world.app.extensions["dps_engine"]) as session:
        delegation = Delegation(
            from_user_id=world.people["legal_officer"].id,
            to_user_id=world.people["finance_officer"].id,
            starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=7),
            reason=canary,
            authorised_by_id=world.people["legal_officer"].id,
            created_at=clock.now(),
            ended_at=None,
        )
        session.add(delegation)
    return Planted(delegation.id, canary, frozenset({"legal_officer", "finance_officer", "everything"}))
