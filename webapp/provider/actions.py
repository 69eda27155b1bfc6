"""What a provider has to put right after inspections."""

from __future__ import annotations

import uuid
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from models import ImprovementAction
from webapp.db import db
from webapp.provider import bp, frame
from webapp.provider.home import task_row
from webapp.provider.messages import document_link
from webapp.shared import days_left, provider_words
from workflows.queries import improvements, providers

STEPS = frozenset({"plan-actions", "answer-action", "comment-on-draft"})


@bp.get("/provider/actions")
def actions() -> ResponseReturnValue:
    """What waits, then every action, the first due first."""
    provider = frame.here()
    found = improvements.actions_of(db.session, provider)
    rows = [_row(each) for each in found]
    return frame.page(
        "provider/actions.html",
        tasks=[task_row(task) for task in providers.tasks_for(db.session, provider) if task.bpmn_id in STEPS],
        rows=[row for row in rows if not row["is_done"]],
        done=[row for row in rows if row["is_done"]],
    )


@bp.get("/provider/actions/<uuid:action_id>")
def action(action_id: uuid.UUID) -> ResponseReturnValue:
    """One action: what was found, what the provider said it would do, and how far it is."""
    provider = frame.here()
    found = improvements.action_of(db.session, provider, action_id)
    inspection = found.finding.inspection
    waiting = [task for task in providers.tasks_for(db.session, provider) if task.case_id == inspection.case_id and task.bpmn_id in STEPS]
    document = providers.documents_by_id(db.session, provider, [found.document_id] if found.document_id else [])
    return frame.page(
        "provider/action.html",
        row=_row(found),
        action=found,
        finding=found.finding,
        severity=provider_words.SEVERITY[found.finding.severity],
        document=document_link(document[0]) if document else None,
        tasks=[task_row(task) for task in waiting],
    )


def _row(found: ImprovementAction) -> dict[str, Any]:
    inspection = found.finding.inspection
    return {
        "action": found.action,
        "href": url_for("provider.action", action_id=found.id),
        "place": inspection.premises.name if inspection.premises else "Your organisation",
        "due_on": found.due_on,
        "due_words": days_left.until_day(found.due_on),
        "tag": _tag(found),
        "is_done": found.verified_at is not None,
    }


def _tag(found: ImprovementAction) -> dict[str, str]:
    if found.verified_at is not None:
        return {"text": "Put right", "colour": "green"}
    if found.not_verified_because:
        return {"text": "More is needed", "colour": "orange"}
    return {"text": "Being checked", "colour": "teal"} if found.answered_at else {"text": "To do", "colour": "blue"}
