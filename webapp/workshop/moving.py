"""Moving running cases to the live version later than at its deployment, and undoing what was moved."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Undertaking
from webapp.db import db, writes
from webapp.signed_in import person
from webapp.workshop import bp
from webapp.workshop.deploying import CHOOSE, asked_to_move, line_of, wanted_of
from workflows.actions import undertakings
from workflows.errors import NotFound
from workflows.library import moving
from workflows.queries import moved_cases, processes
from workflows.rules import drafting

UNDO = "undo-moves"


@bp.get("/processes/<key>/migrate")
def move_running(key: str) -> ResponseReturnValue:
    """The running cases that are not on the live version: which can move, which stay and why; and what was moved before."""
    return _page(key, {})


def _page(key: str, errors: Mapping[str, str]) -> str:
    live = processes.live(db.session, key)
    found = moving.preview(db.session, moving.version_of(db.session, live), to_id=live.id)
    return render_template(
        "workshop/move_running.html", process=live, moving=[line_of(each) for each in found.moving],
        staying=[line_of(each) for each in found.staying],
        earlier=[_earlier(each) for each in moved_cases.of_process(db.session, key)], may_move=drafting.may_move(person()), errors=errors,
        problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
    )  # fmt: skip


def _earlier(found: moved_cases.Moved) -> dict[str, Any]:
    return {
        "id": str(found.undertaking_id), "at": found.at, "by": found.by, "versions": found.versions, "moved": found.moved, "can_undo": found.can_undo,
        "href": url_for("undertakings.show_job", undertaking_id=found.undertaking_id),
    }  # fmt: skip


@bp.post("/processes/<key>/migrate")
@writes
def move_running_now(key: str) -> ResponseReturnValue:
    """Ask for the chosen cases to be moved."""
    drafting.check_move(person())
    live = processes.live(db.session, key)
    wanted = wanted_of(moving.running_ids(db.session, key, besides=live.id), CHOOSE, request.form.getlist("case"))
    if not wanted:
        return _page(key, {"case": "Choose at least one case to move"}), 422
    return redirect(asked_to_move(live.name, live.version, str(live.id), wanted), 303)


@bp.post("/processes/<key>/migrate/undo")
@writes
def move_running_undo(key: str) -> ResponseReturnValue:
    """Ask for everything that one job moved to be moved back."""
    drafting.check_move(person())
    row = _job(key, request.form.get("job", ""))
    count = moved_cases.count_to_undo(db.session, row.id)
    title = f"Undo: {row.title[:1].lower()}{row.title[1:]}"
    asked = undertakings.ask(db.session, UNDO, title, {"undertaking": str(row.id)}, count, by=person())
    flash("A case that has gone on since stays on its new version. Its line says so")
    return redirect(url_for("undertakings.show_job", undertaking_id=asked.id), 303)


def _job(key: str, text: str) -> Undertaking:
    """The job of this process with this id. NotFound for any other."""
    try:
        wanted = uuid.UUID(text)
    except ValueError as error:
        raise NotFound("There is no such job") from error
    if wanted not in {each.undertaking_id for each in moved_cases.of_process(db.session, key)}:
        raise NotFound("There is no such job")
    return undertakings.find(db.session, wanted)
