"""Signing in without a password: an address, a link that works once and soon ends, and a button, since mail scanners follow links."""

from __future__ import annotations

import uuid

from flask import current_app, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded

from models import EmailLink, User, clock
from webapp import areas, sessions
from webapp.apply import bp
from webapp.db import db, writes
from webapp.limits import limiter
from webapp.settings import Settings
from webapp.shared.safe_next import safe_next
from workflows.actions import provider_accounts
from workflows.errors import Closed, Invalid
from workflows.queries import applying

SENDS = "20 per 10 minutes"
ASKED, PROVEN, NEXT = "link_asked", "link_proven", "link_next"
TOO_MANY = "Too many links were asked for from your network. Wait 10 minutes and try again"


@bp.get("/apply/account")
def account() -> ResponseReturnValue:
    """Ask for the email address; the same page for those who begin and those who come back."""
    return _page(next_page=safe_next(request.args.get("next", "")))


@bp.post("/apply/account", endpoint="ask_for_link")
@writes
def ask_for_link() -> ResponseReturnValue:
    """Send a link to the address, whoever's it is; nothing on the way tells a known address from an unknown one."""
    email = request.form.get("email", "")
    next_page = safe_next(request.form.get("next", ""))
    try:
        with limiter.limit(SENDS):
            provider_accounts.send_link(db.session, email=email, purpose="sign_in")
    except Invalid as error:
        return _page(email, error.errors.get("email", str(error)), next_page=next_page), 422
    except RateLimitExceeded:
        return _page(email, TOO_MANY, next_page=next_page), 429
    cookie[ASKED] = email.strip()
    cookie[NEXT] = next_page
    return redirect(url_for("apply.check_email"), 303)


@bp.get("/apply/check-email")
def check_email() -> ResponseReturnValue:
    """Say where the link went and what to do when it does not come."""
    asked = str(cookie.get(ASKED, ""))
    if not asked:
        return redirect(url_for("apply.account"))
    return render_template("apply/check_email.html", email=asked, minutes=provider_accounts.MINUTES, demo_link=_demo_link(asked))


@bp.get("/apply/link/<token>")
def follow_link(token: str) -> ResponseReturnValue:
    """The page behind the link: a button, and nothing else happens."""
    try:
        link = provider_accounts.find_link(db.session, token)
    except Closed as spent:
        return _spent(spent)
    return render_template("apply/link.html", token=token, link=link)


@bp.post("/apply/link/<token>", endpoint="use_link")
@writes
def use_link(token: str) -> ResponseReturnValue:
    """Use the link up: sign its person in, or go on to the organisation when nobody is known by this address."""
    next_page = str(cookie.get(NEXT, ""))
    try:
        link, user = provider_accounts.use_link(db.session, token)
    except Closed as spent:
        return _spent(spent)
    if user is None:
        keep_proven(link)
        return redirect(url_for("apply.organisation"), 303)
    return let_in(user, next_page)


def let_in(user: User, next_page: str = "") -> ResponseReturnValue:
    """Begin the sign-in of a provider's person and lead on."""
    sessions.begin(db.session, user)
    return redirect(next_page or areas.home_of(user), 303)


def keep_proven(link: EmailLink) -> None:
    """Remember in this browser that it has proven the link's address; what it carried before is dropped."""
    sessions.forget()
    cookie[PROVEN] = str(link.id)


def proven() -> EmailLink | None:
    """The used link by which this browser has proven an address that nobody is known by yet; None without one."""
    try:
        found = db.session.get(EmailLink, uuid.UUID(str(cookie.get(PROVEN, ""))))
    except ValueError:
        return None
    return found if found is not None and provider_accounts.may_register(found, at=clock.now()) else None


def _page(email: str = "", error: str = "", *, next_page: str = "") -> str:
    problems = [{"text": error, "href": "#email"}] if error else []
    return render_template("apply/account.html", email=email, error=error, problems=problems, next_page=next_page)


def _spent(spent: Closed) -> ResponseReturnValue:
    return render_template("apply/link_spent.html", words=str(spent), minutes=provider_accounts.MINUTES), 410


def _demo_link(email: str) -> str:
    """The link that was mailed, for a demonstration that sends no mail; nothing in production or with a mail server."""
    settings: Settings = current_app.extensions["dps_settings"]
    if settings.production or settings.mail.host:
        return ""
    return applying.newest_link(db.session, email)
