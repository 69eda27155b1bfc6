"""What stands against a draft: as one types for the editors, and the whole of it on a page, with the way to a fault drawn on the diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from webapp.db import db, only_asks
from webapp.workshop import bench, bp, mending
from webapp.workshop.bench import Bench
from workflows.engine import DefinitionRefused, Problem
from workflows.engine.problems import errors_in
from workflows.library import diagrams, gate
from workflows.library.gate.around import Around, around
from workflows.library.gate.ways import names_in, stages_of

DIAGRAM = "process.bpmn"
LONGEST_PATH = 120
PAGE_SECONDS = 15.0


@bp.post("/processes/<key>/draft/lint")
@only_asks
def lint(key: str) -> ResponseReturnValue:
    """The quick check of a draft with one file as it stands in an editor: JSON with `path` and `text`; without them, as it is saved.

    Answers 200 with `problems`, each with code, severity, message, element_id, element_name, fix, path and line.
    """
    found = bench.find(key)
    files = _with_typed(found.files)
    stands = around(db.session, key, files)
    problems = gate.lint(key, files, stands.called, groups=stands.groups, caller_steps=stands.caller_steps)
    return jsonify(problems=[asdict(each) for each in problems])


@bp.get("/processes/<key>/draft/problems")
def problems(key: str) -> ResponseReturnValue:
    """Everything the gate says of a draft. `show` is the number of a finding to see on the diagram."""
    found = bench.find(key)
    stands = around(db.session, key, found.files)
    told = gate.look(
        key, found.files, stands.called, groups=stands.groups, is_called=stands.is_called, caller_steps=stands.caller_steps, seconds=PAGE_SECONDS
    )
    ordered = sorted(told, key=lambda each: each.severity != "error")
    shown, link = request.args.get("show", type=int), mending.links_for(found)
    chosen = ordered[shown - 1] if shown and 0 < shown <= len(ordered) else None
    return render_template(
        "workshop/problems.html",
        bench=found,
        rows=[_row(found, number, each) | {"link": link(each)} for number, each in enumerate(ordered, 1)],
        errors=len(errors_in(ordered)),
        warnings=len(ordered) - len(errors_in(ordered)),
        problem_count=len(ordered),
        chosen=_chosen(found, stands, shown or 0, chosen) if chosen else None,
    )


def _with_typed(files: Mapping[str, str]) -> dict[str, str]:
    body = request.get_json(silent=True)
    typed = body if isinstance(body, dict) else {}
    path, text = typed.get("path"), typed.get("text")
    if not isinstance(path, str) or not isinstance(text, str) or not path or len(path) > LONGEST_PATH:
        return dict(files)
    return {**files, path: text}


def _row(found: Bench, number: int, problem: Problem) -> dict[str, Any]:
    is_error = problem.severity == "error"
    return {
        "number": number,
        "tag": {"text": "Error", "colour": "red"} if is_error else {"text": "Warning", "colour": "yellow"},
        "about": problem.element_name or problem.element_id or (f"Line {problem.line}" if problem.line else ""),
        "message": problem.message,
        "fix": problem.fix,
        "has_way": bool(problem.path),
        "href": url_for("workshop.problems", key=found.key, show=number, _anchor="way") if problem.element_id or problem.path else "",
    }


def _chosen(found: Bench, stands: Around, number: int, problem: Problem) -> dict[str, Any]:
    """One finding on the diagram: the drawing, and the way to it in words."""
    way = problem.path or ((problem.element_id,) if problem.element_id else ())
    return _row(found, number, problem) | {
        "drawing": _drawing(found.files, way, title=f"{found.name}: {problem.message}"),
        "stages": stages_of(way, names_in([found.files, *stands.called.values()])) if problem.path else [],
    }


def _drawing(files: Mapping[str, str], way: Sequence[str], *, title: str) -> Markup | None:
    """The diagram that the end of a way stands in; None when it cannot be drawn."""
    names = [name for name in sorted(files) if name.endswith(".bpmn") and way and f'"{way[-1]}"' in files[name]]
    try:
        return Markup(diagrams.svg(files[names[0] if names else DIAGRAM], title=title, way=way))  # noqa: S704  the drawing escapes every word itself
    except (DefinitionRefused, KeyError, ValueError):
        return None
