"""That somebody looked a provider up in the register of companies or of charities, and what it said then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, IdentifierScheme, Provider, ProviderIdentifier, User, clock
from workflows.actions import audit, providers
from workflows.registers import charity, company
from workflows.registers.charity import REMOVED, Charity
from workflows.registers.company import Company
from workflows.rules import provider_records

ENDED = frozenset({"dissolved", "converted-closed", "closed", "removed"})
KIND = "register:seen"
COMPANIES, CHARITIES = "Companies House", "The register of charities"
Counted = Mapping[str, Sequence[str]]

T = TypeVar("T")


def note_company(session: Session, provider: Provider, company: Company, *, by: User) -> None:
    """Write down what the register of companies said; a company that has ended is marked so. Refused for who does not check providers."""
    provider_records.check_keep_register(by)
    if company.status in ENDED and provider.dissolved_on is None:
        provider.dissolved_on = company.dissolved_on or clock.today()
        provider.revision += 1
    _note(session, provider, COMPANIES, " ".join(part for part in (company.status, company.status_detail) if part), by)


def note_charity(session: Session, provider: Provider, charity: Charity, *, by: User) -> None:
    """Write down what the register of charities said. Refused for who does not check providers."""
    provider_records.check_keep_register(by)
    troubles = [word for word, is_so in (("insolvent", charity.is_insolvent), ("in administration", charity.in_administration)) if is_so]
    ended = f" on {charity.removed_on.isoformat()}" if charity.status == REMOVED and charity.removed_on else ""
    _note(session, provider, CHARITIES, ", ".join([charity.status + ended, *troubles]), by)


def _note(session: Session, provider: Provider, register: str, status: str, by: User) -> None:
    session.flush()
    detail = {"reference": provider.reference, "register": register, "status": status.replace("-", " ")}
    providers.record(session, KIND, provider, by=by, detail=detail)


def import_companies(session: Session, content: bytes, *, by: User) -> Counted:
    """Write down what the public file of companies says of each provider with a company number.

    Gives the references of those that `changed` since the last look, stayed the `same`, and are `missing` from the file. Refused for
    who does not check providers; NotThisRegister for another file.
    """
    provider_records.check_keep_register(by)
    entries = {each.number: each for each in company.read_file(content, today=clock.today())}
    return _import(session, IdentifierScheme.COMPANY, COMPANIES, entries, lambda provider, entry: note_company(session, provider, entry, by=by))


def import_charities(session: Session, content: bytes, *, by: User) -> Counted:
    """The same for the public file of charities."""
    provider_records.check_keep_register(by)
    entries = {each.number: each for each in charity.read_file(content)}
    return _import(session, IdentifierScheme.CHARITY, CHARITIES, entries, lambda provider, entry: note_charity(session, provider, entry, by=by))


def _import(session: Session, scheme: IdentifierScheme, register: str, entries: Mapping[str, T], note: Callable[[Provider, T], None]) -> Counted:
    found: dict[str, list[str]] = {"changed": [], "same": [], "missing": []}
    for provider, number in numbered(session, scheme):
        entry = entries.get(number)
        if entry is None:
            found["missing"].append(provider.reference)
            continue
        before = _last_words(session, provider, register)
        note(provider, entry)
        found["same" if before == _last_words(session, provider, register) else "changed"].append(provider.reference)
    return found


def numbered(session: Session, scheme: IdentifierScheme) -> list[tuple[Provider, str]]:
    """The providers with a number of one register, and that number."""
    query = select(Provider, ProviderIdentifier.value).join(ProviderIdentifier, ProviderIdentifier.provider_id == Provider.id)
    rows = session.execute(query.where(ProviderIdentifier.scheme == scheme).order_by(Provider.reference))
    return [(provider, number) for provider, number in rows]


def _last_words(session: Session, provider: Provider, register: str) -> str:
    """What a register said of a provider the last time somebody looked; nothing when nobody did."""
    query = select(AuditEvent.detail).where(AuditEvent.chain == audit.ADMINISTRATION, AuditEvent.subject == provider.id.hex, AuditEvent.kind == KIND)
    for detail in session.scalars(query.order_by(AuditEvent.sequence.desc())):
        if detail.get("register") == register:
            return str(detail.get("status", ""))
    return ""
