"""Inspections of premises: the visit, its marks standard by standard, findings, and the actions that follow."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.cases import Case
from models.people import User
from models.providers import Premises, Provider


class InspectionKind(enum.Enum):
    """Why a visit is made (domain 3.5)."""

    INITIAL = "initial"
    ROUTINE = "routine"
    FOLLOW_UP = "follow_up"
    UNANNOUNCED = "unannounced"
    INCIDENT = "incident"
    DESKTOP = "desktop"


class InspectionStatus(enum.Enum):
    """Where an inspection stands."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DRAFTED = "drafted"
    WITH_PROVIDER = "with_provider"
    ACTIONS = "actions"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Grade(enum.Enum):
    """The council's own grade (table D-12); never Ofsted's words."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_ASSESSED = "not_assessed"


class Mark(enum.Enum):
    """How one line of a standard was found."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


class Severity(enum.Enum):
    """How grave a finding is; it sets the time to put it right."""

    CRITICAL = "critical"
    MAJOR = "major"
    MODERATE = "moderate"
    MINOR = "minor"


class Inspection(Keyed, Model):
    """One inspection of one premises. A provider never learns of an unannounced one before it has happened."""

    __tablename__ = "inspection"
    __table_args__ = (Index("ix_inspection_planned", "planned_for", "status"),)

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), unique=True)
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    premises_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("premises.id"), index=True)
    kind: Mapped[InspectionKind]
    trigger: Mapped[str] = mapped_column(default="")
    risk: Mapped[str] = mapped_column(default="")
    status: Mapped[InspectionStatus] = mapped_column(default=InspectionStatus.PLANNED)
    is_announced: Mapped[bool] = mapped_column(default=True)
    planned_for: Mapped[date | None]
    due_on: Mapped[date | None]
    # Keys of the standards this visit looks at; all of them when it names none.
    scope: Mapped[list[str]] = mapped_column(default=list)
    documents_requested: Mapped[list[str]] = mapped_column(default=list)
    # Who may not inspect here, because their conflict was found after an earlier visit.
    barred_inspectors: Mapped[list[str]] = mapped_column(default=list)
    inspector_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    notice_sent_at: Mapped[datetime | None]
    visit_started_at: Mapped[datetime | None]
    visit_ended_at: Mapped[datetime | None]
    access_refused: Mapped[bool] = mapped_column(default=False)
    staff_on_duty: Mapped[int | None]
    young_people_spoken_to: Mapped[int | None]
    young_people_declined: Mapped[int | None]
    restricted_notes: Mapped[str] = mapped_column(default="")
    grade: Mapped[Grade | None]
    grade_because: Mapped[str] = mapped_column(default="")
    consequence: Mapped[str] = mapped_column(default="")
    draft_report: Mapped[str] = mapped_column(default="")
    final_report: Mapped[str] = mapped_column(default="")
    draft_sent_at: Mapped[datetime | None]
    finalised_at: Mapped[datetime | None]
    next_due_on: Mapped[date | None]
    ended_because: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    case: Mapped[Case] = relationship()
    provider: Mapped[Provider] = relationship()
    premises: Mapped[Premises | None] = relationship()
    inspector: Mapped[User | None] = relationship()


class StandardMark(Keyed, Model):
    """The mark of one line of the checklist, saved by itself so that a lost connection loses at most one line."""

    __tablename__ = "standard_mark"
    __table_args__ = (UniqueConstraint("inspection_id", "line"),)

    inspection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection.id"), index=True)
    line: Mapped[str]
    mark: Mapped[Mark]
    evidence: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    marked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    marked_at: Mapped[datetime]


class Finding(Keyed, Model):
    """What has to be put right, how grave it is, and by when."""

    __tablename__ = "finding"

    inspection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection.id"), index=True)
    line: Mapped[str]
    regulation: Mapped[str] = mapped_column(default="")
    severity: Mapped[Severity]
    evidence: Mapped[str]
    action_wanted: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime]
    is_repeat: Mapped[bool] = mapped_column(default=False)

    inspection: Mapped[Inspection] = relationship()


class ImprovementAction(Keyed, Model):
    """What a provider says it will do about a finding, its evidence, and the inspector's verification."""

    __tablename__ = "improvement_action"
    __table_args__ = (CheckConstraint("(verified_at IS NULL) = (verified_by_id IS NULL)", name="verified_by_and_at"),)

    finding_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("finding.id"), unique=True)
    action: Mapped[str]
    owner: Mapped[str]
    due_on: Mapped[date]
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    evidence: Mapped[str] = mapped_column(default="")
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider_document.id"))
    answered_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    not_verified_because: Mapped[str] = mapped_column(default="")

    finding: Mapped[Finding] = relationship()


class AccuracyComment(Keyed, Model):
    """What a provider says is not right in a draft report, and what the manager made of it."""

    __tablename__ = "accuracy_comment"

    inspection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection.id"), index=True)
    paragraph: Mapped[str]
    comment: Mapped[str]
    is_accepted: Mapped[bool | None]
    reply: Mapped[str] = mapped_column(default="")
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime]
