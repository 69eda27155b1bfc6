"""An application as staff read it: what the provider said, what was checked, and how it was scored."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from models import Application
from webapp.db import db
from webapp.shared import applied, case_cards_application
from webapp.signed_in import person
from webapp.work import bp
from workflows.errors import NotFound
from workflows.queries import cases
from workflows.queries import due_diligence as queries


@bp.get("/cases/<reference>/application")
def show_application(reference: str) -> ResponseReturnValue:
    """The application of a case with its checks and scores."""
    case = cases.case_for(db.session, person(), reference=reference)
    application = case_cards_application.find(db.session, case)
    if application is None or application.sent_at is None:
        raise NotFound("There is no application to read")
    return render_template(
        "work/application.html",
        case=case,
        application=application,
        explanation=case_cards_application.explanation_of(application),
        is_running=application.decided_at is None and application.ended_at is None,
        sections=applied.sections(db.session, application),
        checks=case_cards_application.checks_shown(queries.checks(db.session, case.id)),
        scores=scores(application),
    )


def scores(application: Application) -> list[dict[str, Any]]:
    """The scores by question. Nobody sees them before both evaluators have scored, so that each scores by themselves."""
    found = queries.scores(db.session, application.case_id)
    if queries.missing_seats(found):
        return []
    seats, final = queries.by_seat(found), queries.final_scores(found)
    mark = queries.criterion(db.session, application.purchasing_list, "pass_mark")
    return [
        {
            "question": name,
            "first": seats[1][key],
            "second": seats[2][key],
            "final": f"{final[key]:g}",
            "is_moderated": key in seats.get(queries.MODERATED, {}),
            "tag": {"text": "Met", "colour": "green"} if final[key] >= mark else {"text": "Not met", "colour": "grey"},
        }
        for key, name in queries.QUESTIONS.items()
    ]
