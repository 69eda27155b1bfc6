"""What time alone does to a member of a list: certificates end, conditions fall due, the list runs out, and people are reminded before."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, aliased, joinedload

from models import (
    Case,
    Certificate,
    Hold,
    Job,
    JobStatus,
    Membership,
    MembershipCondition,
    MembershipStatus,
    Premises,
    Provider,
    PurchasingList,
    Reminder,
    clock,
)
from workflows import enqueue
from workflows.actions import happenings, holds, mail, memberships, providers, suspensions
from workflows.queries import memberships as queries
from workflows.queries import parameters
from workflows.rules import certificate_kinds, membership_events, placement_ready, words

WATCHED = (*placement_ready.NEEDED_INSURANCES, *placement_ready.NEEDED_OF_PREMISES)


LOOK = "standing.look"

log = logging.getLogger("dps.standing")


def look_at_all(session: Session) -> int:
    """Look at every member of a list that time may have changed and at the certificates that will end; how many things were done.

    What fails for one member keeps nobody else from being held: that one is looked at again in a job of its own, which people hear of
    when it fails again.
    """
    wanted = _worth_a_look(session)
    found = session.scalars(_live().where(Membership.provider_id.in_(wanted)).order_by(Membership.admitted_at, Membership.id)).all() if wanted else []
    done = sum([_look_carefully(session, membership) for membership in found])
    return done + _remind_of_certificates(session) + _remind_of_lists(session) + _end_lists(session)


def _look_carefully(session: Session, membership: Membership) -> int:
    provider_id = membership.provider_id
    try:
        with session.begin_nested():
            return _look_at(session, membership)
    except OperationalError:
        raise
    except Exception:
        log.exception("A member of a list could not be looked at")
        _ask_again(session, provider_id)
        return 0


def _ask_again(session: Session, provider_id: uuid.UUID) -> None:
    wanted = {"provider": str(provider_id)}
    waiting = session.scalars(select(Job.args).where(Job.name == LOOK, Job.status.in_([JobStatus.TODO, JobStatus.DOING]))).all()
    if wanted not in waiting:
        enqueue.enqueue(session, LOOK, wanted)


def _worth_a_look(session: Session) -> frozenset[uuid.UUID]:
    """The providers with something that has ended, is overdue, is held or waits for its cause to go; on most nights these are few."""
    today = clock.today()
    verified = and_(Certificate.verified_at.is_not(None), Certificate.refused_because == "", Certificate.kind.in_(WATCHED))
    ended = select(Certificate.provider_id).where(verified, Certificate.ends_on < today, ~_is_covered(today))
    overdue = select(Membership.provider_id).join(MembershipCondition).where(MembershipCondition.met_at.is_(None), MembershipCondition.due_on < today)
    held = select(Membership.provider_id).join(Hold).where(Hold.lifted_at.is_(None))
    open_cases = select(Case.provider_id).where(Case.kind == suspensions.KEY, Case.closed_at.is_(None), Case.provider_id.is_not(None))
    over = select(Membership.provider_id).join(PurchasingList).where(PurchasingList.valid_to < today, Membership.status.in_(membership_events.LIVE))
    return frozenset(each for each in session.scalars(union(ended, overdue, held, open_cases, over)) if each is not None)


def _is_covered(today: date) -> ColumnElement[bool]:
    """Whether a certificate that has ended has had one of its kind in its place ever since; which one is enough is looked at afterwards."""
    later = aliased(Certificate)
    same = and_(later.provider_id == Certificate.provider_id, later.kind == Certificate.kind, later.verified_at.is_not(None))
    place = or_(later.premises_id == Certificate.premises_id, and_(later.premises_id.is_(None), Certificate.premises_id.is_(None)))
    enough = or_(later.limit.is_(None), later.limit == Certificate.limit)
    return exists(select(later.id).where(same, place, enough, later.refused_because == "", later.starts_on <= today, later.ends_on >= today))


def look_at_provider(session: Session, provider: Provider) -> int:
    """Look at one provider now, because something about it has changed, such as a certificate that was verified."""
    found = session.scalars(_live().where(Membership.provider_id == provider.id)).all()
    return sum([_look_at(session, membership) for membership in found])


def _live() -> Select[Membership]:
    loaded = (joinedload(Membership.provider), joinedload(Membership.purchasing_list))
    return select(Membership).where(Membership.status.in_(membership_events.LIVE)).options(*loaded)


def _look_at(session: Session, membership: Membership) -> int:
    """One member: what has ended since yesterday holds it, and what has come in its place is told to the case that waits for it."""
    if clock.today() > membership.purchasing_list.valid_to:
        memberships.expire(session, membership)
        return 1
    return _lapses(session, membership) + _overdue_conditions(session, membership) + _cures(session, membership)


def _lapses(session: Session, membership: Membership) -> int:
    done = 0
    for certificate in _ended(session, membership):
        if _once(session, f"lapsed:{membership.id.hex}:{certificate.id.hex}"):
            _lapse(session, membership, certificate)
            done += 1
    return done


def _ended(session: Session, membership: Membership) -> Iterable[Certificate]:
    """The newest certificate of each kind that has ended with none in its place, for the provider or for a place of its that is open."""
    today = clock.today()
    verified = and_(Certificate.verified_at.is_not(None), Certificate.refused_because == "", Certificate.kind.in_(WATCHED))
    query = select(Certificate).where(Certificate.provider_id == membership.provider_id, verified)
    query = query.outerjoin(Premises, Premises.id == Certificate.premises_id)
    query = query.where(or_(Premises.id.is_(None), Premises.closed_on.is_(None), Premises.closed_on > today)).order_by(Certificate.ends_on)
    newest: dict[tuple[object, object], Certificate] = {}
    covered = set()
    for each in session.scalars(query):
        key = (each.kind, each.premises_id)
        if each.ends_on < today:
            newest[key] = each
        elif certificate_kinds.counts(each, today) and _is_enough(session, membership, each):
            covered.add(key)
    return [certificate for key, certificate in newest.items() if key not in covered]


def _is_enough(session: Session, membership: Membership, certificate: Certificate) -> bool:
    if certificate.kind not in queries.MINIMUMS:
        return True
    return certificate.limit is not None and certificate.limit >= queries.least_cover(session, membership.purchasing_list, certificate.kind)


def _lapse(session: Session, membership: Membership, certificate: Certificate) -> None:
    """Hold new placements at once where the table says so, and tell everyone: the case that people look at it in opens by itself."""
    event = membership_events.LAPSES[certificate.kind]
    if event in membership_events.HELD_AT_ONCE:
        because = f"{certificate_kinds.WORDS[certificate.kind]} ended on {words.short_day(certificate.ends_on)}"
        premises = certificate.premises if membership_events.EVENTS[event].is_of_premises else None
        holds.place(session, membership, event=event, because=because, premises=premises, certificate=certificate)
    payload = {
        "membership": str(membership.id), "certificate": str(certificate.id), "kind": certificate.kind.value, "event": event,
        "premises": str(certificate.premises_id or ""),
    }  # fmt: skip
    name = "InsuranceLapsed" if certificate.kind in certificate_kinds.INSURANCES else "StandingInDoubt"
    happenings.announce(
        session, name, payload, message_id=f"lapsed:{certificate.id.hex}:{membership.id.hex}", keys={"membership": str(membership.id)}
    )


def _overdue_conditions(session: Session, membership: Membership) -> int:
    today = clock.today()
    query = select(MembershipCondition).where(MembershipCondition.membership_id == membership.id, MembershipCondition.met_at.is_(None))
    overdue = session.scalars(query.where(MembershipCondition.due_on < today)).all()
    fresh = [each for each in overdue if _once(session, f"overdue:{each.id.hex}")]
    if fresh:
        holds.place(session, membership, event="condition_not_met", because=f"A condition was due on {words.short_day(fresh[0].due_on)}")
        happenings.announce(
            session, "StandingInDoubt", {"membership": str(membership.id), "event": "condition_not_met"},
            message_id=f"overdue:{fresh[0].id.hex}", keys={"membership": str(membership.id)},
        )  # fmt: skip
    return len(fresh)


def _cures(session: Session, membership: Membership) -> int:
    """Tell the cases of holds that wait for something which has come. What it is, people see for themselves before they lift."""
    done = 0
    for hold in queries.holds_of(session, [membership.id]):
        because = _cure(session, membership, hold)
        if because and suspensions.clear(session, hold, because=because, message_id=f"cleared:{hold.id.hex}:{because}"):
            done += 1
    return done + _cures_of_warnings(session, membership)


def _cure(session: Session, membership: Membership, hold: Hold) -> str:
    if hold.certificate_id is not None:
        cure = holds.cure_of(session, hold)
        return f"certificate {cure.id}" if cure is not None else ""
    if hold.event == "condition_not_met":
        overdue = [each for each in membership.conditions if each.met_at is None and each.due_on < clock.today()]
        return "" if overdue else "conditions met"
    return ""


def _cures_of_warnings(session: Session, membership: Membership) -> int:
    """A warning has no hold: the case is found by the certificate that it is about."""
    done = 0
    for case, certificate in suspensions.warned(session, membership):
        cure = holds.in_place_of(session, certificate, membership)
        if cure is not None:
            message_id = f"cleared:{case.reference}:{cure.id}"
            done += suspensions.clear_case(session, case, because=f"certificate {cure.id}", message_id=message_id)
    return done


def _once(session: Session, about: str) -> bool:
    """Whether this is the first time that something about a member is said; from now on it is not."""
    if session.scalar(select(Reminder.id).where(Reminder.about == about)) is not None:
        return False
    session.add(Reminder(about=about, given_at=clock.now()))
    session.flush()
    return True


def _remind_of_certificates(session: Session) -> int:
    """Tell the holder of a certificate 60, 30, 14, 7 and 1 days before it ends; a day that was missed is made up for by the next look."""
    today = clock.today()
    steps = sorted(int(each) for each in parameters.value(session, "certificate_reminder_days"))
    live = select(Membership.provider_id).where(Membership.status.in_(membership_events.LIVE))
    ending = and_(Certificate.ends_on >= today, Certificate.ends_on <= today + timedelta(days=max(steps)), Certificate.verified_at.is_not(None))
    query = select(Certificate).where(ending, Certificate.refused_because == "", Certificate.provider_id.in_(live))
    query = query.options(joinedload(Certificate.provider))
    done = 0
    for certificate in session.scalars(query.order_by(Certificate.ends_on, Certificate.id)):
        days = (certificate.ends_on - today).days
        step = next(each for each in steps if each >= days)
        if not _is_renewed(session, certificate) and _once(session, f"certificate:{certificate.id.hex}:{step}"):
            _remind(session, certificate)
            done += 1
    return done


def _is_renewed(session: Session, certificate: Certificate) -> bool:
    """Whether one that goes on from there has been added, verified or not: then its holder has done what was asked."""
    same = and_(Certificate.provider_id == certificate.provider_id, Certificate.kind == certificate.kind, Certificate.refused_because == "")
    query = select(func.count()).select_from(Certificate).where(same, Certificate.ends_on > certificate.ends_on)
    if certificate.premises_id is not None:
        query = query.where(Certificate.premises_id == certificate.premises_id)
    return bool(session.scalar(query.where(Certificate.starts_on <= certificate.ends_on + timedelta(days=1))))


def _remind(session: Session, certificate: Certificate) -> None:
    kind = certificate_kinds.WORDS[certificate.kind]
    provider = certificate.provider
    mail.to_group(session, provider.group_key, kind="certificate:ends", case=None,
                  subject=f"{kind} ends on {words.short_day(certificate.ends_on)}", link="/provider/certificates")  # fmt: skip
    providers.record(session, "reminder:given", provider, by=None, detail={"certificate": str(certificate.id), "about": kind})


def _remind_of_lists(session: Session) -> int:
    """Tell the members of a list 60, 30 and 7 days before it ends."""
    today = clock.today()
    steps = sorted(int(each) for each in parameters.value(session, "list_reminder_days"))
    query = select(PurchasingList).where(PurchasingList.valid_to >= today, PurchasingList.valid_to <= today + timedelta(days=max(steps)))
    done = 0
    for purchasing_list in session.scalars(query):
        step = next(each for each in steps if each >= (purchasing_list.valid_to - today).days)
        if _once(session, f"list:{purchasing_list.id.hex}:{step}"):
            done += _tell_members(session, purchasing_list)
    return done


def _tell_members(session: Session, purchasing_list: PurchasingList) -> int:
    found = memberships.members_of(session, purchasing_list)
    for membership in found:
        mail.to_group(session, membership.provider.group_key, kind="list:ends", case=None,
                      subject=f"{purchasing_list.title} ends on {words.short_day(purchasing_list.valid_to)}", link="/provider")  # fmt: skip
    return len(found)


def _end_lists(session: Session) -> int:
    """Tell everyone that a list has ended, on the first look after its last day, and take back offers that nobody signed."""
    today = clock.today()
    ended = session.scalars(select(PurchasingList).where(PurchasingList.valid_to < today)).all()
    fresh = [each for each in ended if _once(session, f"list:{each.id.hex}:ended")]
    for purchasing_list in fresh:
        query = select(Membership).where(Membership.list_id == purchasing_list.id, Membership.status == MembershipStatus.ADMITTED)
        for membership in session.scalars(query):
            memberships.expire(session, membership)
        happenings.announce(
            session, "ListClosed", {"list": str(purchasing_list.id)}, message_id=f"list-closed:{purchasing_list.id.hex}",
            keys={"list": str(purchasing_list.id)},
        )  # fmt: skip
    return len(fresh)
