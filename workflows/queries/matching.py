"""What matching looks at: the premises of a list's members as they stand on a day, in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import String, and_, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session, joinedload

from models import (
    Certificate,
    CertificateKind,
    Finding,
    Hold,
    ImprovementAction,
    Inspection,
    Membership,
    MembershipCondition,
    Placement,
    Premises,
    Provider,
    PurchasingList,
    Registration,
    RegistrationStatus,
    Severity,
    clock,
)
from workflows.errors import NotFound
from workflows.queries import memberships, parameters
from workflows.queries.placements import most_at_once
from workflows.rules import placement_ready, placing
from workflows.rules.matching import Barrier, Candidate, Offer, Weights
from workflows.rules.membership_events import ENDED

LONG_STAY = timedelta(days=90)
YEAR = timedelta(days=365)
LONGEST_GRACE = timedelta(days=60)
WEIGHED = ("support", "location", "education", "risk", "quality", "stability", "price")
STOPPED = frozenset({RegistrationStatus.SUSPENDED, RegistrationStatus.CANCELLED})
Stay = tuple[date, date | None]


Key = Any  # an id as the driver gives it: thousands are read, and each would else be made into a UUID for nothing


@dataclass(frozen=True, slots=True)
class _Member:
    """A member with what its homes share."""

    id: Key
    provider: str
    provider_reference: str
    status: str
    is_signed: bool
    offers: tuple[Offer, ...]
    registered: frozenset[int]
    is_stopped: bool


@dataclass
class _Around:
    """What is known about members and premises beside their own rows, by their ids."""

    is_list_open: bool
    members: dict[Key, _Member]
    insured: dict[Key, set[CertificateKind]] = field(default_factory=lambda: defaultdict(set))
    safe: set[Key] = field(default_factory=set)
    partly_safe: dict[Key, set[CertificateKind]] = field(default_factory=lambda: defaultdict(set))
    held: set[Key] = field(default_factory=set)
    held_premises: set[Key] = field(default_factory=set)
    overdue: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    critical: set[Key] = field(default_factory=set)
    stays: dict[Key, list[Stay]] = field(default_factory=lambda: defaultdict(list))
    past: dict[Key, list[Stay]] = field(default_factory=lambda: defaultdict(list))
    told: dict[tuple[Any, ...], tuple[Barrier, ...]] = field(default_factory=dict)


def weights(session: Session) -> Weights:
    """The council's weights as they stand today. ValueError when they do not add up to 100."""
    values = {name: int(parameters.value(session, f"matching_weight_{name}")) for name in WEIGHED}
    return Weights(**values, amber=int(parameters.value(session, "matching_amber_percent")) / 100)


def premises(session: Session, reference: str) -> Premises:
    """Premises by their reference, with their provider. NotFound when there are none."""
    found = session.scalar(select(Premises).where(Premises.reference == reference.strip().upper()).options(joinedload(Premises.provider)))
    if found is None:
        raise NotFound("There are no such premises")
    return found


def candidates(
    session: Session, purchasing_list: PurchasingList, *, on: date, references: Iterable[str] | None = None
) -> list[Candidate]:  # fmt: skip
    """Every premises of a member whose membership has not ended, as it will stand on a London day; only some of them if `references` says so."""
    around = _around(session, purchasing_list, on)
    of_members = select(Membership.provider_id).where(Membership.list_id == purchasing_list.id, Membership.status.not_in(ENDED))
    query = select(*_COLUMNS).where(Premises.provider_id.in_(of_members), or_(Premises.closed_on.is_(None), Premises.closed_on > clock.today()))
    if references is not None:
        query = query.where(Premises.reference.in_(sorted(set(references))))
    return [_candidate(row, around, on) for row in session.execute(query)]


def _raw(column: Any) -> Any:
    return type_coerce(column, String)


_COLUMNS = (
    _raw(Premises.id).label("id"), _raw(Premises.provider_id).label("provider_id"), Premises.reference, Premises.name, Premises.district,
    Premises.category, Premises.spaces, Premises.age_from, Premises.age_to, Premises.gender, Premises.night_cover, Premises.is_step_free,
    Premises.support_hours, Premises.weekly_price, Premises.supports, Premises.grade, Premises.opened_on, Premises.closed_on,
)  # fmt: skip


def _around(session: Session, purchasing_list: PurchasingList, on: date) -> _Around:
    around = _Around(purchasing_list.valid_from <= on <= purchasing_list.valid_to, _members(session, purchasing_list))
    _add_certificates(session, around, purchasing_list, on)
    _add_holds(session, around)
    _add_findings(session, around)
    _add_stays(session, around, on)
    return around


def _members(session: Session, purchasing_list: PurchasingList) -> dict[Key, _Member]:
    """The members that have not ended, by provider, with what Ofsted's register says of them now."""
    offers = {each.key: Offer(each.ofsted_category, each.age_from, each.age_to) for each in purchasing_list.categories}
    query = (
        select(
            _raw(Membership.provider_id), _raw(Membership.id), Provider.name, Provider.reference, Membership.status, Membership.agreement_signed_at,
            Membership.categories, Registration.status, Registration.categories, Registration.starts_at,
        )
        .join(Provider, Provider.id == Membership.provider_id)
        .outerjoin(Registration, and_(Registration.provider_id == Provider.id, Registration.ends_at.is_(None)))
        .where(Membership.list_id == purchasing_list.id, Membership.status.not_in(ENDED))
    )  # fmt: skip
    found = {}
    for provider_id, key, name, reference, status, signed_at, categories, registration, registered, since in session.execute(query):
        counts = registration is RegistrationStatus.REGISTERED or (
            registration is RegistrationStatus.APPLIED and since.date() < placing.REGISTERED_SINCE
        )  # fmt: skip
        found[provider_id] = _Member(
            key, name, reference, status.value, signed_at is not None, tuple(offers[each] for each in categories if each in offers),
            frozenset(registered) if counts else frozenset(), registration in STOPPED,
        )  # fmt: skip
    return found


def _add_certificates(session: Session, around: _Around, purchasing_list: PurchasingList, on: date) -> None:
    """Safety certificates of premises that hold on the day, and insurances that cover enough, also in the days of grace after their end."""
    verified = and_(Certificate.verified_at.is_not(None), Certificate.refused_because == "", Certificate.starts_on <= on)
    safe = select(_raw(Certificate.premises_id)).where(
        verified, Certificate.ends_on >= on, Certificate.kind.in_(placement_ready.NEEDED_OF_PREMISES), Certificate.premises_id.is_not(None)
    )
    whole = safe.group_by(Certificate.premises_id).having(func.count(Certificate.kind.distinct()) == len(placement_ready.NEEDED_OF_PREMISES))
    around.safe = set(session.scalars(whole))
    in_part = safe.add_columns(Certificate.kind).where(Certificate.premises_id.not_in(whole))
    for premises_id, kind in session.execute(in_part):
        around.partly_safe[premises_id].add(kind)
    least = {kind: memberships.least_cover(session, purchasing_list, kind) for kind in placement_ready.NEEDED_INSURANCES}
    cover = select(_raw(Certificate.provider_id), Certificate.kind, Certificate.limit, Certificate.ends_on)
    cover = cover.where(verified, Certificate.kind.in_(least))
    graces: dict[date, date] = {}
    for provider_id, kind, limit, ends_on in session.execute(cover.where(Certificate.ends_on >= on - LONGEST_GRACE)):
        if ends_on < on and kind is memberships.INDEMNITY and ends_on not in graces:
            graces[ends_on] = memberships.grace_ends(session, ends_on)
        is_in_time = ends_on >= on or (kind is memberships.INDEMNITY and on <= graces[ends_on])
        if is_in_time and limit is not None and limit >= least[kind]:
            around.insured[provider_id].add(kind)


def _add_holds(session: Session, around: _Around) -> None:
    for membership_id, premises_id in session.execute(select(_raw(Hold.membership_id), _raw(Hold.premises_id)).where(Hold.lifted_at.is_(None))):
        if premises_id is None:
            around.held.add(membership_id)
        else:
            around.held_premises.add(premises_id)
    unmet = and_(MembershipCondition.met_at.is_(None), MembershipCondition.due_on < clock.today())
    for membership_id in session.scalars(select(_raw(MembershipCondition.membership_id)).where(unmet)):
        around.overdue[membership_id] += 1


def _add_findings(session: Session, around: _Around) -> None:
    put_right = exists(select(ImprovementAction.id).where(ImprovementAction.finding_id == Finding.id, ImprovementAction.verified_at.is_not(None)))
    query = select(_raw(Inspection.premises_id)).join(Finding, Finding.inspection_id == Inspection.id)
    found = session.scalars(query.where(Finding.severity == Severity.CRITICAL, ~put_right, Inspection.premises_id.is_not(None)))
    around.critical.update(found)


def _add_stays(session: Session, around: _Around, on: date) -> None:
    """Who stays from the day on takes a space; stays that ended in the past year tell how long young people stayed."""
    lately = clock.today() - YEAR
    query = select(_raw(Placement.premises_id), Placement.starts_on, Placement.ends_on)
    lasting = or_(Placement.ends_on.is_(None), Placement.ends_on >= min(on, lately))
    for premises_id, starts_on, ends_on in session.execute(query.where(lasting)):
        if ends_on is None or ends_on >= on:
            around.stays[premises_id].append((starts_on, ends_on))
        if ends_on is not None and lately <= ends_on < clock.today():
            around.past[premises_id].append((starts_on, ends_on))


def _candidate(row: Any, around: _Around, on: date) -> Candidate:
    member = around.members[row.provider_id]
    is_open = (row.opened_on is None or row.opened_on <= on) and (row.closed_on is None or row.closed_on > on)
    stays, past = around.stays.get(row.id, ()), around.past.get(row.id, ())
    return Candidate(
        reference=row.reference, name=row.name, provider=member.provider, provider_reference=member.provider_reference,
        district=row.district, category=row.category, spaces=row.spaces, free=row.spaces - (most_at_once(stays, since=on) if stays else 0),
        age_from=row.age_from, age_to=row.age_to, gender=row.gender, night_cover=row.night_cover, is_step_free=row.is_step_free,
        support_hours=row.support_hours, weekly_price=row.weekly_price, supports=frozenset(row.supports), grade=row.grade, is_open=is_open,
        registered=member.registered, offers=member.offers, blockers=_blockers(row, member, around),
        stays=len(past), long_stays=sum(end is not None and end - start >= LONG_STAY for start, end in past),
    )  # fmt: skip


def _blockers(row: Any, member: _Member, around: _Around) -> tuple[Barrier, ...]:
    """What stops every placement there, by the rule that also guards the recording of placements (table D-10); asked once for equal facts."""
    insured = around.insured.get(row.provider_id, set())
    missing = () if row.id in around.safe else _missing(placement_ready.NEEDED_OF_PREMISES, around.partly_safe.get(row.id, set()))
    known = (
        member.status, member.is_signed, member.is_stopped, member.id in around.held, around.overdue.get(member.id, 0),
        _missing(placement_ready.NEEDED_INSURANCES, insured), row.id in around.held_premises, row.grade, row.id in around.critical, missing,
    )  # fmt: skip
    if known not in around.told:
        status, is_signed, is_stopped, is_held, overdue, insurances, is_premises_held, grade, has_critical, documents = known
        facts = placement_ready.Facts(
            status=status, is_signed=is_signed, is_list_open=around.is_list_open, is_held=is_held, is_stopped=is_stopped,
            conditions_overdue=overdue, insurances_missing=insurances, premises=row, is_premises_held=is_premises_held,
            grade=grade, has_critical_finding=has_critical, documents_missing=documents,
        )  # fmt: skip
        around.told[known] = tuple(Barrier(blocker.code, blocker.words) for blocker in placement_ready.blockers(facts))
    return around.told[known]


def _missing(needed: Sequence[CertificateKind], have: Collection[CertificateKind]) -> tuple[CertificateKind, ...]:
    return tuple(kind for kind in needed if kind not in have)
