"""Other systems of the council that are told what happens here: who they are, what they took, and what they did not."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import clock
from webapp.admin import bp, frame
from webapp.db import db, writes
from webapp.settings import Settings
from webapp.signed_in import person
from workflows.actions import webhooks as actions
from workflows.queries import webhooks as queries
from workflows.queries.webhooks import Told
from workflows.rules import permissions

A_PAGE = 50


@bp.get("/admin/webhooks")
def webhooks() -> ResponseReturnValue:
    """The systems that the settings name, and the messages to them, with those first that were not taken."""
    given = request.args.get("skip", "")
    skip = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0
    found = queries.messages(db.session, skip=skip, limit=A_PAGE + 1)
    links = frame.CaseLinks(each.message.case_id for each in found)
    return frame.page(
        "admin/webhooks.html",
        place="webhooks",
        systems=_systems(),
        rows=[_row(each, links) for each in found[:A_PAGE]],
        next_href=url_for("admin.webhooks", skip=skip + A_PAGE) if len(found) > A_PAGE else "",
        checked_at=clock.now(),
    )


@bp.post("/admin/webhooks/<uuid:webhook_id>/retry")
@writes
def tell_again(webhook_id: uuid.UUID) -> ResponseReturnValue:
    """Have a message that was given up sent again, under the id it always had."""
    permissions.check_retry(person())
    row = actions.try_again(db.session, webhook_id, by=person())
    flash(f"The message to {row.system} is sent again")
    return redirect(url_for("admin.webhooks"), 303)


def _systems() -> list[dict[str, Any]]:
    settings: Settings = current_app.extensions["dps_settings"]
    counts = queries.counts(db.session)
    names = sorted({*settings.systems, *counts})
    found = []
    for name in names:
        known = settings.systems.get(name)
        taken, waiting = counts.get(name, (0, 0))
        host = urlsplit(known.address).hostname if known else "Not in the settings of this service"
        found.append({"name": name, "host": host, "is_known": known is not None, "taken": taken, "waiting": waiting})
    return found


def _row(found: Told, links: frame.CaseLinks) -> dict[str, Any]:
    message = found.message
    told = links.may_see(message.case_id)
    return {
        "id": message.id,
        "event": message.event if told else frame.HIDDEN,
        "system": message.system,
        "case": links.of(message.case_id),
        "created_at": message.created_at,
        "delivered_at": message.delivered_at,
        "state": _state(found),
        "tries": message.tries,
        "error": message.last_error,
        "next_at": found.job.run_at if found.job is not None and message.delivered_at is None and not found.is_given_up else None,
        "can_retry": found.is_given_up and found.job is not None and permissions.can_retry(person()),
    }


def _state(found: Told) -> dict[str, str]:
    if found.message.delivered_at is not None:
        return {"text": "Taken", "colour": ""}
    if found.is_given_up:
        return {"text": "Given up", "colour": "red"}
    return {"text": "Failing", "colour": "orange"} if found.is_failing else {"text": "Queued", "colour": "blue"}
