"""Moving one running case to another version of its process, and undoing it: everything about the case in one transaction, or nothing.

Due dates, people, drafts and answers stay. A move can be undone until the case has gone on.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import OPEN_TASKS, CaseMove, InstanceStatus, ProcessDefinition, ProcessInstance, User, UserTask, clock
from workflows import engine
from workflows.actions import audit, breaches, instances, waiting
from workflows.engine import Run, WaitingTask
from workflows.errors import Conflict, NotFound, Refused
from workflows.library import definitions, legal, moving
from workflows.rules import drafting

# What a task's row takes from its step; people, times, answers and drafts are the row's own.
FROM_THE_STEP = ("name", "candidate_group", "properties", "definition_id")
SINCE = "The case has gone on since. Look at it again before you go on"


def move(
    session: Session, instance: ProcessInstance, to: ProcessDefinition, *, by: User, undertaking_id: uuid.UUID | None = None,
    crossing: moving.Crossing | None = None, expected: int | None = None,
) -> CaseMove:  # fmt: skip
    """Move a running case to another version of its process.

    `crossing` is what is known already of the way between the two versions; `expected` the revision that was looked at. Refused for
    anyone who may not move cases, and with the reason when the case must stay; Conflict when it went on meanwhile.
    """
    drafting.check_move(by)
    current = instances.locked(session, instance.id)
    before = current.definition
    if expected is not None and current.revision != expected:
        raise Conflict(SINCE)
    _refuse_pointless(current, before, to)
    if crossing is None or not _leads(session, crossing, before, to):
        crossing = moving.Crossing(moving.version_of(session, before), moving.version_of(session, to))
    verdict = crossing.verdict(current.state, moving.passed_by(session, current))
    if not verdict.moves:
        raise Refused(f"{current.case.reference} stays on version {before.version}: {verdict.why}")
    kept = CaseMove(
        instance_id=current.id, undertaking_id=undertaking_id, from_definition_id=before.id, to_definition_id=to.id, state_before=current.state,
        rows_before=_rows(session, current), revision_after=current.revision + 1, moved_at=clock.now(), moved_by_id=by.id, undone_at=None,
        undone_by_id=None,
    )  # fmt: skip
    session.add(kept)
    _stand(session, current, to, verdict.state)
    audit.record(session, "process:moved", case=current.case, by=by, detail=_detail(current, before, to))
    # What happened under the old version counts under the new one: a rule that the case has broken already is told at once.
    if legal.has_rules(session, to.id):
        breaches.look(session, current.case)
    return kept


def _leads(session: Session, crossing: moving.Crossing, before: ProcessDefinition, to: ProcessDefinition) -> bool:
    """Whether a crossing is the way between these two versions."""
    return crossing.old.spec is definitions.spec_of(session, before) and crossing.new.spec is definitions.spec_of(session, to)


def _refuse_pointless(instance: ProcessInstance, before: ProcessDefinition, to: ProcessDefinition) -> None:
    if instance.status is not InstanceStatus.RUNNING:
        raise Refused("The case has ended, so it stays on the version it ran on")
    if before.key != to.key:
        raise Refused("A case can only move to a version of its own process")
    if before.id == to.id:
        raise Refused(f"The case is on version {to.version} already")


def undo(session: Session, move_id: uuid.UUID, *, by: User) -> CaseMove:
    """Put a case back on the version it was moved from, as it was then; what people claimed or wrote since in its tasks stays.

    Conflict when the case has gone on since it was moved. Refused for anyone who may not move cases.
    """
    drafting.check_move(by)
    found = session.get(CaseMove, move_id)
    if found is None:
        raise NotFound("There is no such move")
    current = instances.locked(session, found.instance_id)
    session.refresh(found)
    if found.undone_at is not None:
        raise Refused("This has been undone already")
    if current.revision != found.revision_after or current.definition_id != found.to_definition_id:
        raise Conflict("The case has gone on since it was moved, so this cannot be undone")
    _stand(session, current, found.from_definition, found.state_before)
    _put_rows_back(session, current, found.rows_before)
    found.undone_at, found.undone_by_id = clock.now(), by.id
    audit.record(session, "process:moved_back", case=current.case, by=by, detail=_detail(current, found.to_definition, found.from_definition))
    session.flush()
    if legal.has_rules(session, found.from_definition_id):
        breaches.look(session, current.case)
    return found


def _detail(instance: ProcessInstance, before: ProcessDefinition, after: ProcessDefinition) -> dict[str, Any]:
    return {"key": after.key, "from": before.version, "to": after.version, "instance": instance.id.hex}


def _stand(session: Session, instance: ProcessInstance, on: ProcessDefinition, state: bytes) -> None:
    """Let an instance stand on a version with a state, and make its rows say so."""
    run = engine.load(definitions.spec_of(session, on), state, perform=engine.perform_nothing)
    instance.definition_id, instance.definition = on.id, on
    instance.state, instance.live, instance.revision = state, sorted(run.live), instance.revision + 1
    session.flush()
    _keep_tasks(session, instance, run)
    waiting.keep_timers(session, instance, run)


def _open_rows(session: Session, instance: ProcessInstance) -> Sequence[UserTask]:
    return session.scalars(select(UserTask).where(UserTask.instance_id == instance.id, UserTask.status.in_(OPEN_TASKS))).all()


def _keep_tasks(session: Session, instance: ProcessInstance, run: Run) -> None:
    """Give every open task the name, team, form and version that its step has now. Conflict when row and engine disagree."""
    wanted = {task.id: task for task in run.waiting_tasks()}
    rows = _open_rows(session, instance)
    if {row.engine_task_id for row in rows} != set(wanted):
        raise Conflict(SINCE)
    groups = waiting.groups_by_name(session)
    known = definitions.known(session, instance.definition_id)
    for row in rows:
        task = wanted[row.engine_task_id]
        row.name, row.properties = task.name, waiting.properties_of(task)
        row.candidate_group = groups.get(_team(task), row.candidate_group)
        row.definition_id = known.ids[task.process_key]
    session.flush()


def _team(task: WaitingTask) -> str:
    return task.candidate_group if task.candidate_group is not None else task.lane


def _rows(session: Session, instance: ProcessInstance) -> dict[str, Any]:
    """What the rows of an instance say that a move may change, as plain JSON."""
    rows = {row.id.hex: {name: getattr(row, name) for name in FROM_THE_STEP} for row in _open_rows(session, instance)}
    return {"tasks": {key: {**values, "definition_id": str(values["definition_id"])} for key, values in rows.items()}}


def _put_rows_back(session: Session, instance: ProcessInstance, kept: Mapping[str, Any]) -> None:
    for row in _open_rows(session, instance):
        values = kept["tasks"].get(row.id.hex)
        if values is not None:
            row.name, row.candidate_group, row.properties = values["name"], values["candidate_group"], values["properties"]
            row.definition_id = uuid.UUID(values["definition_id"])
    session.flush()
