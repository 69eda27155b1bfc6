"""What is written down after a visit: its notes, and the draft report with its grade; each is the form of a task."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import Inspection, UserTask
from webapp.db import db, writes
from webapp.inspections import bp, words
from webapp.inspections.overview import NOTES, REPORT
from webapp.shared import declaring, task_forms
from webapp.signed_in import person
from workflows.actions import findings as finding_actions
from workflows.library import checklists
from workflows.library.forms import Validated
from workflows.queries import inspections as queries
from workflows.rules import permissions


@bp.get("/inspections/<reference>/notes")
def notes(reference: str) -> ResponseReturnValue:
    """The form in which the visit is recorded."""
    return _show(reference, NOTES)


@bp.post("/inspections/<reference>/notes")
@writes
def send_notes(reference: str) -> ResponseReturnValue:
    """Record the visit."""
    return _send(reference, NOTES, "You recorded the visit")


@bp.get("/inspections/<reference>/report")
def report(reference: str) -> ResponseReturnValue:
    """The form of the draft report, with the findings above it."""
    return _show(reference, REPORT)


@bp.post("/inspections/<reference>/report")
@writes
def send_report(reference: str) -> ResponseReturnValue:
    """Finish the findings; the grade follows from them and the draft goes to the provider."""
    return _send(reference, REPORT, "You finished the findings. The draft is with the provider")


def _show(reference: str, step: str) -> ResponseReturnValue:
    inspection = queries.inspection_for(db.session, person(), reference)
    task = queries.open_task(db.session, inspection, step)
    if task is None:
        flash("This is not waiting to be written now")
        return redirect(url_for("inspections.show_inspection", reference=reference))
    here = declaring.wanted(task)
    return redirect(here) if here else _page(inspection, task)


def _send(reference: str, step: str, done: str) -> ResponseReturnValue:
    inspection = queries.inspection_for(db.session, person(), reference)
    task = queries.open_task(db.session, inspection, step)
    if task is None:
        flash("Somebody has written this meanwhile, or it is not wanted any more")
        return redirect(url_for("inspections.show_inspection", reference=reference), 303)
    here = declaring.wanted(task)
    if here:
        return redirect(here, 303)
    validated = task_forms.check(task)
    if validated.is_valid:
        validated.errors.update(task_forms.complete(task, validated))
    if not validated.is_valid:
        inspection = queries.inspection_for(db.session, person(), reference)
        again = queries.open_task(db.session, inspection, step)
        assert again is not None
        return _page(inspection, again, validated=validated), 422
    flash(done)
    return redirect(url_for("inspections.show_inspection", reference=reference), 303)


def _page(inspection: Inspection, task: UserTask, *, validated: Validated | None = None) -> str:
    refusal = _refusal(task)
    form = None if refusal else task_forms.open_form(task, validated=validated)
    return render_template(
        "inspections/form.html",
        inspection=inspection,
        reference=inspection.case.reference,
        place=words.place(inspection),
        task=task,
        form=form,
        refusal=refusal,
        errors=form.errors if form else [],
        is_report=task.bpmn_id == REPORT,
        **_beside(inspection, task),
    )


def _refusal(task: UserTask) -> str:
    """Why this reader cannot fill the form in; nothing when they can."""
    if task.candidate_group not in permissions.groups_of(person()):
        return f"This is for {task.candidate_group.replace('-', ' ')}"
    if task.assignee_id not in (None, person().id):
        return f"{task.assignee.name if task.assignee else 'A colleague'} has started this"
    return ""


def _beside(inspection: Inspection, task: UserTask) -> dict[str, Any]:
    if task.bpmn_id != REPORT:
        marked, most = len(queries.marks(db.session, inspection)), len(checklists.line_words(db.session, inspection)) - 1
        return {"marked": marked, "most": most, "findings": [], "missing": []}
    names = checklists.line_words(db.session, inspection)
    written = queries.findings(db.session, inspection)
    found = [{"severity": each.severity.value, "question": names.get(each.line, each.line), "due": each.due_at} for each in written]
    missing = [names.get(line, line) for line in finding_actions.lines_without_finding(db.session, inspection)]
    return {"marked": 0, "most": 0, "findings": found, "missing": missing}
