"""Key decisions: the proposal, its notices, representations, consultation, sign-off, record and call-in."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.cases import Case
from models.people import CandidateGroup, User


class DecisionState(enum.Enum):
    """Where a key decision stands; pages turn it into the public status sentence."""

    DRAFT = "draft"
    NOT_KEY = "not_key"
    NOTICE_PUBLISHED = "notice_published"
    AWAITING_DECISION = "awaiting_decision"
    DECIDED = "decided"
    CALL_IN_OPEN = "call_in_open"
    CALLED_IN = "called_in"
    RECONSIDERING = "reconsidering"
    IN_EFFECT = "in_effect"
    CARRIED_OUT = "carried_out"
    NOT_APPROVED = "not_approved"
    WITHDRAWN = "withdrawn"


class MakerType(enum.Enum):
    """Who decides: an officer, one cabinet member, or the cabinet."""

    OFFICER = "officer"
    CABINET_MEMBER = "cabinet_member"
    CABINET = "cabinet"


class NoticeRoute(enum.Enum):
    """28 clear days; general exception with 5 clear days; special urgency by agreement (SI 2012/2089 regs 9, 10, 11)."""

    NORMAL = "A"
    GENERAL_EXCEPTION = "B"
    SPECIAL_URGENCY = "C"


class NoticeKind(enum.Enum):
    """What was published: the notice of a key decision, an urgency notice, the reasons that must follow, a correction."""

    KEY_DECISION = "key_decision"
    GENERAL_EXCEPTION = "general_exception"
    SPECIAL_URGENCY = "special_urgency"
    REASONS = "reasons"
    CORRECTION = "correction"


class ConsultationStatus(enum.Enum):
    """An unanswered request stays asked for ever: time never turns it into consent."""

    ASKED = "asked"
    ANSWERED = "answered"
    OVERRIDDEN = "overridden"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class ConsultationResponse(enum.Enum):
    """The five answers a consultee may give; asking for more time is not one."""

    NO_COMMENT = "no_comment"
    SUPPORT = "support"
    SUPPORT_WITH_CONDITIONS = "support_with_conditions"
    OBJECT = "object"
    NEED_INFORMATION = "need_information"


class DecisionOutcome(enum.Enum):
    """What the decision maker signed."""

    APPROVED = "approve"
    APPROVED_AMENDED = "approve_amended"
    REFUSED = "refuse"


class CallInStatus(enum.Enum):
    """A request is received, judged, and if valid ends with an outcome."""

    RECEIVED = "received"
    INVALID = "invalid"
    VALID = "valid"
    NO_ACTION = "no_action"
    REFERRED_BACK = "refer_back"
    REFERRED_TO_COUNCIL = "refer_council"
    CLOSED = "closed"


class KeyDecision(Keyed, Model):
    """The matter to be decided and what the public is told of it; one for each key-decision case."""

    __tablename__ = "key_decision"
    __table_args__ = (
        CheckConstraint("due_to >= due_from", name="due_to_after_from"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_because = '')", name="withdrawn_has_reason"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), unique=True)
    public_reference: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    state: Mapped[DecisionState] = mapped_column(default=DecisionState.DRAFT)
    title: Mapped[str]
    summary: Mapped[str]
    proposal: Mapped[str] = mapped_column(default="")
    is_key: Mapped[bool | None]
    key_reasons: Mapped[list[str]] = mapped_column(default=list)
    not_key_because: Mapped[str] = mapped_column(default="")
    maker_type: Mapped[MakerType]
    maker_key: Mapped[str] = mapped_column(ForeignKey("candidate_group.key"))
    maker_name: Mapped[str] = mapped_column(default="")
    lead_member: Mapped[str] = mapped_column(default="")
    lead_director_key: Mapped[str] = mapped_column(ForeignKey("candidate_group.key"))
    contact_key: Mapped[str] = mapped_column(ForeignKey("candidate_group.key"))
    value_total: Mapped[Decimal]
    savings: Mapped[Decimal] = mapped_column(default=Decimal(0))
    all_divisions: Mapped[bool] = mapped_column(default=False)
    divisions: Mapped[list[str]] = mapped_column(default=list)
    two_or_more_divisions: Mapped[bool] = mapped_column(default=False)
    plan_priority: Mapped[str] = mapped_column(default="")
    due_from: Mapped[date]
    due_to: Mapped[date]
    due_is_month: Mapped[bool] = mapped_column(default=True)
    moved_from: Mapped[str] = mapped_column(default="")
    moved_because: Mapped[str] = mapped_column(default="")
    restriction: Mapped[str] = mapped_column(default="open")
    exempt_paragraphs: Mapped[str] = mapped_column(default="")
    public_interest_reason: Mapped[str] = mapped_column(default="")
    consultee_keys: Mapped[list[str]] = mapped_column(default=list)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    route: Mapped[NoticeRoute | None]
    impracticable_because: Mapped[str] = mapped_column(default="")
    urgent_because: Mapped[str] = mapped_column(default="")
    earliest_decision_on: Mapped[date | None]
    representations_close_at: Mapped[datetime | None]
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    implemented_on: Mapped[date | None]
    implementation: Mapped[str] = mapped_column(default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(default="")

    case: Mapped[Case] = relationship()
    author: Mapped[User] = relationship()
    maker: Mapped[CandidateGroup] = relationship(foreign_keys=maker_key)
    lead_director: Mapped[CandidateGroup] = relationship(foreign_keys=lead_director_key)
    contact: Mapped[CandidateGroup] = relationship(foreign_keys=contact_key)


class Notice(Keyed, Model):
    """A document as published, with its words frozen. The later of the two publication days starts the clock (reg 9(2))."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("decision_id", "version"),)

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("key_decision.id"), index=True)
    version: Mapped[int]
    kind: Mapped[NoticeKind]
    website_on: Mapped[date]
    offices_on: Mapped[date]
    content: Mapped[dict[str, Any]]
    earliest_decision_on: Mapped[date | None]
    earliest_explanation: Mapped[dict[str, Any] | None]
    representations_close_at: Mapped[datetime | None]
    restarts_clock: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime]
    published_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))


class UrgencyAgreement(Keyed, Model):
    """Who was told (route B) or agreed (route C, or a call-in waiver) and why no higher office holder was asked."""

    __tablename__ = "urgency_agreement"

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("key_decision.id"), index=True)
    kind: Mapped[str]
    office: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    why_not_higher: Mapped[str] = mapped_column(default="")
    reasons: Mapped[str] = mapped_column(default="")
    agreed_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))


class Representation(Keyed, Model):
    """What someone said about a proposed decision through the public form."""

    __tablename__ = "representation"

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("key_decision.id"), index=True)
    reference: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    contact: Mapped[str]
    capacity: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    may_publish: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]


class Report(Keyed, Model):
    """A version of the report that the decision maker will read; its digest ties advice and signatures to these words."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("decision_id", "version"),)

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("key_decision.id"), index=True)
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str]
    is_material_change: Mapped[bool] = mapped_column(default=False)
    what_changed: Mapped[str] = mapped_column(default="")
    written_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime]

    written_by: Mapped[User] = relationship()


class ConsultationRequest(Keyed, Model):
    """One consultee asked in one round about one version of the report, and what they said."""

    __tablename__ = "consultation_request"
    __table_args__ = (
        UniqueConstraint("decision_id", "round", "consultee_key"),
        CheckConstraint("status != 'answered' OR (response IS NOT NULL AND answered_at IS NOT NULL)", name="answered_has_response"),
        CheckConstraint("status != 'overridden' OR override_reason != ''", name="overridden_has_reason"),
    )

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("key_decision.id"), index=True)
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report.id"))
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_task.id"))
    round: Mapped[int]
    consultee_key: Mapped[str] = mapped_column(ForeignKey("candidate_group.key"))
    is_mandatory: Mapped[bool]
    status: Mapped[ConsultationStatus] = mapped_column(default=ConsultationStatus.ASKED)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    due_explanation: Mapped[dict[str, Any] | None]
    response: Mapped[ConsultationResponse | None]
    comments: Mapped[str] = mapped_column(default="")
    implications: Mapped[str] = mapped_column(default="")
    conditions: Mapped[list[str]] = mapped_column(default=list)
    is_exempt: Mapped[bool] = mapped_column(default=False)
    is_late: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    reminded_count: Mapped[int] = mapped_column(default=0)
    escalated_to: Mapped[str] = mapped_column(default="")
    more_time_asked_because: Mapped[str] = mapped_column(default="")
    override_reason: Mapped[str] = mapped_column(default="")
    overridden_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    overridden_at: Mapped[datetime | None]
    resolution: Mapped[str] = mapped_column(default="")
    resolved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))

    decision: Mapped[KeyDecision] = relationship()
    report: Mapped[Report | None] = relationship()
    consultee: Mapped[CandidateGroup] = relationship()
    answered_by: Mapped[User | None] = relationship(foreign_keys=answered_by_id)
    overridden_by: Mapped[User | None] = relationship(foreign_keys=overridden_by_id)


class SignOff(Keyed, Model):
    """A statutory officer's approval of one version of the report before it is decided, or its return to the author."""

    __tablename__ = "sign_off"

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("key_decision.id"), index=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"))
    group_key: Mapped[str] = mapped_column(ForeignKey("candidate_group.key"))
    is_approved: Mapped[bool]
    comments: Mapped[str] = mapped_column(default="")
    signed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    signed_at: Mapped[datetime]

    group: Mapped[CandidateGroup] = relationship()
    signed_by: Mapped[User] = relationship()


class DecisionRecord(Keyed, Model):
    """The record the decision maker signed (SI 2012/2089 regs 12, 13); Democratic Services publish it and change no word."""

    __tablename__ = "decision_record"
    __table_args__ = (
        UniqueConstraint("decision_id", "version"),
        CheckConstraint("(published_at IS NULL) = (effective_from IS NULL)", name="published_has_effective_date"),
    )

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("key_decision.id"), index=True)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"))
    version: Mapped[int]
    outcome: Mapped[DecisionOutcome]
    decision_text: Mapped[str]
    reasons: Mapped[str]
    alternatives_rejected: Mapped[str]
    members_consulted: Mapped[str] = mapped_column(default="")
    interests: Mapped[str] = mapped_column(default="")
    dispensation: Mapped[str] = mapped_column(default="")
    response_to_concerns: Mapped[str] = mapped_column(default="")
    maker_name: Mapped[str]
    maker_title: Mapped[str]
    made_on: Mapped[date]
    digest: Mapped[str]
    signed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    signed_at: Mapped[datetime]
    published_on: Mapped[date | None]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    can_be_called_in: Mapped[bool] = mapped_column(default=True)
    not_callable_because: Mapped[str] = mapped_column(default="")
    call_in_last_day: Mapped[date | None]
    call_in_closes_at: Mapped[datetime | None]
    call_in_explanation: Mapped[dict[str, Any] | None]
    effective_from: Mapped[date | None]

    decision: Mapped[KeyDecision] = relationship()
    report: Mapped[Report] = relationship()
    signed_by: Mapped[User] = relationship(foreign_keys=signed_by_id)


class CallIn(Keyed, Model):
    """A request by scrutiny councillors that a made but not implemented decision be looked at again (LGA 2000 s.9F)."""

    __tablename__ = "call_in"

    record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision_record.id"), index=True)
    reference: Mapped[str] = mapped_column(unique=True)
    status: Mapped[CallInStatus] = mapped_column(default=CallInStatus.RECEIVED)
    requesters: Mapped[list[str]]
    grounds: Mapped[list[str]] = mapped_column(default=list)
    reasons: Mapped[str]
    is_late: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
    received_from_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    judged_at: Mapped[datetime | None]
    judged_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    judgement: Mapped[str] = mapped_column(default="")
    meeting_on: Mapped[date | None]
    concerns: Mapped[str] = mapped_column(default="")
    council_met_on: Mapped[date | None]
    council_objected: Mapped[bool | None]
    closed_at: Mapped[datetime | None]

    record: Mapped[DecisionRecord] = relationship()


class PageRevision(Keyed, Model):
    """One public change of a decision's page, with its reason, for the history the public can read."""

    __tablename__ = "page_revision"

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("key_decision.id"), index=True)
    what: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
