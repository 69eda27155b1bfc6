"""A small market for web tests: two providers with their people, staff, and a held clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import Case, Provider, User, clock
from models.session import new_session, transaction
from tests.support import factories, planting_providers
from tests.support.clients import Browser, client_for


@dataclass(frozen=True)
class Market:
    """Harbour Homes with Amy and Idris, and Keystone with Dana; Rowan of Commissioning; on Monday 2 March 2026 at 10:40am."""

    app: Flask
    harbour: Provider
    amy: User
    idris: User
    keystone: Provider
    dana: User
    rowan: User
    sam: User
    legal: User
    case: Case
    other_case: Case

    @property
    def engine(self) -> Engine:
        engine: Engine = self.app.extensions["dps_engine"]
        return engine

    def writing(self) -> AbstractContextManager[Session]:
        return transaction(self.engine)

    def reading(self) -> Session:
        return new_session(self.engine, writes=False)

    def browser(self, user: User) -> Browser:
        return client_for(self.app, user)


@contextmanager
def open_market(app: Flask) -> Iterator[Market]:
    """The market on an app's empty database. Nobody has told the providers anything of their cases yet."""
    with clock.held(clock.read_instant("2026-03-02 10:40")):
        with transaction(app.extensions["dps_engine"]) as session:
            planting_providers.quota(session)
            planting_providers.districts(session)
            harbour, (amy, idris) = planting_providers.provider(session, "Harbour Homes Ltd", "Amy Lowe", "Idris Vale")
            keystone, (dana,) = planting_providers.provider(session, "Keystone Young Lives Ltd", "Dana Pike")
            rowan = factories.officer(session, "Rowan Ashdown", "children-commissioning")
            sam = factories.officer(session, "Sam Reed", "children-commissioning")
            legal = factories.officer(session, "Leah Stone", "legal", role="legal_officer")
            case = planting_providers.case_about(session, harbour, rowan, reference="APP-2026-0001")
            other = planting_providers.case_about(session, keystone, rowan, reference="APP-2026-0002")
        yield Market(app, harbour, amy, idris, keystone, dana, rowan, sam, legal, case, other)
