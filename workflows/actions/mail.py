"""Mail: written into the outbox in the transaction that causes it, and sent later by the job `mail.send`.

What a reader chose for a kind decides whether it goes at once, waits for the day's digest, or is not written at all. What concerns somebody
who is away goes to them and to their delegate, and says so in both.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import CandidateGroup, Case, Delegation, OutboxMail, User, clock
from workflows import enqueue
from workflows.queries import absences, people
from workflows.rules import mail_kinds, permissions, words

JOB = "mail.send"
# Several events in a case within this time are one mail (ux 4.8); the first goes at once, the next ones together when it is over.
ONE_MAIL_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a mail says, whoever it goes to. `about` names what it is about (see `queries.mail_about`); with a `key` it is written once."""

    kind: str
    case: Case | None
    subject: str
    link: str
    body: str = ""
    about: str = ""
    key: str = ""


def to_group(
    session: Session, group_key: str, *, kind: str, case: Case | None, subject: str, link: str, body: str = "", about: str = "", key: str = ""
) -> list[OutboxMail]:
    """Write one mail to everyone in a candidate group today, or to the group's own address when nobody is in it.

    `link` is a path of our site. A restricted case is never named in a mail. Gives what was written: not for those who want no such mail.
    """
    said = Words(kind=kind, case=case, subject=subject, link=link, body=body, about=about, key=key)
    group = session.get_one(CandidateGroup, group_key)
    why = f"You get this because you are in {group.name}."
    members = people.members(session, group_key)
    if not members and group.email:
        return _kept([_write(session, said, address=group.email, user=None, why=why)])
    return _to_people(session, said, members, why=lambda user: why)


def to_person(
    session: Session, user: User, *, kind: str, case: Case | None, subject: str, link: str, body: str = "", about: str = "", key: str = ""
) -> list[OutboxMail]:
    """Write one mail to a person, and to whoever acts for them while they are away. `link` is a path of our site."""
    said = Words(kind=kind, case=case, subject=subject, link=link, body=body, about=about, key=key)
    return _to_people(session, said, [user], why=lambda reader: _why(reader, case, kind))


def to_address(session: Session, address: str, *, kind: str, subject: str, link: str, body: str) -> OutboxMail:
    """Write one mail to an address whose owner may not be known to us. `link` is a path of our site, or nothing."""
    said = Words(kind=kind, case=None, subject=subject, link=link, body=body)
    mail = _write(session, said, address=address, user=None, why="You get this because somebody gave us this address.")
    assert mail is not None
    return mail


def _why(user: User, case: Case | None, kind: str) -> str:
    if mail_kinds.kind_of(kind).topic == "cover":
        return "You get this because it is about who acts for whom, and you are one of them."
    if case is None:
        return "You get this because it concerns your account."
    if case.owner_id == user.id:
        return f"You get this because you look after case {case.reference}."
    return f"You get this because you have work in case {case.reference}."


def _to_people(session: Session, said: Words, readers: Sequence[User], *, why: Callable[[User], str]) -> list[OutboxMail]:
    covering = {} if mail_kinds.kind_of(said.kind).stays else absences.covering(session, readers)
    not_before = _held_until(session, said, [*readers, *(each.to_user for each in covering.values())])
    written = []
    for reader in readers:
        absence = covering.get(reader.id)
        note = f" You are away, so {absence.to_user.name} got it too." if absence else ""
        written.append(_write(session, said, address=reader.email, user=reader, why=f"{why(reader)}{note}", at=not_before.get(reader.id)))
    known = {reader.id for reader in readers}
    for absence in covering.values():
        if absence.to_user_id not in known:
            known.add(absence.to_user_id)
            to = absence.to_user
            written.append(_write(session, said, address=to.email, user=to, why=_acting(absence), at=not_before.get(to.id)))
    return _kept(written)


def _acting(absence: Delegation) -> str:
    name, until = absence.from_user.name, words.short_day(absence.ends_on)
    return f"You get this because you act for {name}, who is away until {until}. {name} got it too."


def _kept(written: Sequence[OutboxMail | None]) -> list[OutboxMail]:
    return [mail for mail in written if mail is not None]


def _held_until(session: Session, said: Words, readers: Sequence[User]) -> dict[uuid.UUID, datetime]:
    """Until when a mail waits for others about the same case, by reader: ten minutes after the first one that they got."""
    if said.case is None or not can_wait(said.kind):
        return {}
    now = clock.now()
    query = select(OutboxMail.to_user_id, func.min(OutboxMail.created_at)).where(
        OutboxMail.to_user_id.in_([user.id for user in readers]), OutboxMail.case_id == said.case.id, ~OutboxMail.is_for_digest,
        OutboxMail.created_at > now - ONE_MAIL_WITHIN,
    )  # fmt: skip
    rows = session.execute(query.group_by(OutboxMail.to_user_id)).all()
    return {user_id: max(now, first + ONE_MAIL_WITHIN) for user_id, first in rows if user_id is not None}


def can_wait(kind: str) -> bool:
    """Whether mails of a kind may be put together with others: only those that a reader has a choice about."""
    return not mail_kinds.topic_of(kind, for_provider=False).fixed


def _write(session: Session, said: Words, *, address: str, user: User | None, why: str, at: datetime | None = None) -> OutboxMail | None:
    chosen = _choice(said, user)
    key = f"{said.key}:{user.id.hex if user else address}" if said.key else None
    if chosen == mail_kinds.NEVER or (key and session.scalar(select(OutboxMail.id).where(OutboxMail.key == key))):
        return None
    case = said.case
    hidden = case is not None and case.is_restricted
    mail = OutboxMail(
        to_address=address, to_user_id=user.id if user else None, case_id=case.id if case else None, kind=said.kind,
        subject=f"Restricted case {case.reference}" if case is not None and hidden else " ".join(said.subject.split()),
        body="" if hidden else said.body, link=said.link, why=why, about=said.about, key=key, is_for_digest=chosen == mail_kinds.DIGEST,
        with_id=None, created_at=clock.now(), sending_at=None, sent_at=None,
    )  # fmt: skip
    session.add(mail)
    session.flush()
    if not mail.is_for_digest:
        enqueue.enqueue(session, JOB, {"mail": str(mail.id)}, at=at)
    return mail


def _choice(said: Words, user: User | None) -> mail_kinds.Choice:
    if user is None:
        return mail_kinds.AT_ONCE
    topic = mail_kinds.topic_of(said.kind, for_provider=permissions.is_provider(user))
    return mail_kinds.choice(topic, user.preferences)
