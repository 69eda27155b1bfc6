"""Findings: the lines that are not met, each with its finding, its gravity and the day it has to be put right by."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Inspection, Mark, Severity
from webapp.db import db, writes
from webapp.inspections import bp, words
from webapp.inspections.overview import REPORT
from webapp.shared import declaring
from webapp.signed_in import person
from workflows.actions import findings as actions
from workflows.errors import Invalid
from workflows.library import checklists
from workflows.queries import inspections as queries
from workflows.rules import grading, standards

FIELDS = ("severity", "evidence", "action_wanted")
HINTS = {
    Severity.CRITICAL: "To be put right within 24 hours. New placements stop at once",
    Severity.MAJOR: "A standard is not met, with a risk to young people",
    Severity.MODERATE: "A standard is partly met",
    Severity.MINOR: "Something small, to be put right in time",
}


@bp.get("/inspections/<reference>/findings")
def findings(reference: str) -> ResponseReturnValue:
    """The lines that were not or partly met, and the findings written for them."""
    inspection = queries.inspection_for(db.session, person(), reference)
    here = _declares(inspection)
    if here:
        return redirect(here)
    marked, names = queries.marks(db.session, inspection), checklists.line_words(db.session, inspection)
    found = {each.line: each for each in queries.findings(db.session, inspection)}
    lines = [key for key in names if key in found or (key in marked and marked[key].mark in standards.NEEDS_EVIDENCE)]
    rows = [_row(reference, key, names, marked.get(key), found.get(key)) for key in lines]
    others = [{"value": key, "text": text} for key, text in names.items() if key not in lines and key != standards.ACCESS]
    return render_template(
        "inspections/findings.html", inspection=inspection, reference=inspection.case.reference, place=words.place(inspection), rows=rows,
        others=others, is_open=_is_open(inspection),
    )  # fmt: skip


def _row(reference: str, key: str, names: dict[str, str], mark: Any, finding: Any) -> dict[str, Any]:
    return {
        "question": names[key],
        "mark": words.mark_tag(mark.mark if mark else None) if mark else None,
        "finding": {"severity": grading.SEVERITY_WORDS[finding.severity], "due": finding.due_at, "is_repeat": finding.is_repeat} if finding else None,
        "is_needed": mark is not None and mark.mark is Mark.NOT_MET and finding is None,
        "href": url_for("inspections.finding", reference=reference, line=key),
    }


def _is_open(inspection: Inspection) -> bool:
    return queries.open_task(db.session, inspection, REPORT) is not None


def _declares(inspection: Inspection) -> str:
    task = queries.open_task(db.session, inspection, REPORT)
    return declaring.wanted(task) if task is not None else ""


@bp.get("/inspections/<reference>/findings/line")
def choose_line(reference: str) -> ResponseReturnValue:
    """Lead to the finding of the line that was chosen from the list of all lines."""
    line = request.args.get("line", "")
    if not line:
        return redirect(url_for("inspections.findings", reference=reference))
    return redirect(url_for("inspections.finding", reference=reference, line=line))


@bp.get("/inspections/<reference>/findings/<line>")
def finding(reference: str, line: str) -> ResponseReturnValue:
    """The form of one finding; it begins with what was seen at the visit."""
    inspection = queries.inspection_for(db.session, person(), reference)
    here = _declares(inspection)
    return redirect(here) if here else _page(inspection, line)


@bp.post("/inspections/<reference>/findings/<line>")
@writes
def keep_finding(reference: str, line: str) -> ResponseReturnValue:
    """Write the finding down, or take it back when that button was pressed."""
    inspection = queries.inspection_for(db.session, person(), reference)
    here = _declares(inspection)
    if here:
        return redirect(here, 303)
    if request.form.get("_do") == "take_back":
        actions.take_back(db.session, inspection, line=line, by=person())
        flash("The finding was taken back")
        return redirect(url_for("inspections.findings", reference=reference), 303)
    sent = {key: request.form.get(key, "").replace("\r\n", "\n").strip() for key in FIELDS}
    try:
        actions.write_down(db.session, inspection, line=line, by=person(), **sent)
    except Invalid as error:
        db.session.rollback()
        return _page(queries.inspection_for(db.session, person(), reference), line, sent=sent, problems=error.errors), 422
    flash("The finding was written down")
    return redirect(url_for("inspections.findings", reference=reference), 303)


def _page(inspection: Inspection, line: str, *, sent: dict[str, str] | None = None, problems: dict[str, str] | None = None) -> str:
    names = checklists.line_words(db.session, inspection)
    if line not in names:
        abort(404)
    found = next((each for each in queries.findings(db.session, inspection) if each.line == line), None)
    mark = queries.marks(db.session, inspection).get(line)
    begins = {"severity": found.severity.value if found else "", "evidence": found.evidence if found else mark.evidence if mark else "",
              "action_wanted": found.action_wanted if found else ""}  # fmt: skip
    values, wrong = sent or begins, problems or {}
    return render_template(
        "inspections/finding.html",
        reference=inspection.case.reference,
        line=line,
        question=names[line],
        severities=_severities(values["severity"]),
        values=values,
        problems=wrong,
        errors=[{"text": text, "href": f"#{key}"} for key, text in wrong.items()],
        exists=found is not None,
        can_take_back=found is not None and line != standards.ACCESS,
        is_open=_is_open(inspection),
    )


def _severities(chosen: str) -> list[dict[str, Any]]:
    texts = grading.SEVERITY_WORDS
    return [{"value": each.value, "text": texts[each], "hint": {"text": HINTS[each]}, "checked": each.value == chosen} for each in Severity]
