"""Applications to a purchasing list: the sections a provider fills in, what is checked about it, and conflicts of interest."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.cases import Case
from models.lists import PurchasingList
from models.people import User
from models.providers import Provider


class ApplicationStatus(enum.Enum):
    """A draft is the provider's own; sent, it is the council's until one of the ends."""

    DRAFT = "draft"
    SENT = "sent"
    ADMITTED = "admitted"
    ADMITTED_WITH_CONDITIONS = "admitted_with_conditions"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    LIST_CLOSED = "list_closed"


class InterestKind(enum.Enum):
    """What someone says of their interests before they touch a case (PCR 2015 reg 24; PA 2023 ss.81-83)."""

    NONE = "none"
    PERCEIVED = "perceived"
    POTENTIAL = "potential"
    ACTUAL = "actual"


class Application(Keyed, Model):
    """A provider's request to join a list. The evaluation clock runs from `sent_at` and never pauses (PCR 2015 reg 34(16))."""

    __tablename__ = "application"
    __table_args__ = (Index("ix_application_of", "list_id", "provider_id", "status"),)

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), unique=True)
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("purchasing_list.id"))
    categories: Mapped[list[str]] = mapped_column(default=list)
    status: Mapped[ApplicationStatus] = mapped_column(default=ApplicationStatus.DRAFT)
    questionnaire_version: Mapped[str] = mapped_column(default="")
    started_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    started_at: Mapped[datetime]
    last_changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    signatory_name: Mapped[str] = mapped_column(default="")
    signatory_role: Mapped[str] = mapped_column(default="")
    evaluation_due_on: Mapped[date | None]
    evaluation_explanation: Mapped[dict[str, Any]] = mapped_column(default=dict)
    extended_at: Mapped[datetime | None]
    extended_because: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    reasons: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    provider: Mapped[Provider] = relationship()
    purchasing_list: Mapped[PurchasingList] = relationship()


class ApplicationSection(Keyed, Model):
    """One section as it was last saved, right or not: `problems` are the messages by question that still stand."""

    __tablename__ = "application_section"
    __table_args__ = (UniqueConstraint("application_id", "key"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"), index=True)
    key: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    problems: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_completed: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=0)
    saved_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime]

    saved_by: Mapped[User] = relationship()


class DueDiligenceCheck(Keyed, Model):
    """One check of an application with its result and what it rests on; a check made again is another row of a later round."""

    __tablename__ = "due_diligence_check"
    __table_args__ = (UniqueConstraint("case_id", "kind", "round"),)

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    result: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[str] = mapped_column(default="")
    checked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    checked_at: Mapped[datetime]

    checked_by: Mapped[User | None] = relationship()


class EvaluationScore(Keyed, Model):
    """One evaluator's score of one answer, or the moderated one (`seat` 0; evaluators are 1 and 2)."""

    __tablename__ = "evaluation_score"
    __table_args__ = (
        UniqueConstraint("case_id", "question", "seat"),
        CheckConstraint("score BETWEEN 0 AND 5", name="score_0_to_5"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    question: Mapped[str]
    seat: Mapped[int]
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(default="")
    scored_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    scored_at: Mapped[datetime]


class Interest(Keyed, Model):
    """What a person declared about their interests in a case, and who cleared it if it stood in the way."""

    __tablename__ = "interest"
    __table_args__ = (CheckConstraint("(cleared_at IS NULL) = (cleared_by_id IS NULL)", name="cleared_by_and_at"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    provider_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[InterestKind]
    nature: Mapped[str] = mapped_column(default="")
    mitigation: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    cleared_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    cleared_because: Mapped[str] = mapped_column(default="")

    user: Mapped[User] = relationship(foreign_keys=user_id)
