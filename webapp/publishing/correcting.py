"""Correcting a published notice openly: what it said, what it says now, why, and whether its clock starts again."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import KeyDecision, Notice, NoticeRoute, clock
from webapp.db import db, writes
from webapp.publishing import bp
from webapp.shared import reports
from webapp.signed_in import person
from workflows.actions import corrections, notices
from workflows.errors import Invalid, NotFound
from workflows.queries import decisions, publishing
from workflows.rules import permissions

LABELS = {
    "title": "Title",
    "summary": "What it is about",
    "proposal": "What is proposed",
    "documents": "Documents for the decision maker",
    "documents_address": "Where to get copies",
    "request_procedure": "How to ask for details of other documents",
}
LONGEST = {"title": 150, "documents_address": 500}


@bp.get("/publishing/<slug>/correct")
def correct(slug: str) -> ResponseReturnValue:
    """The notice as it stands, ready to be changed."""
    decision, notice = _published(slug)
    return _form(decision, notice, _present(notice), {})


@bp.post("/publishing/<slug>/correct/check")
@writes
def check_correction(slug: str) -> ResponseReturnValue:
    """What the notice said and what it would say, before anything is published."""
    decision, notice = _published(slug)
    typed = _typed(notice)
    errors = _errors(notice, typed)
    if errors or "change" in request.form:
        return _form(decision, notice, typed, errors), 422 if errors else 200
    return _check(decision, notice, typed)


@bp.get("/publishing/<slug>/correct/check", endpoint="check_again")
def back_to_the_form(slug: str) -> ResponseReturnValue:
    """The check by itself has nothing to show."""
    return redirect(url_for("publishing.correct", slug=slug))


@bp.post("/publishing/<slug>/correct")
@writes
def publish_correction(slug: str) -> ResponseReturnValue:
    """Publish the corrected notice with its reason."""
    decision, notice = _published(slug)
    typed = _typed(notice)
    errors = _errors(notice, typed)
    try:
        if errors:
            raise Invalid(errors)
        corrections.correct(
            db.session, decision, changes={key: typed[key] for key in LABELS}, reason=typed["reason"],
            restarts_clock=typed["restarts_clock"] == "yes", by=person(),
        )  # fmt: skip
    except Invalid as error:
        db.session.rollback()
        decision, notice = _published(slug)
        return _form(decision, notice, typed, error.errors), 422
    flash(f"The notice of “{decision.title}” is corrected. The page says what changed and why")
    return redirect(url_for("publishing.desk", show="corrections"), 303)


def _published(slug: str) -> tuple[KeyDecision, Notice]:
    decision = publishing.published_by_slug(db.session, person(), slug)
    permissions.check_publish(person(), decision.case)
    notice = decisions.newest_notice(db.session, decision)
    if notice is None:
        raise NotFound("There is no decision at this address")
    return decision, notice


def _present(notice: Notice) -> dict[str, str]:
    return {key: str(notice.content.get(key, "")) for key in LABELS} | {"reason": "", "restarts_clock": ""}


def _typed(notice: Notice) -> dict[str, str]:
    present = _present(notice)
    return {key: request.form.get(key, present[key]).replace("\r\n", "\n").strip() for key in present}


def _errors(notice: Notice, typed: dict[str, str]) -> dict[str, str]:
    errors = {key: message for key, message in corrections.NEVER_EMPTY.items() if not typed[key]}
    for key, most in LONGEST.items():
        if len(typed[key]) > most:
            errors[key] = f"{LABELS[key]} must be {most} characters or fewer"
    is_same = all(typed[key] == str(notice.content.get(key, "")) for key in LABELS)
    if not errors and is_same and typed["restarts_clock"] != "yes":
        errors["title"] = "Change at least one part of the notice"
    if not typed["reason"]:
        errors["reason"] = "Enter why the notice is corrected"
    if typed["restarts_clock"] not in ("yes", "no"):
        errors["restarts_clock"] = "Select whether the clock starts again"
    return errors


def _form(decision: KeyDecision, notice: Notice, typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "publishing/correct.html",
        decision=decision,
        notice=notice,
        labels=LABELS,
        typed=typed,
        problems=errors,
        errors=[{"text": text, "href": f"#{key}"} for key, text in errors.items()],
        can_restart=decision.state in corrections.UNDECIDED,
    )


def _check(decision: KeyDecision, notice: Notice, typed: dict[str, str]) -> str:
    return render_template(
        "publishing/correct_check.html",
        decision=decision,
        changes=[_change(key, notice, typed) for key in LABELS if typed[key] != str(notice.content.get(key, ""))],
        typed=typed,
        restart=_restart(decision) if typed["restarts_clock"] == "yes" else None,
    )


def _change(key: str, notice: Notice, typed: dict[str, str]) -> dict[str, Any]:
    before = str(notice.content.get(key, ""))
    return {"label": LABELS[key], "before": before, "after": typed[key], "pieces": reports.compared(before, typed[key])}


def _restart(decision: KeyDecision) -> dict[str, Any]:
    """What a clock that starts again today would bring."""
    route = decision.route or NoticeRoute.NORMAL
    earliest = notices.earliest_day(db.session, route, clock.today())
    return {"first_day": earliest.on, "explanation": earliest.explanation, "is_too_late": earliest.on > decision.due_to}
