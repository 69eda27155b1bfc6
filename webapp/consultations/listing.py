"""The list of requests for advice to a person's teams."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import ConsultationRequest
from webapp.consultations import bp
from webapp.db import db
from webapp.shared import advice, days_left
from webapp.signed_in import person
from workflows.queries import consultations
from workflows.rules import permissions

MOST_SHOWN = 100


@bp.get("/consultations")
def list_consultations() -> ResponseReturnValue:
    """What my teams were asked: what still waits, or what is answered."""
    shows_ended = request.args.get("show") == "answered"
    waiting = consultations.asked(db.session, person())
    ended = consultations.ended(db.session, person(), limit=MOST_SHOWN)
    found = ended if shows_ended else waiting
    return render_template(
        "consultations/list.html",
        tabs=_tabs(len(waiting), len(ended), shows_ended=shows_ended),
        rows=[_row(each) for each in found],
        shows_ended=shows_ended,
        ended_count=len(ended),
    )


def _tabs(waiting: int, ended: int, *, shows_ended: bool) -> list[dict[str, Any]]:
    here = url_for("consultations.list_consultations")
    return [
        {"text": "Asked", "href": here, "count": waiting, "active": not shows_ended},
        {"text": "Answered", "href": f"{here}?show=answered", "count": ended, "active": shows_ended},
    ]


def _row(asked: ConsultationRequest) -> dict[str, Any]:
    text, colour = advice.tag(asked)
    return {
        "href": url_for("consultations.show_consultation", request_id=asked.id),
        "title": asked.decision.title,
        "reference": asked.decision.public_reference,
        "case": asked.decision.case.reference,
        "team": asked.consultee.name,
        "for_whom": "" if asked.consultee_key in permissions.groups_of(person()) else f"for {asked.consultee.name}",
        "round": asked.round,
        "is_mandatory": asked.is_mandatory,
        "asked_at": asked.asked_at,
        "due_at": asked.due_at,
        "due_words": days_left.until(asked.due_at),
        "answered_at": asked.answered_at,
        "answered_by": asked.answered_by.name if asked.answered_by else "",
        "is_late": asked.is_late,
        "tag": text,
        "colour": colour,
    }
