"""What Ofsted's register says of a provider, written down each time somebody looks; a status that became worse is told to the cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from models import IdentifierScheme, Provider, Registration, RegistrationStatus, User, clock
from workflows.actions import happenings, providers, register_looks
from workflows.errors import Invalid
from workflows.queries import providers as provider_queries
from workflows.registers import ofsted
from workflows.rules import provider_records

# The higher, the worse; what became worse is told, what became better is only written down.
GRAVITY = {
    RegistrationStatus.NOT_REQUIRED: 0, RegistrationStatus.REGISTERED: 0, RegistrationStatus.APPLIED: 1, RegistrationStatus.NOT_REGISTERED: 2,
    RegistrationStatus.SUSPENDED: 3, RegistrationStatus.CANCELLED: 4,
}  # fmt: skip
SERIOUS_OUTCOME = 3
LONGEST_CONDITIONS = 2000


def record(session: Session, provider: Provider, entry: ofsted.Entry, *, by: User | None) -> Registration:
    """Write down what the register says: the open row ends and a new one begins, unless it says the same as before.

    Announces OfstedStatusChanged when the status, the outcome or the enforcement became worse (domain 5.6). `by` is None for the
    system. Refused for somebody who does not check providers; Invalid for a wrong number or kind of accommodation.
    """
    if by is not None:
        provider_records.check_keep_register(by)
    _check(entry)
    before = provider_queries.registration_of(session, provider)
    if before is not None and _says(before) == _said(entry):
        return before
    now = clock.now()
    if before is not None:
        before.ends_at = now
        session.flush()
    made = Registration(
        provider_id=provider.id, urn=entry.urn, status=entry.status, categories=list(entry.categories), conditions=entry.conditions,
        has_enforcement=entry.has_enforcement, last_inspected_on=entry.last_inspected_on, last_outcome=entry.outcome, source=entry.source,
        starts_at=now, ends_at=None, checked_by_id=by.id if by else None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    detail = {"reference": provider.reference, "status": entry.status.value.replace("_", " "), "source": entry.source}
    text = {"conditions": entry.conditions} if entry.conditions else None
    providers.record(session, "registration:changed", provider, by=by, detail=detail, text=text)
    if before is not None and is_worse(before, made):
        _announce(session, provider, before, made, by)
    return made


def is_worse(before: Registration, now: Registration) -> bool:
    """Whether a look at the register shows a worse status, a fall to the third outcome, or new enforcement."""
    fell = GRAVITY[now.status] > GRAVITY[before.status]
    failed = now.last_outcome == SERIOUS_OUTCOME and before.last_outcome != SERIOUS_OUTCOME
    return fell or failed or (now.has_enforcement and not before.has_enforcement)


def status_told(before: Registration, now: Registration) -> str:
    """The word of the happening: the status that became worse; where it still stands, `outcome_3`, or `restricted` for new enforcement."""
    if GRAVITY[now.status] > GRAVITY[before.status]:
        return now.status.value
    has_failed = now.last_outcome == SERIOUS_OUTCOME and before.last_outcome != SERIOUS_OUTCOME
    return "outcome_3" if has_failed else "restricted"


def _announce(session: Session, provider: Provider, before: Registration, now: Registration, by: User | None) -> None:
    payload = {"provider": str(provider.id), "status": status_told(before, now), "outcome": now.last_outcome}
    happenings.announce(session, "OfstedStatusChanged", payload, message_id=f"ofsted:{now.id}", keys={"provider": str(provider.id)}, by=by)


def _check(entry: ofsted.Entry) -> None:
    errors = {}
    if entry.urn and not ofsted.NUMBER.fullmatch(entry.urn):
        errors["urn"] = "Enter an Ofsted number, such as 2765432"
    if entry.status in (RegistrationStatus.REGISTERED, RegistrationStatus.SUSPENDED) and not entry.urn:
        errors["urn"] = "Enter the Ofsted number"
    if any(category not in (1, 2, 3, 4) for category in entry.categories):
        errors["categories"] = "Select the kinds of accommodation"
    if entry.outcome not in (None, 1, 2, 3):
        errors["outcome"] = "Select the last outcome"
    if len(entry.conditions) > LONGEST_CONDITIONS:
        errors["conditions"] = f"Conditions must be {LONGEST_CONDITIONS:,} characters or fewer"
    if errors:
        raise Invalid(errors)


def _said(entry: ofsted.Entry) -> tuple[Any, ...]:
    return (entry.urn, entry.status, list(entry.categories), entry.conditions, entry.has_enforcement, entry.last_inspected_on, entry.outcome)


def _says(row: Registration) -> tuple[Any, ...]:
    return (row.urn, row.status, list(row.categories), row.conditions, row.has_enforcement, row.last_inspected_on, row.last_outcome)


def import_file(session: Session, content: bytes, *, by: User) -> Mapping[str, Sequence[str]]:
    """Write down what the published file says of each provider whose Ofsted number we hold.

    Gives the references of those that `changed`, stayed the `same`, and are `missing` from the file. Refused for somebody who does
    not check providers; NotThisRegister for another file. One that is missing is not changed: somebody has to look.
    """
    provider_records.check_keep_register(by)
    entries = ofsted.FromFile(content).entries
    found: dict[str, list[str]] = {"changed": [], "same": [], "missing": []}
    for provider, urn in register_looks.numbered(session, IdentifierScheme.OFSTED):
        entry = entries.get(urn)
        if entry is None:
            found["missing"].append(provider.reference)
            continue
        before = provider_queries.registration_of(session, provider)
        after = record(session, provider, entry, by=by)
        found["same" if before is not None and before.id == after.id else "changed"].append(provider.reference)
    return found
