"""The walk over every route: real addresses for all rules of the URL map, made from planted objects.

A rule with an argument needs a planter of that name. Add one beside the others, or in your area's tests:

    @planter("case_id")
    def a_case(world: World) -> Planted:
        case = ...  # an object of another department, with `world.canary("case")` in every text field
        return Planted(value=case.id, canary=..., readers=frozenset({"auditor"}))

The planter of `area="inspections"` fills the argument in that blueprint's rules only, and goes before the one for all. What belongs to providers
is planted twice (two_providers): `value` is the second provider's, `own` the first one's, whose person walks as `provider`.

A rule whose argument nobody plants fails the build, so a new page cannot stay outside the walk.
"""

from __future__ import annotations

import atexit
import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from models import CandidateGroup, Delegation, GroupKind, GroupMembership, Model, User, clock
from models.session import new_session, transaction
from tests.support import databases, factories, two_providers
from tests.support.clients import Browser, client_for, public_client
from tests.support.two_providers import Owned
from webapp import areas, create_app
from webapp.settings import from_environment
from webapp.shared import assets
from workflows.actions import definitions
from workflows.library import definitions as library

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
    "safeguarding_officer",
    "qa_inspector",
    "qa_manager",
    "placement_officer",
    "social_worker",
    "head_of_procurement",
)
# The people of the two providers; neither is staff, and nobody else of the walk belongs to a provider.
PROVIDERS = {"provider": "one", "other_provider": "two"}
SAFE = ("GET", "HEAD")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
NOT_CONTENT = frozenset({"login_session", "login_attempt", "form_key", "alembic_version"})
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO|WITH)\s+("?\w+"?)', re.I)


@dataclass(frozen=True)
class Planted:
    """An object in the world: its value in an address, the word that must not leak, and the roles that may
    read it."""

    value: Any
    canary: str = ""
    readers: frozenset[str] = frozenset()
    own: Any = None


Planter = Callable[["World"], Planted]
PLANTERS: dict[str, Planter] = {}
BODIES: dict[str, Callable[[World], dict[str, str]]] = {}


def planter(argument: str, *, area: str = "") -> Callable[[Planter], Planter]:
    """Register what fills an argument of this name in every rule, or in the rules of one area."""

    def register(plant: Planter) -> Planter:
        PLANTERS[f"{area}.{argument}" if area else argument] = plant
        return plant

    return register


@dataclass
class World:
    """An app with one person for each role, what the two providers own, and everything the planters planted so far."""

    app: Flask
    people: dict[str, User] = field(default_factory=dict)
    planted: dict[str, Planted] = field(default_factory=dict)
    owned: dict[str, Owned] = field(default_factory=dict)

    def canary(self, word: str) -> str:
        """A word that occurs nowhere else."""
        return f"canary{hashlib.sha256(word.encode()).hexdigest()[:12]}"

    def plant(self, argument: str, *, area: str = "") -> Planted:
        """The object for an argument in an area, planted at its first use. LookupError when nobody knows how."""
        name = f"{area}.{argument}" if f"{area}.{argument}" in PLANTERS else argument
        if name not in self.planted:
            if name not in PLANTERS:
                raise LookupError(f"No planter for <{argument}> in {area}: see tests/support/walk.py")
            self.planted[name] = PLANTERS[name](self)
        return self.planted[name]

    def browser(self, role: str) -> Browser:
        """A browser of the person with a role; `public` is nobody."""
        return public_client(self.app) if role == "public" else client_for(self.app, self.people[role])

    def may_enter(self, role: str, endpoint: str) -> bool:
        """Whether gate one lets the person with a role through to an endpoint."""
        with new_session(self.app.extensions["dps_engine"], writes=False) as session:
            return areas.may_enter(session.get_one(User, self.people[role].id), endpoint)

    def barred(self, role: str) -> frozenset[str]:
        """The endpoints that gate one shuts for the person with a role, or for the public."""
        endpoints = {rule.endpoint for rule in self.app.url_map.iter_rules()}
        with new_session(self.app.extensions["dps_engine"], writes=False) as session:
            user = session.get_one(User, self.people[role].id) if role in self.people else None
            return frozenset(endpoint for endpoint in endpoints if not areas.may_enter(user, endpoint))

    def content(self) -> dict[str, str]:
        """A digest of every table that holds content: equal before and after means nothing changed. Only those of
        tables that were written to since are taken again."""
        watch = watched(self.app.extensions["dps_engine"])
        if watch.written:
            watch.digests |= self._digests(watch.written)
            watch.written = set()
        return dict(watch.digests)

    def _digests(self, names: Collection[str]) -> dict[str, str]:
        found = {}
        with new_session(self.app.extensions["dps_engine"], writes=False) as session:
            for table in (each for each in Model.metadata.sorted_tables if each.name in names):
                without = [column for column in table.columns if column.name != "last_signed_in_at"]
                rows = sorted(repr(tuple(row)) for row in session.execute(select(*without)))
                found[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
        return found


def _content_tables() -> set[str]:
    return set(Model.metadata.tables) - NOT_CONTENT


@dataclass
class Watch:
    """The tables of content that were written to since their last digest; at first all of them."""

    written: set[str] = field(default_factory=_content_tables)
    digests: dict[str, str] = field(default_factory=dict)

    def look(self, statement: str) -> None:
        """Notice a statement unless it only reads, or writes what is no content; one whose table is not plain may write to any."""
        found = WRITES.match(statement)
        if found:
            name = found[1].strip('"')
            self.written |= ({name} if name in Model.metadata.tables else _content_tables()) - NOT_CONTENT


_watches: dict[Engine, Watch] = {}


def watched(engine: Engine) -> Watch:
    """The watch over a database, which begins with the first question."""
    if engine not in _watches:
        watch = _watches[engine] = Watch()
        event.listen(engine, "before_cursor_execute", lambda _connection, _cursor, statement, *_: watch.look(statement))
    return _watches[engine]


@dataclass(frozen=True)
class Visit:
    """One request of the walk."""

    endpoint: str
    method: str
    url: str
    body: dict[str, str]
    planted: tuple[str, ...]

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
    """A world with one person for each role, each in a group of their own, and one who holds every role of staff."""
    world = World(app)
    library.forget()
    with transaction(app.extensions["dps_engine"]) as session:
        definitions.deploy_library(session, factories.LIBRARY)
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
        session.flush()
        uploads = app.extensions["dps_settings"].uploads
        world.owned = two_providers.plant(session, staff=world.people["qa_inspector"], uploads=uploads)
        for who, which in PROVIDERS.items():
            world.people[who] = world.owned[which].user
    return world


def world_in(folder: Path, **environ: str) -> World:
    """A world of its own below a folder, with everything planted; it is built once in a test run and copied."""
    built, made = _built()
    shutil.copytree(built, folder / "var", dirs_exist_ok=True)
    return World(_app_in(folder, **environ), dict(made.people), dict(made.planted), dict(made.owned))


@cache
def _built() -> tuple[Path, World]:
    folder = Path(tempfile.mkdtemp(prefix="walk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    app = _app_in(folder)
    engine = app.extensions["dps_engine"]
    # Made by the migrations, as in a council: the service asks how new its tables are.
    shutil.copy(databases.sqlite_template(), databases.sqlite_file(str(engine.url)))
    world = build_world(app)
    for _ in visits(world):
        pass
    engine.dispose()
    return folder / "var", world


def _app_in(folder: Path, **environ: str) -> Flask:
    (folder / "var").mkdir(exist_ok=True)
    return create_app(from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40, **environ}, folder=folder))


def visits(world: World, *, own: bool = False) -> Iterator[Visit]:
    """Every rule of the URL map with every method it answers, as real addresses; with `own`, only those that
    hold something of the first provider, with its own objects in them."""
    for rule in sorted(
        world.app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))
    ):
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            visit = _visit(world, rule, method, own=own)
            if not own or any(world.planted[name].own is not None for name in visit.planted):
                yield visit


def _visit(world: World, rule: Rule, method: str, *, own: bool) -> Visit:
    area = rule.endpoint.partition(".")[0]
    planted = {argument: world.plant(argument, area=area) for argument in sorted(rule.arguments)}
    values = {argument: one.own if own and one.own is not None else one.value for argument, one in planted.items()}
    with world.app.test_request_context():
        _, url = rule.build(values) or (None, None)
    if url is None:
        raise LookupError(f"{rule.rule} cannot be built from {values}")
    body = BODIES.get(rule.endpoint, lambda _world: {})(world)
    names = tuple(f"{area}.{argument}" if f"{area}.{argument}" in PLANTERS else argument for argument in planted)
    return Visit(rule.endpoint, method, url, body, names)


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
