"""Signed-in browsers: the cookie holds a random token, the table its digest, so that a sign-in can be ended
from anywhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, Request, Response, g, request
from flask import session as cookie
from flask_login import LoginManager
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import LoginSession, User, clock
from models.session import transaction
from webapp import db as database
from webapp import logs
from webapp.db import db
from webapp.settings import Settings
from workflows.actions import sign_ins

TOKEN = "sign_in"
ROLES = "roles"
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)


def init_sessions(app: Flask, settings: Settings) -> None:
    """Set the cookie's attributes and teach Flask-Login to find the person behind it."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-dps" if settings.over_tls else "dps",
        SESSION_COOKIE_SECURE=settings.over_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
    manager = LoginManager()
    manager.session_protection = None
    manager.request_loader(_person_behind)
    manager.init_app(app)
    app.after_request(_keep_alive)


def begin(session: Session, user: User) -> None:
    """Sign this browser in: everything it carried before is dropped and it gets a new token."""
    forget()
    token = sign_ins.new_token()
    sign_ins.begin(session, user, token=token)
    cookie[TOKEN] = token
    cookie[ROLES] = sign_ins.roles_digest(user)


def end(session: Session) -> None:
    """Sign this browser out, here and in the table."""
    token = cookie.get(TOKEN)
    if token:
        sign_ins.end(session, token=token)
    forget()


def forget() -> None:
    """Empty the cookie, with the form token that was bound to it."""
    cookie.clear()
    g.pop("csrf_token", None)
    g.pop("login_session", None)
    g.pop("_login_user", None)


def is_over(row: LoginSession, now: datetime) -> bool:
    """Whether a sign-in has ended: by signing out, by 30 minutes without use, or by age (12 hours)."""
    return row.ended_at is not None or now - row.last_seen_at > IDLE or now - row.started_at > LONGEST


def seconds_left() -> int:
    """How many seconds this sign-in lasts if the browser does nothing; 0 for the public."""
    row = g.get("login_session")
    if row is None:
        return 0
    last = clock.now() if _counts_as_use() else row.last_seen_at
    return max(0, int((min(last + IDLE, row.started_at + LONGEST) - clock.now()).total_seconds()))


def last_person(session: Session) -> User | None:
    """Whose browser this was before the sign-in ran out; None when it never was anyone's."""
    row = sign_ins.find(session, token=cookie.get(TOKEN, ""))
    return row.user if row else None


def _person_behind(_request: Request) -> User | None:
    row = sign_ins.find(db.session, token=cookie.get(TOKEN, ""))
    if row is None or is_over(row, clock.now()) or not row.user.is_active:
        return None
    g.login_session = row
    logs.bind(user=str(row.user_id))
    return row.user


def _keep_alive(response: Response) -> Response:
    """Note that the browser was seen, at most once a minute, and give it a new token when the person's roles
    have changed."""
    row = g.get("login_session")
    if row is None or not _counts_as_use():
        return response
    has_changed = cookie.get(ROLES) != sign_ins.roles_digest(row.user)
    if has_changed or clock.now() - row.last_seen_at > SEEN_EVERY:
        database.close()
        _note(row, with_new_token=has_changed)
    return response


def _note(row: LoginSession, *, with_new_token: bool) -> None:
    try:
        with transaction(db.engine) as session:
            if with_new_token:
                token = sign_ins.new_token()
                sign_ins.replace(session, row, token=token)
                cookie[TOKEN], cookie[ROLES] = token, sign_ins.roles_digest(row.user)
            else:
                sign_ins.seen(session, row)
    except OperationalError:
        logs.log.warning("sign_in_not_noted")


def _counts_as_use() -> bool:
    """A page's own background look-ups are not use; else an open page would never sign anyone out."""
    background = request.headers.get("Sec-Fetch-Mode", "navigate") not in {"navigate", "no-cors"}
    return not (background and request.method in database.READS)
