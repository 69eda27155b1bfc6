"""Long pieces of work that people ask for and watch: moving many cases, simulating, importing."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.people import User


class UndertakingStatus(enum.Enum):
    """Waiting its turn, being done, done, stopped by a person, or given up."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Undertaking(Keyed, Model):
    """A long piece of work with its progress. `results` are rows with `what`, `ok`, `words` and `href`; `summary` belongs to its kind."""

    __tablename__ = "undertaking"
    __table_args__ = (
        CheckConstraint("done >= 0 AND total >= 0", name="counts"),
        CheckConstraint("(ended_at IS NULL) = (status IN ('waiting', 'running'))", name="ended"),
    )

    kind: Mapped[str]
    title: Mapped[str]
    status: Mapped[UndertakingStatus] = mapped_column(default=UndertakingStatus.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    args: Mapped[dict[str, Any]] = mapped_column(default=dict)
    results: Mapped[list[Any]] = mapped_column(default=list)
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    wants_stop: Mapped[bool] = mapped_column(default=False)
    started_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")

    started_by: Mapped[User] = relationship()
