"""The tests of a draft: the walks that must keep working, how each went on the draft as it is saved, and what none of them walked."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from webapp.db import db
from webapp.workshop import bench, bp, gate_first


@bp.get("/processes/<key>/draft/tests")
def tests(key: str) -> ResponseReturnValue:
    """Every test with how it went. A draft with errors is not walked: what cannot run cannot be tested."""
    found = bench.find(key)
    looked = gate_first.look(db.session, found.draft)
    return render_template(
        "workshop/tests.html", bench=found, report=looked.tests, has_gate_errors=bool(looked.gate_errors), problem_count=len(looked.problems),
    )  # fmt: skip
