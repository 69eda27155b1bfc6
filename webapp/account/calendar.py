"""A person's private calendar address: opened, renewed and closed on a page, and read by calendar programs without signing in."""

from __future__ import annotations

import base64
import hashlib
import hmac

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import CalendarFeed
from webapp.account import bp
from webapp.db import db, writes
from webapp.limits import limiter
from webapp.settings import Settings
from webapp.signed_in import person
from workflows.actions import feeds
from workflows.letters import calendars

FRESH_SECONDS = 15 * 60
READS_OF_ONE, READS_OF_ALL = "60 per hour", "1200 per hour"
PURPOSE = b"calendar feed "


@bp.get("/settings/calendar")
def calendar() -> ResponseReturnValue:
    """This person's calendar address, or how to get one."""
    feed = feeds.find(db.session, person())
    return render_template("account/calendar.html", feed=feed, address=_address(feed) if feed else "")


@bp.post("/settings/calendar", endpoint="renew_calendar")
@writes
def renew_calendar() -> ResponseReturnValue:
    """Give this person an address, or another one in the place of the one they have."""
    had_one = feeds.find(db.session, person()) is not None
    salt = feeds.new_salt()
    feeds.open_or_renew(db.session, person(), salt=salt, token=_token(salt))
    flash("You have a new address. The one before shows nothing any more" if had_one else "You have a calendar address")
    return redirect(url_for("account.calendar"), 303)


@bp.post("/settings/calendar/close", endpoint="close_calendar")
@writes
def close_calendar() -> ResponseReturnValue:
    """Switch this person's address off."""
    feeds.close(db.session, person())
    flash("Your calendar address is switched off. Calendars that use it get nothing any more")
    return redirect(url_for("account.calendar"), 303)


@bp.get("/calendar/<token>.ics", endpoint="feed")
@limiter.limit(READS_OF_ALL)
@limiter.limit(READS_OF_ONE, key_func=lambda: feeds.digest_of(str((request.view_args or {}).get("token", ""))))
def feed(token: str) -> ResponseReturnValue:
    """The dates of whoever this secret address belongs to; nothing tells an unknown address from one that was switched off."""
    user = feeds.by_token(db.session, token)
    if user is None:
        abort(404)
    found = calendars.write(calendars.entries_for(db.session, user), name=f"{_settings().council_name} casework", public_url=_base())
    answer = Response(found, mimetype=calendars.MEDIA_TYPE)
    answer.headers["Cache-Control"] = f"private, max-age={FRESH_SECONDS}"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers.set("Content-Disposition", "inline", filename="dates.ics")
    answer.set_etag(hashlib.sha256(found).hexdigest()[:32])
    return answer.make_conditional(request)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["dps_settings"]
    return settings


def _base() -> str:
    return _settings().public_url or request.host_url.rstrip("/")


def _token(salt: str) -> str:
    """The token of an address. It can be made again for its page, but not from what the database holds alone."""
    mac = hmac.new(_settings().secret_key.encode(), PURPOSE + salt.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def _address(feed: CalendarFeed) -> str:
    """The address of a feed; empty where the service's key has changed since, so that it must be renewed."""
    token = _token(feed.salt)
    if not hmac.compare_digest(feeds.digest_of(token), feed.token_digest):
        return ""
    return f"{_base()}{url_for('account.feed', token=token)}"
