"""Providers in lists for staff: filtered, a page at a time, each with how it stands."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from models import (
    Certificate,
    Hold,
    Membership,
    MembershipStatus,
    Premises,
    Provider,
    ProviderIdentifier,
    Registration,
    RegistrationStatus,
    clock,
)
from workflows.rules import provider_risk
from workflows.rules.provider_risk import Sign

NO_LIST = "none"
EXPIRING, TO_VERIFY, HELD = "expiring", "to_verify", "held"
SOON = timedelta(days=60)


@dataclass(frozen=True)
class ProviderFilter:
    """What a reader asks of the list; empty values ask for everything.

    `status` is a membership status or `none`; `registration` a status in Ofsted's register; `needs` what somebody has to look at.
    """

    words: str = ""
    status: str = ""
    registration: str = ""
    needs: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filtered."""
        return not (self.words or self.status or self.registration or self.needs)


@dataclass(frozen=True)
class ListedProvider:
    """A provider as one row of a list."""

    provider: Provider
    memberships: Sequence[Membership]
    registration: Registration | None
    places: int
    newest: Sequence[Certificate]
    signs: Sequence[Sign]


@dataclass(frozen=True)
class ProviderPage:
    """Some rows of the list, how many there are in all, and the reference to go on after when there are more."""

    rows: list[ListedProvider]
    total: int
    after: str = ""


def list_providers(session: Session, wanted: ProviderFilter, *, after: str = "", limit: int = 25) -> ProviderPage:
    """The providers that match, by name, going on after the one with the reference `after`. Only staff come here."""
    query = select(Provider).where(*_conditions(wanted))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    found = list(session.scalars(_page(session, query, after).limit(limit + 1)))
    shown = found[:limit]
    return ProviderPage(rows=in_rows(session, shown), total=total, after=shown[-1].reference if len(found) > limit else "")


def _page(session: Session, query: Select[Provider], after: str) -> Select[Provider]:
    ordered = query.order_by(Provider.name, Provider.reference)
    last = session.scalar(select(Provider).where(Provider.reference == after)) if after else None
    if last is None:
        return ordered
    same_name = and_(Provider.name == last.name, Provider.reference > last.reference)
    return ordered.where(or_(Provider.name > last.name, same_name))


def _conditions(wanted: ProviderFilter) -> list[ColumnElement[bool]]:
    found = [_says(word) for word in wanted.words.split()]
    if wanted.status:
        found.append(_stands(wanted.status))
    if wanted.registration:
        found.append(_registered(wanted.registration))
    if wanted.needs:
        found.append(_needs(wanted.needs))
    return found


def _says(word: str) -> ColumnElement[bool]:
    number = exists(select(ProviderIdentifier.id).where(ProviderIdentifier.provider_id == Provider.id, ProviderIdentifier.value == word.upper()))
    columns = (Provider.name, Provider.trading_name, Provider.reference)
    return or_(*(column.icontains(word, autoescape=True) for column in columns), number)


def _stands(status: str) -> ColumnElement[bool]:
    if status == NO_LIST:
        return ~exists(select(Membership.id).where(Membership.provider_id == Provider.id))
    if status not in {each.value for each in MembershipStatus}:
        return Provider.id.is_(None)
    return exists(select(Membership.id).where(Membership.provider_id == Provider.id, Membership.status == MembershipStatus(status)))


def _registered(status: str) -> ColumnElement[bool]:
    now = select(Registration.id).where(Registration.provider_id == Provider.id, Registration.ends_at.is_(None))
    if status == NO_LIST:
        return ~exists(now)
    if status not in {each.value for each in RegistrationStatus}:
        return Provider.id.is_(None)
    return exists(now.where(Registration.status == RegistrationStatus(status)))


def _needs(what: str) -> ColumnElement[bool]:
    waiting = select(Certificate.id).where(Certificate.provider_id == Provider.id, Certificate.refused_because == "")
    if what == TO_VERIFY:
        return exists(waiting.where(Certificate.verified_at.is_(None)))
    if what == EXPIRING:
        return exists(waiting.where(Certificate.ends_on <= clock.today() + SOON, ~_renewed()))
    if what == HELD:
        held = select(Hold.id).join(Membership, Membership.id == Hold.membership_id)
        return exists(held.where(Membership.provider_id == Provider.id, Hold.lifted_at.is_(None)))
    return Provider.id.is_(None)


def _renewed() -> ColumnElement[bool]:
    """Whether a certificate of the same kind and place ends later than the one in the statement around this."""
    later = Certificate.__table__.alias("later")
    same_place = or_(later.c.premises_id == Certificate.premises_id, and_(later.c.premises_id.is_(None), Certificate.premises_id.is_(None)))
    same = and_(later.c.provider_id == Certificate.provider_id, later.c.kind == Certificate.kind, same_place)
    return exists(select(later.c.id).where(same, later.c.ends_on > Certificate.ends_on, later.c.refused_because == ""))


def in_rows(session: Session, providers: Sequence[Provider]) -> list[ListedProvider]:
    """These providers with how they stand, in the order given, in a few statements whatever their number."""
    ids = [provider.id for provider in providers]
    memberships: dict[uuid.UUID, list[Membership]] = defaultdict(list)
    query = select(Membership).where(Membership.provider_id.in_(ids)).options(joinedload(Membership.purchasing_list))
    for membership in session.scalars(query.order_by(Membership.admitted_at.desc())):
        memberships[membership.provider_id].append(membership)
    registrations = {
        each.provider_id: each
        for each in session.scalars(select(Registration).where(Registration.provider_id.in_(ids), Registration.ends_at.is_(None)))
    }
    premises = _premises(session, ids)
    newest = _newest(session, ids)
    holds = _holds(session, ids)
    return [
        ListedProvider(
            provider=provider,
            memberships=memberships[provider.id],
            registration=registrations.get(provider.id),
            places=sum(each.spaces for each in premises[provider.id] if each.closed_on is None),
            newest=newest[provider.id],
            signs=provider_risk.signs(
                provider, registration=registrations.get(provider.id), holds=holds[provider.id],
                certificates=[each for each in newest[provider.id] if each.ends_on < clock.today()], premises=premises[provider.id],
            ),
        )
        for provider in providers
    ]  # fmt: skip


def _premises(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Premises]]:
    found: dict[uuid.UUID, list[Premises]] = defaultdict(list)
    for each in session.scalars(select(Premises).where(Premises.provider_id.in_(ids))):
        found[each.provider_id].append(each)
    return found


def _newest(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Certificate]]:
    """The certificates that were not refused and that no later one of the same kind and place follows, the first to end first."""
    found: dict[uuid.UUID, list[Certificate]] = defaultdict(list)
    query = select(Certificate).where(Certificate.provider_id.in_(ids), Certificate.refused_because == "", ~_renewed())
    for each in session.scalars(query.order_by(Certificate.ends_on, Certificate.kind)):
        found[each.provider_id].append(each)
    return found


def _holds(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Hold]]:
    found: dict[uuid.UUID, list[Hold]] = defaultdict(list)
    query = select(Hold, Membership.provider_id).join(Membership, Membership.id == Hold.membership_id)
    for hold, provider_id in session.execute(query.where(Membership.provider_id.in_(ids), Hold.lifted_at.is_(None)).order_by(Hold.starts_at)):
        found[provider_id].append(hold)
    return found
