"""Cancelling an inspection: asked once more before it is done."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Inspection
from webapp.db import db, writes
from webapp.inspections import bp
from webapp.signed_in import person
from workflows.actions import inspections as actions
from workflows.errors import Invalid
from workflows.queries import inspections as queries


@bp.get("/inspections/<reference>/cancel")
def confirm_cancel(reference: str) -> ResponseReturnValue:
    """Ask before an inspection is cancelled."""
    actions.check_manage(person())
    return _page(queries.inspection_for(db.session, person(), reference), {})


@bp.post("/inspections/<reference>/cancel")
@writes
def cancel(reference: str) -> ResponseReturnValue:
    """Cancel it with a reason; a provider that knew of the visit is told."""
    inspection = queries.inspection_for(db.session, person(), reference)
    try:
        actions.cancel(db.session, inspection, because=request.form.get("because", ""), by=person())
    except Invalid as error:
        return _page(inspection, error.errors), 422
    flash(f"You cancelled the inspection {inspection.case.reference}")
    return redirect(url_for("inspections.show_inspection", reference=inspection.case.reference), 303)


def _page(inspection: Inspection, problems: dict[str, str]) -> str:
    return render_template(
        "inspections/cancel.html",
        reference=inspection.case.reference,
        knows=queries.provider_knows(inspection),
        because=request.form.get("because", ""),
        problems=problems,
        errors=[{"text": text, "href": f"#{key}"} for key, text in problems.items()],
    )
