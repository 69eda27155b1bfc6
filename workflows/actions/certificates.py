"""Certificates and insurances: added by the provider or for it, and counted once somebody else has verified them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from models import Certificate, CertificateKind, Premises, Provider, ProviderDocument, User, clock
from workflows import enqueue
from workflows.actions import mail, providers, standing
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.queries import people
from workflows.rules import certificate_kinds, provider_records

LONGEST = 120
MOST_YEARS = 12
VERIFIERS_GROUP = "procurement"


def add(
    session: Session,
    provider: Provider,
    *,
    kind: CertificateKind,
    issuer: str,
    number: str,
    limit: Decimal | None,
    starts_on: date,
    ends_on: date,
    by: User,
    document: ProviderDocument | None = None,
    premises: Premises | None = None,
) -> Certificate:
    """Write down a certificate with the days it covers, both inclusive. It waits until staff have verified it.

    Refused for a stranger; NotFound for a document or premises of another provider; Invalid with a message for each wrong field.
    """
    provider_records.check_keep(by, provider)
    for other in (document, premises):
        if other is not None and other.provider_id != provider.id:
            raise NotFound("There is no such document or premises")
    _check(kind, issuer=issuer, number=number, limit=limit, starts_on=starts_on, ends_on=ends_on, premises=premises)
    certificate = Certificate(
        provider_id=provider.id, premises_id=premises.id if premises else None, kind=kind, issuer=issuer.strip(), number=number.strip(),
        limit=limit, starts_on=starts_on, ends_on=ends_on, document_id=document.id if document else None, added_by_id=by.id,
        added_at=clock.now(), verified_by_id=None, verified_at=None,
    )  # fmt: skip
    session.add(certificate)
    session.flush()
    providers.record(session, "certificate:added", provider, by=by, detail=_about(certificate), text=_said(issuer, number))
    if provider_records.belongs(by, provider):
        _tell_verifiers(session, provider)
    return certificate


def _check(
    kind: CertificateKind, *, issuer: str, number: str, limit: Decimal | None, starts_on: date, ends_on: date, premises: Premises | None
) -> None:
    errors = {}
    if kind in certificate_kinds.OF_PREMISES and premises is None:
        errors["premises"] = "Select the premises this certificate is for"
    if kind in certificate_kinds.INSURANCES and (limit is None or limit <= 0):
        errors["limit"] = "Enter the amount covered"
    if not issuer.strip():
        errors["issuer"] = "Enter who issued it"
    for name, words, value in (("issuer", "Who issued it", issuer), ("number", "The number", number)):
        if len(value.strip()) > LONGEST:
            errors[name] = f"{words} must be {LONGEST} characters or fewer"
    if ends_on < starts_on:
        errors["ends_on"] = "The day it ends must be on or after the day it starts"
    elif ends_on < clock.today():
        errors["ends_on"] = "The day it ends must be in the future"
    elif ends_on.year - starts_on.year > MOST_YEARS:
        errors["ends_on"] = "The day it ends must be a real date"
    if errors:
        raise Invalid(errors)


def verify(session: Session, certificate: Certificate, *, by: User) -> None:
    """Say that a certificate was seen and is what it says; from now on it counts.

    Refused for whoever added it, for who may not verify, and while its file is held or gone; Conflict when somebody was faster.
    """
    _check_waiting(session, certificate, by)
    document = certificate.document
    if document is not None and (document.held_because or document.removed_at is not None):
        raise Refused(f"You cannot verify this certificate now. {document.held_because or 'Its document was removed'}")
    certificate.verified_by_id, certificate.verified_at = by.id, clock.now()
    session.flush()
    providers.record(session, "certificate:verified", certificate.provider, by=by, detail=_about(certificate))
    # A hold whose cause this certificate takes away is looked at now and not only at midnight.
    enqueue.enqueue(session, standing.LOOK, {"provider": str(certificate.provider_id)})


def refuse(session: Session, certificate: Certificate, *, because: str, by: User) -> None:
    """Say why a certificate does not count; the provider reads the reason. Refused and Conflict as for `verify`; Invalid without a reason."""
    _check_waiting(session, certificate, by)
    if not because.strip():
        raise Invalid({"because": "Enter why this certificate is refused"})
    if len(because.strip()) > 1000:
        raise Invalid({"because": "Reasons must be 1,000 characters or fewer"})
    certificate.refused_because = because.strip()
    session.flush()
    provider = certificate.provider
    providers.record(session, "certificate:refused", provider, by=by, detail=_about(certificate), text={"because": because.strip()})
    mail.to_group(session, provider.group_key, kind="certificate:refused", case=None, subject="We could not accept a certificate that you sent",
                  link="/provider/certificates")  # fmt: skip


def _check_waiting(session: Session, certificate: Certificate, by: User) -> None:
    why = provider_records.why_not_verify(by, certificate)
    if why:
        raise Refused(why)
    providers.lock(session, certificate)
    if certificate.verified_at is not None:
        raise Conflict("This certificate was verified already")
    if certificate.refused_because:
        raise Conflict("This certificate was refused already")


def _about(certificate: Certificate) -> dict[str, str]:
    return {"certificate": str(certificate.id), "covers": certificate_kinds.WORDS[certificate.kind]}


def _said(issuer: str, number: str) -> dict[str, str]:
    return {"issuer": f"Issued by {issuer}", "number": number}


def _tell_verifiers(session: Session, provider: Provider) -> None:
    # A database without that team still takes certificates: they stand in the list of those to verify.
    if people.members(session, VERIFIERS_GROUP):
        mail.to_group(session, VERIFIERS_GROUP, kind="certificate:added", case=None, subject=f"A certificate of {provider.reference} to verify",
                      link=f"/providers/{provider.reference}")  # fmt: skip
