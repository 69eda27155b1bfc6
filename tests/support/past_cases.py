"""Cases that are over or under way, written straight into the tables: what the figures of a process are counted from, known to the hour."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import Case, CaseStatus, InstanceStatus, ProcessDefinition, ProcessInstance, TaskStatus, User, UserTask, clock


@dataclass(frozen=True)
class Work:
    """A task: its step, when it began, when it was done (empty while it is open) and when it was due, as London times."""

    step: str
    begun: str
    done: str = ""
    due: str = "2027-12-31 17:00"
    label: str = ""


@dataclass(frozen=True)
class Past:
    """A case: when it began and ended and where, its tasks, what it passed, and where it stands now."""

    begun: str
    ended: str = ""
    ended_as: str = ""
    work: Sequence[Work] = ()
    passed: Mapping[str, int] | None = None
    live: Sequence[str] = ()
    is_restricted: bool = False


def write(session: Session, definition: ProcessDefinition, by: User, past: Past, *, called: ProcessDefinition | None = None) -> Case:
    """Write a case on a version. Its work and what it passed belong to `called` when told, as when that process is called from it."""
    number = uuid.uuid4()
    ended = _at(past.ended)
    case = Case(
        reference=f"P-{number.hex[:12]}", kind=definition.key, title="Over and done", team_key=by.memberships[0].group_key, owner_id=by.id,
        is_restricted=past.is_restricted, status=CaseStatus.CLOSED if ended else CaseStatus.OPEN, opened_at=clock.read_instant(past.begun), closed_at=ended,
    )  # fmt: skip
    session.add(case)
    session.flush()
    inside = called or definition
    instance = ProcessInstance(
        case_id=case.id, definition_id=definition.id, state=b"", live=sorted(past.live), started_at=clock.read_instant(past.begun), ended_at=ended,
        status=InstanceStatus.COMPLETED if ended else InstanceStatus.RUNNING, ended_as=past.ended_as or None,
        passed={inside.id.hex: dict(past.passed)} if past.passed else {},
    )  # fmt: skip
    session.add(instance)
    session.flush()
    session.add_all([_task(case, instance, inside, by, work) for work in past.work])
    session.flush()
    return case


def _at(text: str) -> datetime | None:
    return clock.read_instant(text) if text else None


def _task(case: Case, instance: ProcessInstance, definition: ProcessDefinition, by: User, work: Work) -> UserTask:
    done = _at(work.done)
    return UserTask(
        instance_id=instance.id, case_id=case.id, definition_id=definition.id, engine_task_id=uuid.uuid4(), bpmn_id=work.step,
        name=work.step.replace("-", " ").capitalize(), label=work.label, candidate_group=by.memberships[0].group_key, due_explanation=None,
        status=TaskStatus.COMPLETED if done else TaskStatus.READY, due_at=clock.read_instant(work.due), created_at=clock.read_instant(work.begun),
        assignee_id=by.id if done else None, claimed_at=done, completed_at=done, completed_by_id=by.id if done else None, acting_for_id=None,
    )  # fmt: skip
