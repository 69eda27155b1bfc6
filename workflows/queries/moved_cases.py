"""What was moved from version to version of a process, job by job, and what of it can still be undone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from models import CaseMove, ProcessDefinition, ProcessInstance, Undertaking

MOST_SHOWN = 20


@dataclass(frozen=True)
class Moved:
    """One job that moved cases: when, by whom, between which versions, how many cases, and whether any could still be moved back."""

    undertaking_id: uuid.UUID
    at: datetime
    by: str
    versions: str
    moved: int
    can_undo: bool


def of_process(session: Session, key: str) -> list[Moved]:
    """The jobs that moved cases of a process, the newest first, as many as a page shows."""
    before, after = aliased(ProcessDefinition), aliased(ProcessDefinition)
    query = (
        select(CaseMove.undertaking_id, func.count(), func.min(before.version), func.max(before.version), func.max(after.version))
        .join(before, before.id == CaseMove.from_definition_id)
        .join(after, after.id == CaseMove.to_definition_id)
        .where(after.key == key, CaseMove.undertaking_id.is_not(None))
        .group_by(CaseMove.undertaking_id)
        .order_by(func.max(CaseMove.moved_at).desc())
        .limit(MOST_SHOWN)
    )
    rows = session.execute(query).all()
    wanted = select(Undertaking).where(Undertaking.id.in_([row[0] for row in rows])).options(joinedload(Undertaking.started_by))
    jobs = {job.id: job for job in session.scalars(wanted)}
    return [
        Moved(job_id, jobs[job_id].asked_at, jobs[job_id].started_by.name, _versions(first, last, to), count, count_to_undo(session, job_id) > 0)
        for job_id, count, first, last, to in rows
        if job_id is not None
    ]


def _versions(first: int, last: int, to: int) -> str:
    return f"{first} to {to}" if first == last else f"{first} and others to {to}"


def count_to_undo(session: Session, undertaking_id: uuid.UUID) -> int:
    """How many of the cases that a job moved still stand where it put them."""
    query = select(func.count()).select_from(CaseMove).join(ProcessInstance, ProcessInstance.id == CaseMove.instance_id)
    stands = (CaseMove.undone_at.is_(None), ProcessInstance.revision == CaseMove.revision_after)
    return session.scalar(query.where(CaseMove.undertaking_id == undertaking_id, *stands)) or 0
