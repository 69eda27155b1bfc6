"""Beginning a draft of a process, and the page that offers it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.db import db, writes
from webapp.signed_in import person
from webapp.workshop import bp
from workflows.actions import process_drafts
from workflows.errors import NotFound
from workflows.library import definitions, gate
from workflows.rules import drafting


def offer(key: str) -> ResponseReturnValue:
    """The page of a process that has no draft: a button to begin one for those who may, and to take up the one that was discarded.

    NotFound when there is no such process and nobody ever began one.
    """
    # Whoever is offered a draft will soon want to know its problems: the process that finds them begins now.
    gate.warm()
    discarded, live = process_drafts.last_discarded(db.session, key), definitions.find_latest(db.session, key)
    if live is None and discarded is None:
        raise NotFound("There is no such process")
    return render_template(
        "workshop/no_draft.html", key=key, name=live.name if live else key, live=live, may_edit=drafting.may_edit(person()), discarded=discarded
    )


@bp.post("/processes/<key>/draft/open")
@writes
def open_draft(key: str) -> ResponseReturnValue:
    """Begin a draft of a process, or go on with the one there is."""
    was_there = process_drafts.find_going(db.session, key) is not None
    draft = process_drafts.open_draft(db.session, key, by=person())
    if not was_there:
        flash("You have begun a draft. Nobody works by it until it is agreed and deployed.")
    return redirect(url_for("workshop.diagram", key=draft.key), 303)
