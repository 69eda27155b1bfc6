"""Internal comments on a case."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Case
from webapp import kept
from webapp.cases import bp, frame
from webapp.db import db, writes
from webapp.signed_in import person
from workflows.actions import comments as comment_actions
from workflows.errors import Invalid
from workflows.queries import case_pages
from workflows.rules import permissions


@bp.get("/cases/<reference>/comments")
def comments(reference: str) -> ResponseReturnValue:
    """What colleagues said about a case, the newest first, and the box for another comment."""
    back = kept.typed()
    return _page(frame.find(reference), body=back.get("body", "") if back else "")


@bp.post("/cases/<reference>/comments", endpoint="add_comment")
@writes
def add_comment(reference: str) -> ResponseReturnValue:
    """Add a comment."""
    case = frame.find(reference)
    body = request.form.get("body", "")
    try:
        comment_actions.add(db.session, case, body=body, by=person())
    except Invalid as error:
        db.session.rollback()
        return _page(frame.find(reference), body=body, errors=error.errors), 422
    flash("Your comment is added")
    return redirect(url_for("cases.comments", reference=case.reference), 303)


def _page(case: Case, *, body: str = "", errors: dict[str, str] | None = None) -> str:
    return frame.page(
        case,
        "cases/comments.html",
        tab="comments",
        comments=case_pages.comments(db.session, case),
        body=body,
        errors=errors or {},
        problems=[{"text": words, "href": f"#{name}"} for name, words in (errors or {}).items()],
        can_comment=permissions.can_comment(person(), case),
        longest=comment_actions.LONGEST,
    )
