"""Cases and jobs that cannot continue, and trying again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Breach, Incident, clock
from webapp.admin import bp, frame
from webapp.admin.looking import job_name
from webapp.db import db, writes
from webapp.signed_in import person
from workflows.actions import mending
from workflows.errors import Invalid
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
    is_job = incident.job_id is not None and incident.closed_at is None
    went_on = mending.retry(db.session, incident, by=person())
    if is_job:
        flash("The job is done again now. If it fails, it is listed here again")
    elif went_on:
        flash("The case goes on")
    else:
        flash("It still cannot continue. The try is counted", "warning")
    return redirect(url_for("admin.incidents"), 303)


@bp.get("/admin/incidents/<uuid:incident_id>/skip")
def skip(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Say what going on without a step, or giving up a job, would do, and ask why; or say why it cannot be."""
    permissions.check_retry(person())
    return _skip_page(administration.incident(db.session, incident_id), "", {})


@bp.post("/admin/incidents/<uuid:incident_id>/skip", endpoint="skip_post")
@writes
def skip_post(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Go on without the step, or give up the job."""
    permissions.check_retry(person())
    incident, because = administration.incident(db.session, incident_id), request.form.get("because", "")
    try:
        mending.skip(db.session, incident, because=because, by=person())
    except Invalid as error:
        db.session.rollback()
        return _skip_page(administration.incident(db.session, incident_id), because, error.errors), 422
    flash("The job is given up" if incident.job_id is not None else f"The case goes on without “{incident.element_name}”")
    return redirect(url_for("admin.incidents"), 303)


def _skip_page(incident: Incident, because: str, errors: Mapping[str, str]) -> str:
    row = _row(incident, frame.CaseLinks([incident.case_id]))
    return frame.page(
        "admin/skip.html", place="incidents", row=row, is_job=incident.job_id is not None, why_not=mending.why_not_skip(db.session, incident),
        because=because, errors=errors, problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
        longest=mending.LONGEST_REASON,
    )  # fmt: skip


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


def _back_href(incident: Incident, links: frame.CaseLinks) -> str:
    """Where the case can be put back to an earlier step; nothing for whoever may not, or may not know of the case."""
    case = links.of(incident.case_id)
    if incident.closed_at is not None or incident.instance_id is None or not case["href"] or not permissions.can_retry(person()):
        return ""
    return url_for("admin.put_back", reference=case["text"])


def _row(incident: Incident, links: frame.CaseLinks) -> dict[str, Any]:
    told = links.may_see(incident.case_id)
    process = incident.instance.definition if incident.instance else None
    return {
        "id": incident.id,
        "case": links.of(incident.case_id),
        "where": job_name(incident.element_name) if incident.job_id else incident.element_name or ("Moving on" if incident.instance_id else "A job"),
        "process": f"{process.name}, version {process.version}" if process else "",
        "message": incident.message if told else "The reason is shown to those who may see the case",
        "trace": incident.trace if told else "",
        "tries": incident.tries,
        "opened_at": incident.opened_at,
        "last_tried_at": incident.last_tried_at,
        "closed_at": incident.closed_at,
        "is_job": incident.job_id is not None,
        "skipped_because": incident.skipped_because if told else "",
        "can_retry": incident.closed_at is None and bool(incident.instance_id or incident.job_id) and permissions.can_retry(person()),
        "back_href": _back_href(incident, links),
    }
