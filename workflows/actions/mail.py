"""Mail: written into the outbox in the transaction that causes it, and sent later by the job `mail.send`."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from models import CandidateGroup, Case, OutboxMail, User, clock
from workflows import enqueue
from workflows.queries import people


def to_group(session: Session, group_key: str, *, kind: str, case: Case | None, subject: str, link: str, body: str = "") -> list[OutboxMail]:
    """Write one mail to everyone in a candidate group today, or to the group's own address when nobody is in it.

    `link` is a path of our site. A restricted case is never named in a mail.
    """
    group = session.get_one(CandidateGroup, group_key)
    why = f"You get this because you are in {group.name}."
    members = people.members(session, group_key)
    if not members and group.email:
        return [_write(session, group.email, None, kind=kind, case=case, subject=subject, link=link, body=body, why=why)]
    return [_write(session, user.email, user.id, kind=kind, case=case, subject=subject, link=link, body=body, why=why) for user in members]


def to_person(session: Session, user: User, *, kind: str, case: Case | None, subject: str, link: str, body: str = "") -> OutboxMail:
    """Write one mail to a person. `link` is a path of our site."""
    return _write(session, user.email, user.id, kind=kind, case=case, subject=subject, link=link, body=body, why=_why(user, case))


def to_address(session: Session, address: str, *, kind: str, subject: str, link: str, body: str) -> OutboxMail:
    """Write one mail to an address whose owner may not be known to us. `link` is a path of our site, or nothing."""
    why = "You get this because somebody gave us this address."
    return _write(session, address, None, kind=kind, case=None, subject=subject, link=link, body=body, why=why)


def _why(user: User, case: Case | None) -> str:
    if case is None:
        return "You get this because it concerns your account."
    if case.owner_id == user.id:
        return f"You get this because you look after case {case.reference}."
    return f"You get this because you have work in case {case.reference}."


def _write(
    session: Session, address: str, user_id: uuid.UUID | None, *, kind: str, case: Case | None, subject: str, link: str, body: str, why: str
) -> OutboxMail:
    hidden = case is not None and case.is_restricted
    mail = OutboxMail(
        to_address=address, to_user_id=user_id, case_id=case.id if case else None, kind=kind,
        subject=f"Restricted case {case.reference}" if case is not None and hidden else " ".join(subject.split()),
        body=why if hidden or not body else f"{body}\n\n{why}", link=link, created_at=clock.now(), sending_at=None, sent_at=None,
    )  # fmt: skip
    session.add(mail)
    session.flush()
    enqueue.enqueue(session, "mail.send", {"mail": str(mail.id)})
    return mail
