"""The thread between a provider and the council about one case. Mail says that there is a message, never what is in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Case, CaseMessage, Inspection, Provider, ProviderDocument, User, clock
from workflows.actions import audit, mail
from workflows.errors import Invalid, NotFound, Refused
from workflows.queries import providers as provider_queries
from workflows.rules import permissions, provider_records

LONGEST = 4000


def send(session: Session, case: Case, *, body: str, by: User, document: ProviderDocument | None = None) -> CaseMessage:
    """Add a message to the thread of a case and tell the other side by mail that it is there.

    NotFound for a provider's person who may not know of the case; Refused for readers only, for a case without a provider, and where a
    message would tell of an unannounced visit before it happened; Invalid when it is empty or too long.
    """
    provider = _provider_of(session, case)
    from_provider = permissions.is_provider(by)
    _check(session, case, provider, by, from_provider=from_provider)
    words = body.replace("\r\n", "\n").strip()
    if not words:
        raise Invalid({"body": "Enter a message"})
    if len(words) > LONGEST:
        raise Invalid({"body": f"Your message must be {LONGEST:,} characters or fewer"})
    if document is not None and document.provider_id != provider.id:
        raise NotFound("There is no such document")
    message = CaseMessage(
        case_id=case.id, provider_id=provider.id, author_id=by.id, is_from_provider=from_provider, body=words,
        document_id=document.id if document else None, sent_at=_after_the_last(session, case), read_at=None,
    )  # fmt: skip
    session.add(message)
    session.flush()
    kind = "thread:provider_wrote" if from_provider else "thread:council_wrote"
    audit.record(session, kind, case=case, by=by, detail={"message": str(message.id)}, text={"body": words})
    mark_read(session, case, by=by)
    _tell(session, case, provider, from_provider=from_provider)
    return message


def _after_the_last(session: Session, case: Case) -> datetime:
    """Now, but after the newest message of the thread, so that two in the same moment keep their order."""
    newest = session.scalar(select(func.max(CaseMessage.sent_at)).where(CaseMessage.case_id == case.id))
    return clock.now() if newest is None else max(clock.now(), newest + timedelta(microseconds=1))


def mark_read(session: Session, case: Case, *, by: User) -> int:
    """Note that this side has read what the other wrote in a thread; how many messages were new."""
    theirs = not permissions.is_provider(by)
    unread = session.scalars(
        select(CaseMessage).where(CaseMessage.case_id == case.id, CaseMessage.read_at.is_(None), CaseMessage.is_from_provider.is_(theirs))
    ).all()
    for message in unread:
        message.read_at = clock.now()
    session.flush()
    return len(unread)


def _provider_of(session: Session, case: Case) -> Provider:
    if case.provider_id is None:
        raise Refused("This case has no provider to write to")
    return session.get_one(Provider, case.provider_id)


def _check(session: Session, case: Case, provider: Provider, by: User, *, from_provider: bool) -> None:
    if from_provider:
        if not provider_records.belongs(by, provider) or not provider_queries.knows_of(session, provider, case):
            raise NotFound("There is no such case")
        return
    permissions.check_comment(by, case)
    if _is_secret(session, case):
        raise Refused("This visit is unannounced. Write to the provider after it has happened")


def _is_secret(session: Session, case: Case) -> bool:
    """Whether a message would tell a provider of an unannounced visit that has not happened yet."""
    inspection = session.scalar(select(Inspection).where(Inspection.case_id == case.id))
    return inspection is not None and not inspection.is_announced and inspection.visit_ended_at is None


def _tell(session: Session, case: Case, provider: Provider, *, from_provider: bool) -> None:
    subject = f"You have a new message about {case.reference}"
    if not from_provider:
        mail.to_group(session, provider.group_key, kind="thread:message", case=case, subject=subject, link=f"/provider/messages/{case.reference}")
        return
    link = f"/cases/{case.reference}/messages"
    if case.owner is not None and case.owner.is_active:
        mail.to_person(session, case.owner, kind="thread:message", case=case, subject=subject, link=link)
    else:
        mail.to_group(session, case.team_key, kind="thread:message", case=case, subject=subject, link=link)
