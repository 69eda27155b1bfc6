"""Everything that happened in a case, the newest first."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from webapp.cases import bp, frame
from webapp.db import db
from workflows.queries import timeline as events

A_PAGE = 500


@bp.get("/cases/<reference>/timeline")
def timeline(reference: str) -> ResponseReturnValue:
    """The events of a case, all or of one kind; each has a permalink to its place."""
    case = frame.find(reference)
    kind = request.args.get("kind", "")
    groups = events.groups_of(db.session, case)
    group = kind if kind in dict(groups) else ""
    found = events.events_of(db.session, case, group=group, before=_before(), limit=A_PAGE + 1)
    older = found[A_PAGE - 1].id if len(found) > A_PAGE else 0
    return frame.page(
        case,
        "cases/timeline.html",
        tab="timeline",
        events=found[:A_PAGE],
        kinds=[{"value": key, "text": name, "selected": key == group} for key, name in [("", "Everything"), *groups]],
        group=group,
        older_href=url_for("cases.timeline", reference=case.reference, kind=group or None, before=older) if older else "",
    )


def _before() -> int:
    sent = request.args.get("before", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0
