"""Saving while somebody types: never judged, never completing a section, and never over what a colleague saved meanwhile."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from models import clock
from webapp.apply import bp, places, saving
from webapp.apply.places import Place
from webapp.db import writes
from webapp.shared import filters
from workflows.library.forms import validate


@bp.post("/apply/<reference>/<section>/<int:page>/draft")
@writes
def autosave(reference: str, section: str, page: int) -> ResponseReturnValue:
    """Keep what stands in a page of a section. Answers the page's script with words."""
    return _keep(places.find(reference, section, page))


@bp.post("/apply/<reference>/<section>/items/<item>/<int:page>/draft")
@writes
def autosave_entry(reference: str, section: str, item: str, page: int) -> ResponseReturnValue:
    """Keep what stands in a page about one entry of a list."""
    return _keep(places.find(reference, section, page, item))


def _keep(place: Place) -> ResponseReturnValue:
    schema = place.page.schema
    if saving.is_overtaken(schema, place.stored.values):
        who = place.section.saved_by.name if place.section.saved_by else "A colleague"
        return jsonify(words=f"{who} saved other answers here at {filters.time_of(place.section.saved_at)}.", elsewhere=True), 409
    stored = saving.take(schema, place.stored, validate(schema, request.form), is_draft=True)
    if stored.values != place.stored.values or stored.problems != place.stored.problems:
        place.save(stored)
    return jsonify(message=f"Saved at {filters.time_of(clock.now())}", seen=saving.mark_of(schema, stored.values))
