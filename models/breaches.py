"""Rules of a process that a case broke: found by looking at what happened in it, and open until a person deals with them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.cases import Case
from models.people import User
from models.processes import ProcessInstance


class Breach(Keyed, Model):
    """One rule that one run of a process broke, once however often it is looked at.

    `process` and `version` are of the folder that the rule stands in. `words` are the rule's, `happened` says who did what and when,
    `breached_at` is that moment where it is known. It is closed by a person with a reason, or with `closed_by_id` empty because what
    had gone wrong was put right and the case keeps the rule now.
    """

    __tablename__ = "breach"
    __table_args__ = (
        UniqueConstraint("instance_id", "process", "rule_id"),
        CheckConstraint("(closed_at IS NULL) = (closed_because = '')", name="closed_because"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    instance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_instance.id"))
    process: Mapped[str]
    version: Mapped[int]
    rule_id: Mapped[str]
    words: Mapped[str]
    legal: Mapped[str]
    happened: Mapped[str]
    breached_at: Mapped[datetime | None]
    found_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    closed_because: Mapped[str] = mapped_column(default="")

    case: Mapped[Case] = relationship()
    instance: Mapped[ProcessInstance] = relationship()
    closed_by: Mapped[User | None] = relationship()

    @property
    def mark(self) -> tuple[uuid.UUID, str, str]:
        """Which rule of which run it is about."""
        return self.instance_id, self.process, self.rule_id
