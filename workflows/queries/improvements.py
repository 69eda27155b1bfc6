"""What a provider has to put right after inspections, as far as it has been told: nothing of a visit that it does not know of."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from models import Finding, ImprovementAction, Inspection, Provider
from workflows.errors import NotFound

TOLD = or_(Inspection.draft_sent_at.is_not(None), Inspection.finalised_at.is_not(None))


def inspection_of_case(session: Session, provider: Provider, case_id: uuid.UUID) -> Inspection | None:
    """The inspection of a case once the provider has its draft; None before, and for a case without one."""
    query = select(Inspection).where(Inspection.case_id == case_id, Inspection.provider_id == provider.id, TOLD)
    return session.scalar(query.options(joinedload(Inspection.premises)))


def findings(session: Session, inspection: Inspection) -> Sequence[Finding]:
    """What has to be put right, the first due first."""
    return session.scalars(select(Finding).where(Finding.inspection_id == inspection.id).order_by(Finding.due_at, Finding.line)).all()


def finding_of_task(session: Session, provider: Provider, case_id: uuid.UUID, key: str) -> Finding | None:
    """The finding that a task of the provider is about: to be asked about it is to be told of it, also before the draft report."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    query = select(Finding).join(Inspection, Inspection.id == Finding.inspection_id)
    return session.scalar(query.where(Finding.id == wanted, Inspection.case_id == case_id, Inspection.provider_id == provider.id))


def planned(session: Session, finding: Finding) -> ImprovementAction | None:
    """What the provider said it would do about a finding; None before it said so."""
    return session.scalar(select(ImprovementAction).where(ImprovementAction.finding_id == finding.id))


def actions_of(session: Session, provider: Provider) -> Sequence[ImprovementAction]:
    """The actions a provider has said it will take, the first due first."""
    return session.scalars(_actions(provider).order_by(ImprovementAction.due_on, ImprovementAction.id)).all()


def action_of(session: Session, provider: Provider, action_id: uuid.UUID) -> ImprovementAction:
    """One of a provider's actions. NotFound for another's, and for one it has not been told of."""
    found = session.scalar(_actions(provider).where(ImprovementAction.id == action_id))
    if found is None:
        raise NotFound("There is no such action")
    return found


def _actions(provider: Provider) -> Select[ImprovementAction]:
    loaded = joinedload(ImprovementAction.finding).joinedload(Finding.inspection).joinedload(Inspection.premises)
    of_findings = select(ImprovementAction).join(Finding, Finding.id == ImprovementAction.finding_id)
    joined = of_findings.join(Inspection, Inspection.id == Finding.inspection_id)
    return joined.where(Inspection.provider_id == provider.id, TOLD).options(loaded)
