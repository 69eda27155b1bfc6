"""Drafts of processes: what is being changed, who saved it, who was asked to agree and who did."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.people import User
from models.processes import ProcessDefinition


class DraftStatus(enum.Enum):
    """Being changed, sent for agreement, agreed by another person, live, or thrown away."""

    OPEN = "open"
    SENT = "sent"
    AGREED = "agreed"
    DEPLOYED = "deployed"
    DISCARDED = "discarded"


class ProcessDraft(Keyed, Model):
    """A change of a process that is not live. `base` is the version it began from, None for a process that is new.

    `revision` rises with every file that is saved; `agreed_digest` is the digest of the files that were agreed, and of nothing else.
    At most one draft of a process has not ended.
    """

    __tablename__ = "process_draft"
    __table_args__ = (
        Index("ix_process_draft_going", "key", unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("status != 'agreed' OR agreed_at IS NOT NULL", name="agreed_at"),
        CheckConstraint("(ended_at IS NULL) = (status IN ('open', 'sent', 'agreed'))", name="ended"),
    )

    key: Mapped[str] = mapped_column(index=True)
    base_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("process_definition.id"))
    status: Mapped[DraftStatus] = mapped_column(default=DraftStatus.OPEN)
    why: Mapped[str] = mapped_column(default="")
    handed_back_because: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    agreed_digest: Mapped[str] = mapped_column(default="")
    deployed_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("process_definition.id"))
    ended_at: Mapped[datetime | None]

    base: Mapped[ProcessDefinition | None] = relationship(foreign_keys=base_id)
    deployed: Mapped[ProcessDefinition | None] = relationship(foreign_keys=deployed_id)
    opened_by: Mapped[User] = relationship(foreign_keys=opened_by_id)
    saved_by: Mapped[User] = relationship(foreign_keys=saved_by_id)
    sent_by: Mapped[User | None] = relationship(foreign_keys=sent_by_id)
    agreed_by: Mapped[User | None] = relationship(foreign_keys=agreed_by_id)


class DraftFile(Keyed, Model):
    """A file of a draft that differs from the version it began from; without `text` it is deleted.

    `earlier` is the text before the last change made in the outline; it can be taken back while the file is at the revision `earlier_for`.
    """

    __tablename__ = "process_draft_file"
    __table_args__ = (UniqueConstraint("draft_id", "path"),)

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_draft.id"))
    path: Mapped[str]
    text: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=1)
    earlier: Mapped[str | None]
    earlier_for: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))

    draft: Mapped[ProcessDraft] = relationship()
    saved_by: Mapped[User] = relationship()


class DraftAuthor(Model):
    """Somebody who saved anything in a draft since it was opened: no author agrees to their own change, even one taken back since."""

    __tablename__ = "process_draft_author"

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_draft.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    is_of_rules: Mapped[bool] = mapped_column(default=False)
    first_at: Mapped[datetime]

    user: Mapped[User] = relationship()
