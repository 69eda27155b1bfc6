"""Purchasing lists, who is on them since when, what holds them back, and the contract whose term runs out."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.cases import Case
from models.people import User
from models.providers import Premises, Provider


class Regime(enum.Enum):
    """Which procurement law a list lives under (domain 2.1)."""

    PCR_R34 = "PCR_R34"
    PCR_LTR_LIST = "PCR_LTR_LIST"
    PA23_DYNAMIC_MARKET = "PA23_DYNAMIC_MARKET"
    PA23_LT_FRAMEWORK = "PA23_LT_FRAMEWORK"
    PA23_OPEN_FRAMEWORK = "PA23_OPEN_FRAMEWORK"


class MembershipStatus(enum.Enum):
    """Where a member stands. Embargoed: no new placements. Suspended: not invited either. Both keep the young people who live there."""

    ADMITTED = "admitted"
    ACTIVE = "active"
    CONDITIONAL = "conditional"
    EMBARGOED = "embargoed"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


class PurchasingList(Keyed, Model):
    """A list that providers join: always open while it is valid, without a limit of numbers (PCR 2015 reg 34; PA 2023 s.36)."""

    __tablename__ = "purchasing_list"
    __table_args__ = (CheckConstraint("valid_to >= valid_from", name="valid_to_after_from"),)

    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    regime: Mapped[Regime]
    notice_reference: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    request_deadline: Mapped[date | None]
    first_tender_on: Mapped[date | None]
    criteria_version: Mapped[str] = mapped_column(default="")
    is_paused_because: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    categories: Mapped[list[ListCategory]] = relationship(order_by="ListCategory.position", lazy="selectin")


class ListCategory(Keyed, Model):
    """One category of a list. `ofsted_category` is the kind of accommodation in SI 2023/416 reg 2; none for people of 18 and over."""

    __tablename__ = "list_category"
    __table_args__ = (UniqueConstraint("list_id", "key"),)

    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("purchasing_list.id"), index=True)
    key: Mapped[str]
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    ofsted_category: Mapped[int | None]
    age_from: Mapped[int] = mapped_column(default=16)
    age_to: Mapped[int] = mapped_column(default=17)
    description: Mapped[str] = mapped_column(default="")


class Membership(Keyed, Model):
    """A provider's place on a list, from admission to the end; what it was on a day is told by its periods."""

    __tablename__ = "membership"
    __table_args__ = (Index("ix_membership_of", "list_id", "provider_id"),)

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("purchasing_list.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    categories: Mapped[list[str]] = mapped_column(default=list)
    status: Mapped[MembershipStatus] = mapped_column(default=MembershipStatus.ADMITTED)
    admitted_at: Mapped[datetime]
    agreement_version: Mapped[str] = mapped_column(default="")
    agreement_signed_by: Mapped[str] = mapped_column(default="")
    agreement_signed_at: Mapped[datetime | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    review_due_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)

    provider: Mapped[Provider] = relationship()
    purchasing_list: Mapped[PurchasingList] = relationship()
    case: Mapped[Case] = relationship()
    conditions: Mapped[list[MembershipCondition]] = relationship(order_by="MembershipCondition.due_on", lazy="selectin")


class MembershipPeriod(Keyed, Model):
    """One stretch of a membership in one status: `starts_at` inclusive, `ends_at` exclusive; the open one is now."""

    __tablename__ = "membership_period"
    __table_args__ = (
        Index("ix_membership_period_now", "membership_id", unique=True, sqlite_where=text("ends_at IS NULL"),
              postgresql_where=text("ends_at IS NULL")),
        Index("ix_membership_period_on", "membership_id", "starts_at", "ends_at"),
    )

    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    status: Mapped[MembershipStatus]
    # The categories of that time: a member may be admitted to more of them later.
    categories: Mapped[list[str]] = mapped_column(default=list)
    because: Mapped[str] = mapped_column(default="")
    event: Mapped[str] = mapped_column(default="")
    is_automatic: Mapped[bool] = mapped_column(default=False)
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]

    membership: Mapped[Membership] = relationship()


class MembershipCondition(Keyed, Model):
    """What an admission was made conditional on, by a day; one that is not met in time stops new placements."""

    __tablename__ = "membership_condition"

    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    words: Mapped[str]
    due_on: Mapped[date]
    met_at: Mapped[datetime | None]
    met_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))


class Hold(Keyed, Model):
    """Why no new placement may be made, for a provider or for one of its premises, until it is lifted. It never ends a placement.

    A provider may be held for several reasons at once: it is free when all are lifted, each by somebody other than who asked for it.
    """

    __tablename__ = "hold"
    __table_args__ = (CheckConstraint("(lifted_at IS NULL) = (lifted_because = '')", name="lifted_has_reason"),)

    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    premises_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("premises.id"), index=True)
    certificate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("certificate.id"))
    event: Mapped[str]
    because: Mapped[str]
    # The clause of the agreement that it rests on: holding a provider back is not a power of PCR 2015 reg 34.
    clause: Mapped[str] = mapped_column(default="")
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"))
    starts_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    lifted_at: Mapped[datetime | None]
    lifted_because: Mapped[str] = mapped_column(default="")
    lifted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))

    membership: Mapped[Membership] = relationship()
    premises: Mapped[Premises | None] = relationship()


class Reminder(Keyed, Model):
    """Something that a member was told once, such as that a certificate ends in 30 days; `about` says what, so that it is not told twice."""

    __tablename__ = "reminder"

    about: Mapped[str] = mapped_column(unique=True)
    given_at: Mapped[datetime]


class Contract(Keyed, Model):
    """The agreement behind a list, with its term. `ends_on` is the initial end plus the options that were used."""

    __tablename__ = "contract"
    __table_args__ = (CheckConstraint("ends_on >= initial_ends_on AND initial_ends_on >= starts_on", name="ends_in_order"),)

    reference: Mapped[str] = mapped_column(unique=True)
    list_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("purchasing_list.id"), index=True)
    provider_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"))
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    regime: Mapped[Regime]
    starts_on: Mapped[date]
    initial_ends_on: Mapped[date]
    ends_on: Mapped[date]
    notice_months: Mapped[int] = mapped_column(default=3)
    annual_value: Mapped[Decimal | None]
    owner_key: Mapped[str] = mapped_column(ForeignKey("candidate_group.key"))
    terminated_on: Mapped[date | None]

    purchasing_list: Mapped[PurchasingList | None] = relationship()
    options: Mapped[list[ExtensionOption]] = relationship(order_by="ExtensionOption.sequence", lazy="selectin")


class ExtensionOption(Keyed, Model):
    """A right to extend a contract, used by a decision or not yet."""

    __tablename__ = "extension_option"
    __table_args__ = (UniqueConstraint("contract_id", "sequence"),)

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    sequence: Mapped[int]
    months: Mapped[int]
    used_on: Mapped[date | None]
    decision_case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"))


class Milestone(Keyed, Model):
    """A day in the backward plan of a contract's end, with the reminders that were given and put off."""

    __tablename__ = "milestone"
    __table_args__ = (UniqueConstraint("contract_id", "kind", "for_end"),)

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    kind: Mapped[str]
    for_end: Mapped[date]
    due_on: Mapped[date]
    explanation: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reminded_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    put_off_until: Mapped[date | None]
    put_off_because: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]

    contract: Mapped[Contract] = relationship()
    acknowledged_by: Mapped[User | None] = relationship()
