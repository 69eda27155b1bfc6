"""Putting a case back to an earlier step: looked at first, done with a reason, and undone until the case has gone on.

The process begins again at that step with what it knew when the step began. What was recorded, sent and published since stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import OPEN_TASKS, AuditEvent, CandidateGroup, CaseReturn, InstanceStatus, ProcessInstance, TaskStatus, Timer, User, UserTask, clock
from workflows import engine
from workflows.actions import audit, dead_ends, incidents, instances, waiting
from workflows.engine import Run, setting
from workflows.engine.moving import Verdict
from workflows.engine.places import places_of
from workflows.errors import Conflict, NotFound, Refused
from workflows.library import moving
from workflows.library.setting import why_not_at
from workflows.rules import permissions, reasons

LONGEST_REASON = reasons.LONGEST
SINCE = "The case has gone on since. Look at it again before you go on"
# What a person signed or published stands; another act corrects it, not a step backwards (SI 2012/2089 regs 12 and 14).
LASTING = "“{name}” was {done} on {day}. What was {done} stays, so the case cannot go back before it. Correct it, or withdraw the case"


@dataclass(frozen=True)
class Target:
    """An earlier step of a case: the latest time it was done; `why_not` says why the case cannot go back to it."""

    task: UserTask
    why_not: str


@dataclass(frozen=True)
class Preview:
    """What putting a case back to a step would do. `due_at` is when the step would be due; `revision` what was looked at."""

    target: Target
    group: str
    due_at: datetime
    withdrawn: tuple[UserTask, ...]
    timers: tuple[Timer, ...]
    undone: tuple[UserTask, ...]
    again: tuple[str, ...]
    revision: int


def steps_behind(session: Session, instance: ProcessInstance) -> list[Target]:
    """The steps that people have done in a running instance, the newest first, each once."""
    if instance.status is not InstanceStatus.RUNNING:
        return []
    done = select(UserTask).where(UserTask.instance_id == instance.id, UserTask.status == TaskStatus.COMPLETED)
    latest: dict[str, UserTask] = {}
    for task in session.scalars(done.order_by(UserTask.completed_at.desc(), UserTask.created_at.desc())):
        latest.setdefault(task.bpmn_id, task)
    return [Target(task, _why_not(session, instance, task)) for task in latest.values()]


def _why_not(session: Session, instance: ProcessInstance, task: UserTask) -> str:
    lasting = _lasting_since(session, instance, task)
    if lasting is not None:
        done = "published" if lasting.properties.get("page") == "publication" else "signed"
        assert lasting.completed_at is not None
        return LASTING.format(name=lasting.name, done=done, day=f"{lasting.completed_at.astimezone(clock.LONDON):%-d %B %Y}")
    verdict = _verdict(session, instance, task)
    if not verdict.moves:
        return f"The case cannot go back there: {verdict.why}"
    version = moving.version_of(session, instance.definition)
    run = engine.load(version.spec, instance.state, perform=engine.perform_nothing)
    why = why_not_at(version, verdict.places, moving.passed_by(session, instance)(), list(places_of(run.workflow)))
    return f"The case cannot go back there: {why}" if why else ""


def _verdict(session: Session, instance: ProcessInstance, task: UserTask) -> Verdict:
    return setting.standing_at(moving.version_of(session, instance.definition).spec, instance.state, task.bpmn_id, task.variables)


def _done_since(session: Session, instance: ProcessInstance, task: UserTask) -> Sequence[UserTask]:
    """What people have done since a step began, that step included, in order."""
    query = select(UserTask).where(UserTask.instance_id == instance.id, UserTask.status == TaskStatus.COMPLETED)
    return session.scalars(query.where(UserTask.completed_at >= task.created_at).order_by(UserTask.completed_at, UserTask.id)).all()


def _lasting_since(session: Session, instance: ProcessInstance, task: UserTask) -> UserTask | None:
    """The first act since then that was signed or published."""
    for each in _done_since(session, instance, task):
        if permissions.is_significant(each) or each.properties.get("page") == "publication":
            return each
    return None


def _find(session: Session, instance: ProcessInstance, task_id: uuid.UUID) -> UserTask:
    task = session.get(UserTask, task_id)
    if task is None or task.instance_id != instance.id or task.status is not TaskStatus.COMPLETED:
        raise NotFound("There is no such step behind this case")
    return task


def preview(session: Session, instance: ProcessInstance, task_id: uuid.UUID) -> Preview:
    """What putting the case back to the step of this finished task would do; nothing is changed. NotFound for another case's task."""
    task = _find(session, instance, task_id)
    group = session.get(CandidateGroup, task.candidate_group)
    due_at, _ = waiting.due(session, {name: str(value) for name, value in task.properties.items()}, task.variables)
    return Preview(
        target=Target(task, _why_not(session, instance, task)), group=group.name if group else task.candidate_group, due_at=due_at,
        withdrawn=tuple(_open(session, instance)), timers=tuple(session.scalars(select(Timer).where(Timer.instance_id == instance.id))),
        undone=tuple(_done_since(session, instance, task)), again=tuple(_by_the_system(session, instance, task)), revision=instance.revision,
    )  # fmt: skip


def _open(session: Session, instance: ProcessInstance) -> Sequence[UserTask]:
    query = select(UserTask).where(UserTask.instance_id == instance.id, UserTask.status.in_(OPEN_TASKS))
    return session.scalars(query.order_by(UserTask.created_at, UserTask.id)).all()


def _by_the_system(session: Session, instance: ProcessInstance, task: UserTask) -> list[str]:
    """The names of what the system has done since a step began: it stays, and is done again when the case comes to it again."""
    query = select(AuditEvent).where(AuditEvent.chain == instance.case_id.hex, AuditEvent.kind == "step:completed", AuditEvent.at >= task.created_at)
    events = session.scalars(query.order_by(AuditEvent.sequence)).all()
    return list(dict.fromkeys(str(each.detail.get("name", "")) for each in events if each.detail.get("kind") == "service task"))


def put_back(
    session: Session, instance: ProcessInstance, task_id: uuid.UUID, *, because: str, by: User, expected: int | None = None
) -> CaseReturn:
    """Put a running case back to an earlier step.

    Refused for anyone but system administrators and process owners, and with the reason where it cannot be; Invalid without a reason;
    Conflict when the case went on since it was looked at.
    """
    permissions.check_retry(by)
    because = reasons.checked(because)
    current = instances.locked(session, instance.id)
    if current.status is not InstanceStatus.RUNNING:
        raise Refused("The case has ended, so it cannot go back")
    if expected is not None and current.revision != expected:
        raise Conflict(SINCE)
    task = _find(session, current, task_id)
    why = _why_not(session, current, task)
    if why:
        raise Refused(why)
    kept = CaseReturn(
        instance_id=current.id, task_id=task.id, element_name=task.name, because=because, state_before=current.state,
        rows_before=_rows(session, current), revision_after=current.revision + 1, returned_at=clock.now(), returned_by_id=by.id, undone_at=None,
        undone_by_id=None,
    )  # fmt: skip
    session.add(kept)
    detail = {"step": task.bpmn_id, "name": task.name, "instance": current.id.hex}
    audit.record(session, "case:put_back", case=current.case, by=by, detail=detail, text={"because": because})
    _stand(session, current, _verdict(session, current, task).state, "")
    incidents.keep(session, current, None)
    dead_ends.settle(session, current)
    return kept


def _rows(session: Session, instance: ProcessInstance) -> dict[str, Any]:
    """What is open now, to open it again, and what the instance said of itself."""
    tasks = {row.id.hex: row.status.value for row in _open(session, instance)}
    return {"tasks": tasks, "stuck_at": instance.stuck_at, "has_messages": instance.has_messages}


def _stand(session: Session, instance: ProcessInstance, state: bytes, stuck_at: str) -> None:
    run = engine.load(moving.version_of(session, instance.definition).spec, state, perform=engine.perform_nothing)
    instance.state, instance.live, instance.revision, instance.stuck_at = state, sorted(run.live), instance.revision + 1, stuck_at
    session.flush()
    waiting.keep_tasks(session, instance, run)
    waiting.keep_timers(session, instance, run)


def undo(session: Session, return_id: uuid.UUID, *, by: User) -> CaseReturn:
    """Let a case stand again where it stood before it was put back. Conflict when it has gone on since; Refused when that was undone already.

    The tasks that were withdrawn are open again, with whoever had them.
    """
    permissions.check_retry(by)
    found = session.get(CaseReturn, return_id)
    if found is None:
        raise NotFound("Nobody has put a case back like that")
    current = instances.locked(session, found.instance_id)
    session.refresh(found)
    if found.undone_at is not None:
        raise Refused("This has been undone already")
    if current.revision != found.revision_after or current.status is not InstanceStatus.RUNNING:
        raise Conflict("The case has gone on since it was put back, so this cannot be undone")
    for row_id, status in found.rows_before["tasks"].items():
        row = session.get_one(UserTask, uuid.UUID(row_id))
        row.status, row.revision, row.look_at = TaskStatus(status), row.revision + 1, clock.now()
    session.flush()
    current.has_messages = bool(found.rows_before["has_messages"])
    _stand(session, current, found.state_before, str(found.rows_before["stuck_at"]))
    found.undone_at, found.undone_by_id = clock.now(), by.id
    if current.stuck_at:
        # Whoever undoes it hears at once whether the step still cannot be carried out; if so, an incident says so again.
        instances.move(session, current, Run.advance)
    audit.record(session, "case:put_back_undone", case=current.case, by=by, detail={"name": found.element_name, "instance": current.id.hex})
    session.flush()
    return found


def of_instance(session: Session, instance: ProcessInstance) -> Sequence[CaseReturn]:
    """How often an instance was put back, the newest first."""
    return session.scalars(select(CaseReturn).where(CaseReturn.instance_id == instance.id).order_by(CaseReturn.returned_at.desc())).all()


def can_undo(instance: ProcessInstance, found: CaseReturn) -> bool:
    """Whether a case still stands where it was put back to."""
    return found.undone_at is None and instance.revision == found.revision_after and instance.status is InstanceStatus.RUNNING
