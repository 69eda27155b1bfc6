"""The list of cases, and starting a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import CaseStatus, DecisionState, UserTask
from webapp import kept
from webapp.cases import bp
from webapp.cases.frame import kind_words
from webapp.db import db, writes
from webapp.shared import days_left, filters, task_links
from webapp.signed_in import person
from workflows.actions import cases
from workflows.errors import Invalid, NotFound
from workflows.queries import case_list, people, processes
from workflows.queries import tasks as task_queries
from workflows.rules import permissions

ASKED = ("kind", "state", "team", "words", "process", "version")
STATE_WORDS = {
    CaseStatus.OPEN.value: "Open",
    CaseStatus.CLOSED.value: "Closed",
    case_list.STUCK: "Cannot continue",
    DecisionState.DRAFT.value: "Decision: draft",
    DecisionState.NOTICE_PUBLISHED.value: "Decision: notice published",
    DecisionState.AWAITING_DECISION.value: "Decision: waiting for decision",
    DecisionState.DECIDED.value: "Decision: decided, not published",
    DecisionState.CALL_IN_OPEN.value: "Decision: can be called in",
    DecisionState.CALLED_IN.value: "Decision: called in",
    DecisionState.RECONSIDERING.value: "Decision: referred back",
    DecisionState.IN_EFFECT.value: "Decision: in effect",
    DecisionState.CARRIED_OUT.value: "Decision: carried out",
    DecisionState.NOT_APPROVED.value: "Decision: not approved",
    DecisionState.WITHDRAWN.value: "Decision: withdrawn",
    DecisionState.NOT_KEY.value: "Decision: not key",
}


@bp.get("/cases")
def list_cases() -> ResponseReturnValue:
    """Every case this person may see, filtered by the address."""
    wanted = case_list.CaseFilter(**{name: request.args.get(name, "").strip()[:200] for name in ASKED})
    after = request.args.get("after", "")[:40]
    found = case_list.list_cases(db.session, person(), wanted, after=after)
    return render_template(
        "cases/list.html",
        rows=rows(found.rows),
        total=found.total,
        wanted=wanted,
        choices=_choices(wanted),
        runs=_runs(wanted),
        next_href=_href(wanted, found.after) if found.after else "",
        first_href=_href(wanted) if after else "",
        can_start=permissions.can_start(person(), "key-decision"),
    )


def _href(wanted: case_list.CaseFilter, after: str = "") -> str:
    asked = {"kind": wanted.kind, "state": wanted.state, "team": wanted.team, "words": wanted.words}
    asked |= {"process": wanted.process, "version": wanted.version, "after": after}
    filled: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return url_for("cases.list_cases", **filled)


def _choices(wanted: case_list.CaseFilter) -> dict[str, list[dict[str, object]]]:
    """What the filter offers, with what is chosen."""
    kinds = [(kind, kind_words(kind)) for kind in case_list.kinds(db.session)]
    teams = [(team.key, team.name) for team in case_list.teams(db.session)]
    return {
        "kind": _options("Any kind", kinds, wanted.kind),
        "state": _options("Any state", list(STATE_WORDS.items()), wanted.state),
        "team": _options("Any team", teams, wanted.team),
    }


def _runs(wanted: case_list.CaseFilter) -> str:
    """Which process the list is about, when it was opened from the pages of one."""
    if not wanted.process:
        return ""
    try:
        name = processes.live(db.session, wanted.process).name
    except NotFound:
        return "a process that is not there"
    return f"{name}, version {wanted.version}" if wanted.version else name


def _options(every: str, found: Sequence[tuple[str, str]], chosen: str) -> list[dict[str, object]]:
    return [{"value": value, "text": text, "selected": value == chosen} for value, text in [("", every), *found]]


def rows(found: Sequence[case_list.ListedCase]) -> list[dict[str, Any]]:
    """Cases as rows of a list or of search results."""
    names = people.group_names(db.session)
    return [_row(each, names) for each in found]


def _row(found: case_list.ListedCase, names: Mapping[str, str]) -> dict[str, Any]:
    first = found.tasks[0] if found.tasks else None
    return {
        "reference": found.case.reference,
        "public_reference": found.decision.public_reference if found.decision else "",
        "title": found.case.title,
        "href": url_for("cases.show_case", reference=found.case.reference),
        "kind": kind_words(found.case.kind),
        "status": _status(found),
        "sentence": found.status.sentence if found.status else "",
        "waiting": _waiting(found, names),
        "due_at": first.due_at if first else None,
        "due_words": days_left.until(first.due_at) if first else "",
        "owner": found.case.owner.name if found.case.owner else "",
        "team": found.case.team.name,
        "opened_at": found.case.opened_at,
    }


def _status(found: case_list.ListedCase) -> dict[str, str]:
    if found.is_stuck:
        return {"text": "Cannot continue", "colour": "red"}
    if found.status:
        return {"text": found.status.tag, "colour": found.status.colour}
    return {"text": "Started", "colour": "blue"} if found.case.status is CaseStatus.OPEN else {"text": "Closed", "colour": "grey"}


def _waiting(found: case_list.ListedCase, names: Mapping[str, str]) -> dict[str, str]:
    """Whom the case waits for and what for, the soonest due first; a date when nobody has to do anything."""
    if found.tasks:
        more = f" and {len(found.tasks) - 1} more" if len(found.tasks) > 1 else ""
        return {"who": _who(found.tasks[0], names), "what": f"{found.tasks[0].name}{more}"}
    if found.case.status is CaseStatus.CLOSED:
        return {"who": "Nobody", "what": f"Closed, {found.case.outcome}".rstrip(", ")}
    if found.next_timer is not None:
        return {"who": filters.table_day(found.next_timer.due_at), "what": found.next_timer.name}
    return {"who": "The system", "what": ""}


def _who(task: UserTask, names: Mapping[str, str]) -> str:
    group = names.get(task.candidate_group, task.candidate_group)
    return f"{task.assignee.name}, {group}" if task.assignee else group


@bp.get("/cases/new")
def start_case() -> ResponseReturnValue:
    """The form for a new key decision."""
    permissions.check_start(person(), "key-decision")
    back = kept.typed()
    return _start_page(back.get("title", "") if back else "", {})


@bp.post("/cases/new", endpoint="start_case_post")
@writes
def start_case_post() -> ResponseReturnValue:
    """Open a case, start its process and lead to the first task."""
    permissions.check_start(person(), "key-decision")
    title = " ".join(request.form.get("title", "").split())
    try:
        case = cases.start_key_decision(db.session, title=title, by=person())
    except Invalid as error:
        db.session.rollback()
        return _start_page(title, error.errors), 422
    flash(f"Case {case.reference} is open. This is its first task")
    mine = [task for task in task_queries.open_tasks_of(db.session, case.id) if permissions.can_claim(person(), task)]
    return redirect(task_links.href(mine[0]) if mine else url_for("cases.show_case", reference=case.reference), 303)


def _start_page(title: str, errors: dict[str, str]) -> str:
    problems = [{"text": words, "href": f"#{name}"} for name, words in errors.items()]
    return render_template("cases/start.html", title_value=title, errors=errors, problems=problems, longest=cases.LONGEST_TITLE)
