"""What an application that was sent says of its provider, written into the provider's record; nothing of it counts before staff have checked it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Application, Certificate, CertificateKind, Premises, Provider, ProviderDocument, ProviderPerson, RegistrationStatus, User, clock
from workflows.actions import certificates, premises, providers, registrations
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import applications as queries
from workflows.queries import providers as provider_queries
from workflows.registers import ofsted
from workflows.rules import applying
from workflows.rules.identifiers import NotAnIdentifier

Answers = Mapping[str, Any]
FIELDS = ("trading_name", "address", "postcode", "website", "contact_name", "contact_email", "contact_phone")
SAID = "application"
# What the provider says before anybody has looked at the register; that it is registered is for the register to say.
CLAIMS = {"applied": RegistrationStatus.APPLIED, "not_required": RegistrationStatus.NOT_REQUIRED}
PAPERS = {
    CertificateKind.GAS_SAFETY: ("gas_until", "gas_document"),
    CertificateKind.ELECTRICAL: ("electrical_until", "electrical_document"),
    CertificateKind.FIRE_RISK: ("fire_until", "fire_document"),
    CertificateKind.HMO_LICENCE: ("licence_until", "licence_document"),
}
ISSUER = "As given in the application"


def write(session: Session, application: Application, *, by: User) -> None:
    """Bring the provider's record up to what its application says: its fields, numbers, people, premises and certificates.

    What is on record stays; only what is new or different is written. Refused, with the section, for something that cannot be recorded.
    """
    saved = queries.sections_of(session, application)
    for key, write_one in WRITERS.items():
        if key not in saved:
            continue
        try:
            for answers in _entries(key, saved[key].values):
                write_one(session, application.provider, answers, by)
        except (Invalid, Conflict, NotAnIdentifier) as error:
            raise Refused(f"{applying.BY_KEY[key].title}: {error}") from error


def _entries(key: str, values: Answers) -> list[Answers]:
    return list(values.get("items", [])) if applying.BY_KEY[key].is_list else [values]


def _organisation(session: Session, provider: Provider, answers: Answers, by: User) -> None:
    values: dict[str, Any] = {name: str(answers[name]) for name in FIELDS if answers.get(name)}
    values |= {name: answers[name] == "yes" for name in ("is_small", "is_voluntary") if name in answers}
    providers.update(session, provider, values=values, by=by)
    _numbers(session, provider, answers, by)


def _numbers(session: Session, provider: Provider, answers: Answers, by: User) -> None:
    for scheme, value in applying.identifiers_in(answers).items():
        providers.add_identifier(session, provider, scheme=scheme, value=value, by=by)


def _person(session: Session, provider: Provider, answers: Answers, by: User) -> None:
    name, role = str(answers["name"]).strip(), str(answers["role"]).strip()
    query = select(ProviderPerson).where(ProviderPerson.provider_id == provider.id, ProviderPerson.name == name, ProviderPerson.ends_on.is_(None))
    person = session.scalar(query.limit(1))
    if person is None:
        person = ProviderPerson(provider_id=provider.id, name=name, role=role, starts_on=None, ends_on=None)
        session.add(person)
    person.role, person.is_in_control = role, answers.get("is_in_control") == "yes"
    person.starts_on = _day(answers.get("starts_on"))
    session.flush()


def _ofsted(session: Session, provider: Provider, answers: Answers, by: User) -> None:
    _numbers(session, provider, answers, by)
    claim = CLAIMS.get(str(answers.get("ofsted_status")))
    if claim is not None and provider_queries.registration_of(session, provider) is None:
        kinds = tuple(int(each) for each in answers.get("ofsted_categories") or [])
        registrations.record(session, provider, ofsted.Entry(urn="", status=claim, categories=kinds, source=SAID), by=None)


def _home(session: Session, provider: Provider, answers: Answers, by: User) -> None:
    wanted: dict[str, Any] = {
        **{name: str(answers[name]) for name in ("name", "address", "postcode", "district", "gender", "night_cover")},
        **{name: int(answers[name]) for name in ("category", "spaces", "age_from", "age_to", "support_hours")},
        "is_step_free": answers.get("is_step_free") == "yes", "supports": list(answers.get("supports") or []),
        "weekly_price": Decimal(str(answers["weekly_price"])) if answers.get("weekly_price") else None,
    }  # fmt: skip
    home = _known_home(session, provider, wanted["name"], wanted["postcode"])
    if home is None:
        home = premises.add(session, provider, by=by, **wanted)
    else:
        premises.change(session, home, values=wanted, by=by)
    for kind, (until, document) in PAPERS.items():
        ends_on = _day(answers.get(until))
        if ends_on is not None:
            _paper(session, provider, home, kind, ends_on, answers.get(document), by)


def _known_home(session: Session, provider: Provider, name: str, postcode: str) -> Premises | None:
    tidy = providers.tidy_postcode(postcode)
    found = provider_queries.premises_of(session, provider, closed=False)
    return next((each for each in found if each.name == name.strip() and each.postcode == tidy), None)


def _paper(session: Session, provider: Provider, home: Premises, kind: CertificateKind, ends_on: date, document: Any, by: User) -> None:
    if _is_known(session, provider, kind, home, ends_on, ""):
        return
    certificates.add(
        session, provider, kind=kind, issuer=ISSUER, number="", limit=None, starts_on=clock.today(), ends_on=ends_on, by=by,
        document=_document(session, provider, document), premises=home,
    )  # fmt: skip


def _insurance(session: Session, provider: Provider, answers: Answers, by: User) -> None:
    if answers.get("has") != "yes":
        return
    kind, ends_on = CertificateKind(answers["kind"]), date.fromisoformat(str(answers["ends_on"]))
    number = str(answers.get("number") or "")
    if _is_known(session, provider, kind, None, ends_on, number):
        return
    certificates.add(
        session, provider, kind=kind, issuer=str(answers["issuer"]), number=number, limit=Decimal(str(answers["limit"])),
        starts_on=date.fromisoformat(str(answers["starts_on"])), ends_on=ends_on, by=by,
        document=_document(session, provider, answers.get("document")),
    )  # fmt: skip


def _is_known(session: Session, provider: Provider, kind: CertificateKind, home: Premises | None, ends_on: date, number: str) -> bool:
    query = select(Certificate.id).where(
        Certificate.provider_id == provider.id, Certificate.kind == kind, Certificate.ends_on == ends_on, Certificate.number == number.strip(),
        Certificate.premises_id == (home.id if home else None),
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def _document(session: Session, provider: Provider, told: Any) -> ProviderDocument | None:
    """The provider's document that an answer names; one that is gone or of another provider counts as none."""
    try:
        found = session.get(ProviderDocument, uuid.UUID(str(told)))
    except ValueError:
        return None
    return found if found is not None and found.provider_id == provider.id and found.removed_at is None else None


def _day(told: Any) -> date | None:
    return date.fromisoformat(str(told)) if told else None


WRITERS: Mapping[str, Callable[[Session, Provider, Answers, User], None]] = {
    "organisation": _organisation,
    "people": _person,
    "ofsted": _ofsted,
    "premises": _home,
    "insurance": _insurance,
}
