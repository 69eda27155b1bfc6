"""Which cases are never named outside the pages of the service: not in a mail, not in a calendar."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Case, Inspection


def restricted(session: Session, case_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these cases that only their own people may know of."""
    wanted = set(case_ids)
    return set(session.scalars(select(Case.id).where(Case.id.in_(wanted), Case.is_restricted))) if wanted else set()


def secret_visits(session: Session, case_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these cases that are an inspection whose provider does not know of the visit yet (ux 2.4): `inspections.provider_knows`."""
    wanted = set(case_ids)
    if not wanted:
        return set()
    unknown = or_(~Inspection.is_announced, Inspection.notice_sent_at.is_(None))
    query = select(Inspection.case_id).where(Inspection.case_id.in_(wanted), Inspection.visit_ended_at.is_(None), unknown)
    return set(session.scalars(query))
