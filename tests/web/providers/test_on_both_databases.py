"""The records, the threads and the provider's pages ask each database in a way it understands, also when they write."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

from sqlalchemy import select

from models import Certificate, Provider, ProviderDocument, Registration, RegistrationStatus
from tests.support import planting_providers as planting
from tests.support.databases import Database, database
from tests.support.fake_scanner import scanner
from tests.support.filled_market import fill
from tests.support.provider_market import open_market
from webapp import create_app
from webapp.settings import from_environment
from workflows.enqueue import Tools
from workflows.jobs import scanning

__all__ = ["database"]

STAFF_PAGES = ("/providers", "/providers?words=harbour+99000123&status=active&registration=suspended&needs=held", "/providers?needs=expiring&after=P-0001",
               "/providers?needs=to_verify&status=none&registration=none", "/providers/P-0001", "/providers/P-0001/history", "/providers/P-0001/letters",
               "/providers/P-0001/registration", "/cases/APP-2026-0001", "/cases/APP-2026-0001/messages")  # fmt: skip
OWN_PAGES = ("/provider", "/provider/messages", "/provider/organisation", "/provider/documents", "/provider/certificates", "/provider/actions",
             "/provider/letters", "/provider/messages/APP-2026-0001")  # fmt: skip


def test_every_page_answers_and_every_form_is_taken(database: Database, tmp_path: Path) -> None:
    environ = {"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40, "DPS_DATABASE_URL": database.url, "DPS_CLAMAV": "127.0.0.1:1"}
    app = create_app(from_environment(environ, folder=tmp_path))
    with open_market(app) as market:
        ids = fill(market, tmp_path / "var" / "uploads")
        staff, own = market.browser(market.rowan), market.browser(market.amy)
        forms = {
            "/provider/organisation/change": {"contact_name": "Amy", "contact_email": "amy@example.org", "revision": "0"},
            "/provider/premises/PREM-0001/close": {"closed_on": "2026-04-01"},
            "/provider/documents": {"kind": "policy", "title": "Complaints", "file": (io.BytesIO(planting.PDF), "complaints.pdf")},
            "/provider/messages/APP-2026-0001": {"body": "Yes"},
            f"/provider/tasks/{ids['task']}": {"reply": "Here"},
        }
        staff_forms = {
            f"/providers/P-0001/certificates/{ids['certificate']}/verify": {},
            "/providers/P-0001/registration": {"status": "registered", "urn": "2765432", "outcome": "2"},
            "/cases/APP-2026-0001/messages/read": {},
            "/providers/P-0001/change": {"name": "Harbour Homes CIC", "contact_name": "Amy", "contact_email": "amy@example.org", "revision": "1"},
        }

        answers = {page: staff.get(page).status_code for page in STAFF_PAGES} | {page: own.get(page).status_code for page in OWN_PAGES}
        sent = {page: own.post(page, data=form).status_code for page, form in forms.items()}
        sent |= {page: staff.post(page, data=form).status_code for page, form in staff_forms.items()}

        assert {page: status for page, status in answers.items() if status != 200} == {}
        assert {page: status for page, status in sent.items() if status != 303} == {}
        with market.reading() as session:
            held = session.scalars(select(ProviderDocument).where(ProviderDocument.held_because != "")).one()
            assert session.get_one(Provider, market.harbour.id).name == "Harbour Homes CIC"
            assert session.get_one(Certificate, uuid.UUID(ids["certificate"])).verified_at is not None
            now = session.scalars(select(Registration).where(Registration.ends_at.is_(None))).one()
            assert now.status is RegistrationStatus.REGISTERED
        with scanner() as told:
            scanning.scan(app.extensions["dps_engine"], Tools(uploads=tmp_path / "var" / "uploads", scanner=told.address), document=str(held.id))
        assert own.get(f"/provider/documents/{held.id}").data == planting.PDF
    app.extensions["dps_engine"].dispose()
