"""A person's walk through a draft in the sandbox: kept so that a page can be left and come back to, and never a case."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Keyed, Model


class Trial(Keyed, Model):
    """One walk by hand of one person through one draft.

    `log` holds the moves in the words of a scenario, `state` where they led on the files of `digest`, `clock` the moment the
    walk has come to, and `data` what the person typed beside it: results of operations, and a move that waits for one.
    """

    __tablename__ = "process_trial"
    __table_args__ = (UniqueConstraint("draft_id", "user_id"),)

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_draft.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    digest: Mapped[str]
    state: Mapped[bytes]
    log: Mapped[list[Any]] = mapped_column(default=list)
    clock: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    saved_at: Mapped[datetime]
