"""What happened, in words: the events of a case, and those of the whole council."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from models import AuditEvent, Case, User
from workflows.queries import event_words, people
from workflows.queries.event_words import BEHIND_THE_SCENES, GROUP_NAMES, Names, Told, UnknownKind, kind_of, kinds_of, tell
from workflows.rules import calendar

ADMINISTRATION = "administration"
MIDNIGHT = time(0)


def names(session: Session) -> Names:
    """The names of all groups and people, by key and id."""
    users = {form: name for key, name in session.execute(select(User.id, User.name)) for form in (str(key), key.hex)}
    return Names(people.group_names(session), users)


def events_of(session: Session, case: Case, *, group: str = "", before: int = 0, limit: int = 500, news_only: bool = False) -> list[Told]:
    """What happened in a case, the newest first; only events of one group when `group` names it, and before an event when told.

    `news_only` leaves out what only the machinery did.
    """
    query = _newest_first().where(AuditEvent.chain == case.id.hex)
    if group:
        query = query.where(AuditEvent.kind.in_(kinds_of(group)))
    if before:
        query = query.where(AuditEvent.sequence < before)
    if news_only:
        query = query.where(AuditEvent.kind.not_in(BEHIND_THE_SCENES))
    known = names(session)
    return [tell(event, known) for event in session.scalars(query.order_by(AuditEvent.sequence.desc()).limit(limit))]


def count_of(session: Session, case: Case) -> int:
    """How many events a case has."""
    return session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.chain == case.id.hex)) or 0


def groups_of(session: Session, case: Case) -> list[tuple[str, str]]:
    """The groups of events that occur in a case, with their names, in the order of the table of groups."""
    recorded = session.scalars(select(AuditEvent.kind).where(AuditEvent.chain == case.id.hex).distinct())
    present = {kind_of(kind).group for kind in recorded}
    return [(key, name) for key, name in GROUP_NAMES.items() if key in present]


def _newest_first() -> Select[AuditEvent]:
    return select(AuditEvent).options(joinedload(AuditEvent.by), joinedload(AuditEvent.acting_for), joinedload(AuditEvent.text))


@dataclass(frozen=True)
class Wanted:
    """What a reader of the whole trail asks for; empty values ask for everything. Both days are London days and inclusive."""

    group: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Placed:
    """An event with the chain it belongs to: a case's id in hexadecimal, or `administration`."""

    told: Told
    chain: str


def everything(session: Session, wanted: Wanted, *, after: str = "", limit: int = 50) -> list[Placed]:
    """The events of all chains that match, the newest first, going on after the place `chain~sequence` when told."""
    query = _newest_first()
    if wanted.group:
        query = query.where(AuditEvent.kind.in_(kinds_of(wanted.group)))
    if wanted.person:
        query = query.join(User, User.id == AuditEvent.by_id).where(User.name.icontains(wanted.person, autoescape=True))
    if wanted.since is not None:
        query = query.where(AuditEvent.at >= calendar.london_instant(wanted.since, at=MIDNIGHT))
    if wanted.until is not None:
        query = query.where(AuditEvent.at < calendar.london_instant(wanted.until + timedelta(days=1), at=MIDNIGHT))
    found = session.scalars(_after(query, after).order_by(AuditEvent.at.desc(), AuditEvent.chain.desc(), AuditEvent.sequence.desc()).limit(limit))
    known = names(session)
    return [Placed(_told(event, known), event.chain) for event in found]


def _told(event: AuditEvent, known: Names) -> Told:
    # The whole trail must be readable even when somebody tampered with it: a row of no known kind is shown as it is stored.
    try:
        return tell(event, known)
    except UnknownKind:
        return event_words.as_stored(event)


def _after(query: Select[AuditEvent], after: str) -> Select[AuditEvent]:
    chain, _, sequence = after.partition("~")
    if not sequence.isascii() or not sequence.isdigit():
        return query
    last = select(AuditEvent.at).where(AuditEvent.chain == chain, AuditEvent.sequence == int(sequence)).scalar_subquery()
    same = (AuditEvent.at == last) & ((AuditEvent.chain < chain) | ((AuditEvent.chain == chain) & (AuditEvent.sequence < int(sequence))))
    return query.where((AuditEvent.at < last) | same)
