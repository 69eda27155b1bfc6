"""Process definitions, their instances, and what an instance waits for: people, time, messages, help."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model
from models.cases import Case
from models.people import User


class InstanceStatus(enum.Enum):
    """Where a process instance stands; one that cannot continue is still running and has an open incident."""

    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TaskStatus(enum.Enum):
    """Ready to be claimed, claimed by one person, completed, or taken away by the process."""

    READY = "ready"
    CLAIMED = "claimed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


# A task that waits for somebody; the other two are over.
OPEN_TASKS = (TaskStatus.READY, TaskStatus.CLAIMED)


class ProcessDefinition(Keyed, Model):
    """One deployed, numbered version of a process folder; never changed after it is stored. Rolling back makes a new version of old files."""

    __tablename__ = "process_definition"
    __table_args__ = (UniqueConstraint("key", "version"), Index(None, "key", "digest"))

    key: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    digest: Mapped[str]
    files: Mapped[dict[str, Any]]
    calls: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_shipped: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    deployed_at: Mapped[datetime]
    deployed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    draft_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("process_draft.id", use_alter=True))

    deployed_by: Mapped[User | None] = relationship(foreign_keys=deployed_by_id)
    agreed_by: Mapped[User | None] = relationship(foreign_keys=agreed_by_id)


class ProcessInstance(Keyed, Model):
    """One run of a definition for a case. `state` is the engine's own compact form; `revision` rises with every step.

    `stuck_at` is the element that could not be carried out, empty while all goes well; `has_messages` says that
    a message lies here that nothing has waited for yet; `looked_revision` the revision at which somebody saw that it waits for a message.
    `passed` counts, by the id of the definition in hexadecimal, how often each element was completed (`element`) and each way out of a
    gateway taken (`gateway>element`).
    """

    __tablename__ = "process_instance"

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    definition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_definition.id"), index=True)
    revision: Mapped[int] = mapped_column(default=0)
    status: Mapped[InstanceStatus] = mapped_column(default=InstanceStatus.RUNNING)
    state: Mapped[bytes]
    live: Mapped[list[str]] = mapped_column(default=list)
    passed: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    stuck_at: Mapped[str] = mapped_column(default="")
    has_messages: Mapped[bool] = mapped_column(default=False)
    looked_revision: Mapped[int | None]
    ended_as: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    definition: Mapped[ProcessDefinition] = relationship()


LOOKED_AT = "look_at IS NOT NULL AND status IN ('ready', 'claimed')"


class UserTask(Keyed, Model):
    """A step that waits for a person: the inbox's row for one engine task. `look_at` is when reminders of it are looked at again."""

    __tablename__ = "user_task"
    __table_args__ = (
        UniqueConstraint("instance_id", "engine_task_id"),
        CheckConstraint("status != 'claimed' OR assignee_id IS NOT NULL", name="claimed_has_assignee"),
        CheckConstraint("(completed_at IS NULL) = (completed_by_id IS NULL)", name="completed_by_and_at"),
        Index("ix_user_task_inbox_group", "candidate_group", "status", "due_at", "id"),
        Index("ix_user_task_inbox_assignee", "assignee_id", "status", "due_at", "id"),
        Index("ix_user_task_look_at", "look_at", sqlite_where=text(LOOKED_AT), postgresql_where=text(LOOKED_AT)),
        Index("ix_user_task_figures", "definition_id", "completed_at", "bpmn_id", "created_at", "due_at", "instance_id"),
    )

    instance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_instance.id"), index=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    definition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_definition.id"))
    engine_task_id: Mapped[uuid.UUID]
    bpmn_id: Mapped[str]
    name: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    candidate_group: Mapped[str] = mapped_column(ForeignKey("candidate_group.key"))
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    status: Mapped[TaskStatus] = mapped_column(default=TaskStatus.READY)
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict)
    variables: Mapped[dict[str, Any]] = mapped_column(default=dict)
    priority: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    due_explanation: Mapped[dict[str, Any] | None]
    look_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    completed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    acting_for_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))

    instance: Mapped[ProcessInstance] = relationship()
    case: Mapped[Case] = relationship()
    definition: Mapped[ProcessDefinition] = relationship()
    assignee: Mapped[User | None] = relationship(foreign_keys=assignee_id)
    completed_by: Mapped[User | None] = relationship(foreign_keys=completed_by_id)
    acting_for: Mapped[User | None] = relationship(foreign_keys=acting_for_id)


class TaskReminder(Keyed, Model):
    """A stage of reminding about a task that is over: sent to somebody, or left out because a later one came at the same time."""

    __tablename__ = "task_reminder"
    __table_args__ = (UniqueConstraint("task_id", "stage"),)

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_task.id"))
    stage: Mapped[str]
    sent_to: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class Answer(Keyed, Model):
    """What was said in a completed user task, frozen, with the digest of its canonical JSON."""

    __tablename__ = "answer"

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_task.id"), unique=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case.id"), index=True)
    bpmn_id: Mapped[str]
    values: Mapped[dict[str, Any]]
    digest: Mapped[str]
    said_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    said_at: Mapped[datetime]

    task: Mapped[UserTask] = relationship()
    said_by: Mapped[User] = relationship()


class Draft(Keyed, Model):
    """What a person has typed into a task and not yet sent; never validated, never moves the case."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("task_id", "user_id"),)

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_task.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    values: Mapped[dict[str, Any]]
    is_shared: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]


class Timer(Keyed, Model):
    """One waiting timer of an instance; `next_try_at` moves forward while a worker holds it."""

    __tablename__ = "timer"
    __table_args__ = (UniqueConstraint("instance_id", "engine_task_id"),)

    instance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_instance.id"))
    engine_task_id: Mapped[uuid.UUID]
    bpmn_id: Mapped[str]
    name: Mapped[str]
    due_at: Mapped[datetime]
    next_try_at: Mapped[datetime] = mapped_column(index=True)

    instance: Mapped[ProcessInstance] = relationship()


class Message(Keyed, Model):
    """A message for a process instance; its own id makes a second delivery harmless."""

    __tablename__ = "message"

    message_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    instance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process_instance.id"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sent_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    refused_because: Mapped[str | None]


class Incident(Keyed, Model):
    """A case or a job that cannot continue and needs a person; closed only when it has really moved on."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_open", "instance_id", "element_id", unique=True, sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
    )

    case_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    instance_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("process_instance.id"))
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id"), unique=True)
    element_id: Mapped[str] = mapped_column(default="")
    element_name: Mapped[str] = mapped_column(default="")
    message: Mapped[str]
    trace: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    last_tried_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    skipped_because: Mapped[str] = mapped_column(default="")

    case: Mapped[Case | None] = relationship()
    instance: Mapped[ProcessInstance | None] = relationship()
