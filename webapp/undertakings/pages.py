"""The jobs a person started, and the page of one: it refreshes itself without scripts until the job has ended."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from models import Undertaking, UndertakingStatus, clock
from webapp.db import db, writes
from webapp.signed_in import person
from webapp.undertakings import bp
from workflows.actions import undertakings
from workflows.queries import undertakings as queries

REFRESH_SECONDS = 5
TAGS = {
    UndertakingStatus.WAITING: ("Waiting", "grey"),
    UndertakingStatus.RUNNING: ("Running", "blue"),
    UndertakingStatus.DONE: ("Done", "green"),
    UndertakingStatus.STOPPED: ("Stopped", "yellow"),
    UndertakingStatus.FAILED: ("Failed", "red"),
}
SHORTEST_TO_ESTIMATE = 10


@bp.get("/jobs")
def list_jobs() -> ResponseReturnValue:
    """What this person asked for in the last thirty days; administrators see what everyone asked for."""
    found = queries.of(db.session, person())
    return render_template("undertakings/list.html", rows=[_row(each) for each in found], shows_who=queries.sees_all(person()))


@bp.get("/jobs/<uuid:undertaking_id>")
def show_job(undertaking_id: uuid.UUID) -> ResponseReturnValue:
    """How far one is, or how it ended. NotFound for anyone but who asked for it and administrators."""
    found = queries.one(db.session, person(), undertaking_id)
    is_going = found.ended_at is None
    response = make_response(
        render_template(
            "undertakings/show.html", job=found, row=_row(found), is_going=is_going, refresh=REFRESH_SECONDS if is_going else 0, left=_left(found),
            failures=[each for each in found.results if not each["ok"]], can_stop=is_going and found.started_by_id == person().id,
        )
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/jobs/<uuid:undertaking_id>/stop")
@writes
def stop_job(undertaking_id: uuid.UUID) -> ResponseReturnValue:
    """Stop one after the step it is at."""
    found = queries.one(db.session, person(), undertaking_id)
    undertakings.stop(db.session, found.id, by=person())
    flash("It stops after the step it is at. What is done stays done")
    return redirect(url_for("undertakings.show_job", undertaking_id=found.id), 303)


def _row(found: Undertaking) -> dict[str, Any]:
    text, colour = TAGS[found.status]
    failures = sum(not each["ok"] for each in found.results)
    return {
        "id": found.id, "title": found.title, "href": url_for("undertakings.show_job", undertaking_id=found.id), "tag": text, "colour": colour,
        "count": _count(found), "failures": failures, "by": found.started_by.name, "asked_at": found.asked_at, "ended_at": found.ended_at,
        "words": _words(found, failures),
    }  # fmt: skip


def _count(found: Undertaking) -> str:
    return f"{found.done:,} of {found.total:,}" if found.total else f"{found.done:,}"


def _words(found: Undertaking, failures: int) -> str:
    """Where it stands in one sentence: `Running 40 of 120`, `Done, except for 2`."""
    if found.status is UndertakingStatus.WAITING:
        return "Waiting for its turn"
    if found.status is UndertakingStatus.RUNNING:
        return f"Stops after this step, {_count(found)}" if found.wants_stop else f"Running {_count(found)}"
    at = f" at {_count(found)}"
    ended = {UndertakingStatus.DONE: "Done", UndertakingStatus.STOPPED: f"Stopped{at}", UndertakingStatus.FAILED: f"Failed{at}"}
    problems = f", except for {failures}" if failures else ""
    return ended[found.status] + problems


def _left(found: Undertaking) -> str:
    """An estimate of the time left, once enough is done to tell."""
    if found.began_at is None or found.ended_at is not None or not found.done or not found.total:
        return ""
    passed = (clock.now() - found.began_at).total_seconds()
    if passed < SHORTEST_TO_ESTIMATE:
        return ""
    seconds = passed / found.done * (found.total - found.done)
    if seconds < 60:
        return "Less than a minute left"
    minutes = round(seconds / 60)
    return f"About {minutes} minute{'' if minutes == 1 else 's'} left"
