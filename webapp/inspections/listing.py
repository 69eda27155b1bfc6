"""The list of visits week by week, what is overdue, and the inspector's own calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Inspection, InspectionStatus, clock
from webapp.db import db
from webapp.inspections import bp, words
from webapp.settings import Settings
from webapp.shared import days_left, filters
from webapp.signed_in import person
from workflows.letters import calendars
from workflows.queries import inspections as queries
from workflows.queries.inspections import Wanted
from workflows.rules import permissions

LONGEST = 100


@bp.get("/inspections")
def list_inspections() -> ResponseReturnValue:
    """The visits this person sees, by week, the overdue ones first; filtered by the address."""
    wanted = Wanted(
        status=request.args.get("status", "")[:30], words=request.args.get("words", "").strip()[:LONGEST], mine=request.args.get("mine") == "yes"
    )
    found = queries.listed(db.session, person(), wanted)
    return render_template(
        "inspections/list.html",
        groups=_groups(found),
        total=len(found),
        wanted=wanted,
        statuses=_statuses(wanted.status),
        can_plan=permissions.can_start(person(), "inspection"),
        can_tell=permissions.is_staff(person()) and not permissions.is_reader_only(person()),
    )


def _statuses(chosen: str) -> list[dict[str, Any]]:
    offered = [("", "Not closed"), ("overdue", "Overdue"), ("planned", "Planned"), ("under_way", "Visit under way"),
               ("with_provider", "Provider replying"), ("actions", "Actions needed"), ("closed", "Closed"), ("cancelled", "Cancelled")]  # fmt: skip
    return [{"value": value, "text": text, "selected": value == chosen} for value, text in offered]


def _groups(found: Sequence[Inspection]) -> list[dict[str, Any]]:
    """The inspections under the heading of their week; what is overdue comes first, what has no day last."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for inspection in sorted(found, key=_order):
        groups.setdefault(_heading(inspection), []).append(_row(inspection))
    return [{"title": title, "rows": rows} for title, rows in groups.items()]


def _order(inspection: Inspection) -> tuple[int, date, str]:
    day = words.shown_day(inspection)
    rank = 0 if queries.is_overdue(inspection, clock.today()) else 1 if day else 2
    return rank, day or date.max, inspection.case.reference


def _heading(inspection: Inspection) -> str:
    day, today = words.shown_day(inspection), clock.today()
    if queries.is_overdue(inspection, today):
        return "Overdue"
    if day is None:
        return "No day yet"
    monday, this = queries.week_of(day), queries.week_of(today)
    near = {this: "This week", this + timedelta(days=7): "Next week"}
    return near.get(monday, f"Week of {filters.short_day(monday)}")


def _row(inspection: Inspection) -> dict[str, Any]:
    day = words.shown_day(inspection)
    waits = inspection.visit_ended_at is None and inspection.status is not InspectionStatus.CANCELLED
    return {
        "href": url_for("inspections.show_inspection", reference=inspection.case.reference),
        "provider": inspection.provider.name,
        "reference": inspection.case.reference,
        "place": words.place(inspection),
        "kind": words.KINDS[inspection.kind],
        "day": day,
        "day_words": words.day_words(inspection),
        "left": days_left.until_day(day) if day and waits else "",
        "inspector": inspection.inspector.name if inspection.inspector else "Nobody yet",
        "tag": words.status_tag(inspection),
        "grade": words.grade_tag(inspection),
        "is_secret": not queries.provider_knows(inspection),
    }


@bp.get("/inspections/my-visits.ics")
def my_calendar() -> ResponseReturnValue:
    """The visits of the signed-in inspector that their providers know of, as a calendar file: references only, no names, no addresses."""
    settings: Settings = current_app.extensions["dps_settings"]
    found = calendars.write(calendars.visits(db.session, person()), name="My visits", public_url=settings.public_url)
    response = Response(found, mimetype=calendars.MEDIA_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename="my-visits.ics")
    response.headers["Cache-Control"] = "private, no-store"
    return response
