"""What runs later: jobs, and the mails they send."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Keyed, Model

WITHOUT_TICKET = "status = 'todo' AND ticket IS NULL"


class JobStatus(enum.Enum):
    """Waiting its turn, being done, done, or given up."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"
    FAILED = "failed"


class Job(Keyed, Model):
    """A named function to run once, enqueued in the transaction that wants it; its id goes out as the idempotency key.

    `ticket` is the row of the queue's own table that stands for it while it is with the distributed workers; `request` the id of
    the request that asked for it, for the log, empty when it was none.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_next", "status", "run_at", "priority"),
        Index("ix_job_without_ticket", "run_at", sqlite_where=text(WITHOUT_TICKET), postgresql_where=text(WITHOUT_TICKET)),
        Index("ix_job_ticket", "ticket", sqlite_where=text("ticket IS NOT NULL"), postgresql_where=text("ticket IS NOT NULL")),
    )

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
    ticket: Mapped[int | None] = mapped_column(BigInteger)
    request: Mapped[str] = mapped_column(default="")


class OutboxMail(Keyed, Model):
    """A mail to one person; its id is the Message-ID. From `sending_at` on the mail server may have it, so it is not tried again.

    `why` says why they get it, `about` what it is about (`task:…`), looked at again before it goes. `key` lets it be written only once.
    One that `is_for_digest` waits for the day's digest; `with_id` is the mail that it went with, whose `sections` say it.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR not_sent_because = ''", name="sent_or_not_sent"),
        Index("ix_outbox_mail_to_user", "to_user_id", "created_at"),
    )

    to_address: Mapped[str]
    to_user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    link: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    key: Mapped[str | None] = mapped_column(unique=True)
    sections: Mapped[list[Any]] = mapped_column(default=list)
    is_for_digest: Mapped[bool] = mapped_column(default=False)
    with_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("outbox_mail.id"), index=True)
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
    sending_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    not_sent_because: Mapped[str] = mapped_column(default="")


class Webhook(Keyed, Model):
    """Something to tell a named system of the council; its id goes out as `webhook-id`, the same at every try.

    `body` is what is signed, to the letter. One message for each `key` of a system, whoever asks for it how often.
    """

    __tablename__ = "webhook"
    __table_args__ = (UniqueConstraint("system", "key"),)

    system: Mapped[str]
    key: Mapped[str]
    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    event: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    last_tried_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    delivered_at: Mapped[datetime | None]
