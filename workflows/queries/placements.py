"""Who stays where, for those who may know: placements by premises, and the spaces that are free."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from models import Placement, Premises, User, WelfareCheck
from workflows.errors import NotFound
from workflows.rules import permissions

HIDDEN = "There is no such placement"
Stay = tuple[date, date | None]


def free_spaces(session: Session, premises_ids: Iterable[uuid.UUID], *, on: date) -> dict[uuid.UUID, int]:
    """How many spaces of each of these premises are free from a day on, for good: the fewest that are free on any later day."""
    ids = list(premises_ids)
    spaces = {row.id: row.spaces for row in session.execute(select(Premises.id, Premises.spaces).where(Premises.id.in_(ids)))}
    stays: dict[uuid.UUID, list[Stay]] = defaultdict(list)
    still = or_(Placement.ends_on.is_(None), Placement.ends_on >= on)
    for row in session.execute(select(Placement.premises_id, Placement.starts_on, Placement.ends_on).where(Placement.premises_id.in_(ids), still)):
        stays[row.premises_id].append((row.starts_on, row.ends_on))
    return {key: total - most_at_once(stays[key], since=on) for key, total in spaces.items()}


def most_at_once(stays: Sequence[Stay], *, since: date) -> int:
    """The greatest number of stays on one day from `since` on; both ends of a stay count."""
    days = {since, *(start for start, _ in stays if start > since)}
    return max(sum(start <= day and (end is None or end >= day) for start, end in stays) for day in days)


def placements_on(session: Session, reader: User, *, on: date, provider_id: uuid.UUID | None = None) -> Sequence[Placement]:
    """The placements that last on a day, by premises and reference, for those who place and look after young people; nobody else."""
    if not permissions.can_see_placements(reader):
        return []
    query = (
        select(Placement)
        .join(Placement.premises)
        .options(joinedload(Placement.premises).joinedload(Premises.provider))
        .where(Placement.starts_on <= on, or_(Placement.ends_on.is_(None), Placement.ends_on >= on))
        .order_by(Premises.reference, Placement.reference)
    )
    return session.scalars(query.where(Premises.provider_id == provider_id) if provider_id else query).all()


def placement_for(session: Session, reader: User, placement_id: uuid.UUID) -> Placement:
    """One placement. NotFound for whoever may not know of placements, as for one that does not exist."""
    found = session.get(Placement, placement_id) if permissions.can_see_placements(reader) else None
    if found is None:
        raise NotFound(HIDDEN)
    return found


def staying_with(session: Session, *, provider_id: uuid.UUID, on: date, premises_id: uuid.UUID | None = None) -> Sequence[Placement]:
    """The placements with a provider, or in one of its premises, that last on a day; for the welfare checks of the system."""
    query = select(Placement).join(Placement.premises).where(Premises.provider_id == provider_id)
    query = query.where(Placement.starts_on <= on, or_(Placement.ends_on.is_(None), Placement.ends_on >= on))
    if premises_id is not None:
        query = query.where(Placement.premises_id == premises_id)
    return session.scalars(query.order_by(Placement.reference)).all()


def counted(session: Session, *, on: date) -> Mapping[uuid.UUID, int]:
    """How many stay with each provider on a day; a number says nothing about anyone."""
    found: dict[uuid.UUID, int] = defaultdict(int)
    query = select(Premises.provider_id).join(Placement, Placement.premises_id == Premises.id)
    for provider_id in session.scalars(query.where(Placement.starts_on <= on, or_(Placement.ends_on.is_(None), Placement.ends_on >= on))):
        found[provider_id] += 1
    return found


def checks_of(session: Session, case_id: uuid.UUID) -> Sequence[WelfareCheck]:
    """The welfare checks of a case, the soonest due first."""
    query = select(WelfareCheck).where(WelfareCheck.case_id == case_id).options(joinedload(WelfareCheck.placement), joinedload(WelfareCheck.done_by))
    return session.scalars(query.order_by(WelfareCheck.due_at, WelfareCheck.id)).all()
