"""One line of a standard on one page: marked where the inspector stands, each line saved by itself."""

from __future__ import annotations

from typing import Any

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Inspection, Mark, StandardMark
from webapp.db import db, writes
from webapp.inspections import bp, words
from webapp.shared import declaring
from webapp.signed_in import person
from workflows.actions import visits
from workflows.actions.visits import MarkedElsewhere
from workflows.errors import Invalid
from workflows.library import checklists
from workflows.queries import inspections as queries
from workflows.rules import standards


@bp.get("/inspections/<reference>/visit/<line>")
def visit(reference: str, line: str) -> ResponseReturnValue:
    """The page of one line; what was marked before is filled in."""
    inspection = queries.inspection_for(db.session, person(), reference)
    here = _declares(inspection)
    return redirect(here) if here else _page(inspection, line)


@bp.post("/inspections/<reference>/visit/<line>")
@writes
def mark_line(reference: str, line: str) -> ResponseReturnValue:
    """Keep the mark and go on to the next line. A script that sends what was kept on the phone gets words instead of a page."""
    inspection = queries.inspection_for(db.session, person(), reference)
    here = _declares(inspection)
    if here:
        return redirect(here, 303)
    sent = {key: request.form.get(key, "").replace("\r\n", "\n").strip() for key in ("mark", "evidence")}
    try:
        kept = visits.mark(db.session, inspection, line=line, mark=sent["mark"], evidence=sent["evidence"], by=person(), revision=_seen())
    except Invalid as error:
        return _refused(inspection, line, sent, error.errors)
    except MarkedElsewhere as conflict:
        return _elsewhere(inspection, line, sent, conflict.standing)
    there = _next(inspection, line)
    if _is_script():
        return jsonify(message="Saved", revision=kept.revision, next=there)
    return redirect(there, 303)


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _seen() -> int:
    """The number of the mark that the page was opened with; 0 where the line had none."""
    sent = request.form.get("seen", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def _declares(inspection: Inspection) -> str:
    task = queries.open_task(db.session, inspection, queries.VISIT_STEP)
    return declaring.wanted(task) if task is not None else ""


def _next(inspection: Inspection, line: str) -> str:
    """The next line in order, or the inspection after the last one."""
    keys = [each.key for each in standards.lines_of(checklists.of_inspection(db.session, inspection))]
    place = keys.index(line) + 1 if line in keys else len(keys)
    reference = inspection.case.reference
    if place < len(keys):
        return url_for("inspections.visit", reference=reference, line=keys[place])
    return url_for("inspections.show_inspection", reference=reference)


def _refused(inspection: Inspection, line: str, sent: dict[str, str], problems: dict[str, str]) -> ResponseReturnValue:
    db.session.rollback()
    if _is_script():
        return jsonify(words=" ".join(problems.values())), 422
    inspection = queries.inspection_for(db.session, person(), inspection.case.reference)
    return _page(inspection, line, sent=sent, problems=problems), 422


def _elsewhere(inspection: Inspection, line: str, sent: dict[str, str], standing: StandardMark) -> ResponseReturnValue:
    """Another device was faster (409): both marks, and which of the two to keep."""
    if _is_script():
        return jsonify(words="This line was marked on another device.", elsewhere=True), 409
    page = render_template(
        "inspections/elsewhere.html",
        reference=inspection.case.reference,
        line=_line(inspection, line),
        theirs={"mark": standards.WORDS[standing.mark], "evidence": standing.evidence, "at": standing.marked_at},
        mine={"mark": standards.WORDS[Mark(sent["mark"])], "evidence": sent["evidence"]},
        sent=sent,
        seen=standing.revision,
        next_href=_next(inspection, line),
    )
    return page, 409


def _line(inspection: Inspection, key: str) -> dict[str, Any]:
    """A line with its standard and its place in it. 404 for one that this visit does not look at."""
    placed = [(standard, number) for standard in checklists.of_inspection(db.session, inspection) for number in range(len(standard.lines))]
    found = next(((standard, number) for standard, number in placed if standard.lines[number].key == key), None)
    if found is None:
        abort(404)
    standard, number = found
    line = standard.lines[number]
    return {"key": key, "question": line.question, "regulation": line.regulation, "standard": standard.name, "number": number + 1,
            "most": len(standard.lines), "others": standard.lines}  # fmt: skip


def _page(inspection: Inspection, line: str, *, sent: dict[str, str] | None = None, problems: dict[str, str] | None = None) -> str:
    marked = queries.marks(db.session, inspection)
    standing = marked.get(line)
    about = _line(inspection, line)
    task = queries.open_task(db.session, inspection, queries.VISIT_STEP)
    found = problems or {}
    return render_template(
        "inspections/line.html",
        reference=inspection.case.reference,
        line=about,
        choices=[{"value": mark.value, "text": standards.WORDS[mark], "checked": mark.value == _chosen(sent, standing)} for mark in Mark],
        evidence=sent["evidence"] if sent else standing.evidence if standing else "",
        seen=_seen() if sent else standing.revision if standing else 0,
        standing=standing,
        others=[{"line": each, "tag": words.mark_tag(marked[each.key].mark if each.key in marked else None)} for each in about["others"]],
        refusal="" if task is not None and task.assignee_id in (None, person().id) else _why_not(inspection, task is not None),
        problems=found,
        errors=[{"text": text, "href": f"#{key}"} for key, text in found.items()],
        reader=person().id,
    )


def _chosen(sent: dict[str, str] | None, standing: StandardMark | None) -> str:
    return sent["mark"] if sent else standing.mark.value if standing else ""


def _why_not(inspection: Inspection, is_open: bool) -> str:
    if is_open:
        return "A colleague records this visit. You can read it but not mark it"
    return "The visit has been recorded" if inspection.visit_ended_at is not None else "The visit has not been planned yet"
