"""The provider list as the public may have it: an export that reads no address, no contact and nothing about a young person."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import Membership, MembershipStatus, Premises, PurchasingList
from workflows.queries import lists, memberships

PUBLISHED = frozenset({MembershipStatus.ACTIVE, MembershipStatus.CONDITIONAL, MembershipStatus.EMBARGOED, MembershipStatus.SUSPENDED})


@dataclass(frozen=True)
class Listed:
    """A provider on the list: its name, the list, the names of its categories and the districts of its premises, and its status."""

    name: str
    list_title: str
    categories: tuple[str, ...]
    districts: tuple[str, ...]
    status: MembershipStatus


def listed(session: Session, *, on: date) -> list[Listed]:
    """Who is on a list that is valid on a London day, by name."""
    rows = [(each, member) for each in lists.lists_on(session, on) for member, _ in memberships.members_on(session, each, on)]
    districts = _districts(session, [member.provider_id for _, member in rows], on)
    found = [_one(each, member, districts[member.provider_id]) for each, member in rows if member.status in PUBLISHED]
    return sorted(found, key=lambda one: (one.name.casefold(), one.list_title))


def _one(purchasing_list: PurchasingList, member: Membership, districts: Iterable[str]) -> Listed:
    names = tuple(category.name for category in purchasing_list.categories if category.key in member.categories)
    return Listed(member.provider.name, purchasing_list.title, names, tuple(sorted(districts)), member.status)


def _districts(session: Session, provider_ids: Sequence[uuid.UUID], on: date) -> dict[uuid.UUID, set[str]]:
    """The districts in which each provider has open premises; nothing else of the premises is read."""
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    still_open = or_(Premises.closed_on.is_(None), Premises.closed_on > on)
    query = select(Premises.provider_id, Premises.district).where(Premises.provider_id.in_(provider_ids), still_open)
    for provider_id, district in session.execute(query):
        found[provider_id].add(district)
    return found
