"""Running cases that were moved to another version of their process, with what is needed to undo it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.people import User
from models.processes import ProcessDefinition, ProcessInstance
from models.undertakings import Undertaking


class CaseReturn(Keyed, Model):
    """One case that was put back to an earlier step, and why. Undoing is possible while `revision_after` still stands."""

    __tablename__ = "case_return"
    __table_args__ = (
        Index("ix_case_return_instance", "instance_id", "returned_at"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_by_and_at"),
    )

    instance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_instance.id"))
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_task.id"))
    element_name: Mapped[str]
    because: Mapped[str]
    state_before: Mapped[bytes]
    rows_before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    revision_after: Mapped[int]
    returned_at: Mapped[datetime]
    returned_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))

    instance: Mapped[ProcessInstance] = relationship()
    returned_by: Mapped[User] = relationship(foreign_keys=returned_by_id)


class CaseMove(Keyed, Model):
    """One move of one instance. `state_before` and `rows_before` are as they were; undoing is possible while `revision_after` still stands."""

    __tablename__ = "case_move"
    __table_args__ = (
        Index("ix_case_move_instance", "instance_id", "moved_at"),
        CheckConstraint("from_definition_id != to_definition_id", name="two_versions"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_by_and_at"),
    )

    instance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_instance.id"))
    undertaking_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("undertaking.id"), index=True)
    from_definition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_definition.id"))
    to_definition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_definition.id"))
    state_before: Mapped[bytes]
    rows_before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    revision_after: Mapped[int]
    moved_at: Mapped[datetime]
    moved_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))

    instance: Mapped[ProcessInstance] = relationship()
    undertaking: Mapped[Undertaking | None] = relationship()
    from_definition: Mapped[ProcessDefinition] = relationship(foreign_keys=from_definition_id)
    to_definition: Mapped[ProcessDefinition] = relationship(foreign_keys=to_definition_id)
    moved_by: Mapped[User] = relationship(foreign_keys=moved_by_id)
    undone_by: Mapped[User | None] = relationship(foreign_keys=undone_by_id)
