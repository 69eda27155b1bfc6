"""Trying a draft by hand: the moves of one person's walk on the real engine, in a sandbox that writes no case and sends no mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import Trial, clock
from webapp.db import db, writes
from webapp.signed_in import person
from webapp.workshop import bench, bp, opening, trying_shown
from webapp.workshop.bench import Bench
from webapp.workshop.gate_first import found_for, looked_at
from workflows import engine
from workflows.actions import process_drafts, trials
from workflows.errors import Invalid, NotFound
from workflows.library import recording, scenarios, staging, trying, typed_values
from workflows.rules import drafting

GIVES = "gives."
SCENARIOS = staging.SCENARIOS
Move = Callable[[trying.Stage, trying.Place], trying.Place]


@bp.get("/processes/<key>/draft/try", endpoint="trying")
def show_trying(key: str) -> ResponseReturnValue:
    """Where this person's walk stands and what can be done there; `do` and `of` name a task whose form is open."""
    draft = process_drafts.find_going(db.session, key)
    if draft is None:
        return opening.offer(key)
    return trying_shown.page(bench.find(key, draft=draft))


@bp.post("/processes/<key>/draft/try/begin")
@looked_at
@writes
def try_begin(key: str) -> ResponseReturnValue:
    """Begin a walk, in place of the one there was. A draft with an error cannot be tried."""
    found = _ready(key)
    if errors := found_for(found.draft).gate_errors:
        return trying_shown.page(found, stopped_by=errors), 422
    try:
        at, data = _moment("at"), _lines("data")
    except Invalid as error:
        return trying_shown.page(found, errors=error.errors), 422
    start = {"starts": trying.told(at)} | ({"with": data} if data else {})
    return _go(found, trying.Place((), b"", at), start)


@bp.post("/processes/<key>/draft/try/complete")
@writes
def try_complete(key: str) -> ResponseReturnValue:
    """Do a waiting task in the place of whoever it is for."""
    found, place, stage = _walk(key)
    step, group = request.form.get("step", ""), request.form.get("group", "")
    waiting = next((each for each in trying.look(stage, place).waiting if each.task.bpmn_id == step and each.group == group), None)
    if waiting is None:
        return _told(found, "This task does not wait any more")
    checked = trying.answer(place, waiting, request.form)
    if checked.errors:
        return trying_shown.page(found, errors=checked.errors, typed=checked.typed, doing=waiting), 422
    gives = {name: typed_values.read_value(text) for name in waiting.announced if (text := request.form.get(f"{GIVES}{name}", "").strip())}
    return _go(found, place, trying.completion(waiting, checked.answers, gives), stage)


@bp.post("/processes/<key>/draft/try/clock")
@writes
def try_clock(key: str) -> ResponseReturnValue:
    """Move the walk's clock forward; whatever is due by then happens."""
    found, place, stage = _walk(key)
    try:
        at = _moment("until")
    except Invalid as error:
        return trying_shown.page(found, errors=error.errors), 422
    if at < place.at:
        return trying_shown.page(found, errors={"until": "The clock can only go forward. Go one step back instead"}), 422
    return _go(found, place, {"clock": trying.told(at)}, stage)


@bp.post("/processes/<key>/draft/try/message")
@writes
def try_message(key: str) -> ResponseReturnValue:
    """Send one of the messages that the walk waits for."""
    found, place, stage = _walk(key)
    try:
        content = _lines("content")
    except Invalid as error:
        return trying_shown.page(found, errors=error.errors), 422
    return _go(found, place, {"message": request.form.get("message", "")} | ({"with": content} if content else {}), stage)


@bp.post("/processes/<key>/draft/try/declare")
@writes
def try_declare(key: str) -> ResponseReturnValue:
    """Say what a step of the system gives, and make the move that waits for it."""
    found = _ready(key)
    trial = _trial(found)
    pending, asked = trial.data.get(trials.PENDING), trial.data.get(trials.ASKED)
    if not pending or not asked:
        return _told(found, "No step waits for a result any more")
    values = {name: typed_values.read_value(text) for name in asked["gives"] if (text := request.form.get(f"{GIVES}{name}", "").strip())}
    place, stage = trials.place_of(trial), _stage(found)
    if "starts" in pending:
        return _go(found, place, {**pending, "gives": {**pending.get("gives", {}), asked["operation"]: values}}, stage)
    try:
        return _go(found, trying.declare(stage, place, asked["operation"], values), pending, stage)
    except trying.CannotGoOn as error:
        return _told(found, str(error))


@bp.post("/processes/<key>/draft/try/back")
@writes
def try_back(key: str) -> ResponseReturnValue:
    """Go one step back; from the first step, to before the walk."""
    found, place, stage = _walk(key)
    before = trying.back(stage, place)
    if before is None:
        trials.forget(db.session, found.draft, by=person())
    else:
        _keep(found, before)
    return _home(key)


@bp.post("/processes/<key>/draft/try/again")
@writes
def try_again(key: str) -> ResponseReturnValue:
    """Walk the same moves again on the draft as it is now, as far as they go."""
    found = _ready(key)
    reached, words = trying.as_far_as_possible(_stage(found), trials.place_of(_trial(found)).moves)
    if reached is None:
        trials.forget(db.session, found.draft, by=person())
    else:
        _keep(found, reached)
    flash(words or "The same moves lead on as before")
    return _home(key)


@bp.post("/processes/<key>/draft/try/restart")
@writes
def try_restart(key: str) -> ResponseReturnValue:
    """Throw the walk away and begin with another."""
    trials.forget(db.session, _ready(key).draft, by=person())
    return _home(key)


@bp.post("/processes/<key>/draft/try/save")
@writes
def try_save(key: str) -> ResponseReturnValue:
    """Keep the walk as a test of the draft, in its file of scenarios."""
    found, place, stage = _walk(key)
    try:
        finished = trying.look(stage, place).finished
        steps = recording.steps_of(place, finished=finished, declared=staging.declared(found.files), given=stage.given)
        text = recording.add(found.files.get(SCENARIOS, ""), request.form.get("name", ""), steps)
        based_on = process_drafts.revision_of(db.session, found.draft, SCENARIOS)
        process_drafts.save_file(db.session, found.draft, SCENARIOS, text, based_on=based_on, by=person())
    except Invalid as error:
        return trying_shown.page(found, errors=error.errors), 422
    _keep(found, place, digest=process_drafts.digest_of(db.session, found.draft))
    flash("Saved as a test of this draft")
    return _home(key)


def _ready(key: str) -> Bench:
    """The draft, for somebody who may change it. Refused for anyone else."""
    found = bench.find(key)
    drafting.check_edit(person())
    return found


def _trial(found: Bench) -> Trial:
    trial = trials.find(db.session, found.draft, by=person())
    if trial is None:
        raise NotFound("You have not begun to try this draft")
    return trial


def _walk(key: str) -> tuple[Bench, trying.Place, trying.Stage]:
    """The walk as it stands on the draft as it is now. NotFound when it has not begun."""
    found = _ready(key)
    trial, stage = _trial(found), _stage(found)
    place = trials.place_of(trial)
    if not place.made:
        raise NotFound("You have not begun to try this draft")
    if trial.digest != engine.digest(found.files):
        reached, _ = trying.as_far_as_possible(stage, place.moves)
        place = reached or place
    return found, place, stage


def _stage(found: Bench) -> trying.Stage:
    """What the walk takes place on. Invalid when the draft cannot be run as it is now."""
    stop = trying_shown.stop_of(found)
    if stop.words:
        raise Invalid({"draft": stop.words})
    return staging.stage_of(db.session, found.key, found.files)


def _go(found: Bench, place: trying.Place, move: trying.Move, stage: trying.Stage | None = None) -> ResponseReturnValue:
    """Make a move and keep where it leads; a move that needs a result of the system first is kept until somebody says it."""
    try:
        stage = stage or _stage(found)
        _keep(found, trying.go(stage, place, move))
    except trying.Asked as asked:
        about = {"operation": asked.operation, "element_id": asked.element_id, "element_name": asked.element_name, "gives": list(asked.gives)}
        _keep(found, place, data={trials.PENDING: dict(move), trials.ASKED: about})
    except trying.CannotGoOn as error:
        return _told(found, str(error))
    except (scenarios.ScenariosRefused, engine.DefinitionRefused, Invalid) as error:
        return _told(found, trying_shown.in_words(error))
    return _home(found.key)


def _keep(found: Bench, place: trying.Place, *, digest: str = "", data: Mapping[str, Any] | None = None) -> None:
    trials.keep(db.session, found.draft, place, digest=digest or engine.digest(found.files), by=person(), data=data)


def _told(found: Bench, words: str) -> ResponseReturnValue:
    """The page as it was, with why the move was not made."""
    return trying_shown.page(found, errors={"walk": words}), 422


def _home(key: str) -> ResponseReturnValue:
    return redirect(url_for("workshop.trying", key=key), 303)


def _moment(name: str) -> Any:
    """A typed moment. Invalid at its field when it is none."""
    text = request.form.get(name, "").strip().replace("T", " ")
    try:
        found = clock.read_instant(text)
    except ValueError as error:
        raise Invalid({name: "Enter a date and a time, like 2026-03-02 09:30"}) from error
    if not 2010 <= found.year <= 2090:
        raise Invalid({name: "The year must be between 2010 and 2090"})
    return found


def _lines(name: str) -> dict[str, Any]:
    try:
        return typed_values.read_lines(request.form.get(name, ""))
    except typed_values.NotReadable as error:
        raise Invalid({name: str(error)}) from error
