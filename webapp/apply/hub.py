"""An organisation's applications, a new one, and the page from which one application is filled in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Application, Provider, PurchasingList, clock
from webapp.apply import bp, frame, limits, questions, rows, saving, standing
from webapp.db import db, writes
from webapp.signed_in import person
from workflows.actions import application_drafts
from workflows.actions import applications as actions
from workflows.actions.application_drafts import SectionView
from workflows.errors import Invalid
from workflows.queries import applications, applying, providers

STATES = {
    "not_started": {"text": "Not started", "colour": "blue"},
    "in_progress": {"text": "In progress", "colour": "teal"},
    "problem": {"text": "There is a problem", "colour": "red"},
    "completed": {"text": "Completed", "colour": ""},
}
FINISH = "Finish"
Row = dict[str, Any]


@bp.get("/apply/applications")
def list_applications() -> ResponseReturnValue:
    """Every application of the reader's organisation, the newest first."""
    provider = providers.provider_of(db.session, person())
    found = applications.of_provider(db.session, provider)
    return render_template(
        "apply/applications.html",
        provider=provider,
        rows=[{"application": one, "tag": standing.tag(one), "href": standing.href(one)} for one in found],
        can_begin=bool(_offers(provider)),
    )


@bp.get("/apply/new")
def new_application() -> ResponseReturnValue:
    """Choose the list and the categories; straight to the application that is there already."""
    return _choose()


@bp.post("/apply/new", endpoint="start_application")
@writes
def start_application() -> ResponseReturnValue:
    """Begin an application to one list."""
    provider = providers.provider_of(db.session, person())
    wanted = next((one for one in _offers(provider) if one.reference == request.form.get("list", "")), None)
    if wanted is None:
        return _choose({"list": "Select a list"}), 422
    try:
        made = actions.start(db.session, provider=provider, purchasing_list=wanted, categories=request.form.getlist("categories"), by=person())
    except Invalid as error:
        return _choose(error.errors), 422
    return redirect(url_for("apply.hub", reference=made.case.reference), 303)


def _offers(provider: Provider) -> list[PurchasingList]:
    """The open lists for which the organisation has not begun an application."""
    return [one for one in applying.open_lists(db.session, clock.today()) if applications.draft_of(db.session, provider, one) is None]


def _choose(errors: dict[str, str] | None = None) -> str:
    provider = providers.provider_of(db.session, person())
    offers = _offers(provider)
    chosen = request.form.get("list") or (offers[0].reference if len(offers) == 1 else "")
    return render_template(
        "apply/new.html",
        offers=[{"list": one, "sent": applications.current(db.session, provider, one)} for one in offers],
        chosen=chosen,
        categories=request.form.getlist("categories"),
        limits=limits.answer_limits(db.session, offers),
        errors=errors or {},
        problems=[{"text": text, "href": f"#{key}"} for key, text in (errors or {}).items()],
    )


@bp.get("/apply/task/<uuid:task_id>")
def hub_of_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """From a task of an application to its page."""
    task = providers.task_for(db.session, providers.provider_of(db.session, person()), task_id)
    return redirect(url_for("apply.hub", reference=task.case.reference))


@bp.get("/apply/<reference>")
def hub(reference: str) -> ResponseReturnValue:
    """The sections of an application with their states; once it is sent, where it is."""
    application = frame.find(reference)
    if not frame.is_draft(application):
        return redirect(url_for("apply.status", reference=reference))
    sections = application_drafts.sections(db.session, application)
    done = sum(section.state == "completed" for section in sections)
    return render_template(
        "apply/hub.html",
        application=application,
        reference=reference,
        groups=_groups(application, sections),
        done=done,
        most=len(sections) + 1,
        saved=_last_saved(sections) or application.last_changed_at,
        limit=limits.answer_limits(db.session, [application.purchasing_list])[application.purchasing_list.reference],
    )


@bp.get("/apply/<reference>/print")
def print_application(reference: str) -> ResponseReturnValue:
    """Everything that is in the application so far on one page, to print."""
    application = frame.find(reference)
    return render_template("apply/print.html", **everything(application, may_change=False))


def everything(application: Application, *, may_change: bool) -> dict[str, Any]:
    """All sections of an application with their answers, for the pages that show everything."""
    shown = []
    for section in application_drafts.sections(db.session, application):
        schema = frame.form_of(application, section.key)
        reference = application.case.reference
        shown.append(
            {
                "section": section,
                "state": STATES[section.state],
                "rows": [] if section.is_list else rows.of_section(reference, section, schema, may_change=may_change),
                "cards": rows.of_entries(reference, section, schema, may_change=may_change) if section.is_list else [],
            }
        )
    return {"application": application, "reference": application.case.reference, "shown": shown}


def _groups(application: Application, sections: Sequence[SectionView]) -> list[dict[str, Any]]:
    reference = application.case.reference
    groups = [{"name": name, "rows": [_row(reference, each) for each in found]} for name, found in groupby(sections, key=lambda each: each.group)]
    is_ready = all(section.state == "completed" for section in sections)
    finish = {
        "key": "send",
        "title": "Check and send",
        "href": url_for("apply.check", reference=reference) if is_ready else "",
        "state": STATES["not_started"] if is_ready else {"text": "Cannot start yet", "colour": ""},
        "problem": "",
        "is_held": not is_ready,
    }
    return [*groups, {"name": FINISH, "rows": [finish]}]


def _row(reference: str, section: SectionView) -> Row:
    count = len(saving.items_of(section.values)) if section.is_list else 0
    return {
        "key": section.key,
        "title": f"{section.title} ({count} added)" if count else section.title,
        "href": questions.section_href(reference, section),
        "state": STATES[section.state],
        "problem": _problem(section) if section.state == "problem" else "",
        "is_held": False,
    }


def _problem(section: SectionView) -> str:
    """The first problem of a section in words; in a list with the entry that has it."""
    key = next(iter(section.problems))
    entry = key.partition(".")[0] if "." in key else ""
    at = next((number for number, item in enumerate(saving.items_of(section.values), 1) if item.get("id") == entry), 0)
    return f"{section.item_name} {at}: {section.problem}" if at else section.problem


def _last_saved(sections: Sequence[SectionView]) -> Any:
    times = [section.saved_at for section in sections if section.saved_at is not None]
    return max(times) if times else None
