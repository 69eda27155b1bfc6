"""The start page: who can apply, what they need, how long it takes, and which lists are open."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from models import clock
from webapp.apply import bp, limits
from webapp.db import db
from webapp.signed_in import visitor
from workflows.queries import applying
from workflows.rules import list_openness, permissions


@bp.get("/apply")
def start() -> ResponseReturnValue:
    """What a provider reads before it begins; the button is there only while a list is open."""
    user, today = visitor(), clock.today()
    found = applying.lists_now(db.session, today)
    return render_template(
        "apply/start.html",
        lists=[{"list": one, "why_not": list_openness.why_not(one, today)} for one in found],
        is_open=any(list_openness.takes_requests(one, today) for one in found),
        limits=limits.answer_limits(db.session, found),
        is_known=user is not None and permissions.is_provider(user),
        team=applying.contact(db.session),
    )
