"""Plain functions that plant what tests of applying start from: an open list, an organisation, its people, a proven address."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import GroupMembership, LegalForm, ListCategory, OutboxMail, Provider, PurchasingList, Regime, User, clock
from workflows.actions import providers

LINK = re.compile(r"/apply/link/([\w-]+)")
CATEGORIES = (("shared", "Shared homes", 2), ("own_flat", "Flats of their own", 1))


def open_list(session: Session, *, reference: str = "DPS-2026-0001", regime: Regime = Regime.PCR_R34, **values: object) -> PurchasingList:
    """A list that has run since January 2026, with two categories."""
    made = PurchasingList(
        reference=reference, title="Supported homes for young people", regime=regime,
        **{"valid_from": date(2026, 1, 1), "valid_to": date(2030, 12, 31), "created_at": clock.now(), **values},
    )  # fmt: skip
    made.categories = [
        ListCategory(key=key, name=name, position=at, ofsted_category=kind) for at, (key, name, kind) in enumerate(CATEGORIES)
    ]  # fmt: skip
    session.add(made)
    session.flush()
    return made


def organisation(session: Session, name: str = "Harbour Homes Ltd") -> Provider:
    """An organisation in which nobody is yet."""
    return providers.create(session, name=name, legal_form=LegalForm.PRIVATE_COMPANY, by=None)


def member(session: Session, provider: Provider, name: str = "Ada Brook") -> User:
    """One of an organisation's people."""
    email = f"{name.lower().replace(' ', '.')}@{provider.reference.lower()}.example.org"
    user = User(email=email, name=name, password_hash=None, created_at=clock.now(), last_signed_in_at=None)
    user.memberships = [GroupMembership(group_key=provider.group_key, starts_on=date(2020, 1, 1), ends_on=None)]
    session.add(user)
    session.flush()
    session.refresh(user, ["memberships"])
    return user


def newest_token(session: Session, email: str) -> str:
    """The token of the newest link that was mailed to an address; nothing when none was."""
    query = select(OutboxMail).where(OutboxMail.to_address == email).order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc())
    found = next((LINK.search(mail.link) for mail in session.scalars(query) if LINK.search(mail.link)), None)
    return found[1] if found else ""


# What is typed into the pages of questions, by section: one mapping a page; of a list, the pages of each entry. "document" is the name of a file.
SINGLE: dict[str, list[dict[str, Any]]] = {
    "organisation": [
        {"legal_name": "Harbour Homes Ltd", "legal_form": "private_company", "is_small": "yes", "is_voluntary": "no"},
        {"company_number": "09876543"},
        {"address": "1 Quay Street", "postcode": "WH1 1AA", "contact_name": "Ada Brook", "contact_email": "ada@harbourhomes.example.org",
         "contact_phone": "01632 960001"},
    ],
    "exclusion": [
        dict.fromkeys(("conviction", "tax_final", "tax_other"), "none"),
        dict.fromkeys(("labour", "insolvency", "misconduct", "competition", "conflict"), "none"),
        dict.fromkeys(("prior_involvement", "performance", "misrepresentation", "influence"), "none"),
    ],
    "ofsted": [
        {"ofsted_status": "registered", "ofsted_urn": "2700123", "ofsted_categories": ["1", "2"], "registered_manager": "Ada Brook", "has_enforcement": "no"},
    ],
    "safeguarding": [
        dict.fromkeys((f"policy_{name}" for name in ("safeguarding", "missing", "behaviour", "complaints", "emergency", "location", "purpose")), "document"),
        {"safeguarding_lead": "Ada Brook", "dbs_all": "yes", "dbs_renewed": "yes", "references_taken": "yes"},
    ],
    "staff": [{"staff_count": "12", "staff_qualified": "8", "staff_trained": "yes", "workforce_plan": "document", "supervision": "Each month, with the manager."}],
    "methods": [{name: f"How we do it: {name}."} for name in ("leadership", "protection", "accommodation", "support")],
    "finance": [
        {"accounts_kind": "accounts", "accounts_latest": "document", "accounts_before": "document", "turnover": "850,000"},
        {"tax_paid": "yes", "slavery_statement": "small"},
    ],
}  # fmt: skip
ENTRIES: dict[str, list[list[dict[str, Any]]]] = {
    "people": [[{"name": "Ada Brook", "role": "Director", "is_in_control": "no"}]],
    "premises": [[
        {"name": "Lock House", "address": "1 Lock Lane", "postcode": "WH1 1AB", "district": "Harbour"},
        {"category": "2", "spaces": "4", "age_from": "16", "age_to": "17", "gender": "any", "night_cover": "waking", "is_step_free": "no",
         "support_hours": "10"},
        {"gas_until": "2029-01-01", "electrical_until": "2029-01-01", "fire_until": "2029-01-01", "needs_licence": "no"},
    ]],
    "insurance": [
        [{"kind": "employers_liability", "has": "will", "limit": "10,000,000"}],
        [{"kind": "public_liability", "has": "will", "limit": "10,000,000", "covers_abuse": "yes"}],
    ],
}  # fmt: skip
DECLARATION = {
    "signatory_name": "Ada Brook", "signatory_role": "Director", "authority_confirmed": "yes", "truth_declared": "yes", "privacy_read": "yes",
}  # fmt: skip
