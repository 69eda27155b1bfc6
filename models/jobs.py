"""What runs later: jobs, and the mails they send."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Keyed, Model


class JobStatus(enum.Enum):
    """Waiting its turn, being done, done, or given up."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"
    FAILED = "failed"


class Job(Keyed, Model):
    """A named function to run once, enqueued in the transaction that wants it; its id goes out as the idempotency key."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_next", "status", "run_at", "priority"),)

    name: Mapped[str]
    args: Mapped[dict[str, Any]]
    status: Mapped[JobStatus] = mapped_column(default=JobStatus.TODO)
    priority: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    enqueued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class OutboxMail(Keyed, Model):
    """A mail to one person; its id is the Message-ID. From `sending_at` on the mail server may have it, so it is not tried again."""

    __tablename__ = "outbox_mail"
    __table_args__ = (CheckConstraint("sent_at IS NULL OR not_sent_because = ''", name="sent_or_not_sent"),)

    to_address: Mapped[str]
    to_user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    link: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
    sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    not_sent_because: Mapped[str] = mapped_column(default="")
