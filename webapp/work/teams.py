"""For whoever hands out work: what each person of a team has, who is away, and giving several tasks to somebody else."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import CandidateGroup, UserTask
from webapp.db import close, db, writes
from webapp.signed_in import person
from webapp.work import bp, bulk, rows
from workflows.queries import cases, people, team_load
from workflows.queries.team_load import Load
from workflows.rules.words import short_day

REASSIGN = "reassign"
HIDDEN = "A task in a restricted case"
UNASSIGNED = "nobody"


@bp.get("/teams")
def teams() -> ResponseReturnValue:
    """The teams whose work this person hands out, each with its figures."""
    led = team_load.teams_led_by(db.session, person())
    return render_template("work/teams.html", teams=[_summary(group) for group in led])


@bp.get("/teams/<team_key>")
def team(team_key: str) -> ResponseReturnValue:
    """One team: a line for each person, and the open tasks below it."""
    return _page(team_load.team_for(db.session, person(), team_key))


@bp.post("/teams/<team_key>/reassign")
@writes
def check_reassign(team_key: str) -> ResponseReturnValue:
    """Show which tasks would go to somebody else, and ask to whom."""
    group = team_load.team_for(db.session, person(), team_key)
    ids = bulk.chosen()
    if not ids:
        return _page(group, problem="Select a task"), 422
    if len(ids) > bulk.MOST:
        return _page(group, problem=f"Select {bulk.MOST} tasks or fewer"), 422
    return _check_page(group, ids)


@bp.post("/teams/<team_key>/reassign/done")
@writes
def do_reassign(team_key: str) -> ResponseReturnValue:
    """Do it, task by task: one that is not possible leaves the others done."""
    group = team_load.team_for(db.session, person(), team_key)
    ids, to_id, reader_id = bulk.chosen()[: bulk.MOST], request.form.get("to", ""), person().id
    if not ids:
        return _page(group, problem="Select a task"), 422
    if to_id not in {str(member.id) for member in people.members(db.session, group.key)}:
        return _check_page(group, ids, problem="Select who to give them to"), 422
    name, key = group.name, group.key
    # Each task has a transaction of its own, so the request's must not hold the database meanwhile.
    close()
    lines = [bulk.do_one(each, REASSIGN, to_id, reader_id) for each in ids]
    back = {"href": url_for("work.team", team_key=key), "text": f"Back to {name}"}
    return render_template("work/bulk_done.html", lines=lines, title=bulk.summary(lines, REASSIGN), back=back)


def _summary(group: CandidateGroup) -> dict[str, Any]:
    loads = team_load.of_team(db.session, group)
    return {
        "name": group.name,
        "href": url_for("work.team", team_key=group.key),
        "people": sum(load.person is not None for load in loads),
        "away": sum(load.absence is not None for load in loads),
        "open": sum(load.open for load in loads),
        "unassigned": loads[-1].open,
        "overdue": sum(load.overdue for load in loads),
    }


def _page(group: CandidateGroup, *, problem: str = "") -> str:
    loads = team_load.of_team(db.session, group)
    wanted = request.args.get("person", "")
    chosen = _id(wanted)
    found = team_load.tasks_of(db.session, group, person=chosen, unassigned=wanted == UNASSIGNED)
    of_whom = next((load.person.name for load in loads if load.person is not None and load.person.id == chosen), "")
    return render_template(
        "work/team.html",
        team=group,
        loads=[_line(load, group) for load in loads],
        tasks=[_task(task) for task in found],
        all_href=url_for("work.team", team_key=group.key) if wanted else "",
        of_whom="nobody yet" if wanted == UNASSIGNED else of_whom,
        most=team_load.MOST if len(found) >= team_load.MOST else 0,
        total=sum(load.open for load in loads),
        problems=[{"text": problem, "href": "#tasks"}] if problem else [],
    )


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _line(load: Load, group: CandidateGroup) -> dict[str, Any]:
    away = "No" if load.person is not None else "Nobody has these"
    if load.absence is not None:
        acting = load.absence.to_user.name
        away = f"Until {short_day(load.absence.ends_on)}. " + (f"{acting} acts" if load.is_covered else f"{acting} cannot act: the team does")
    key = str(load.person.id) if load.person else UNASSIGNED
    return {
        "name": load.person.name if load.person else "Not assigned",
        "job_title": load.person.job_title if load.person else "",
        "left": load.person is not None and not load.person.is_active,
        "href": f"{url_for('work.team', team_key=group.key, person=key)}#tasks" if load.open else "",
        "open": load.open,
        "overdue": load.overdue,
        "this_week": load.this_week,
        "away": away,
    }


def _task(task: UserTask) -> dict[str, Any]:
    told = not task.case.is_restricted or cases.can_see(db.session, person(), task.case)
    return {
        "id": str(task.id),
        "name": (f"{task.name}: {task.label}" if task.label else task.name) if told else HIDDEN,
        "href": url_for("work.show_task", task_id=task.id) if told else "",
        "reference": task.case.reference if told else "",
        "title": task.case.title if told else "",
        "due_at": task.due_at,
        "due_words": rows.due_words(task.due_at),
        "due_time": rows.time_shown(task.due_at),
        "holder": task.assignee.name if task.assignee else "Not assigned",
    }


def _check_page(group: CandidateGroup, ids: Sequence[uuid.UUID], problem: str = "") -> str:
    found = [task for task in (bulk.find(each) for each in ids) if task is not None and task.candidate_group == group.key]
    return render_template(
        "work/bulk.html",
        tasks=found,
        wanted=REASSIGN,
        colleagues=bulk.colleagues(found),
        problems=[{"text": problem, "href": "#to"}] if problem else [],
        problem=problem,
        action=url_for("work.do_reassign", team_key=group.key),
        back={"href": url_for("work.team", team_key=group.key), "text": f"Back to {group.name}"},
    )
