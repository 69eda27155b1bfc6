"""Members of a list on a day, what they were, and what holds them back."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from models import (
    Certificate,
    CertificateKind,
    Finding,
    Hold,
    ImprovementAction,
    Inspection,
    Membership,
    MembershipPeriod,
    Premises,
    PurchasingList,
    Registration,
    Severity,
    clock,
)
from workflows.errors import NotFound
from workflows.queries import due_diligence, parameters
from workflows.rules import calendar, certificate_kinds, membership_events, placement_ready, placing
from workflows.rules.placement_ready import Blocker, Facts

MINIMUMS = {kind: f"{kind.value}_minimum" for kind in placement_ready.NEEDED_INSURANCES}
INDEMNITY = CertificateKind.PROFESSIONAL_INDEMNITY


def by_id(session: Session, membership_id: uuid.UUID | str) -> Membership:
    """A membership with its provider and list. NotFound when there is none."""
    loaded = (joinedload(Membership.provider), joinedload(Membership.purchasing_list))
    found = session.scalar(select(Membership).where(Membership.id == uuid.UUID(str(membership_id))).options(*loaded))
    if found is None:
        raise NotFound("There is no such membership")
    return found


def current(session: Session, provider_id: uuid.UUID) -> Membership | None:
    """A provider's place on a list that has not ended, the newest first of those that have begun; None when it has none."""
    not_ended = Membership.status.not_in(membership_events.ENDED)
    query = select(Membership).where(Membership.provider_id == provider_id, not_ended)
    loaded = (joinedload(Membership.provider), joinedload(Membership.purchasing_list))
    begun = Membership.agreement_signed_at.is_(None)
    return session.scalar(query.options(*loaded).order_by(begun, Membership.admitted_at.desc()).limit(1))


def live_of(session: Session, provider_id: uuid.UUID) -> Sequence[Membership]:
    """A provider's places on lists that have begun and not ended, the oldest first."""
    query = select(Membership).where(Membership.provider_id == provider_id, Membership.status.in_(membership_events.LIVE))
    loaded = (joinedload(Membership.provider), joinedload(Membership.purchasing_list))
    return session.scalars(query.options(*loaded).order_by(Membership.admitted_at, Membership.id)).all()


def moment_of(day: date) -> datetime:
    """The moment at which a day is looked at: now for today, the last one of any other London day."""
    return clock.now() if day == clock.today() else calendar.london_instant(day + timedelta(days=1)) - timedelta(microseconds=1)


def _at(row: type[Any], moment: datetime) -> ColumnElement[bool]:
    return and_(row.starts_at <= moment, or_(row.ends_at.is_(None), row.ends_at > moment))


def members_on(session: Session, purchasing_list: PurchasingList, day: date) -> Sequence[tuple[Membership, MembershipPeriod]]:
    """Who was on a list on a day, whatever became of them since, each with the period that held then; by name."""
    query = select(Membership, MembershipPeriod).join(MembershipPeriod, MembershipPeriod.membership_id == Membership.id)
    held = and_(_at(MembershipPeriod, moment_of(day)), MembershipPeriod.status.in_(membership_events.LIVE))
    query = query.where(Membership.list_id == purchasing_list.id, held)
    rows = session.execute(query.options(joinedload(Membership.provider))).all()
    return sorted(((member, period) for member, period in rows), key=lambda row: (row[0].provider.name, row[0].id))


def periods_of(session: Session, membership: Membership) -> Sequence[MembershipPeriod]:
    """Every period of a membership, the first first."""
    query = select(MembershipPeriod).where(MembershipPeriod.membership_id == membership.id)
    return session.scalars(query.order_by(MembershipPeriod.starts_at, MembershipPeriod.ends_at.is_(None))).all()


def status_on(session: Session, membership: Membership, moment: datetime) -> MembershipPeriod | None:
    """The period that held at an aware moment; None before the admission."""
    query = select(MembershipPeriod).where(MembershipPeriod.membership_id == membership.id, _at(MembershipPeriod, moment))
    return session.scalar(query.limit(1))


def holds_of(session: Session, membership_ids: Collection[uuid.UUID], *, at: datetime | None = None) -> Sequence[Hold]:
    """The holds of these memberships that stand at an aware moment (now unless told), the oldest first."""
    moment = at or clock.now()
    standing = and_(Hold.starts_at <= moment, or_(Hold.lifted_at.is_(None), Hold.lifted_at > moment))
    query = select(Hold).where(Hold.membership_id.in_(list(membership_ids)), standing).options(joinedload(Hold.premises))
    return session.scalars(query.order_by(Hold.starts_at, Hold.id)).all()


def holds_of_case(session: Session, case_id: uuid.UUID) -> Sequence[Hold]:
    """The holds that were placed in a case and are not lifted, the oldest first."""
    query = select(Hold).where(Hold.case_id == case_id, Hold.lifted_at.is_(None))
    return session.scalars(query.options(joinedload(Hold.membership), joinedload(Hold.premises)).order_by(Hold.starts_at, Hold.id)).all()


def all_holds_of_case(session: Session, case_id: uuid.UUID) -> Sequence[Hold]:
    """The holds that were placed in a case, lifted ones as well, the oldest first."""
    query = select(Hold).where(Hold.case_id == case_id).options(joinedload(Hold.premises))
    return session.scalars(query.order_by(Hold.starts_at, Hold.id)).all()


def blockers_of(session: Session, membership: Membership, premises: Premises | None = None, *, on: date | None = None) -> list[Blocker]:
    """What stands in the way of a placement with a member, or at one of its premises, on a day (today unless told)."""
    return placement_ready.blockers(facts_of(session, membership, premises, on=on))


def facts_of(session: Session, membership: Membership, premises: Premises | None = None, *, on: date | None = None) -> Facts:
    """What is known of a member and perhaps one of its premises on a day."""
    found = facts_of_all(session, [membership], premises=[premises] if premises is not None else [], on=on)
    return found[membership.id, premises.id if premises is not None else None]


def facts_of_all(
    session: Session, memberships: Sequence[Membership], *, premises: Sequence[Premises] | None = None, on: date | None = None
) -> dict[tuple[uuid.UUID, uuid.UUID | None], Facts]:
    """What is known of several members and of all their premises on a day, by membership and premises, in a fixed number of statements.

    The pair with None is about the provider alone.
    """
    day = on or clock.today()
    known = _Known(session, memberships, day, premises)
    return {(member.id, place.id if place else None): known.facts(member, place) for member in memberships for place in (None, *known.places(member))}


class _Known:
    """The rows that the facts about some members are told from, read once."""

    def __init__(self, session: Session, memberships: Sequence[Membership], day: date, premises: Sequence[Premises] | None) -> None:
        self.session, self.day, self.moment = session, day, moment_of(day)
        self.providers = {member.provider_id for member in memberships}
        self.statuses = self._statuses([member.id for member in memberships])
        self.holds = holds_of(session, [member.id for member in memberships], at=self.moment)
        self.certificates = self._certificates()
        self.registrations = self._registrations()
        self.premises = self._premises(premises)
        self.critical = self._critical()
        self._minimums: dict[tuple[uuid.UUID, CertificateKind], Decimal] = {}

    def _statuses(self, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
        query = select(MembershipPeriod).where(MembershipPeriod.membership_id.in_(ids), _at(MembershipPeriod, self.moment))
        return {period.membership_id: period.status.value for period in self.session.scalars(query)}

    def _certificates(self) -> dict[uuid.UUID, list[Certificate]]:
        verified = and_(Certificate.verified_at.is_not(None), Certificate.refused_because == "")
        query = select(Certificate).where(Certificate.provider_id.in_(self.providers), verified).order_by(Certificate.ends_on, Certificate.id)
        return _grouped(self.session.scalars(query), "provider_id")

    def _registrations(self) -> dict[uuid.UUID, Registration]:
        query = select(Registration).where(Registration.provider_id.in_(self.providers), _at(Registration, self.moment))
        return {row.provider_id: row for row in self.session.scalars(query)}

    def _premises(self, wanted: Sequence[Premises] | None) -> dict[uuid.UUID, list[Premises]]:
        if wanted is not None:
            return _grouped(wanted, "provider_id")
        query = select(Premises).where(Premises.provider_id.in_(self.providers)).order_by(Premises.reference)
        return _grouped(self.session.scalars(query), "provider_id")

    def _critical(self) -> frozenset[uuid.UUID]:
        """The premises with a critical finding of a visit that nobody has verified as put right."""
        verified = select(ImprovementAction.finding_id).where(ImprovementAction.verified_at.is_not(None))
        query = select(Inspection.premises_id).join(Finding, Finding.inspection_id == Inspection.id)
        query = query.where(Inspection.provider_id.in_(self.providers), Finding.severity == Severity.CRITICAL, Finding.id.not_in(verified))
        return frozenset(each for each in self.session.scalars(query) if each is not None)

    def places(self, member: Membership) -> list[Premises]:
        return self.premises.get(member.provider_id, [])

    def facts(self, member: Membership, place: Premises | None) -> Facts:
        own = [hold for hold in self.holds if hold.membership_id == member.id]
        purchasing_list = member.purchasing_list
        of_provider = Facts(
            status=self.statuses.get(member.id, ""),
            is_signed=member.agreement_signed_at is not None and member.agreement_signed_at <= self.moment,
            is_list_open=purchasing_list.valid_from <= self.day <= purchasing_list.valid_to,
            is_held=any(hold.premises_id is None for hold in own),
            is_stopped=placement_ready.is_stopped(self.registrations.get(member.provider_id)),
            conditions_overdue=sum(_is_overdue(each, self.day, self.moment) for each in member.conditions),
            insurances_missing=tuple(kind for kind in placement_ready.NEEDED_INSURANCES if not self._is_insured(member, kind)),
        )
        return of_provider if place is None else self._at_premises(of_provider, member, place, own)

    def _at_premises(self, facts: Facts, member: Membership, place: Premises, own: Sequence[Hold]) -> Facts:
        registration = self.registrations.get(member.provider_id)
        needs = place.age_from < placing.ADULT
        return Facts(**{
            **{name: getattr(facts, name) for name in OF_PROVIDER},
            "premises": place,
            "is_registered": not needs or placing.is_registered_for(place.category, registration),
            "is_open": (place.opened_on is None or place.opened_on <= self.day) and (place.closed_on is None or place.closed_on > self.day),
            "is_premises_held": any(hold.premises_id == place.id for hold in own),
            "grade": place.grade,
            "has_critical_finding": place.id in self.critical,
            "documents_missing": tuple(kind for kind in placement_ready.NEEDED_OF_PREMISES if not self._is_documented(place, kind)),
        })  # fmt: skip

    def _is_insured(self, member: Membership, kind: CertificateKind) -> bool:
        least = self._least(member, kind)
        enough = [each for each in self._of_kind(member.provider_id, kind) if each.limit is not None and each.limit >= least]
        if any(certificate_kinds.counts(each, self.day) for each in enough):
            return True
        ended = [each.ends_on for each in enough if each.ends_on < self.day]
        return kind is INDEMNITY and bool(ended) and self.day <= grace_ends(self.session, max(ended))

    def _least(self, member: Membership, kind: CertificateKind) -> Decimal:
        key = (member.list_id, kind)
        if key not in self._minimums:
            self._minimums[key] = Decimal(str(due_diligence.criterion(self.session, member.purchasing_list, MINIMUMS[kind])))
        return self._minimums[key]

    def _is_documented(self, place: Premises, kind: CertificateKind) -> bool:
        own = [each for each in self._of_kind(place.provider_id, kind) if each.premises_id == place.id]
        return any(certificate_kinds.counts(each, self.day) for each in own)

    def _of_kind(self, provider_id: uuid.UUID, kind: CertificateKind) -> list[Certificate]:
        return [each for each in self.certificates.get(provider_id, []) if each.kind is kind]


OF_PROVIDER = ("status", "is_signed", "is_list_open", "is_held", "is_stopped", "conditions_overdue", "insurances_missing")


def grace_ends(session: Session, ended_on: date) -> date:
    """The last day on which placements may go on after the professional indemnity cover has ended (table D-11)."""
    rule = parameters.rule(session, "indemnity_grace_days", on=ended_on)
    return calendar.reckon(rule, ended_on + timedelta(days=1), event="The cover ended", closures=parameters.closures(session)).on


def least_cover(session: Session, purchasing_list: PurchasingList, kind: CertificateKind) -> Decimal:
    """The least amount that an insurance of this kind must cover on a list."""
    return Decimal(str(due_diligence.criterion(session, purchasing_list, MINIMUMS[kind])))


def _is_overdue(condition: Any, day: date, moment: datetime) -> bool:
    return condition.due_on < day and (condition.met_at is None or condition.met_at > moment)


def _grouped(rows: Iterable[Any], name: str) -> dict[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
