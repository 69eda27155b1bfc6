"""One inspection: its list of things to do, from the plan to the report, and what waits for whom."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import Finding, ImprovementAction, Inspection, StandardMark, UserTask
from webapp.db import db
from webapp.inspections import bp, words
from webapp.shared import days_left, declaring, filters, task_links
from webapp.signed_in import person
from workflows.actions import inspections as actions
from workflows.library import checklists
from workflows.queries import inspections as queries
from workflows.queries import tasks as task_queries
from workflows.rules import calendar, grading, permissions, standards

NOTES, REPORT = "record-visit", "grade-visit"


@bp.get("/inspections/task/<uuid:task_id>")
def for_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """Lead from a task to the inspection it belongs to, over the declaration of interests where that is still wanted."""
    task = task_queries.task_for(db.session, person(), task_id)
    here = declaring.wanted(task)
    if here:
        return redirect(here)
    return redirect(url_for("inspections.show_inspection", reference=task.case.reference))


@bp.get("/inspections/<reference>")
def show_inspection(reference: str) -> ResponseReturnValue:
    """Everything about one inspection on one page, phone first."""
    inspection = queries.inspection_for(db.session, person(), reference)
    marked = queries.marks(db.session, inspection)
    found = queries.findings(db.session, inspection)
    done = queries.actions(db.session, inspection)
    names = checklists.line_words(db.session, inspection)
    return render_template(
        "inspections/show.html",
        inspection=inspection,
        reference=inspection.case.reference,
        place=words.place(inspection),
        tag=words.status_tag(inspection),
        grade=words.grade_tag(inspection),
        facts=_facts(inspection),
        sections=_sections(inspection, marked, found, done),
        findings=[_finding(each, done.get(each.id), names) for each in found],
        comments=queries.comments(db.session, inspection),
        waiting=[_waiting(task) for task in queries.open_tasks(db.session, inspection)],
        restricted=inspection.restricted_notes if queries.may_read_restricted(person()) else "",
        secret=not queries.provider_knows(inspection),
        reader=person().id,
        can_cancel=actions.can_manage(person()) and inspection.status in queries.RUNNING and inspection.finalised_at is None,
    )


def _facts(inspection: Inspection) -> list[dict[str, str]]:
    told = "Told to the provider" if inspection.notice_sent_at else "Announced" if inspection.is_announced else "Unannounced"
    rows = [
        ("Provider", inspection.provider.name),
        ("Why", words.KINDS[inspection.kind]),
        ("Risk", grading.RISK_WORDS.get(inspection.risk, "Not decided yet")),
        ("Visit", filters.day(inspection.planned_for) or "Not planned yet"),
        ("Must be made by", filters.day(inspection.due_on) if inspection.visit_ended_at is None else ""),
        ("Notice", told if inspection.planned_for else ""),
        ("Inspector", inspection.inspector.name if inspection.inspector else "Nobody yet"),
        ("Visited", _visited(inspection)),
        ("Staff on duty", _number(inspection.staff_on_duty)),
        ("Young people spoken to", _number(inspection.young_people_spoken_to)),
        ("Young people who declined", _number(inspection.young_people_declined)),
        ("Next visit by", filters.day(inspection.next_due_on)),
        ("Ended because", inspection.ended_because),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def _visited(inspection: Inspection) -> str:
    if inspection.visit_started_at is None or inspection.visit_ended_at is None:
        return ""
    if inspection.access_refused:
        return f"{filters.short_day(inspection.visit_ended_at)}, access refused"
    began, ended = inspection.visit_started_at, inspection.visit_ended_at
    return f"{filters.short_day(began)}, {filters.time_of(began)} to {filters.time_of(ended)}"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _sections(
    inspection: Inspection, marked: dict[str, StandardMark], found: Any, done: dict[uuid.UUID, ImprovementAction]
) -> list[dict[str, Any]]:
    """The task list: what can be opened now, how far it is, and what cannot start yet."""
    reference = inspection.case.reference
    visiting, grading_now = (queries.open_task(db.session, inspection, step) for step in (NOTES, REPORT))
    plan = queries.open_task(db.session, inspection, "triage", "plan-visit", "approve-date")
    rows = [_section("Plan", _task_href(plan), "To do" if plan else "Completed", "blue" if plan else "")]
    has_been = visiting is not None or bool(marked)
    for standard in checklists.of_inspection(db.session, inspection):
        count = sum(line.key in marked for line in standard.lines)
        first = next((line.key for line in standard.lines if line.key not in marked), standard.lines[0].key)
        href = url_for("inspections.visit", reference=reference, line=first) if has_been else ""
        rows.append(_section(standard.name, href, *_progress(count, len(standard.lines), has_been)))
    notes = url_for("inspections.notes", reference=reference) if visiting else ""
    rows.append(_section("Notes of the visit", notes, *_state(visiting, inspection.visit_ended_at is not None)))
    findings_href = url_for("inspections.findings", reference=reference) if grading_now or found else ""
    is_graded = grading_now is not None or inspection.grade is not None
    rows.append(_section("Findings", findings_href, *_count_words(len(found), "finding", started=is_graded)))
    report = url_for("inspections.report", reference=reference) if grading_now else ""
    rows.append(_section("Report", report, *_report_state(inspection, grading_now)))
    verified = sum(action.verified_at is not None for action in done.values())
    rows.append(_section("Actions", "#actions" if done else "", f"{verified} of {len(found)} put right" if done else "Cannot start yet", ""))
    return rows


def _section(title: str, href: str, text: str, colour: str = "") -> dict[str, Any]:
    return {"key": title.lower().replace(" ", "-"), "title": title, "href": href, "text": text, "colour": colour}


def _task_href(task: UserTask | None) -> str:
    return url_for("work.show_task", task_id=task.id) if task is not None and task.candidate_group in permissions.groups_of(person()) else ""


def _progress(count: int, most: int, has_been: bool) -> tuple[str, str]:
    if not has_been:
        return "Cannot start yet", ""
    return ("Completed", "") if count == most else (f"{count} of {most}", "teal" if count else "blue")


def _state(task: UserTask | None, is_done: bool) -> tuple[str, str]:
    if task is not None:
        return ("In progress", "teal") if task.assignee_id else ("To do", "blue")
    return ("Completed", "") if is_done else ("Cannot start yet", "")


def _count_words(count: int, noun: str, *, started: bool) -> tuple[str, str]:
    if not started and not count:
        return "Cannot start yet", ""
    return (f"{count} {noun}{'' if count == 1 else 's'}" if count else f"No {noun}s yet"), ""


def _report_state(inspection: Inspection, task: UserTask | None) -> tuple[str, str]:
    if task is not None:
        return _state(task, False)
    if inspection.finalised_at is not None:
        return "Final", ""
    if inspection.draft_sent_at is not None:
        return "With the provider", "yellow"
    return "Cannot start yet", ""


def _finding(finding: Finding, action: ImprovementAction | None, names: dict[str, str]) -> dict[str, Any]:
    state = _action_state(action)
    return {
        "line": finding.line,
        "question": names.get(finding.line, finding.line),
        "severity": grading.SEVERITY_WORDS[finding.severity],
        "colour": "red" if finding.severity.value in ("critical", "major") else "orange",
        "regulation": finding.regulation,
        "evidence": finding.evidence,
        "wanted": finding.action_wanted,
        "due": calendar.london_date(finding.due_at),
        "is_repeat": finding.is_repeat,
        "state": state,
        "action": action,
    }


def _action_state(action: ImprovementAction | None) -> dict[str, str]:
    if action is None:
        return {"text": "No plan yet", "colour": "blue"}
    if action.verified_at is not None:
        return {"text": "Put right", "colour": "green"}
    if action.not_verified_because:
        return {"text": "Sent back", "colour": "orange"}
    return {"text": "To be checked", "colour": "teal"} if action.answered_at else {"text": "With the provider", "colour": "yellow"}


def _waiting(task: UserTask) -> dict[str, str]:
    mine = task.candidate_group in permissions.groups_of(person())
    return {
        "name": f"{task.name}: {task.label}" if task.label else task.name,
        "href": task_links.href(task) if mine and task.properties.get("page") != "visit" else "",
        "who": task.assignee.name if task.assignee else "Nobody has started this",
        "left": days_left.until(task.due_at) if task.due_at else "",
    }


def lines_of(inspection: Inspection) -> list[standards.Line]:
    """Every line of the checklist that this visit looks at, in order."""
    return standards.lines_of(checklists.of_inspection(db.session, inspection))
