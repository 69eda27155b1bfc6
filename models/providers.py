"""Providers: who they are, their identifiers, people, premises, registrations, certificates and documents."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.cases import Case
from models.people import CandidateGroup, User


class LegalForm(enum.Enum):
    """What a provider is in law; it says which identifiers are needed."""

    PUBLIC_COMPANY = "public_company"
    PRIVATE_COMPANY = "private_company"
    LLP = "llp"
    PARTNERSHIP = "partnership"
    SOLE_TRADER = "sole_trader"
    COMMUNITY_INTEREST_COMPANY = "community_interest_company"
    CHARITABLE_ORGANISATION = "charitable_organisation"
    OTHER = "other"


class IdentifierScheme(enum.Enum):
    """Which register an identifier belongs to. The same characters may be right in three of them, so a scheme is never guessed."""

    COMPANY = "GB-COH"
    CHARITY = "GB-CHC"
    SCOTTISH_CHARITY = "GB-SC"
    NORTHERN_IRISH_CHARITY = "GB-NIC"
    VAT = "GB-VAT"
    UKPRN = "GB-UKPRN"
    OFSTED = "GB-OFSTED"
    ICO = "GB-ICO"
    DUNS = "XI-DUNS"
    PPON = "GB-PPON"


class RegistrationStatus(enum.Enum):
    """What Ofsted's register says of a provider of supported accommodation (SI 2023/416)."""

    REGISTERED = "registered"
    APPLIED = "applied"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    NOT_REGISTERED = "not_registered"
    NOT_REQUIRED = "not_required"


class CertificateKind(enum.Enum):
    """What runs out: the provider's insurances, and the safety certificates of one premises."""

    EMPLOYERS_LIABILITY = "employers_liability"
    PUBLIC_LIABILITY = "public_liability"
    PROFESSIONAL_INDEMNITY = "professional_indemnity"
    BUILDINGS = "buildings"
    DATA_PROTECTION = "data_protection"
    GAS_SAFETY = "gas_safety"
    ELECTRICAL = "electrical"
    FIRE_RISK = "fire_risk"
    HMO_LICENCE = "hmo_licence"


class Provider(Keyed, Model):
    """An organisation that offers accommodation. Its people are the members of its candidate group."""

    __tablename__ = "provider"

    reference: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(index=True)
    trading_name: Mapped[str] = mapped_column(default="")
    legal_form: Mapped[LegalForm]
    group_key: Mapped[str] = mapped_column(ForeignKey("candidate_group.key"), unique=True)
    address: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    is_small: Mapped[bool] = mapped_column(default=False)
    is_voluntary: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    dissolved_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=0)

    group: Mapped[CandidateGroup] = relationship()
    identifiers: Mapped[list[ProviderIdentifier]] = relationship(back_populates="provider", order_by="ProviderIdentifier.scheme")


class ProviderIdentifier(Keyed, Model):
    """A number in a public register, always with its scheme (domain 9.3); two providers never share one."""

    __tablename__ = "provider_identifier"
    __table_args__ = (UniqueConstraint("scheme", "value"),)

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    scheme: Mapped[IdentifierScheme]
    value: Mapped[str]

    provider: Mapped[Provider] = relationship(back_populates="identifiers")


class ProviderPerson(Keyed, Model):
    """Somebody who runs or controls a provider, from a day and perhaps to a day. No day of birth is kept."""

    __tablename__ = "provider_person"

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    name: Mapped[str]
    role: Mapped[str]
    is_in_control: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class Premises(Keyed, Model):
    """A place where young people live. Its address is never published (SI 2023/416 reg 16) and never in a message or a file name."""

    __tablename__ = "premises"
    __table_args__ = (
        CheckConstraint("spaces >= 1", name="has_spaces"),
        CheckConstraint("age_from >= 16 AND age_to >= age_from", name="ages"),
        CheckConstraint("category BETWEEN 1 AND 4", name="known_category"),
    )

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    reference: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    address: Mapped[str]
    postcode: Mapped[str]
    district: Mapped[str] = mapped_column(index=True)
    category: Mapped[int]
    spaces: Mapped[int]
    age_from: Mapped[int] = mapped_column(default=16)
    age_to: Mapped[int] = mapped_column(default=17)
    gender: Mapped[str] = mapped_column(default="any")
    night_cover: Mapped[str] = mapped_column(default="visiting")
    is_step_free: Mapped[bool] = mapped_column(default=False)
    support_hours: Mapped[int] = mapped_column(default=0)
    weekly_price: Mapped[Decimal | None]
    supports: Mapped[list[str]] = mapped_column(default=list)
    grade: Mapped[str] = mapped_column(default="")
    graded_at: Mapped[datetime | None]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=0)

    provider: Mapped[Provider] = relationship()


class ProviderDocument(Keyed, Model):
    """A file that a provider gives once and may use again. A newer version names the one it replaces.

    `held_because` is not empty while nobody may open it: a scan has not been made, or has found something.
    """

    __tablename__ = "provider_document"
    __table_args__ = (CheckConstraint("size >= 0", name="size_not_negative"),)

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    stored_as: Mapped[str] = mapped_column(unique=True)
    expires_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider_document.id"))
    # What it was sent with, when it was not given for the record alone: an answer, a message, an application.
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_task.id"))
    held_because: Mapped[str] = mapped_column(default="")
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    provider: Mapped[Provider] = relationship()
    added_by: Mapped[User] = relationship()


class Registration(Keyed, Model):
    """What the register said of a provider from one look to the next; the open row is what holds now."""

    __tablename__ = "registration"
    __table_args__ = (
        Index("ix_registration_now", "provider_id", unique=True, sqlite_where=text("ends_at IS NULL"), postgresql_where=text("ends_at IS NULL")),
    )

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    urn: Mapped[str] = mapped_column(default="")
    status: Mapped[RegistrationStatus]
    categories: Mapped[list[int]] = mapped_column(default=list)
    conditions: Mapped[str] = mapped_column(default="")
    has_enforcement: Mapped[bool] = mapped_column(default=False)
    last_inspected_on: Mapped[date | None]
    last_outcome: Mapped[int | None]
    source: Mapped[str] = mapped_column(default="manual")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    checked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))

    provider: Mapped[Provider] = relationship()


class Certificate(Keyed, Model):
    """An insurance or a safety certificate with the days it covers, both inclusive; it counts once somebody has verified it."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("(verified_at IS NULL) = (verified_by_id IS NULL)", name="verified_by_and_at"),
        Index("ix_certificate_ends", "ends_on", "provider_id"),
    )

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    premises_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("premises.id"), index=True)
    kind: Mapped[CertificateKind]
    issuer: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    limit: Mapped[Decimal | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider_document.id"))
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime]
    verified_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    verified_at: Mapped[datetime | None]
    refused_because: Mapped[str] = mapped_column(default="")

    provider: Mapped[Provider] = relationship()
    premises: Mapped[Premises | None] = relationship()
    document: Mapped[ProviderDocument | None] = relationship()


class EmailLink(Keyed, Model):
    """A link sent to an address, good once and for a short time; only the digest of its token is kept."""

    __tablename__ = "email_link"

    token_digest: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(default="")
    purpose: Mapped[str]
    provider_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"))
    invited_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class CaseMessage(Keyed, Model):
    """One message in the thread between a provider and the council about a case; comments are the internal ones."""

    __tablename__ = "case_message"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    is_from_provider: Mapped[bool]
    body: Mapped[str]
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider_document.id"))
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    author: Mapped[User] = relationship()


class Letter(Keyed, Model):
    """A letter or report as it was sent: its words never change. A correction is another letter."""

    __tablename__ = "letter"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    digest: Mapped[str]
    template_version: Mapped[str]
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    approver_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    is_for_provider: Mapped[bool] = mapped_column(default=True)
    sent_at: Mapped[datetime]

    case: Mapped[Case] = relationship()
    provider: Mapped[Provider] = relationship()
