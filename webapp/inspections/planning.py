"""Starting an inspection by hand, and telling that something happened."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Premises
from webapp import form_keys
from webapp.db import db, writes
from webapp.inspections import bp
from webapp.signed_in import person
from workflows.actions import inspections as actions
from workflows.errors import Invalid, NotFound
from workflows.queries import inspections as queries
from workflows.rules import grading, permissions

TRIGGERS = {
    "sample": "Chosen for an unannounced visit", "follow_up": "Follow-up of an earlier visit", "calendar": "It is due", "complaint": "Complaint",
    "whistle_blow": "Whistle-blowing",
}  # fmt: skip
INCIDENTS = {"serious_event": "Serious event", "allegation": "Allegation", "complaint": "Complaint", "whistle_blow": "Whistle-blowing"}


@bp.get("/inspections/new")
def new() -> ResponseReturnValue:
    """The form that starts an inspection."""
    permissions.check_start(person(), actions.KEY)
    return _page("new", {})


@bp.post("/inspections/new")
@writes
def start() -> ResponseReturnValue:
    """Start an inspection of the chosen premises."""
    permissions.check_start(person(), actions.KEY)
    premises, problems = _chosen()
    try:
        if premises is None or problems:
            raise Invalid(problems)
        trigger, risk = _known("trigger", TRIGGERS), _known("risk", grading.RISK_WORDS)
        case = actions.plan_by_hand(db.session, premises=premises, trigger=trigger, risk=risk, by=person())
    except Invalid as error:
        db.session.rollback()
        return _page("new", error.errors), 422
    flash(f"You started the inspection {case.reference}. The quality manager decides next how urgent it is")
    return redirect(url_for("inspections.show_inspection", reference=case.reference), 303)


@bp.get("/inspections/incident")
def incident() -> ResponseReturnValue:
    """The form that tells of an incident."""
    permissions.check_contribute(person())
    return _page("incident", {})


@bp.post("/inspections/incident")
@writes
def tell_incident() -> ResponseReturnValue:
    """Tell everything that has to know of an incident: the inspection under way or a new one, and the placements."""
    permissions.check_contribute(person())
    premises, problems = _chosen()
    severity, because = _known("risk", grading.RISK_WORDS), _known("trigger", INCIDENTS)
    problems |= {} if severity else {"risk": "Select how serious it is"}
    problems |= {} if because else {"trigger": "Select what happened"}
    if premises is None or problems:
        return _page("incident", problems), 422
    key = request.form.get(form_keys.FIELD, "")[:100] or form_keys.new()
    told = actions.notify_incident(
        db.session, provider=premises.provider, premises=premises, severity=severity, because=because, message_id=f"incident:{key}", by=person()
    )
    references = ", ".join(case.reference for case in told)
    flash(f"You told of the incident. It is in {references}" if references else "You told of the incident")
    return redirect(url_for("inspections.list_inspections"), 303)


def _known(field: str, words: Any) -> str:
    sent = request.form.get(field, "")
    return sent if sent in words else ""


def _chosen() -> tuple[Premises | None, dict[str, str]]:
    """The premises whose reference was sent, or the message why there are none."""
    sent = request.form.get("premises", "").strip()
    if not sent:
        return None, {"premises": "Enter the reference of the premises"}
    try:
        return queries.open_premises(db.session, sent), {}
    except NotFound:
        return None, {"premises": "There are no open premises with this reference"}


def _page(kind: str, problems: dict[str, str]) -> str:
    chosen = TRIGGERS if kind == "new" else INCIDENTS
    return render_template(
        "inspections/start.html",
        kind=kind,
        triggers=[{"value": value, "text": text, "checked": request.form.get("trigger") == value} for value, text in chosen.items()],
        risks=[{"value": value, "text": text, "checked": request.form.get("risk") == value} for value, text in grading.RISK_WORDS.items()],
        premises=request.form.get("premises") or request.args.get("premises", "")[:40],
        problems=problems,
        errors=[{"text": text, "href": f"#{key}"} for key, text in problems.items()],
    )
