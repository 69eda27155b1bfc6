"""Help for those who draw processes: what becomes of each element of the standards, and how a condition is written."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from webapp.processes import bp
from workflows.engine import verdicts
from workflows.engine.verdicts import Verdict
from workflows.library.forms import condition_examples

COLOURS = {"runs": "green", "shown": "grey", "refused": "red"}


@bp.get("/processes/elements")
def elements() -> ResponseReturnValue:
    """Every element and attribute of BPMN 2.0 and of decision tables, with what becomes of it here."""
    return render_template("processes/elements.html", bpmn=_groups(verdicts.bpmn()), dmn=_groups(verdicts.dmn()))


@bp.get("/processes/conditions")
def conditions() -> ResponseReturnValue:
    """The same conditions as they are written in a form, in a decision table and on a diagram."""
    return render_template("processes/conditions.html", examples=condition_examples.EXAMPLES, functions=condition_examples.FUNCTIONS)


def _groups(found: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The lines by element: what becomes of it, and of each of its attributes."""
    groups: list[dict[str, Any]] = []
    for name, lines in groupby(found, key=lambda each: each.element):
        first, *rest = list(lines)
        # A hit policy stands below its table, whose element was listed before.
        rows = [_line(each) for each in ([first, *rest] if first.attribute else rest)]
        if first.attribute and groups and any(group["name"] == name for group in groups):
            next(group for group in groups if group["name"] == name)["attributes"].extend(rows)
        else:
            groups.append({"name": name, **_line(first), "attributes": rows})
    return groups


def _line(verdict: Verdict) -> dict[str, Any]:
    return {"attribute": verdict.attribute, "words": verdict.words, "colour": COLOURS[verdict.kind], "note": verdict.note}
