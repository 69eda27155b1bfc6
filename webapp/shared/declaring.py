"""Where somebody of staff says whether they have an interest in a provider, before their first task on it."""

from __future__ import annotations

from flask import url_for

from models import UserTask
from webapp.db import db
from webapp.signed_in import person
from workflows.queries import interests


def wanted(task: UserTask) -> str:
    """The address of the declaration that this task waits for, which comes back to the task; empty when it waits for none."""
    if not interests.is_wanted(db.session, task, person()):
        return ""
    return url_for("work.declare", reference=task.case.reference, task=task.id)
