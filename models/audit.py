"""The audit trail: one event per effect, hash-chained per case, append-only in the database itself."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.people import User


class AuditEvent(Model):
    """One thing that was done. `chain` is a case's id or `administration`; `digest` covers the row and the digest before it.

    The place in the chain is the key: nothing about an event lies outside its digest.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "kind", "at"),)

    chain: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    acting_for_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    subject: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    text_digest: Mapped[str] = mapped_column(default="")
    previous_digest: Mapped[str]
    digest: Mapped[str]

    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    acting_for: Mapped[User | None] = relationship(foreign_keys=acting_for_id)
    text: Mapped[AuditText | None] = relationship(back_populates="event", uselist=False)


class AuditText(Model):
    """The personal words of an event, outside the chain so that the law can have them removed; the chain holds their digest."""

    __tablename__ = "audit_text"
    __table_args__ = (ForeignKeyConstraint(["chain", "sequence"], ["audit_event.chain", "audit_event.sequence"]),)

    chain: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    words: Mapped[dict[str, Any]]

    event: Mapped[AuditEvent] = relationship(back_populates="text")


class AuditSeal(Keyed, Model):
    """The heads of all chains at the end of a day, so that a cut-off tail is noticed."""

    __tablename__ = "audit_seal"

    sealed_on: Mapped[date] = mapped_column(unique=True)
    heads: Mapped[dict[str, Any]]
    previous_digest: Mapped[str]
    digest: Mapped[str]
    sealed_at: Mapped[datetime]
