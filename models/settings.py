"""What a council sets for itself: dated policy parameters and days its offices are closed."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Json, Keyed, Model


class Parameter(Keyed, Model):
    """A policy value from a day on. Until someone confirms it, pages say that it is not confirmed."""

    __tablename__ = "parameter"
    __table_args__ = (UniqueConstraint("key", "valid_from"),)

    key: Mapped[str]
    label: Mapped[str]
    value: Mapped[Any] = mapped_column(Json)
    unit: Mapped[str] = mapped_column(default="")
    calendar: Mapped[str] = mapped_column(default="")
    sentence: Mapped[str] = mapped_column(default="")
    legal_basis: Mapped[str] = mapped_column(default="")
    legal_url: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    set_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None]


class LocalClosure(Model):
    """A day off that the shipped calendars do not know: a newly proclaimed bank holiday, or a day the council's offices are closed."""

    __tablename__ = "local_closure"
    __table_args__ = (CheckConstraint("kind IN ('council closure', 'bank holiday')", name="kind"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str]
    kind: Mapped[str] = mapped_column(default="council closure")
    source: Mapped[str] = mapped_column(default="")
    set_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    set_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None]
