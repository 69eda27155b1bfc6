"""The draft of a task, saved while somebody types: kept unless another tab was faster, and what a page's script is told."""

from __future__ import annotations

from datetime import datetime

from flask import request

from models import Draft, UserTask
from webapp.db import db
from webapp.shared import filters, task_forms
from webapp.signed_in import person
from workflows.actions import tasks
from workflows.errors import Conflict, TaskGone
from workflows.queries import tasks as task_queries
from workflows.rules import policies


class SavedElsewhere(Conflict):
    """The same person saved the same task in another tab after this page was opened."""


def keep(task: UserTask) -> Draft:
    """Save the form of this request as the draft. TaskGone when the task is somebody else's; SavedElsewhere when another
    tab was faster and this page does not know.
    """
    _check_not_saved_elsewhere(task)
    return tasks.save_draft(db.session, task, values=task_forms.typed_in_form(), by=person())


def seen(draft: Draft | None) -> str:
    """The mark by which a page says which state of the draft it has."""
    return draft.saved_at.isoformat() if draft else ""


def _check_not_saved_elsewhere(task: UserTask) -> None:
    sent = request.form.get("_draft_seen")
    draft = task_queries.draft_for(db.session, task, person())
    if sent is None or draft is None or draft.user_id != person().id or _is_known(sent, draft):
        return
    raise SavedElsewhere(f"You saved this in another tab at {filters.time_of(draft.saved_at)}")


def _is_known(sent: str, draft: Draft) -> bool:
    try:
        return sent == "keep" or draft.saved_at <= datetime.fromisoformat(sent)
    except (ValueError, TypeError):
        return False


def happened(task: UserTask) -> str:
    """The sentence for a page whose task is no longer its reader's; empty while it still is."""
    try:
        policies.check_waiting(task, by=person(), acting_for=task_queries.acting_for(db.session, task, person()))
    except TaskGone as gone:
        return f"{gone}."
    return ""
