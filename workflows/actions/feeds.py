"""A person's private calendar address: opened, renewed and closed by themselves. Only a digest of its token is kept."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CalendarFeed, User, clock
from workflows.actions import audit


def new_salt() -> str:
    """What makes a new address differ from the one before."""
    return secrets.token_hex(16)


def digest_of(token: str) -> str:
    """The SHA-256 of an address's token, as it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(session: Session, user: User) -> CalendarFeed | None:
    """This person's calendar address; None while they have none."""
    return session.scalar(select(CalendarFeed).where(CalendarFeed.user_id == user.id))


def by_token(session: Session, token: str) -> User | None:
    """Whose calendar a token opens; None for an unknown one, and for that of somebody who cannot sign in any more."""
    feed = session.scalar(select(CalendarFeed).where(CalendarFeed.token_digest == digest_of(token)))
    return feed.user if feed is not None and feed.user.is_active else None


def open_or_renew(session: Session, user: User, *, salt: str, token: str) -> CalendarFeed:
    """Give a person a calendar address; whoever knows the one before sees nothing more from now on."""
    feed = find(session, user)
    kind = "feed:opened" if feed is None else "feed:renewed"
    if feed is None:
        feed = CalendarFeed(user_id=user.id, user=user)
        session.add(feed)
    feed.salt, feed.token_digest, feed.made_at = salt, digest_of(token), clock.now()
    session.flush()
    audit.record(session, kind, case=None, by=user)
    return feed


def close(session: Session, user: User) -> None:
    """Close a person's calendar address; closing none changes nothing."""
    feed = find(session, user)
    if feed is not None:
        session.delete(feed)
        session.flush()
        audit.record(session, "feed:closed", case=None, by=user)
