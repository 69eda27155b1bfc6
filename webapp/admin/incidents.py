"""Cases and jobs that cannot continue, and trying again."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from models import Breach, Incident, clock
from webapp.admin import bp, frame
from webapp.db import db, writes
from webapp.signed_in import person
from workflows.actions import instances
from workflows.errors import Refused
from workflows.queries import administration, breaches
from workflows.rules import permissions


@bp.get("/admin/incidents")
def incidents() -> ResponseReturnValue:
    """What cannot continue, the longest waiting first, and what has been mended lately."""
    waiting = administration.incidents(db.session)
    mended = administration.incidents(db.session, closed=True, limit=20)
    broken = breaches.open_ones(db.session)
    links = frame.CaseLinks([each.case_id for each in [*waiting, *mended]] + [each.case_id for each in broken])
    return frame.page(
        "admin/incidents.html",
        place="incidents",
        rows=[_row(each, links) for each in waiting],
        mended=[_row(each, links) for each in mended],
        broken=[_broken(each, links) for each in broken],
        checked_at=clock.now(),
    )


@bp.post("/admin/incidents/<uuid:incident_id>/retry")
@writes
def retry(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Try again what could not be done. One that fails again stays open and counts the try."""
    permissions.check_retry(person())
    incident = administration.incident(db.session, incident_id)
    if incident.instance is None:
        raise Refused("This is not about a case. Its job is tried again by itself")
    went_on = incident.closed_at is not None or instances.retry(db.session, incident.instance, by=person())
    if went_on:
        flash("The case goes on")
    else:
        flash("It still cannot continue. The try is counted", "warning")
    return redirect(url_for("admin.incidents"), 303)


def _broken(breach: Breach, links: frame.CaseLinks) -> dict[str, Any]:
    """A rule that a case broke. Its case goes on; on the checklist of the case Legal or the Monitoring Officer say what becomes of it."""
    case, process = links.of(breach.case_id), breach.instance.definition
    return {
        "id": breach.id,
        "words": breach.words,
        "legal": breach.legal,
        "happened": breach.happened if links.may_see(breach.case_id) else "What happened is shown to those who may see the case",
        "case": {"text": case["text"], "href": url_for("cases.law", reference=case["text"]) if case["href"] else ""},
        "process": f"{process.name}, version {process.version}",
        "found_at": breach.found_at,
    }


def _row(incident: Incident, links: frame.CaseLinks) -> dict[str, Any]:
    told = links.may_see(incident.case_id)
    process = incident.instance.definition if incident.instance else None
    return {
        "id": incident.id,
        "case": links.of(incident.case_id),
        "where": incident.element_name or ("Moving on" if incident.instance_id else "A job"),
        "process": f"{process.name}, version {process.version}" if process else "",
        "message": incident.message if told else "The reason is shown to those who may see the case",
        "trace": incident.trace if told else "",
        "tries": incident.tries,
        "opened_at": incident.opened_at,
        "last_tried_at": incident.last_tried_at,
        "closed_at": incident.closed_at,
        "can_retry": incident.closed_at is None and incident.instance_id is not None and permissions.can_retry(person()),
    }
