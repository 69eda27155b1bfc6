"""Beginning a process that is new: its name, its key and the team of its first step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.db import db, writes
from webapp.signed_in import person
from webapp.workshop import bp
from workflows.actions import process_drafts
from workflows.errors import Invalid
from workflows.library import blank, gate
from workflows.queries import people
from workflows.rules import drafting

Errors = dict[str, str]


@bp.get("/processes/new")
def new_process() -> ResponseReturnValue:
    """The questions about a process that is new. Refused for those who may not change processes."""
    drafting.check_edit(person())
    gate.warm()
    return _page({}, people.group_names(db.session))


@bp.post("/processes/new")
@writes
def create_process() -> ResponseReturnValue:
    """Begin the draft of a new process; it goes live like every other change, agreed by another person."""
    drafting.check_edit(person())
    teams, errors = people.group_names(db.session), Errors()
    name, key = _checked(blank.check_name, "name", errors), _checked(blank.check_key, "key", errors)
    group = request.form.get("group", "")
    if group not in teams:
        errors["group"] = "Select the team of the first step"
    if not errors:
        try:
            draft = process_drafts.open_new(db.session, key, blank.files(key, name, group=group, team=teams[group]), by=person())
        except Invalid as error:
            errors |= error.errors
    if errors:
        return _page(errors, teams), 422
    flash("You have begun a process. Nobody works by it until it is agreed and deployed.")
    return redirect(url_for("workshop.outline", key=draft.key), 303)


def _checked(check: Callable[[str], str], field: str, errors: Errors) -> str:
    """What was typed in a field as it is kept; what is wrong with it goes to `errors`."""
    try:
        return check(request.form.get(field, ""))
    except Invalid as error:
        errors |= error.errors
        return ""


def _page(errors: Errors, teams: Mapping[str, str]) -> str:
    chosen = request.form.get("group", "")
    items: list[dict[str, Any]] = [{"value": "", "text": "Select a team"}]
    items += [{"value": key, "text": name, "selected": key == chosen} for key, name in sorted(teams.items(), key=lambda item: item[1].lower())]
    return render_template(
        "workshop/new.html", errors=errors, problems=[{"text": words, "href": f"#{field}"} for field, words in errors.items()], teams=items,
        typed=request.form,
    )  # fmt: skip
