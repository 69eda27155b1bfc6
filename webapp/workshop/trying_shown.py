"""The page of a walk: what waits, what can come, where the case stands on the diagram, and how it came there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup

from models import Trial, clock
from webapp.db import db
from webapp.shared import forms as shown_forms
from webapp.signed_in import person
from webapp.workshop import mending
from webapp.workshop.bench import Bench
from workflows import engine
from workflows.actions import trials
from workflows.engine import DefinitionRefused, Problem
from workflows.engine.problems import errors_in
from workflows.library import diagrams, gate, scenarios, staging, trying, typed_values
from workflows.library.gate.around import around

DIAGRAM = "process.bpmn"
FIRST_HOUR = 9
MOST_SAMPLES = 60
Errors = Mapping[str, str]


def page(
    found: Bench, *, errors: Errors | None = None, typed: Mapping[str, Any] | None = None, doing: trying.Waiting | None = None,
    stopped_by: Sequence[Problem] = (),
) -> str:  # fmt: skip
    """The page as it stands: before a walk, on one, or why there can be none. `doing` is a task whose answers need mending, `stopped_by`
    the errors that the whole gate found when the quick check finds none."""
    stop = stop_of(found, stopped_by)
    trial = trials.find(db.session, found.draft, by=person())
    shown: dict[str, Any] = {"walk": None, "begin": None, "asked": None, "changed": False}
    if not stop.words:
        try:
            shown |= _shown(found, trial, doing, typed, errors or {})
        except (DefinitionRefused, scenarios.ScenariosRefused, trying.CannotGoOn, engine.StateNotReadable, ValueError) as error:
            stop = Stop(in_words(error))
    return render_template(
        "workshop/trying.html", bench=found, stop=stop, errors=errors or {}, has_trial=trial is not None,
        problems=[{"text": words, "href": f"#{name}"} for name, words in (errors or {}).items()], **shown,
    )  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """Why a draft cannot be tried, in words, and the link to the step to put right; without words nothing stops it."""

    words: str = ""
    link: mending.Link = field(default_factory=dict)


def stop_of(found: Bench, stopped_by: Sequence[Problem] = ()) -> Stop:
    """What stops a draft from being tried or simulated: the errors that the whole gate found, else those of the quick check."""
    about = around(db.session, found.key, found.files)
    errors = list(stopped_by) or errors_in(gate.lint(found.key, found.files, about.called, groups=about.groups))
    if not errors:
        return Stop()
    more = f" There are {len(errors)} errors in all." if len(errors) > 1 else ""
    return Stop(f"This draft has an error, so it cannot be tried: {errors[0]}.{more}", mending.links_for(found)(errors[0]))


def in_words(error: Exception) -> str:
    """What an exception says to a person."""
    return str(next(iter(error.errors.values()))) if hasattr(error, "errors") else str(error)


def _shown(
    found: Bench, trial: Trial | None, doing: trying.Waiting | None, typed: Mapping[str, Any] | None, errors: Errors
) -> dict[str, Any]:
    stage = staging.stage_of(db.session, found.key, found.files)
    if trial is not None and trial.data.get(trials.ASKED):
        return {"asked": _asked(trial.data[trials.ASKED]), "walk": _walk(found, stage, trials.place_of(trial), None, typed, errors)}
    if trial is None or not trial.log:
        return {"begin": _begin(found)}
    if trial.digest != engine.digest(found.files):
        return {"changed": True, "walk": None}
    return {"walk": _walk(found, stage, trials.place_of(trial), doing, typed, errors)}


def _begin(found: Bench) -> dict[str, Any]:
    """What a walk begins with: a sample case from the scenarios, or this morning and nothing known."""
    samples = trying.samples(staging.scenarios_of(found.files))[:MOST_SAMPLES]
    number = request.args.get("sample", default=1, type=int)
    chosen = samples[number - 1] if samples and 0 < number <= len(samples) else None
    morning = clock.now().astimezone(clock.LONDON).replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
    return {
        "samples": [{"number": place, "name": each.name, "chosen": place == number} for place, each in enumerate(samples, 1)],
        "at": request.form.get("at") or trying.told(chosen.at if chosen else morning),
        "data": request.form.get("data") if "data" in request.form else typed_values.write_lines(chosen.data if chosen else {}),
    }


def _asked(about: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": about["element_name"], "operation": about["operation"], "gives": [{"name": each, "value": ""} for each in about["gives"]]}


def _walk(
    found: Bench, stage: trying.Stage, place: trying.Place, doing: trying.Waiting | None, typed: Mapping[str, Any] | None, errors: Errors
) -> dict[str, Any] | None:
    if not place.made:
        return None
    view = trying.look(stage, place)
    names = stage.spec.names
    open_one = doing or _chosen(view)
    return {
        "at": place.at, "finished": view.finished, "ended_at": names.get(view.ended_at) or view.ended_at,
        "waiting": [_waiting(found, each) for each in view.waiting],
        "doing": _doing(open_one, typed or {}, errors) if open_one else None,
        "timers": [{"name": each.name or each.bpmn_id, "due": each.due_at, "told": trying.told(each.due_at)} for each in view.timers],
        "messages": list(dict.fromkeys(each.name for each in view.messages)),
        "data": [{"name": name, "value": typed_values.write_value(value)} for name, value in sorted(view.data.items())],
        "moves": [_move(stage, number, made) for number, made in enumerate(place.made, 1)],
        "drawing": _drawing(found, view, place), "until": request.form.get("until", ""), "name": request.form.get("name", ""),
    }  # fmt: skip


def _chosen(view: trying.View) -> trying.Waiting | None:
    """The task that was chosen to be done; the only one there is needs no choosing."""
    if len(view.waiting) == 1:
        return view.waiting[0]
    step, group = request.args.get("do"), request.args.get("of", "")
    return next((each for each in view.waiting if each.task.bpmn_id == step and each.group == group), None)


def _waiting(found: Bench, each: trying.Waiting) -> dict[str, Any]:
    return {
        "name": each.task.name, "group": each.group_name, "label": each.task.instance_label, "count": each.count,
        "href": url_for("workshop.trying", key=found.key, do=each.task.bpmn_id, of=each.group, _anchor="task"),
    }  # fmt: skip


def _doing(each: trying.Waiting, typed: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    """A task's form as officers meet it, and what the system gives back when it is done."""
    parts = shown_forms.present(each.form, values=typed, errors=errors) if each.form else []
    gives = [{"name": name, "value": request.form.get(f"gives.{name}") or _known(each.gives, name)} for name in each.announced]
    return {
        "step": each.task.bpmn_id, "group": each.group, "group_name": each.group_name, "name": each.task.name, "parts": parts, "gives": gives,
        "help": each.task.properties.get("helpText", ""), "operation": each.operation,
    }  # fmt: skip


def _known(gives: Mapping[str, Any], name: str) -> str:
    return typed_values.write_value(gives[name]) if name in gives else ""


def _move(stage: trying.Stage, number: int, made: trying.Made) -> dict[str, Any]:
    """One move in words, with the steps it passed."""
    passed = [each.element_name or each.element_id for each in made.passed if "gateway" not in each.kind]
    return {"number": number, "words": _move_words(stage, made.move), "passed": list(dict.fromkeys(each for each in passed if each))}


def _move_words(stage: trying.Stage, move: Mapping[str, Any]) -> str:
    if "starts" in move:
        return f"The case began at {move['starts']}"
    if "completes" in move:
        who = stage.around.groups.get(str(move.get("of", "")), str(move.get("of", "")))
        return f"{who or 'Somebody'} did “{stage.spec.names.get(move['completes']) or move['completes']}”"
    if "clock" in move:
        return f"The clock was moved to {move['clock']}"
    if "message" in move:
        return f"The message {move['message']} came"
    return f"You said what {', '.join(move.get('operations', {}))} gives"


def _drawing(found: Bench, view: trying.View, place: trying.Place) -> Markup | None:
    done = {each.element_id for each in place.trail} - view.live
    try:
        return Markup(diagrams.svg(found.files[DIAGRAM], live=view.live, done=done, title=f"{found.name}: where the tried case stands"))  # noqa: S704  the drawing escapes every word itself
    except (DefinitionRefused, KeyError, ValueError):
        return None
