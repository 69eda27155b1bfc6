"""Moving many cases as one piece of work that people watch: one transaction and one line of result for each case."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import CaseMove, ProcessDefinition, ProcessInstance, User
from models.session import new_session, transaction
from workflows.actions import moves, undertakings
from workflows.actions.undertakings import undertaking
from workflows.enqueue import Tools
from workflows.errors import Conflict, NotFound, Refused
from workflows.library import moving

MOVE, UNDO = "move-cases", "undo-moves"
Step = Callable[[Session, User], str]


@undertaking(MOVE)
def move_cases(engine: Engine, tools: Tools, row_id: uuid.UUID) -> None:
    """Move the instances named in `args` to a version; a case that cannot move is told in its line and stops no other."""
    with new_session(engine, writes=False) as session:
        row = undertakings.find(session, row_id)
        to_id, wanted = uuid.UUID(row.args["to"]), [uuid.UUID(each) for each in row.args["instances"]]
        references = _references(session, wanted)
        to = moving.version_of(session, session.get_one(ProcessDefinition, to_id))
        crossings = _crossings(session, wanted, to)
    counts = _counts(to.key)
    for done, instance_id in enumerate(wanted, 1):
        undertakings.go_on(engine, row_id)

        def one(session: Session, by: User, instance_id: uuid.UUID = instance_id) -> str:
            instance = session.get_one(ProcessInstance, instance_id)
            target = session.get_one(ProcessDefinition, to_id)
            moves.move(session, instance, target, by=by, undertaking_id=row_id, crossing=crossings.get(instance.definition_id))
            return f"Moved to version {target.version}"

        _one_case(engine, row_id, done, references.get(instance_id, ""), one, counts)


@undertaking(UNDO)
def undo_moves(engine: Engine, tools: Tools, row_id: uuid.UUID) -> None:
    """Undo every move of another undertaking, named in `args`; a case that has gone on since stays where it is, and its line says so."""
    with new_session(engine, writes=False) as session:
        row = undertakings.find(session, row_id)
        query = select(CaseMove.id, CaseMove.instance_id).where(CaseMove.undertaking_id == uuid.UUID(row.args["undertaking"]))
        found = session.execute(query.where(CaseMove.undone_at.is_(None)).order_by(CaseMove.moved_at)).all()
        references = _references(session, [each.instance_id for each in found])
        key = session.get_one(ProcessInstance, found[0].instance_id).definition.key if found else ""
    counts = _counts(key)
    for done, (move_id, instance_id) in enumerate(found, 1):
        undertakings.go_on(engine, row_id)

        def one(session: Session, by: User, move_id: uuid.UUID = move_id) -> str:
            undone = moves.undo(session, move_id, by=by)
            return f"Moved back to version {undone.from_definition.version}"

        _one_case(engine, row_id, done, references[instance_id], one, counts)


def _counts(key: str) -> dict[str, Any]:
    """What the page of the job says of all cases together, and where to go from there."""
    return {"moved": 0, "stayed": 0, **({"href": f"/processes/{key}/migrate", "link": "Undo this, or move other cases"} if key else {})}


def _one_case(engine: Engine, row_id: uuid.UUID, done: int, reference: str, one: Step, counts: dict[str, Any]) -> None:
    """One case in a transaction of its own, together with its line of result."""
    try:
        with transaction(engine) as session:
            by = session.get_one(User, undertakings.find(session, row_id).started_by_id)
            words = one(session, by)
            counts["moved"] += 1
            undertakings.step(session, row_id, done, _line(reference, True, words), summary=counts)
    except (Refused, Conflict, NotFound) as error:
        counts["stayed"] += 1
        with transaction(engine) as session:
            undertakings.step(session, row_id, done, _line(reference, False, str(error)), summary=counts)


def _line(reference: str, ok: bool, words: str) -> dict[str, Any]:
    return {"what": reference, "ok": ok, "words": words, "href": f"/cases/{reference}"}


def _references(session: Session, wanted: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = session.scalars(select(ProcessInstance).where(ProcessInstance.id.in_(wanted))).all()
    return {row.id: row.case.reference for row in rows}


def _crossings(session: Session, wanted: Sequence[uuid.UUID], to: moving.Version) -> dict[uuid.UUID, moving.Crossing]:
    """What is worked out once for all cases of the same version."""
    before = session.scalars(select(ProcessInstance.definition_id).where(ProcessInstance.id.in_(wanted)).distinct()).all()
    return {each: moving.Crossing(moving.version_of(session, session.get_one(ProcessDefinition, each)), to) for each in before}
