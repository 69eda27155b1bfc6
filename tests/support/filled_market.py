"""The small market with one of everything that its pages show: tasks, messages, letters, certificates in every state, an inspection with actions."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from models import (
    Case,
    CertificateKind,
    Finding,
    IdentifierScheme,
    ImprovementAction,
    Inspection,
    InspectionKind,
    InspectionStatus,
    Letter,
    Provider,
    ProviderPerson,
    RegistrationStatus,
    Severity,
    User,
    clock,
)
from tests.support import asked_providers, planting_providers
from tests.support.provider_market import Market
from workflows.actions import certificates, provider_messages, providers, registrations
from workflows.registers.ofsted import Entry


def fill(market: Market, uploads: Path) -> dict[str, str]:
    """Plant everything; gives the ids that the pages are found by: document, certificate, letter, action, task."""
    with market.writing() as session:
        harbour, amy = session.get_one(Provider, market.harbour.id), session.get_one(User, market.amy.id)
        rowan, case = session.get_one(User, market.rowan.id), session.get_one(Case, market.case.id)
        home = planting_providers.home(session, harbour, amy)
        planting_providers.home(session, harbour, amy, name="Ferry Lodge", category=1, spaces=2)
        document = planting_providers.document(
            session, harbour, amy, uploads, title="Missing from home policy", expires_on=clock.today() + timedelta(days=20)
        )
        waiting = planting_providers.certificate(session, harbour, amy, document=document)
        _certificates(session, harbour, amy, rowan, home)
        _record(session, harbour)
        provider_messages.send(session, case, body="Tell us about your night staff.", by=rowan)
        provider_messages.send(session, case, body="Two people, awake all night.", by=amy)
        provider_messages.send(session, case, body="Thank you.\nAnd at weekends?", by=rowan)
        return {
            "document": str(document.id),
            "certificate": str(waiting.id),
            "letter": str(_letter(session, harbour, case, rowan).id),
            "action": str(_inspected(session, harbour, rowan, home.id).id),
            "task": str(asked_providers.started(session, case, harbour, rowan).id),
        }


def _certificates(session: Session, harbour: Provider, amy: User, rowan: User, home: object) -> None:
    soon = planting_providers.certificate(session, harbour, amy, kind=CertificateKind.EMPLOYERS_LIABILITY, days=20)
    certificates.verify(session, soon, by=rowan)
    refused = planting_providers.certificate(session, harbour, amy, kind=CertificateKind.PROFESSIONAL_INDEMNITY)
    certificates.refuse(session, refused, because="The name is not yours", by=rowan)
    gas = planting_providers.certificate(session, harbour, amy, kind=CertificateKind.GAS_SAFETY, premises=home, limit=None)
    certificates.verify(session, gas, by=rowan)


def _record(session: Session, harbour: Provider) -> None:
    providers.add_identifier(session, harbour, scheme=IdentifierScheme.COMPANY, value="99000123", by=None)
    providers.add_identifier(session, harbour, scheme=IdentifierScheme.OFSTED, value="2765432", by=None)
    session.add(ProviderPerson(provider_id=harbour.id, name="Amy Lowe", role="Director", is_in_control=True))
    registrations.record(session, harbour, Entry(urn="2765432", status=RegistrationStatus.REGISTERED, categories=(1, 2), outcome=1), by=None)
    registrations.record(session, harbour, Entry(urn="2765432", status=RegistrationStatus.SUSPENDED, categories=(1, 2), outcome=3), by=None)


def _letter(session: Session, harbour: Provider, case: Case, rowan: User) -> Letter:
    body = "Your application\n\nWe have your application.\n\n- It is complete.\n- We answer by 16 March 2026."
    letter = Letter(case_id=case.id, provider_id=harbour.id, kind="acknowledgement", subject="We have your application", body=body,
                    digest=hashlib.sha256(body.encode()).hexdigest(), template_version="provider-application 1", author_id=rowan.id, sent_at=clock.now())  # fmt: skip
    session.add(letter)
    session.flush()
    return letter


def _inspected(session: Session, harbour: Provider, rowan: User, home_id: object) -> ImprovementAction:
    case = planting_providers.case_about(session, harbour, rowan, reference="INS-2026-0001", kind="inspection")
    now = clock.now()
    inspection = Inspection(case_id=case.id, provider_id=harbour.id, premises_id=home_id, kind=InspectionKind.ROUTINE, status=InspectionStatus.ACTIONS,
                            planned_for=date(2026, 2, 16), visit_ended_at=now, draft_report="Two doors do not close.", draft_sent_at=now, created_at=now)  # fmt: skip
    session.add(inspection)
    session.flush()
    finding = Finding(inspection_id=inspection.id, line="accommodation-2", severity=Severity.MAJOR, evidence="Two fire doors do not close by themselves.",
                      action_wanted="Mend both doors", due_at=now + timedelta(days=10))  # fmt: skip
    session.add(finding)
    session.flush()
    action = ImprovementAction(finding_id=finding.id, action="Fit new closers", owner="Idris Vale", due_on=date(2026, 3, 12))
    session.add(action)
    session.flush()
    return action
