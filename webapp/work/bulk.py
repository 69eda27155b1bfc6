"""Several tasks at once: assigned to somebody or put back, after a check page, with a line for each on a result page."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import User, UserTask
from models.session import transaction
from webapp.db import close, db, writes
from webapp.shared import comparing
from webapp.signed_in import person
from webapp.work import bp
from webapp.work.inbox import page
from workflows.actions import tasks
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.queries import people
from workflows.queries import tasks as task_queries

MOST = 200


@dataclass(frozen=True)
class Line:
    """What became of one of the tasks."""

    name: str
    reference: str
    is_done: bool
    words: str


@bp.post("/work/bulk")
@writes
def check_bulk() -> ResponseReturnValue:
    """Show what would be done with the chosen tasks."""
    ids = chosen()
    if not ids:
        return page(problem="Select a task"), 422
    if len(ids) > MOST:
        return page(problem=f"Select {MOST} tasks or fewer"), 422
    return _check_page(ids, request.form.get("_do", ""))


@bp.post("/work/bulk/done")
@writes
def do_bulk() -> ResponseReturnValue:
    """Do it, task by task: one that is not possible leaves the others done."""
    ids, wanted, to_id = chosen()[:MOST], request.form.get("_do", ""), request.form.get("to", "")
    reader_id = person().id
    if not ids:
        return page(problem="Select a task"), 422
    if wanted == "assign" and not to_id:
        return _check_page(ids, wanted, problem="Select who to assign them to"), 422
    # Each task has a transaction of its own, so the request's must not hold the database meanwhile.
    close()
    lines = [do_one(each, wanted, to_id, reader_id) for each in ids]
    return render_template("work/bulk_done.html", lines=lines, title=summary(lines, wanted))


def chosen() -> list[uuid.UUID]:
    """The ids of the tasks that are ticked, each once."""
    found = []
    for text in request.form.getlist("task"):
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _check_page(ids: Sequence[uuid.UUID], wanted: str, problem: str = "") -> str:
    found = [task for task in (find(each) for each in ids) if task is not None]
    return render_template(
        "work/bulk.html",
        tasks=found,
        wanted="put_back" if wanted == "put_back" else "assign",
        colleagues=colleagues(found),
        problems=[{"text": problem, "href": "#to"}] if problem else [],
        problem=problem,
    )


def find(task_id: uuid.UUID) -> UserTask | None:
    """A task that this person may know of; None for any other."""
    try:
        return task_queries.task_for(db.session, person(), task_id)
    except NotFound:
        return None


def colleagues(tasks_chosen: Sequence[UserTask]) -> list[dict[str, str]]:
    """Everyone in one of the groups that the tasks are for; oneself first."""
    found: dict[uuid.UUID, User] = {}
    for key in dict.fromkeys(task.candidate_group for task in tasks_chosen):
        found |= {member.id: member for member in people.members(db.session, key)}
    others = sorted((each for each in found.values() if each.id != person().id), key=lambda each: each.name)
    mine = [{"value": str(person().id), "text": f"{person().name} (you)"}] if person().id in found else []
    return [{"value": "", "text": "Choose one"}, *mine, *({"value": str(each.id), "text": each.name} for each in others)]


def do_one(task_id: uuid.UUID, wanted: str, to_id: str, reader_id: uuid.UUID) -> Line:
    """Do one of `DEEDS` with one task in a transaction of its own, and say what became of it."""
    with db.reading() as session:
        found = session.get(UserTask, task_id)
        name, reference = (found.name, found.case.reference) if found else ("A task", "")
    try:
        with transaction(db.engine) as session:
            task = task_queries.task_for(session, session.get_one(User, reader_id), task_id)
            words = DEEDS.get(wanted, _put_back)(session, task, to_id, session.get_one(User, reader_id))
    except NotFound:
        return Line("A task", "", False, "You do not have access to it")
    except Invalid as error:
        return Line(name, reference, False, next(iter(error.errors.values())))
    except (Refused, Conflict) as error:
        return Line(name, reference, False, str(error))
    return Line(name, reference, True, words)


def _assign(session: Session, task: UserTask, to_id: str, by: User) -> str:
    to = next((each for each in people.members(session, task.candidate_group) if str(each.id) == to_id), None)
    if to is None:
        raise Invalid({"to": "That person is not in the team this task is for"})
    if task.assignee_id == to.id:
        return _assigned_to(to, by)
    if task.assignee_id is not None and task.assignee_id != by.id:
        raise Conflict(f"{task.assignee.name if task.assignee else 'Somebody'} started it{comparing.when(task.claimed_at)}")
    if to.id == by.id:
        tasks.claim(session, task, by=by)
    else:
        tasks.reassign(session, task, to=to, by=by)
    return _assigned_to(to, by)


def _assigned_to(to: User, by: User) -> str:
    return "Assigned to you" if to.id == by.id else f"Assigned to {to.name}"


def _put_back(session: Session, task: UserTask, _to_id: str, by: User) -> str:
    tasks.release(session, task, by=by)
    return "Put back"


def _reassign(session: Session, task: UserTask, to_id: str, by: User) -> str:
    to = next((each for each in people.members(session, task.candidate_group) if str(each.id) == to_id), None)
    if to is None:
        raise Invalid({"to": "That person is not in the team this task is for"})
    if task.assignee_id == to.id:
        return f"{to.name} has it already"
    tasks.reassign(session, task, to=to, by=by)
    return _assigned_to(to, by)


DEEDS: dict[str, Callable[[Session, UserTask, str, User], str]] = {"assign": _assign, "put_back": _put_back, "reassign": _reassign}


def summary(lines: Sequence[Line], wanted: str) -> str:
    """`9 assigned. 1 not assigned`."""
    verb = "put back" if wanted == "put_back" else "assigned"
    done = sum(line.is_done for line in lines)
    left = len(lines) - done
    return f"{done} {verb}. {left} not {verb}" if left else f"{done} {verb}"
