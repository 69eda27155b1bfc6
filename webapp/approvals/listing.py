"""The decisions and sign-offs that wait for a person. There is no way to sign several at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from models import clock
from webapp.approvals import bp, choices
from webapp.db import db
from webapp.shared import days_left, filters
from webapp.signed_in import person
from workflows.queries import approvals, decisions
from workflows.queries.approvals import Waiting
from workflows.rules import decidable


@bp.get("/approvals")
def list_approvals() -> ResponseReturnValue:
    """What waits for me, and what waits for others about reports I wrote."""
    return render_template(
        "approvals/list.html",
        mine=[_row(each) for each in approvals.waiting(db.session, person())],
        others=[_row(each) for each in approvals.waiting_elsewhere(db.session, person())],
    )


def _row(waiting: Waiting) -> dict[str, Any]:
    task = waiting.task
    holder = task.assignee
    return {
        "href": url_for("approvals.show_approval", task_id=task.id),
        "title": waiting.decision.title,
        "reference": waiting.decision.public_reference,
        "what": task.name,
        "who": waiting.decision.maker.name if choices.kind_of(task) == "decide" else task.label,
        "for_whom": f"for {waiting.acting_for.name}" if waiting.acting_for else "",
        "holder": holder.name if holder is not None and holder.id != person().id else "",
        "refusal": waiting.refusal,
        "due_at": task.due_at,
        "due_words": days_left.until(task.due_at),
        "when": _when(waiting),
        "money": waiting.decision.value_total,
    }


def _when(waiting: Waiting) -> str:
    """Whether it could be decided today, in a few words; nothing for a sign-off, which may be given at any time."""
    if choices.kind_of(waiting.task) != "decide":
        return ""
    standing = decisions.standing(db.session, waiting.decision)
    checks = [check for check in decidable.checks_to_decide(standing, by=person().id, at=clock.now()) if check.id not in ("maker", "separation")]
    first = decidable.first_possible_day(checks)
    if not decidable.unmet(checks):
        return "Can be decided today"
    return _from(first) if first else decidable.unmet(checks)[0].words


def _from(first: date) -> str:
    return f"Can be decided from {filters.table_day(first)}"
