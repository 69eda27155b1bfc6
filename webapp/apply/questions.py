"""The pages of questions: shown, saved right or wrong, and shown beside a colleague's answers when both changed them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from webapp import kept
from webapp.apply import bp, frame, places, saving
from webapp.apply.places import Place
from webapp.db import db, writes
from webapp.shared import filters, forms
from workflows.actions import application_drafts
from workflows.library.forms import Validated, validate


@bp.get("/apply/<reference>/<section>")
def section(reference: str, section: str) -> ResponseReturnValue:
    """Where a section goes on: its first page while nothing is answered, then its check page."""
    found = frame.section_of(frame.find(reference), section)
    return redirect(section_href(reference, found))


def section_href(reference: str, found: application_drafts.SectionView) -> str:
    """The address by which the hub leads into a section."""
    if found.state == "not_started" and not found.is_list:
        return url_for("apply.question", reference=reference, section=found.key, page=1)
    return url_for("apply.check_section", reference=reference, section=found.key)


@bp.get("/apply/<reference>/<section>/<int:page>")
def question(reference: str, section: str, page: int) -> ResponseReturnValue:
    """A page of questions of a section."""
    return show(places.find(reference, section, page))


@bp.post("/apply/<reference>/<section>/<int:page>", endpoint="save_question")
@writes
def save_question(reference: str, section: str, page: int) -> ResponseReturnValue:
    """Keep the answers of a page, right or wrong, and go on when they are right."""
    return save(places.find(reference, section, page))


@bp.get("/apply/<reference>/<section>/items/<item>/<int:page>")
def entry(reference: str, section: str, item: str, page: int) -> ResponseReturnValue:
    """A page of questions about one entry of a list; one that is not stored yet is about to be added."""
    return show(places.find(reference, section, page, item))


@bp.post("/apply/<reference>/<section>/items/<item>/<int:page>", endpoint="save_entry")
@writes
def save_entry(reference: str, section: str, item: str, page: int) -> ResponseReturnValue:
    """Keep the answers about one entry, right or wrong, and go on when they are right."""
    return save(places.find(reference, section, page, item))


def show(place: Place, checked: Validated | None = None) -> str:
    """A page of questions with what was just typed, else what was kept over a sign-in, else what is stored with its problems."""
    schema = place.page.schema
    back = kept.typed()
    errors = checked.errors if checked else {} if back else _on_page(place, place.stored.problems)
    values: Mapping[str, Any] = checked.typed if checked else dict(back.lists()) if back else place.stored.values
    return render_template(
        "apply/question.html",
        place=place,
        reference=place.application.case.reference,
        title=place.page.heading,
        caption=_caption(place),
        parts=forms.present(schema, values=values, errors=errors),
        problems=forms.error_list(schema, errors),
        mark=saving.mark_of(schema, place.stored.values),
        saved=place.section.saved_at,
        has_documents=any(each.choices == "documents" for each in schema.fields),
    )


def save(place: Place) -> ResponseReturnValue:
    """Keep what was posted for a page; a page that a colleague saved meanwhile is shown with both answers, and nothing is lost."""
    schema = place.page.schema
    typed: MultiDict[str, str] = MultiDict((key, text) for key, texts in saving.merged(schema, place.stored.values).items() for text in texts)
    checked = validate(schema, typed, known=_known(place))
    for key, text in _beyond_the_form(place, checked).items():
        checked.errors[key] = text
        checked.answers.pop(key)
    if saving.is_overtaken(schema, place.stored.values):
        return conflict_page(place, checked), 409
    wants_later = request.form.get("_do") == "later"
    place.save(saving.take(schema, place.stored, checked))
    if wants_later:
        return redirect(url_for("apply.hub", reference=place.application.case.reference), 303)
    if checked.errors:
        return show(place, checked), 422
    return redirect(place.next_href(), 303)


def conflict_page(place: Place, checked: Validated) -> str:
    """Both answers to each question, with a choice for those that differ; nothing is stored until it is made."""
    schema = place.page.schema
    saved_by = place.section.saved_by
    return render_template(
        "apply/conflict.html",
        place=place,
        reference=place.application.case.reference,
        who=saved_by.name if saved_by else "A colleague",
        at=filters.time_of(place.section.saved_at),
        rows=saving.differences(schema, place.stored.values, checked),
        typed=[(key, text) for key, texts in checked.typed.items() for text in texts],
        mark=saving.mark_of(schema, place.stored.values),
    )


def _known(place: Place) -> dict[str, Any]:
    """Answers of other pages that conditions of this one may look at."""
    asked = {each.key for each in place.page.schema.fields}
    return {key: value for key, value in place.stored.values.items() if key not in asked and not isinstance(value, list | dict)}


def _beyond_the_form(place: Place, checked: Validated) -> dict[str, str]:
    """What the form cannot tell: numbers that no register could hold, dates that have passed, an entry that is there already."""
    together = {**place.stored.values, **checked.answers}
    found = application_drafts.check(db.session, place.application, place.section.key, together)
    return {key: text for key, text in _on_page(place, found).items() if key in checked.answers and key not in checked.errors}


def _on_page(place: Place, problems: Mapping[str, str]) -> dict[str, str]:
    asked = {each.key for each in place.page.schema.fields}
    return {key: text for key, text in problems.items() if key in asked}


def _caption(place: Place) -> str:
    if not place.section.is_list:
        return place.section.title
    items = saving.items_of(place.section.values)
    at = next((number for number, item in enumerate(items, 1) if item.get("id") == place.entry), len(items) + 1)
    return f"{place.section.item_name} {at}"
