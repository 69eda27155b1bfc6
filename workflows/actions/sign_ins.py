"""Sign-ins: tries and their limit, sessions that begin, are seen, and end."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Update, delete, func, select, update
from sqlalchemy.orm import Session

from models import LoginAttempt, LoginSession, User, clock
from workflows.rules import permissions

MOST_TRIES = 10
WINDOW = timedelta(minutes=5)
KNOWN_FOR = timedelta(days=30)


class TooManyTries(Exception):
    """There were too many wrong tries to sign in; only waiting helps."""


def digest_of(key: str, words: str) -> str:
    """A keyed digest of an account or an address, so that the table of tries holds no personal data."""
    return hmac.new(key.encode(), words.strip().lower().encode(), hashlib.sha256).hexdigest()


def open_try(session: Session, *, account: str, address: str) -> LoginAttempt:
    """Write a try down as wrong before the password is looked at, so that many tries at once are counted too.

    `account` and `address` are digests. Raises TooManyTries for the eleventh wrong try within five minutes of
    one account, or
    of one address. A browser address that has signed in to the account before is counted by itself, so that a
    stranger's
    tries do not keep the honest person out.
    """
    since = clock.now() - WINDOW
    is_known = session.scalar(_right_tries(account, address)) is not None
    of_account = [
        LoginAttempt.account_digest == account,
        *([LoginAttempt.address_digest == address] if is_known else []),
    ]
    if (
        max(
            _wrong(session, since, *of_account),
            _wrong(session, since, LoginAttempt.address_digest == address),
        )
        >= MOST_TRIES
    ):
        raise TooManyTries
    attempt = LoginAttempt(account_digest=account, address_digest=address, at=clock.now(), succeeded=False)
    session.add(attempt)
    session.flush()
    return attempt


def _wrong(session: Session, since: datetime, *of: ColumnElement[bool]) -> int:
    tries = select(func.count()).where(LoginAttempt.at > since, LoginAttempt.succeeded.is_(False), *of)
    return session.scalar(tries) or 0


def _right_tries(account: str, address: str) -> Select[uuid.UUID]:
    return (
        select(LoginAttempt.id)
        .where(LoginAttempt.account_digest == account, LoginAttempt.address_digest == address)
        .where(LoginAttempt.succeeded.is_(True), LoginAttempt.at > clock.now() - KNOWN_FOR)
        .limit(1)
    )


def was_right(session: Session, attempt_id: uuid.UUID) -> None:
    """Mark a try as right, so that it no longer counts towards the limit."""
    session.execute(update(LoginAttempt).where(LoginAttempt.id == attempt_id).values(succeeded=True))


def forget_tries(session: Session, *, account: str) -> None:
    """Drop the wrong tries of an account, given as its digest: its password has just been set anew."""
    session.execute(
        delete(LoginAttempt).where(LoginAttempt.account_digest == account, LoginAttempt.succeeded.is_(False))
    )


def new_token() -> str:
    """A random token for a browser's cookie; only its digest is stored."""
    return secrets.token_urlsafe(32)


def _stored(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin(session: Session, user: User, *, token: str) -> LoginSession:
    """Store a new sign-in of a person."""
    now = clock.now()
    row = LoginSession(token_digest=_stored(token), user_id=user.id, started_at=now, last_seen_at=now)
    session.add(row)
    session.execute(update(User).where(User.id == user.id).values(last_signed_in_at=now))
    session.flush()
    return row


def find(session: Session, *, token: str) -> LoginSession | None:
    """The sign-in behind a token, over or not; None when there never was one."""
    return session.get(LoginSession, _stored(token)) if token else None


def seen(session: Session, row: LoginSession) -> None:
    """Note that the browser of a sign-in was used just now."""
    session.execute(_of(row.token_digest).values(last_seen_at=clock.now()))


def replace(session: Session, row: LoginSession, *, token: str) -> None:
    """Carry a sign-in on under a new token; the old one is worth nothing any more."""
    now = clock.now()
    started_at = row.started_at
    session.execute(_of(row.token_digest).where(LoginSession.ended_at.is_(None)).values(ended_at=now))
    session.add(
        LoginSession(
            token_digest=_stored(token), user_id=row.user_id, started_at=started_at, last_seen_at=now
        )
    )
    session.flush()


def end(session: Session, *, token: str) -> None:
    """End the sign-in behind a token."""
    session.execute(_of(_stored(token)).where(LoginSession.ended_at.is_(None)).values(ended_at=clock.now()))


def end_all(session: Session, user: User) -> None:
    """End every sign-in of a person, on all their browsers, from their next request on."""
    open_ones = update(LoginSession).where(LoginSession.user_id == user.id, LoginSession.ended_at.is_(None))
    session.execute(open_ones.values(ended_at=clock.now()))


def _of(token_digest: str) -> Update:
    return update(LoginSession).where(LoginSession.token_digest == token_digest)


def roles_digest(user: User) -> str:
    """A short mark of the groups a person is in today; it changes when they do."""
    return hashlib.sha256(" ".join(sorted(each.group_key for each in permissions.current_memberships(user))).encode()).hexdigest()[:16]
