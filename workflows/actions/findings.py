"""Findings: what has to be put right after a visit, how grave it is and by when, and the grade that follows from all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Any

from sqlalchemy.orm import Session

from models import Finding, Grade, Inspection, InspectionStatus, Severity, User, clock
from workflows.actions import audit, tasks
from workflows.actions.operating import Work, operation
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.library import checklists
from workflows.queries import inspections as queries
from workflows.queries import parameters
from workflows.rules import calendar, grading, standards

CLOSE_OF_BUSINESS = time(17)
GRADING_STEP = "grade-visit"
LONGEST = 4000
TEXTS = {"evidence": "What you saw", "action_wanted": "What has to be put right"}


def write_down(
    session: Session, inspection: Inspection, *, line: str, severity: str, evidence: str, action_wanted: str, by: User
) -> Finding:
    """Write down a finding while the visit is being graded; another about the same line takes its place.

    Refused or TaskGone unless the grading is this person's; Invalid for an unknown line or severity, or without words.
    """
    task = queries.open_task(session, inspection, GRADING_STEP)
    if task is None:
        raise Conflict("Findings can be changed only while the visit is being graded")
    tasks.claim(session, task, by=by)
    known = {each.key for each in standards.lines_of(checklists.of_inspection(session, inspection))} | {standards.ACCESS}
    errors = _problems(line, severity, known, {"evidence": evidence, "action_wanted": action_wanted})
    if errors:
        raise Invalid(errors)
    kept = evidence.strip(), action_wanted.strip()
    return add(session, inspection, line=line, severity=Severity(severity), evidence=kept[0], action_wanted=kept[1], by=by)


def _problems(line: str, severity: str, known: Collection[str], texts: Mapping[str, str]) -> dict[str, str]:
    """What is missing from a finding, as a message for each question."""
    problems = {}
    if line not in known:
        problems["line"] = "Select the line this finding is about"
    if severity not in {each.value for each in Severity}:
        problems["severity"] = "Select how serious it is"
    elif line == standards.ACCESS and severity != Severity.CRITICAL.value:
        problems["severity"] = "Refusing access counts as a critical finding"
    for key, text in texts.items():
        if not text.strip():
            problems[key] = f"Enter {TEXTS[key][:1].lower()}{TEXTS[key][1:]}"
        elif len(text) > LONGEST:
            problems[key] = f"{TEXTS[key]} must be {LONGEST:,} characters or fewer"
    return problems


def add(
    session: Session, inspection: Inspection, *, line: str, severity: Severity, evidence: str, action_wanted: str, by: User | None
) -> Finding:
    """Keep a finding with the day it has to be put right by; whoever calls has checked that it may be."""
    known = {each.key: each for each in standards.lines_of(checklists.of_inspection(session, inspection))}
    found = next((each for each in queries.findings(session, inspection) if each.line == line), None)
    if found is None:
        found = Finding(inspection_id=inspection.id, line=line, severity=severity, evidence=evidence, due_at=clock.now())
        session.add(found)
    found.severity, found.evidence, found.action_wanted = severity, evidence, action_wanted
    found.regulation = known[line].regulation if line in known else ""
    found.is_repeat = line in queries.open_majors_before(session, inspection)
    found.due_at = due_at(session, severity, inspection.visit_ended_at or clock.now())
    session.flush()
    audit.record(session, "inspection:finding_kept", case=inspection.case, by=by, detail={"line": line, "severity": severity.value})
    return found


def due_at(session: Session, severity: Severity, found_at: datetime) -> datetime:
    """Until when a finding of this severity has to be put right, as an aware moment: hours for a critical one, days for the others."""
    if severity is Severity.CRITICAL:
        return grading.critical_until(found_at, int(parameters.value(session, "finding_hours_critical")))
    rule = parameters.rule(session, grading.DAYS_BY_SEVERITY[severity])
    deadline = calendar.reckon(rule, calendar.london_date(found_at), event="The visit", closures=parameters.closures(session))
    return calendar.london_instant(deadline.on, at=CLOSE_OF_BUSINESS)


def take_back(session: Session, inspection: Inspection, *, line: str, by: User) -> None:
    """Take back a finding while the visit is being graded. NotFound when there is none; Refused where access was refused."""
    task = queries.open_task(session, inspection, GRADING_STEP)
    if task is None:
        raise Conflict("Findings can be changed only while the visit is being graded")
    tasks.claim(session, task, by=by)
    if line == standards.ACCESS:
        raise Refused("Refusing access counts as a critical finding and cannot be taken back")
    found = next((each for each in queries.findings(session, inspection) if each.line == line), None)
    if found is None:
        raise NotFound("There is no such finding")
    session.delete(found)
    session.flush()
    audit.record(session, "inspection:finding_taken_back", case=inspection.case, by=by, detail={"line": line})


FACTS = ("access_refused", "critical_count", "major_count", "moderate_count", "repeat_major", "percent_assessed")


@operation("findings.sum_up", gives=FACTS)
def sum_up(work: Work) -> dict[str, Any]:
    """Keep the draft report and count what the grade is decided by. Invalid while a line that is not met has no finding."""
    inspection = queries.of_case(work.session, work.case.id)
    found = queries.findings(work.session, inspection)
    missing = lines_without_finding(work.session, inspection)
    if missing:
        raise Invalid({"report": f"Write down a finding for each line that is not met. Still missing: {len(missing)}"})
    inspection.draft_report = str(work.answers["report"])
    inspection.status = InspectionStatus.DRAFTED
    marks = {line: mark.mark for line, mark in queries.marks(work.session, inspection).items()}
    percent = standards.percent_assessed(standards.lines_of(checklists.of_inspection(work.session, inspection)), marks)
    counted = [grading.Found(each.line, each.severity, each.is_repeat) for each in found]
    return grading.facts(counted, access_refused=inspection.access_refused, percent_assessed=percent)


def lines_without_finding(session: Session, inspection: Inspection) -> list[str]:
    """The lines marked not met that nobody has written a finding for."""
    have = {each.line for each in queries.findings(session, inspection)}
    return sorted(line for line, mark in queries.marks(session, inspection).items() if mark.mark.value == "not_met" and line not in have)


@operation("findings.keep_grade")
def keep_grade(work: Work) -> None:
    """Keep the grade that table D-12 gave; one it leaves to a person counts as not assessed until the manager decides."""
    inspection = queries.of_case(work.session, work.case.id)
    grade = str(work.params["grade"])
    inspection.grade = Grade(grade) if grade in {each.value for each in Grade} else Grade.NOT_ASSESSED
    audit.record(work.session, "inspection:graded", case=work.case, by=None, detail={"grade": inspection.grade.value})
    work.session.flush()


@operation("findings.revise")
def revise(work: Work) -> None:
    """Keep the draft as the inspector changed it after the manager sent it back."""
    inspection = queries.of_case(work.session, work.case.id)
    inspection.draft_report = str(work.answers["report"])
    audit.record(work.session, "inspection:report_revised", case=work.case, by=work.by)
    work.session.flush()
