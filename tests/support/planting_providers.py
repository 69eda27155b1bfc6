"""Providers, their people and what belongs to them, planted through the actions that the pages use, for tests."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Case,
    Certificate,
    CertificateKind,
    GroupMembership,
    LegalForm,
    Parameter,
    Premises,
    Provider,
    ProviderDocument,
    User,
    clock,
)
from tests.support import factories
from workflows.actions import certificates, premises, provider_documents, providers

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
HOME: dict[str, Any] = {
    "name": "Quay House", "address": "4 Quay Street\nHarbour", "postcode": "LS1 4AP", "district": "Harbour", "category": 2, "spaces": 4,
    "age_from": 16, "age_to": 17, "gender": "any", "night_cover": "sleeping",
}  # fmt: skip


def quota(session: Session, megabytes: int = 500) -> None:
    """The policy value without which no document is taken."""
    if session.scalar(select(Parameter.id).where(Parameter.key == "provider_documents_quota")) is None:
        session.add(
            Parameter(key="provider_documents_quota", label="Space for the documents of one provider", value=megabytes, valid_from=date(2020, 1, 1))
        )
        session.flush()


def provider(session: Session, name: str, *people: str) -> tuple[Provider, list[User]]:
    """A provider with these people in its group since 2020."""
    made = providers.create(
        session, name=name, legal_form=LegalForm.PRIVATE_COMPANY, by=None, contact_name="A Contact", contact_email="contact@example.org"
    )
    found = []
    for each in people:
        user = User(
            email=f"{each.lower().replace(' ', '.')}@example.org", name=each, password_hash=None, created_at=clock.now(), last_signed_in_at=None
        )
        user.memberships.append(GroupMembership(group=made.group, starts_on=date(2020, 1, 1), ends_on=None))
        session.add(user)
        found.append(user)
    session.flush()
    return made, found


def home(session: Session, owner: Provider, by: User, **values: Any) -> Premises:
    """Premises of a provider."""
    return premises.add(session, owner, by=by, **{**HOME, **values})


def certificate(session: Session, owner: Provider, by: User, *, days: int = 200, **values: Any) -> Certificate:
    """An insurance that ends in so many days."""
    wanted: dict[str, Any] = {
        "kind": CertificateKind.PUBLIC_LIABILITY, "issuer": "Tidemark Mutual", "number": "TM-1", "limit": Decimal("10000000"),
        "starts_on": clock.today() - timedelta(days=30), "ends_on": clock.today() + timedelta(days=days), **values,
    }  # fmt: skip
    return certificates.add(session, owner, by=by, **wanted)


def document(session: Session, owner: Provider, by: User, folder: Path, **values: Any) -> ProviderDocument:
    """A small PDF of a provider."""
    quota(session)
    wanted: dict[str, Any] = {"filename": "policy.pdf", "content": PDF, "kind": "policy", "title": "Policy", "expires_on": None, **values}
    return provider_documents.add(session, owner, by=by, folder=folder, **wanted)


def case_about(session: Session, owner: Provider, staff: User, *, reference: str = "APP-2026-0001", kind: str = "provider-application") -> Case:
    """An open case about a provider, without a process."""
    case = factories.case(session, staff, reference=reference, title=f"Application of {owner.reference}")
    case.kind, case.provider_id = kind, owner.id
    session.flush()
    return case


def districts(session: Session) -> None:
    """The list that the form of premises chooses a district from."""
    session.add(
        Parameter(key="choices_divisions", label="divisions", value=[["Harbour", "Harbour"], ["Saltings", "Saltings"]], valid_from=date(2020, 1, 1))
    )
    session.flush()
