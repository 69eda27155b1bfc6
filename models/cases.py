"""The council's matters: a case with its reference, comments and documents."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.people import CandidateGroup, User


class CaseStatus(enum.Enum):
    """Open until its process ends; a withdrawn case stays readable."""

    OPEN = "open"
    CLOSED = "closed"


class ReferenceCounter(Model):
    """The last number given under a prefix in a year, so that references never repeat."""

    __tablename__ = "reference_counter"

    prefix: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class Case(Keyed, Model):
    """One matter with one reference, one access rule and one timeline; it holds one or more process instances."""

    __tablename__ = "case"

    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    title: Mapped[str]
    status: Mapped[CaseStatus] = mapped_column(default=CaseStatus.OPEN)
    outcome: Mapped[str] = mapped_column(default="")
    is_restricted: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    team_key: Mapped[str] = mapped_column(ForeignKey("candidate_group.key"))
    provider_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"), index=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    owner: Mapped[User | None] = relationship()
    team: Mapped[CandidateGroup] = relationship()


class CaseKey(Keyed, Model):
    """What a case is about, by name and value: a message from another case finds it by these keys (domain 5.6)."""

    __tablename__ = "case_key"
    __table_args__ = (UniqueConstraint("case_id", "name"), Index("ix_case_key_found", "name", "value"))

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"))
    name: Mapped[str]
    value: Mapped[str]


class Comment(Keyed, Model):
    """An internal remark on a case; council staff only."""

    __tablename__ = "comment"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    body: Mapped[str]
    written_at: Mapped[datetime]

    author: Mapped[User] = relationship()


class Document(Keyed, Model):
    """A file on a case. The bytes lie outside the database under `stored_as`; the digest proves they are the same."""

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size_not_negative"),
        CheckConstraint("NOT (is_public AND exempt_paragraphs != '')", name="exempt_is_not_public"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_task.id"))
    kind: Mapped[str]
    title: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    stored_as: Mapped[str] = mapped_column(unique=True)
    is_public: Mapped[bool] = mapped_column(default=False)
    exempt_paragraphs: Mapped[str] = mapped_column(default="")
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    added_by: Mapped[User] = relationship()
