"""Figure P12: how long the server works on the list of 2,000 providers, whole, searched and filtered, on its last page, and on one record."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models import (
    CandidateGroup,
    Certificate,
    CertificateKind,
    GroupKind,
    LegalForm,
    Membership,
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
from models.migrations import upgrade
from models.session import make_engine, transaction
from tests.support import factories, planting_providers, rounds
from tests.support.clients import Browser, client_for
from webapp import create_app
from webapp.settings import from_environment

MOST_MS = 100.0
PROVIDERS, TIMES = 2_000, 25
NAMES = ("Harbour", "Keystone", "Anchor", "Downs", "Quay")
PAGES = {
    "list": "/providers",
    "search": "/providers?words=homes+7",
    "expiring": "/providers?needs=expiring",
    "suspended": "/providers?registration=suspended&status=active",
    "last_page": "/providers?after=P-1970",
    "record": "/providers/P-0777",
}


def main(providers: int = PROVIDERS, times: int = TIMES) -> int:
    """Print a line a page; 1 when any is short."""
    good = True
    with tempfile.TemporaryDirectory() as folder, rounds.quiet():
        for name, milliseconds in measure(Path(folder), providers, times):
            print(f"P12 providers_{name}_server_time {milliseconds:.1f} ms {MOST_MS:.0f} {'ok' if milliseconds < MOST_MS else 'short'}")
            good = good and milliseconds < MOST_MS
    return 0 if good else 1


def measure(folder: Path, providers: int, times: int) -> Iterator[tuple[str, float]]:
    """Median milliseconds of the server for each page."""
    (folder / "var").mkdir()
    settings = from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40}, folder=folder)
    upgrade(settings.database_url)
    engine = make_engine(settings.database_url)
    with transaction(engine) as session:
        officer = factories.officer(session, "Rowan Ashdown", "children-commissioning")
        planting_providers.quota(session)
        plant(session, providers, officer.id)
    engine.dispose()
    browser = client_for(create_app(settings), officer)
    for name, path in PAGES.items():
        yield name, _milliseconds(browser, path, times)


def plant(session: Session, count: int, officer_id: uuid.UUID) -> None:
    """So many providers with two premises, four insurances, a registration and, two of three, a place on the list."""
    now, today = clock.now(), clock.today()
    first, (_,) = planting_providers.provider(session, "Harbour Homes 1", "Amy Lowe")
    case = planting_providers.case_about(session, first, session.get_one(User, officer_id))
    listed = PurchasingList(
        reference="L-0001", title="16+ accommodation", regime=Regime.PCR_R34, valid_from=date(2024, 1, 1), valid_to=date(2028, 12, 31), created_at=now
    )
    session.add(listed)
    session.flush()
    for number in range(2, count + 1):
        key = f"provider-{number:04d}"
        session.add(CandidateGroup(key=key, name=f"Homes {number}", kind=GroupKind.TEAM, role="provider"))
        session.add(Provider(reference=f"P-{number:04d}", name=f"{NAMES[number % 5]} Homes {number}", group_key=key,
                             legal_form=LegalForm.PRIVATE_COMPANY, created_at=now))  # fmt: skip
    session.flush()
    ids = [provider.id for provider in session.query(Provider).order_by(Provider.reference)]
    session.execute(insert(Premises), [
        {"provider_id": each, "reference": f"PREM-{at * 2 + part:05d}", "name": f"House {part}", "address": "1 Road", "postcode": "LS1 4AP",
         "district": "Harbour", "category": 2, "spaces": 3, "supports": []}
        for at, each in enumerate(ids) for part in (0, 1)
    ])  # fmt: skip
    session.execute(insert(Certificate), [
        {"provider_id": each, "kind": kind, "issuer": "Tidemark", "number": "1", "limit": Decimal(5_000_000), "starts_on": today - timedelta(days=90),
         "ends_on": today + timedelta(days=(at * 7) % 400 - 30), "added_by_id": officer_id, "added_at": now, "verified_by_id": officer_id, "verified_at": now}
        for at, each in enumerate(ids) for kind in list(CertificateKind)[:4]
    ])  # fmt: skip
    session.execute(insert(Registration), [
        {"provider_id": each, "urn": f"27{at:05d}", "status": list(RegistrationStatus)[0 if at % 20 else 2], "categories": [2], "starts_at": now}
        for at, each in enumerate(ids)
    ])  # fmt: skip
    session.execute(insert(Membership), [
        {"provider_id": each, "list_id": listed.id, "case_id": case.id, "categories": [], "status": MembershipStatus.ACTIVE, "admitted_at": now}
        for at, each in enumerate(ids) if at % 3
    ])  # fmt: skip


def _milliseconds(browser: Browser, path: str, times: int) -> float:
    took = []
    for _ in range(times + 2):
        began = time.perf_counter()
        if browser.get(path).status_code != 200:
            raise RuntimeError(f"{path} cannot be read")
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[2:])


if __name__ == "__main__":
    sys.exit(main())
