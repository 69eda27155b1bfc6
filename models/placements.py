"""Placements, each one row without anything about the young person, and the welfare checks that are counted from them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.people import User
from models.providers import Premises


class Placement(Keyed, Model):
    """A young person's stay, under a reference that only the social-care system can resolve: no name, day of birth or health data."""

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index("ix_placement_stay", "premises_id", "starts_on", "ends_on"),
        Index("ix_placement_open", "reference", unique=True, sqlite_where=text("ends_on IS NULL"), postgresql_where=text("ends_on IS NULL")),
    )

    reference: Mapped[str]
    premises_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("premises.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    social_worker_post: Mapped[str]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime]

    premises: Mapped[Premises] = relationship()


class WelfareCheck(Keyed, Model):
    """That somebody looks after a placed young person because of what happened to the provider, by when, and that it was done."""

    __tablename__ = "welfare_check"
    __table_args__ = (CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done_by_and_at"),)

    placement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("placement.id"), index=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    outcome: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]

    placement: Mapped[Placement] = relationship()
    done_by: Mapped[User | None] = relationship()
