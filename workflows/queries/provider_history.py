"""What staff see of a provider over time: its inspections, its improvement actions, and what happened to its record."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import AuditEvent, Finding, ImprovementAction, Inspection, Letter, Provider
from workflows.errors import NotFound
from workflows.queries import timeline
from workflows.queries.event_words import Told, tell

MOST_EVENTS = 100


def inspections_of(session: Session, provider: Provider) -> Sequence[Inspection]:
    """All inspections of a provider, the newest first; whoever calls shows only those whose case its reader may see."""
    loaded = (joinedload(Inspection.case), joinedload(Inspection.premises))
    query = select(Inspection).where(Inspection.provider_id == provider.id).options(*loaded)
    return session.scalars(query.order_by(Inspection.created_at.desc(), Inspection.id)).all()


def actions_of(session: Session, provider: Provider) -> Sequence[ImprovementAction]:
    """All improvement actions of a provider, the first due first."""
    of_findings = select(ImprovementAction).join(Finding, Finding.id == ImprovementAction.finding_id)
    joined = of_findings.join(Inspection, Inspection.id == Finding.inspection_id)
    return session.scalars(joined.where(Inspection.provider_id == provider.id).order_by(ImprovementAction.due_on, ImprovementAction.id)).all()


def events_of(session: Session, provider: Provider, *, limit: int = MOST_EVENTS) -> list[Told]:
    """What happened to a provider's record, the newest first; what happened in its cases stands on their timelines."""
    query = select(AuditEvent).where(AuditEvent.chain == timeline.ADMINISTRATION, AuditEvent.subject == provider.id.hex)
    loaded = (joinedload(AuditEvent.by), joinedload(AuditEvent.acting_for), joinedload(AuditEvent.text))
    known = timeline.names(session)
    return [tell(event, known) for event in session.scalars(query.options(*loaded).order_by(AuditEvent.sequence.desc()).limit(limit))]


def letters_of(session: Session, provider: Provider) -> Sequence[Letter]:
    """All letters and reports about a provider, the newest first; whoever calls shows only those whose case its reader may see."""
    query = select(Letter).where(Letter.provider_id == provider.id).options(joinedload(Letter.case))
    return session.scalars(query.order_by(Letter.sent_at.desc(), Letter.id)).all()


def letter(session: Session, provider: Provider, letter_id: uuid.UUID) -> Letter:
    """One letter about a provider, with its case. NotFound for any other."""
    found = session.scalar(select(Letter).where(Letter.id == letter_id, Letter.provider_id == provider.id).options(joinedload(Letter.case)))
    if found is None:
        raise NotFound("There is no such letter")
    return found
