"""The demo market: its numbers belong to nobody, and its small part comes out as it should whatever the day of set-up."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from models import Application, IdentifierScheme, Membership, Provider, ProviderIdentifier, clock
from models.session import new_session
from tests.support import databases, factories, invariants
from tests.support.databases import Database
from workflows.demo import market, stories, told, trading
from workflows.demo.market import Trader
from workflows.enqueue import Tools
from workflows.rules import applying, identifiers

DAY = date(2026, 11, 25)
# Far above every number that the registers have given out.
FIRST_UNUSED = {"company_number": "99000000", "charity_number": "9900000"}


def traders() -> tuple[Trader, ...]:
    """Everyone in the market."""
    return market.read_market(DAY).traders


def test_forty_providers_live_through_every_fate() -> None:
    found, data = traders(), yaml.safe_load((stories.FOLDER / "market.yml").read_text())

    assert len({trader.name for trader in found}) == len({trader.domain for trader in found}) == 40
    assert {entry["fate"] for entry in data["providers"]} == set(data["fates"])
    assert len(market.read_market(DAY, small=True).traders) == 10


@pytest.mark.parametrize("trader", traders(), ids=lambda trader: trader.name)
def test_numbers_pass_their_checks_and_were_never_given_out(trader: Trader) -> None:
    numbers = told.numbers(trader)

    for question, number in numbers.items():
        identifiers.check(applying.scheme_of(question, number), number)
        assert number.removeprefix("OC").ljust(len(FIRST_UNUSED[question]), "0") >= FIRST_UNUSED[question]
    assert identifiers.check(IdentifierScheme.OFSTED, told.registration(trader)["ofsted_urn"]).startswith("99")
    assert trader.email(trader.people[0]).endswith(".example.org")
    assert told.postcode(trader, 0).startswith("WX")


@pytest.mark.long
@pytest.mark.parametrize("day", ["2026-03-30 08:00", "2027-10-31 01:30"])
def test_the_small_market_comes_out_the_same_on_any_day(tmp_path: Path, day: str) -> None:
    with databases.fresh("sqlite") as database:
        factories.council(database.engine)
        walk_and_check(database, tmp_path, day)


def walk_and_check(database: Database, uploads: Path, day: str) -> None:
    """Walk the small market up to a moment and see what stands then."""

    with factories.held(day):
        small = market.read_market(clock.today(), small=True)
        for _ in trading.walk(database.engine, Tools(uploads=uploads), small, until=clock.now()):
            pass

    with new_session(database.engine, writes=False) as session:
        applications = Counter(application.status.value for application in session.scalars(select(Application)))
        members = Counter(membership.status.value for membership in session.scalars(select(Membership)))
        assert len(session.scalars(select(Provider.id)).all()) == 10
        assert len(session.scalars(select(ProviderIdentifier.id)).all()) > 8
    assert applications == {"admitted": 3, "admitted_with_conditions": 1, "rejected": 1, "sent": 4, "draft": 1}
    assert members == {"active": 2, "embargoed": 1, "suspended": 1}
    assert invariants.broken(database.engine) == []
