"""The rules that cases broke: of one case for its pages, and of all cases for administration."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from models import Breach, Case, ProcessInstance
from workflows.errors import NotFound


def of_case(session: Session, case: Case) -> Sequence[Breach]:
    """Every broken rule of a case, open ones first, then the latest found."""
    query = select(Breach).where(Breach.case_id == case.id).options(joinedload(Breach.closed_by))
    return session.scalars(query.order_by(Breach.closed_at.is_not(None), Breach.found_at.desc(), Breach.id)).all()


def one_of_case(session: Session, case: Case, breach_id: uuid.UUID) -> Breach:
    """One broken rule of a case. NotFound for one of another case."""
    found = session.get(Breach, breach_id)
    if found is None or found.case_id != case.id:
        raise NotFound("There is no such broken rule on this case")
    return found


def open_ones(session: Session) -> Sequence[Breach]:
    """What nobody has dealt with yet, the longest known first."""
    instance = joinedload(Breach.instance).joinedload(ProcessInstance.definition)
    return session.scalars(select(Breach).where(Breach.closed_at.is_(None)).options(instance).order_by(Breach.found_at, Breach.id)).all()


def count_open(session: Session) -> int:
    """How many broken rules nobody has dealt with yet."""
    return session.scalar(select(func.count()).select_from(Breach).where(Breach.closed_at.is_(None))) or 0
