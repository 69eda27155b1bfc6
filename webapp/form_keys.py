"""One-time keys of forms: the same post again, by a double click or the back button, finds what the first one
did."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import flash, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models import FormKey, clock
from webapp.signed_in import current_user_id

FIELD = "form_key"
LONGEST = 100
SAME_MOMENT = timedelta(seconds=10)


def new() -> str:
    """A fresh key for a form about to be shown."""
    return secrets.token_urlsafe(18)


def recall(session: Session) -> Response | None:
    """The way to the page that the first post with this key led to; None when this is the first, which is
    then taken.

    A second post that arrives while the first is still at work waits for it here.
    """
    key = request.form.get(FIELD, "")[:LONGEST]
    if not key or _take(session, key):
        return None
    first = session.scalars(select(FormKey).where(FormKey.key == key)).one()
    if first.user_id != current_user_id() or first.purpose != request.path:
        return redirect(request.path, 303)
    _say_again(first)
    return redirect(first.location or request.path, 303)


def remember(session: Session, response: ResponseReturnValue) -> None:
    """Keep where the post led to. A post that led nowhere, such as a form with errors, gives its key back."""
    key = request.form.get(FIELD, "")[:LONGEST]
    if not key:
        return
    if isinstance(response, Response) and 300 <= response.status_code < 400:
        session.execute(
            update(FormKey)
            .where(FormKey.key == key)
            .values(location=response.location or "", notice=_last_flash())
        )
    else:
        session.execute(delete(FormKey).where(FormKey.key == key))


def _take(session: Session, key: str) -> bool:
    """Write the key down; False when someone did so before."""
    values = {
        "key": key,
        "user_id": current_user_id(),
        "purpose": request.path,
        "location": "",
        "notice": "",
        "used_at": clock.now(),
    }
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    taken = session.scalar(insert(FormKey).values(**values).on_conflict_do_nothing().returning(FormKey.key))
    return taken is not None


def _last_flash() -> str:
    """The words that the view has just left for the next page, without the links in them."""
    flashes = cookie.get("_flashes") or []
    said = flashes[-1][1] if flashes else ""
    return str(said.striptags()) if isinstance(said, Markup) else str(said)


def _say_again(first: FormKey) -> None:
    if clock.now() - first.used_at < SAME_MOMENT:
        if first.notice:
            flash(first.notice)
        return
    local = first.used_at.astimezone(clock.LONDON)
    at = f"{local:%-I:%M%p}".lower()
    flash(f"You already did this at {at}. {first.notice}".strip())
