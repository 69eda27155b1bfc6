"""The check page of a section: every answer with the way to change it, and whether the section is completed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Application
from webapp.apply import bp, frame, places, rows, saving
from webapp.apply.places import FROM_CHECK
from webapp.db import db, writes
from webapp.signed_in import person
from workflows.actions import application_drafts
from workflows.actions.application_drafts import SectionView
from workflows.library.forms import FormSchema

UNSELECTED = "Select whether you have completed this section"
Problem = dict[str, str]


@bp.get("/apply/<reference>/<section>/check")
def check_section(reference: str, section: str) -> ResponseReturnValue:
    """The answers of a section; once the application is sent, only to look at."""
    application = frame.find(reference)
    return _page(application, frame.section_of(application, section))


@bp.post("/apply/<reference>/<section>/check", endpoint="complete_section")
@writes
def complete_section(reference: str, section: str) -> ResponseReturnValue:
    """Mark a section as completed when every answer is right, or leave it for later."""
    application = frame.find_draft(reference)
    found = frame.section_of(application, section)
    answer = request.form.get("is_completed", "")
    if answer not in ("yes", "no"):
        return _page(application, found, [{"text": UNSELECTED, "href": "#is_completed"}], unselected=True), 422
    if request.form.get("revision", str(found.revision)) != str(found.revision):
        flash("A colleague changed this section meanwhile. Look at the answers again before you complete it", "information")
        return redirect(url_for("apply.check_section", reference=reference, section=section), 303)
    if answer == "no":
        _save(application, found, found.values, found.problems, is_completed=False)
        return redirect(url_for("apply.hub", reference=reference), 303)
    values, problems = application_drafts.judge(db.session, application, found)
    if problems:
        return _page(application, found, _links(application, found, problems)), 422
    _save(application, found, values, {}, is_completed=True)
    return redirect(url_for("apply.hub", reference=reference), 303)


@bp.get("/apply/<reference>/<section>/items/<item>/remove")
def remove_entry(reference: str, section: str, item: str) -> ResponseReturnValue:
    """Ask before an entry is removed."""
    application = frame.find_draft(reference)
    found = frame.section_of(application, section)
    return render_template("apply/remove.html", reference=reference, section=found, card=_card_of(application, found, item))


@bp.post("/apply/<reference>/<section>/items/<item>/remove", endpoint="remove_entry_now")
@writes
def remove_entry_now(reference: str, section: str, item: str) -> ResponseReturnValue:
    """Remove an entry."""
    application = frame.find_draft(reference)
    found = frame.section_of(application, section)
    card = _card_of(application, found, item)
    values, problems = places.without_entry(found, item)
    _save(application, found, values, problems, is_completed=False)
    flash(f"{card['title']} is removed")
    return redirect(url_for("apply.check_section", reference=reference, section=section), 303)


def _save(application: Application, section: SectionView, values: Mapping[str, Any], problems: Mapping[str, str], *, is_completed: bool) -> None:
    application_drafts.save_section(
        db.session, application, section.key, values, problems=problems, is_completed=is_completed, by=person(), revision=section.revision
    )


def _card_of(application: Application, section: SectionView, item: str) -> dict[str, Any]:
    schema = frame.form_of(application, section.key)
    cards = rows.of_entries(application.case.reference, section, schema, may_change=True) if section.is_list else []
    return next((card for card in cards if card["id"] == item), None) or abort(404)


def _page(application: Application, section: SectionView, problems: list[Problem] | None = None, *, unselected: bool = False) -> str:
    reference, may_change = application.case.reference, frame.is_draft(application)
    schema = frame.form_of(application, section.key)
    return render_template(
        "apply/check_section.html",
        application=application,
        reference=reference,
        section=section,
        rows=[] if section.is_list else rows.of_section(reference, section, schema, may_change=may_change),
        cards=rows.of_entries(reference, section, schema, may_change=may_change) if section.is_list else [],
        add_href=_add_href(reference, section) if section.is_list and may_change else "",
        may_change=may_change,
        problems=problems or [],
        radio_error=UNSELECTED if unselected else "",
    )


def _add_href(reference: str, section: SectionView) -> str:
    """The page of an entry that is not stored yet: it is, as soon as something is typed there. Nothing when there are enough."""
    if section.most and len(saving.items_of(section.values)) >= section.most:
        return ""
    return url_for("apply.entry", reference=reference, section=section.key, item=secrets.token_hex(4), page=1)


def _links(application: Application, section: SectionView, problems: Mapping[str, str]) -> list[Problem]:
    """The messages with the way to each question."""
    reference, schema = application.case.reference, frame.form_of(application, section.key)
    return [{"text": text, "href": _href(reference, section, schema, key)} for key, text in problems.items()]


def _href(reference: str, section: SectionView, schema: FormSchema, key: str) -> str:
    item, _, question = key.rpartition(".")
    if not question:
        return "#add"
    page = frame.page_with(frame.pages_of(schema, section.title), question)
    where = (
        url_for("apply.entry", reference=reference, section=section.key, item=item, page=page)
        if item
        else url_for("apply.question", reference=reference, section=section.key, page=page)
    )
    return f"{where}?{FROM_CHECK}#{question}"
