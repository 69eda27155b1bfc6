"""The register of call-in requests, each with the rules it meets."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.db import db
from webapp.publishing import bp, desk
from webapp.shared import call_in_checks, task_links
from webapp.signed_in import person
from workflows.queries import publishing
from workflows.queries.publishing import Requested

bp.add_app_template_global(call_in_checks.beside, "call_in_beside")


@bp.get("/publishing/call-ins")
def call_ins() -> ResponseReturnValue:
    """Every request, the newest first."""
    found = publishing.call_in_requests(db.session, person())
    counts = {name: len(rows()) for name, rows in desk.TABS.items()}
    return render_template("publishing/call_ins.html", requests=[_row(each) for each in found], tabs=desk.tabs(counts, "call-ins"))


def _row(requested: Requested) -> dict[str, Any]:
    return {
        "shown": call_in_checks.shown(requested.call_in),
        "title": requested.decision.title,
        "reference": requested.decision.public_reference,
        "case_href": url_for("cases.show_case", reference=requested.decision.case.reference),
        "task_href": task_links.href(requested.task) if requested.task is not None else "",
    }
