"""Holds: no new placement with a provider or at one of its premises, until each reason is gone and two people have said so."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Certificate, Hold, Membership, MembershipStatus, Premises, User, clock
from workflows.actions import memberships, providers
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.queries import memberships as queries
from workflows.rules import certificate_kinds, membership_events, permissions, placement_ready


def place(
    session: Session,
    membership: Membership,
    *,
    event: str,
    because: str,
    premises: Premises | None = None,
    certificate: Certificate | None = None,
    case: Case | None = None,
    by: User | None = None,
) -> Hold:
    """Hold new placements with a member, or at one of its premises. Existing placements go on. The same hold again changes nothing.

    Without `by` the system does it. A member that is held as a whole is embargoed from this moment. Conflict for one that has ended;
    NotFound for premises of another provider.
    """
    if premises is not None and premises.provider_id != membership.provider_id:
        raise NotFound("There are no such premises")
    if membership.status not in membership_events.LIVE:
        raise Conflict("Only a member of a list can be held")
    known = _standing(session, membership, event, premises, certificate)
    if known is not None:
        known.case_id = known.case_id or (case.id if case else None)
        session.flush()
        return known
    hold = Hold(
        membership_id=membership.id, premises_id=premises.id if premises else None, certificate_id=certificate.id if certificate else None,
        event=event, because=because, case_id=case.id if case else None, starts_at=clock.now(), confirmed_at=None, confirmed_by_id=None,
        lifted_at=None, lifted_by_id=None, approved_by_id=None,
    )  # fmt: skip
    session.add(hold)
    session.flush()
    _record(session, "hold:placed", hold, membership, by=by, because=because)
    if premises is None and membership.status in placement_ready.LIVE:
        memberships.set_status(session, membership, MembershipStatus.EMBARGOED, because=because, event=event, by=by, case=case, automatic=by is None)
    return hold


def _standing(
    session: Session, membership: Membership, event: str, premises: Premises | None, certificate: Certificate | None
) -> Hold | None:
    query = select(Hold).where(Hold.membership_id == membership.id, Hold.event == event, Hold.lifted_at.is_(None))
    query = query.where(Hold.premises_id == (premises.id if premises else None), Hold.certificate_id == (certificate.id if certificate else None))
    return session.scalar(query.limit(1))


def confirm(session: Session, hold: Hold, *, by: User, clause: str = "") -> None:
    """Say as a person that a hold stands, on which clause of the agreement. Conflict when it was lifted or confirmed already."""
    memberships.lock(session, hold)
    if hold.lifted_at is not None:
        raise Conflict("This hold was lifted")
    if hold.confirmed_at is not None:
        raise Conflict("This hold was confirmed already")
    hold.confirmed_at, hold.confirmed_by_id, hold.clause = clock.now(), by.id, clause.strip()
    session.flush()
    _record(session, "hold:confirmed", hold, hold.membership, by=by, because="")


def lift(session: Session, hold: Hold, *, because: str, by: User, approved_by: User) -> None:
    """Lift a hold, asked for by one person and done by another; with the last one on the whole provider it is a usual member again.

    `approved_by` said that it is to be lifted, `by` looked again and does it. Refused when they are one person, when `by` verified the
    certificate that the hold waited for, and while what it waited for has not come; Conflict when it was lifted already.
    """
    if not because.strip():
        raise Invalid({"because": "Enter why the hold is lifted"})
    if not (permissions.is_staff(by) and permissions.is_staff(approved_by)):
        raise Refused("Only people who work for the council can lift a hold")
    memberships.lock(session, hold)
    if hold.lifted_at is not None:
        raise Conflict("This hold was lifted already")
    check_cured(session, hold, by=by)
    if by.id == approved_by.id:
        raise Refused("Two people lift a hold. You said that it should be lifted, so ask a colleague to do it")
    hold.lifted_at, hold.lifted_because, hold.lifted_by_id, hold.approved_by_id = clock.now(), because.strip(), by.id, approved_by.id
    session.flush()
    membership = queries.by_id(session, hold.membership_id)
    _record(session, "hold:lifted", hold, membership, by=by, because=because.strip())
    if hold.premises_id is None and membership.status in memberships.HELD and not _is_held(session, membership):
        memberships.go_on(session, membership, because=because.strip(), event=hold.event, by=by)


def _is_held(session: Session, membership: Membership) -> bool:
    return any(each.premises_id is None for each in queries.holds_of(session, [membership.id]))


def check_cured(session: Session, hold: Hold, *, by: User) -> None:
    """Raise Refused while the certificate that a hold waits for is missing, or when this person is who verified it (table D-11)."""
    if hold.certificate_id is None:
        return
    cure = cure_of(session, hold)
    if cure is None:
        raise Refused("There is no certificate yet that covers today and that somebody has verified")
    if by.id in (cure.verified_by_id, cure.added_by_id):
        raise Refused("You cannot lift this hold because you added or verified the certificate. Ask a colleague")


def cure_of(session: Session, hold: Hold) -> Certificate | None:
    """The verified certificate that covers today in place of the one whose end caused a hold; None while there is none."""
    ended = session.get(Certificate, hold.certificate_id) if hold.certificate_id else None
    return in_place_of(session, ended, queries.by_id(session, hold.membership_id)) if ended is not None else None


def in_place_of(session: Session, ended: Certificate, membership: Membership) -> Certificate | None:
    """A verified certificate that covers today, for enough, in place of one that has ended; None while there is none."""
    query = select(Certificate).where(Certificate.provider_id == ended.provider_id, Certificate.kind == ended.kind)
    query = query.where(Certificate.verified_at.is_not(None), Certificate.premises_id == ended.premises_id)
    found = [each for each in session.scalars(query.order_by(Certificate.ends_on.desc())) if certificate_kinds.counts(each, clock.today())]
    if ended.kind in queries.MINIMUMS:
        least = queries.least_cover(session, membership.purchasing_list, ended.kind)
        found = [each for each in found if each.limit is not None and each.limit >= least]
    return next(iter(found), None)


def _record(session: Session, kind: str, hold: Hold, membership: Membership, *, by: User | None, because: str) -> None:
    detail = {"hold": str(hold.id), "membership": str(membership.id), "event": hold.event, "is_of_premises": hold.premises_id is not None}
    providers.record(session, kind, membership.provider, by=by, detail=detail, text={"because": because} if because else None)
