"""Conflicts of interest: declaring them, the register, and clearing one that somebody else declared."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Case, Interest, InterestKind, User
from webapp.db import db, writes
from webapp.shared import task_links
from webapp.signed_in import person
from webapp.work import bp
from workflows.actions import interests
from workflows.errors import Invalid, NotFound
from workflows.queries import cases
from workflows.queries import interests as queries
from workflows.queries import tasks as task_queries
from workflows.rules import interests as rules
from workflows.rules import permissions

KINDS = {
    InterestKind.NONE: ("No interest", ""),
    InterestKind.PERCEIVED: ("Others might think so", "I have none, but somebody could reasonably think I have."),
    InterestKind.POTENTIAL: ("There could be one", "Something could become an interest while the case runs."),
    InterestKind.ACTUAL: ("There is one", "I, my family or my friends would gain or lose. The work goes to somebody else."),
}
WORDS = {kind: title for kind, (title, _) in KINDS.items()}
LONGEST = 2000


@bp.get("/cases/<reference>/interest")
def declare(reference: str) -> ResponseReturnValue:
    """Ask what interest a person has in a provider's case."""
    return _page(_provider_case(reference), {})


@bp.post("/cases/<reference>/interest", endpoint="keep_interest")
@writes
def keep_interest(reference: str) -> ResponseReturnValue:
    """Keep what they said, and go back to the task where nothing stands in the way."""
    case = _provider_case(reference)
    try:
        interest = interests.declare(
            db.session, case, kind=_kind(), nature=_text("nature"), mitigation=_text("mitigation"), by=person(), of=_colleague(case)
        )
    except Invalid as error:
        return _page(case, error.errors), 422
    flash(_said(interest))
    if interest.user_id != person().id:
        return redirect(url_for("work.show_interest", interest_id=interest.id), 303)
    if rules.stands(interest):
        return redirect(url_for("work.inbox"), 303)
    return redirect(_back(case), 303)


def _provider_case(reference: str) -> Case:
    case = cases.case_for(db.session, person(), reference=reference)
    if not rules.concerns(case):
        raise NotFound("Nobody declares an interest in this case")
    permissions.check_contribute(person())
    return case


def _kind() -> InterestKind:
    try:
        return InterestKind(request.form.get("kind", ""))
    except ValueError as error:
        raise Invalid({"kind": "Select whether you have an interest"}) from error


def _text(name: str) -> str:
    text = request.form.get(name, "").strip()
    if len(text) > LONGEST:
        raise Invalid({name: f"This must be {LONGEST:,} characters or fewer"})
    return text


def _colleague(case: Case) -> User | None:
    """The colleague whose interest was found out, for those who may record it; None for the person themselves."""
    chosen = request.form.get("of", "")
    if not chosen:
        return None
    for each in _colleagues(case):
        if str(each.id) == chosen:
            return each
    raise Invalid({"of": "Select whose interest it is"})


def _colleagues(case: Case) -> list[User]:
    if not permissions.has_role(person(), *rules.CLEARERS):
        return []
    return [each for each in queries.workers(db.session, case) if each.id != person().id]


def _said(interest: Interest) -> str:
    if interest.user_id != person().id:
        return "The interest is in the register"
    if interest.kind is InterestKind.ACTUAL:
        return "Your declaration is in the register. Your tasks on this provider went back to the team"
    if rules.stands(interest):
        return "Your declaration is in the register. You can start once somebody has cleared it"
    return "You declared that you have no interest in this provider"


def _back(case: Case) -> str:
    try:
        task = task_queries.task_for(db.session, person(), uuid.UUID(request.form.get("task", "")))
    except (ValueError, NotFound):
        return url_for("cases.show_case", reference=case.reference)
    return task_links.href(task)


def _page(case: Case, errors: dict[str, str]) -> str:
    chosen = request.form.get("kind", "")
    named = request.form.get("of", "")
    return render_template(
        "work/interest.html",
        case=case,
        task_id=request.form.get("task") or request.args.get("task", ""),
        kinds=[
            {"value": kind.value, "text": title, "hint": {"text": hint} if hint else None, "checked": kind.value == chosen}
            for kind, (title, hint) in KINDS.items()
        ],
        colleagues=[{"value": str(each.id), "text": each.name, "selected": str(each.id) == named} for each in _colleagues(case)],
        typed={name: request.form.get(name, "") for name in ("nature", "mitigation")},
        reads_register=permissions.has_role(person(), *queries.READERS),
        errors=errors,
        problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
    )


@bp.get("/interests")
def list_interests() -> ResponseReturnValue:
    """The register: everyone who declared an interest, those that stand first."""
    rows = [_row(interest, case) for interest, case in queries.register(db.session, person())]
    return render_template("work/interests.html", rows=rows)


def _row(interest: Interest, case: Case) -> dict[str, Any]:
    state = {"text": "In the way", "colour": "orange"} if rules.stands(interest) else {"text": "Cleared", "colour": "green"}
    return {
        "id": interest.id,
        "who": interest.user.name,
        "reference": case.reference,
        "title": case.title,
        "kind": WORDS[interest.kind],
        "declared_at": interest.declared_at,
        "state": state,
    }


@bp.get("/interests/<uuid:interest_id>")
def show_interest(interest_id: uuid.UUID) -> ResponseReturnValue:
    """One declaration, with the way to clear it for those who may."""
    return _interest_page(_interest(interest_id), {})


@bp.post("/interests/<uuid:interest_id>/clear", endpoint="clear_interest")
@writes
def clear_interest(interest_id: uuid.UUID) -> ResponseReturnValue:
    """Clear a declared interest, with the reason."""
    interest = _interest(interest_id)
    try:
        interests.clear(db.session, interest, because=_text("because"), by=person())
    except Invalid as error:
        return _interest_page(interest, error.errors), 422
    flash(f"{interest.user.name} can work on this provider")
    return redirect(url_for("work.show_interest", interest_id=interest.id), 303)


def _interest(interest_id: uuid.UUID) -> Interest:
    """The declaration, for its own person and for those who keep the register."""
    interest = queries.find(db.session, interest_id)
    if interest.user_id != person().id:
        queries.check_read_register(person())
    return interest


def _interest_page(interest: Interest, errors: dict[str, str]) -> str:
    case = db.session.get_one(Case, interest.case_id)
    cleared_by = db.session.get(User, interest.cleared_by_id) if interest.cleared_by_id else None
    return render_template(
        "work/interest_shown.html",
        interest=interest,
        row=_row(interest, case),
        cleared_by=cleared_by.name if cleared_by else "",
        can_clear=rules.can_clear(person(), interest),
        because=request.form.get("because", ""),
        errors=errors,
        problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
    )
