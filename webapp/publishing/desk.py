"""The desk: what is ready to publish, what people can comment on or call in, what is to be confirmed, what can be corrected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import DecisionRecord, KeyDecision, Notice
from webapp.db import db
from webapp.publishing import bp
from webapp.shared import days_left
from webapp.signed_in import person
from workflows.queries import decisions, publishing
from workflows.queries.publishing import Waiting
from workflows.rules import permissions, status

Row = dict[str, Any]


@bp.get("/publishing")
def desk() -> ResponseReturnValue:
    """One tab of the desk."""
    found = {name: rows() for name, rows in TABS.items()}
    shown = request.args.get("show", "")
    name = shown if shown in TABS else "ready"
    return render_template(
        "publishing/desk.html", rows=found[name], shown=name, heading=HEADINGS[name], tabs=tabs({key: len(rows) for key, rows in found.items()}, name)
    )


def tabs(counts: dict[str, int], active: str) -> list[Row]:
    """The tabs with what lies under each."""
    listed = [
        {"text": text, "href": url_for("publishing.desk", show=name), "count": counts.get(name), "active": name == active}
        for name, text in HEADINGS.items()
    ]
    requests = len(publishing.call_in_requests(db.session, person()))
    return [*listed, {"text": "Call-in requests", "href": url_for("publishing.call_ins"), "count": requests, "active": active == "call-ins"}]


def _ready() -> list[Row]:
    return [_task_row(waiting) for waiting in publishing.to_publish(db.session, person())]


def _task_row(waiting: Waiting) -> Row:
    task = waiting.task
    holder = task.assignee
    return _about(waiting.decision) | {
        "href": url_for("publishing.preview", task_id=task.id),
        "what": task.name,
        "holder": holder.name if holder is not None and holder.id != person().id else "",
        "due_at": task.due_at,
        "due_words": days_left.until(task.due_at),
    }


def _about(decision: KeyDecision) -> Row:
    record = decisions.newest_record(db.session, decision)
    found = status.status_of(decision, record, decisions.call_ins(db.session, [record] if record else []))
    return {
        "title": decision.title,
        "reference": decision.public_reference,
        "case": decision.case.reference,
        "case_href": url_for("cases.show_case", reference=decision.case.reference),
        "href": url_for("cases.show_case", reference=decision.case.reference),
        "public_href": url_for("public.show_decision", slug=decision.slug),
        "tag": found.tag,
        "colour": found.colour,
    }


def _comments() -> list[Row]:
    return [
        _about(decision) | {
            "until": decision.representations_close_at,
            "count": len(decisions.representations(db.session, decision)),
            "first_day": decision.earliest_decision_on,
        }
        for decision in publishing.in_comment_period(db.session, person())
    ]  # fmt: skip


def _call_in() -> list[Row]:
    return [_record_row(decision, record) for decision, record in publishing.in_call_in(db.session, person())]


def _confirm() -> list[Row]:
    return [_record_row(decision, record) for decision, record in publishing.to_confirm(db.session, person())]


def _record_row(decision: KeyDecision, record: DecisionRecord) -> Row:
    return _about(decision) | {
        "published_on": record.published_on,
        "until": record.call_in_closes_at,
        "effective_from": record.effective_from,
        "contact": decision.contact.name,
    }


def _corrections() -> list[Row]:
    may_correct = permissions.has_role(person(), *permissions.PUBLISHERS)
    return [_notice_row(decision, notice, may_correct=may_correct) for decision, notice in publishing.published(db.session, person())]


def _notice_row(decision: KeyDecision, notice: Notice, *, may_correct: bool) -> Row:
    return _about(decision) | {
        "version": notice.version,
        "published_at": notice.published_at,
        "reason": notice.reason,
        "correct_href": url_for("publishing.correct", slug=decision.slug) if may_correct else "",
    }


HEADINGS = {
    "ready": "Ready to publish",
    "comments": "In comment period",
    "call-in": "In call-in",
    "confirm": "In effect, to carry out",
    "corrections": "Published notices",
}
TABS: dict[str, Callable[[], list[Row]]] = {
    "ready": _ready, "comments": _comments, "call-in": _call_in, "confirm": _confirm, "corrections": _corrections,
}  # fmt: skip
