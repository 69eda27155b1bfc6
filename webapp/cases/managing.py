"""Withdrawing a proposal and moving it to another month, each on a page that asks first."""

from __future__ import annotations

import calendar as months
from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Case, KeyDecision, clock
from webapp import kept
from webapp.cases import bp, frame
from webapp.db import db, writes
from webapp.signed_in import person
from workflows.actions import proposals
from workflows.errors import Invalid, Refused
from workflows.queries import decisions as decision_queries
from workflows.rules import permissions, words

LONGEST_REASON = 1000
YEARS_AHEAD = 3


@bp.get("/cases/<reference>/withdraw")
def withdraw(reference: str) -> ResponseReturnValue:
    """Say what withdrawing does and ask why."""
    case, decision = _to_withdraw(reference)
    return _withdraw_page(case, decision, because=_kept("because"))


@bp.post("/cases/<reference>/withdraw", endpoint="withdraw_post")
@writes
def withdraw_post(reference: str) -> ResponseReturnValue:
    """Withdraw the proposal."""
    case, decision = _to_withdraw(reference)
    because = request.form.get("because", "")
    try:
        _check_length(because)
        if decision is None:
            proposals.withdraw_unproposed(db.session, case, because=because, by=person())
        else:
            proposals.withdraw(db.session, decision, because=because, by=person())
    except Invalid as error:
        db.session.rollback()
        return _withdraw_page(*_to_withdraw(reference), because=because, errors=error.errors), 422
    flash("The proposal is withdrawn")
    return redirect(url_for("cases.show_case", reference=case.reference), 303)


@bp.get("/cases/<reference>/defer")
def defer(reference: str) -> ResponseReturnValue:
    """Ask to which month, and why."""
    case, decision = _find(reference, _check_deferrable)
    return _defer_page(case, decision, {name: _kept(name) for name in ("new_due_month", "new_due_year", "because")})


@bp.post("/cases/<reference>/defer", endpoint="defer_post")
@writes
def defer_post(reference: str) -> ResponseReturnValue:
    """Move the decision to a later month."""
    case, decision = _find(reference, _check_deferrable)
    answers = {name: request.form.get(name, "").strip() for name in ("new_due_month", "new_due_year", "because")}
    try:
        _check_length(answers["because"])
        proposals.defer(db.session, decision, answers=answers, by=person())
    except Invalid as error:
        db.session.rollback()
        return _defer_page(*_find(reference, _check_deferrable), answers, error.errors), 422
    flash(f"The decision is moved to {words.period(decision.due_from, decision.due_to)}")
    return redirect(url_for("cases.show_case", reference=case.reference), 303)


def _find(reference: str, check: Callable[[KeyDecision], None]) -> tuple[Case, KeyDecision]:
    case = frame.find(reference)
    permissions.check_manage(person(), case)
    decision = decision_queries.of_case(db.session, case.id)
    check(decision)
    return case, decision


def _to_withdraw(reference: str) -> tuple[Case, KeyDecision | None]:
    case = frame.find(reference)
    permissions.check_manage(person(), case)
    decision = decision_queries.find_of_case(db.session, case.id)
    if decision is not None:
        _check_withdrawable(decision)
    return case, decision


def _check_withdrawable(decision: KeyDecision) -> None:
    if decision.state in proposals.FINISHED:
        raise Refused("This matter is already closed")


def _check_deferrable(decision: KeyDecision) -> None:
    if decision.state in proposals.FINISHED | proposals.DECIDED:
        raise Refused("This decision has been made, so it cannot be moved")


def _check_length(because: str) -> None:
    if len(because) > LONGEST_REASON:
        raise Invalid({"because": f"The reason must be {LONGEST_REASON:,} characters or fewer"})


def _kept(name: str) -> str:
    back = kept.typed()
    return back.get(name, "") if back else ""


def _problems(errors: dict[str, str]) -> list[dict[str, str]]:
    return [{"text": text, "href": f"#{name}"} for name, text in errors.items()]


def _withdraw_page(case: Case, decision: KeyDecision | None, *, because: str, errors: dict[str, str] | None = None) -> str:
    return frame.page(
        case,
        "cases/withdraw.html",
        tab="",
        decision=decision,
        because=because,
        errors=errors or {},
        problems=_problems(errors or {}),
        is_public=decision is not None and decision_queries.is_public(db.session, decision),
        longest=LONGEST_REASON,
    )


def _defer_page(case: Case, decision: KeyDecision, answers: dict[str, str], errors: dict[str, str] | None = None) -> str:
    first = max(clock.today().year, decision.due_from.year)
    years = [str(first + ahead) for ahead in range(YEARS_AHEAD)]
    return frame.page(
        case,
        "cases/defer.html",
        tab="",
        decision=decision,
        period=words.period(decision.due_from, decision.due_to),
        answers=answers,
        errors=errors or {},
        problems=_problems(errors or {}),
        month_items=_items([(str(number), months.month_name[number]) for number in range(1, 13)], answers["new_due_month"]),
        year_items=_items([(year, year) for year in years], answers["new_due_year"]),
        is_public=decision is not None and decision_queries.is_public(db.session, decision),
        longest=LONGEST_REASON,
    )


def _items(found: list[tuple[str, str]], chosen: str) -> list[dict[str, object]]:
    return [{"value": "", "text": "Choose one"}, *({"value": value, "text": text, "selected": value == chosen} for value, text in found)]
