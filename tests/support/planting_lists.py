"""Lists, contracts, members and their homes as tests of matching and terms begin with them: planted as rows, or through the actions."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import (
    Case,
    Certificate,
    CertificateKind,
    Contract,
    LegalForm,
    Membership,
    MembershipPeriod,
    MembershipStatus,
    Premises,
    Provider,
    PurchasingList,
    Regime,
    Registration,
    RegistrationStatus,
    User,
    clock,
)
from models.session import transaction
from tests.support import factories
from workflows.actions import contracts, lists, premises, providers
from workflows.actions import definitions as deploying
from workflows.demo import people
from workflows.library import definitions
from workflows.rules import placement_ready

STARTED_HERE = ("consultation", "key-decision", "list-term")
FAR = timedelta(days=3650)
LONG_AGO = date(2012, 1, 1)
HOME: dict[str, Any] = {
    "name": "Tern House", "address": "14 Canaryaddress Lane", "postcode": "WX1 4AB", "district": "Harbour", "category": 2, "spaces": 3,
    "gender": "any", "night_cover": "sleeping", "is_step_free": False, "support_hours": 10, "weekly_price": Decimal("900.00"), "supports": [],
}  # fmt: skip


# A search that finds both homes of the first member of the small market.
NEEDS = {
    "age": "17", "starts_on": ["3", "3", "2026"], "gender": "female", "districts": ["Harbour"], "hours": "8", "ceiling": "1,000",
    "need_learning": "2", "need_missing": "3",
}  # fmt: skip


def council(engine: Engine, folder: Path) -> None:
    """The demo people, and of the shipped library the processes that terms and matching need; `folder` takes the copies."""
    library = folder / "library"
    library.mkdir()
    for name in ("organisation.yml", "parameters.yml"):
        shutil.copy(factories.LIBRARY / name, library)
    for name in STARTED_HERE:
        shutil.copytree(factories.LIBRARY / name, library / name)
    definitions.forget()
    with transaction(engine) as session:
        deploying.deploy_library(session, library)
        for person in people.load_people(session):
            for place in person.memberships:
                place.starts_on = LONG_AGO  # the first contract began before the demo people came


def open_list(
    session: Session, by: User, *, regime: Regime = Regime.PCR_R34, valid_from: date = date(2024, 4, 1), valid_to: date = date(2028, 12, 31)
) -> PurchasingList:
    """A list through its action, with the usual categories."""
    return lists.create(session, title="Supported accommodation from 16", regime=regime, valid_from=valid_from, valid_to=valid_to, by=by)


def contract_behind(session: Session, by: User, purchasing_list: PurchasingList, *, options: Sequence[int] = (24,), **told: Any) -> Contract:
    """A contract through its action, with the days of its list."""
    return contracts.create(
        session, title=f"DPS for {purchasing_list.title}", purchasing_list=purchasing_list, starts_on=purchasing_list.valid_from,
        initial_ends_on=purchasing_list.valid_to, options=options, by=by, **told,
    )  # fmt: skip


def first_contract(session: Session, by: User) -> Contract:
    """The contract of the first story: three years to March 2020, an option of two more."""
    first = open_list(session, by, valid_from=date(2017, 4, 1), valid_to=date(2020, 3, 31))
    return contract_behind(session, by, first, annual_value=Decimal("480000.00"))


def provider(session: Session, by: User, name: str, *, registered: Sequence[int] = (1, 2, 3, 4), status: RegistrationStatus | None = None) -> Provider:
    """A provider with what Ofsted's register says of it."""
    made = providers.create(session, name=name, legal_form=LegalForm.PRIVATE_COMPANY, by=by)
    told = status or (RegistrationStatus.REGISTERED if registered else RegistrationStatus.NOT_REGISTERED)
    session.add(Registration(provider_id=made.id, status=told, categories=list(registered), starts_at=clock.now() - FAR / 5))
    session.flush()
    return made


def member(
    session: Session, of: Provider, purchasing_list: PurchasingList, by: User, *, categories: Sequence[str] | None = None,
    status: MembershipStatus = MembershipStatus.ACTIVE, since: datetime | None = None,
) -> Membership:  # fmt: skip
    """A provider's signed place on a list, insured."""
    case = Case(
        reference=f"APP-{of.reference}-{purchasing_list.reference}", kind="provider-application", title=of.name, owner_id=None,
        team_key=by.memberships[0].group_key, opened_at=clock.now(), closed_at=None, provider_id=of.id,
    )  # fmt: skip
    session.add(case)
    session.flush()
    began = since or clock.now()
    keys = categories if categories is not None else [each.key for each in purchasing_list.categories]
    made = Membership(
        provider_id=of.id, list_id=purchasing_list.id, case_id=case.id, categories=list(keys), status=status, admitted_at=began,
        agreement_signed_at=began, starts_on=clock.today(), ends_on=purchasing_list.valid_to,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.add(MembershipPeriod(membership_id=made.id, status=status, categories=list(keys), starts_at=began, ends_at=None))
    for kind in placement_ready.NEEDED_INSURANCES:
        certificate(session, of, kind, by)
    session.flush()
    return made


def certificate(session: Session, of: Provider, kind: CertificateKind, by: User, *, home: Premises | None = None, ends_on: date | None = None) -> Certificate:
    """A certificate that somebody verified, good for years unless told."""
    made = Certificate(
        provider_id=of.id, premises_id=home.id if home else None, kind=kind, limit=Decimal(20_000_000), starts_on=clock.today() - FAR / 10,
        ends_on=ends_on or clock.today() + FAR / 10, added_by_id=by.id, added_at=clock.now(), verified_by_id=by.id, verified_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def home_of(session: Session, of: Provider, by: User, **told: Any) -> Premises:
    """Premises through their action, graded green and with every safety certificate; `told` are columns."""
    grade = told.pop("grade", "green")
    made = premises.add(session, of, by=by, **(HOME | told))
    made.grade = grade
    for kind in placement_ready.NEEDED_OF_PREMISES:
        certificate(session, of, kind, by, home=made)
    session.flush()
    return made


def small_market(session: Session) -> None:
    """One list of 2015 with its contract, a registered member with two homes, and one that is not registered with a home for adults."""
    by = factories.person(session, "amara.osei")
    first = open_list(session, by)
    contract_behind(session, by, first)
    tern = provider(session, by, "Tern Homes")
    member(session, tern, first, by)
    home_of(session, tern, by, name="Tern House", supports=["learning"], address="14 Canaryaddress Lane", postcode="WX1 4GA")
    home_of(session, tern, by, name="Curlew House", district="Saltings", weekly_price=None)
    heron = provider(session, by, "=Heron Living", registered=())
    member(session, heron, first, by, categories=["18-plus"])
    home_of(session, heron, by, name="Heron House", age_from=18, age_to=25, address="2 Otheraddress Road", is_step_free=True)
