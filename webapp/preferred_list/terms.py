"""The term of a list's contract: whether it may be extended, the plan counted back from its end, the reminders, and the way to a key decision."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Contract, Milestone, PurchasingList, clock
from webapp.db import db, writes
from webapp.preferred_list import bp
from webapp.preferred_list.lists import notices, state_tag
from webapp.shared import filters, task_links
from webapp.signed_in import person
from workflows.actions import contracts
from workflows.errors import Invalid
from workflows.queries import lists as queries
from workflows.queries import tasks as task_queries
from workflows.rules import list_terms, permissions
from workflows.rules.list_terms import Answer, Step

ANSWERS = {
    Answer.YES: ("It may be extended", "green"), Answer.LEGAL: ("Legal must say whether it can be extended", "orange"),
    Answer.NO: ("It cannot be extended", "red"),
}  # fmt: skip
ROUTE_A = "notice"


@bp.get("/preferred-list/lists/<list_reference>/term")
def term(list_reference: str) -> ResponseReturnValue:
    """The term of the contract behind a list."""
    found = queries.by_reference(db.session, list_reference)
    return _page(found, _contract(found), {})


def _contract(found: PurchasingList) -> Contract:
    contract = queries.contract_of(db.session, found)
    if contract is None:
        abort(404)
    return contract


def _page(found: PurchasingList, contract: Contract, errors: dict[str, str]) -> str:
    today = clock.today()
    plan, verdict = queries.plan(db.session, contract), queries.verdict(db.session, contract)
    text, colour = ANSWERS[verdict.answer]
    unused = next((option for option in contract.options if option.used_on is None), None)
    under_way = queries.open_decision(db.session, contract)
    may_start = permissions.can_start(person(), queries.KEY_DECISION)
    return render_template(
        "preferred_list/term.html", list=found, contract=contract, owner=queries.owner_of(db.session, contract), notices=notices(found),
        state=state_tag(state := queries.state(db.session, contract, today)), alarm=state == "expired_with_activity", verdict=verdict,
        answer={"text": text, "colour": colour}, cannot_use_route_a=_is_too_late(plan), plan=[_step(step) for step in plan],
        reminders=[_reminder(each) for each in queries.milestones(db.session, contract)], watch=queries.term_case(db.session, contract),
        under_way=under_way, can_extend=may_start and under_way is None and verdict.answer is not Answer.NO and unused is not None,
        can_replace=may_start and under_way is None, errors=errors, problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
        wants_option=unused is None and contract.regime in list_terms.LIGHT_TOUCH and today <= contract.ends_on and list_terms.can_keep(person()),
    )  # fmt: skip


def _is_too_late(plan: list[Step]) -> str:
    """The last day to publish the notice of a decision in time, once it has passed."""
    last = next(step.on for step in plan if step.kind == ROUTE_A)
    return filters.day(last) if last < clock.today() else ""


def _step(step: Step) -> dict[str, Any]:
    return {"words": step.words, "on": step.on, "explanation": step.explanation, "is_past": step.on < clock.today()}


def _reminder(found: Milestone) -> dict[str, Any]:
    if found.put_off_until is not None:
        answer = f"Put off to {filters.short_day(found.put_off_until)}: {found.put_off_because}"
    elif found.acknowledged_at is not None:
        answer = f"Answered by {found.acknowledged_by.name if found.acknowledged_by else 'somebody'} on {filters.short_day(found.acknowledged_at)}"
    else:
        answer = "Not answered"
    return {"words": rung_words(found.kind), "given": found.reminded_at, "for_end": found.for_end, "answer": answer}


def rung_words(kind: str) -> str:
    """A reminder of the ladder in words: `6 months before the end`, `After the end`."""
    number, unit = kind[:-1], kind[-1:]
    if not number.isdigit():
        return "After the end"
    word = {"m": "month", "d": "day"}.get(unit, "day")
    return f"{number} {word}{'' if number == '1' else 's'} before the end"


@bp.post("/preferred-list/lists/<list_reference>/term/decision")
@writes
def open_decision(list_reference: str) -> ResponseReturnValue:
    """Open the key decision about the term, with what is known filled in, and lead to its first task."""
    contract = _contract(queries.by_reference(db.session, list_reference))
    case = contracts.open_decision(db.session, contract, extend=request.form.get("kind") == "extend", by=person())
    task = task_queries.open_tasks_of(db.session, case.id)[0]
    flash(f"Case {case.reference} is open, and what is known is filled in. Check it and complete it")
    return redirect(task_links.href(task), 303)


@bp.post("/preferred-list/lists/<list_reference>/term/option")
@writes
def add_option(list_reference: str) -> ResponseReturnValue:
    """Write down by how many months a light-touch contract would be extended."""
    found = queries.by_reference(db.session, list_reference)
    months = request.form.get("months", "").strip()
    try:
        contracts.add_option(db.session, _contract(found), months=int(months) if months.isascii() and months.isdigit() else 0, by=person())
    except Invalid as error:
        db.session.rollback()
        found = queries.by_reference(db.session, list_reference)
        return _page(found, _contract(found), error.errors), 422
    flash(f"An extension by {months} months is written down. It needs a decision")
    return redirect(url_for("preferred_list.term", list_reference=found.reference), 303)
