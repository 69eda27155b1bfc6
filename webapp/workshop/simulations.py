"""Simulating many cases of a draft: what is taken for granted, asked on one page, and what came out of it on another."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from models import UndertakingStatus
from webapp.db import db, writes
from webapp.signed_in import person
from webapp.workshop import bench, bp, trying_shown
from webapp.workshop.bench import Bench
from webapp.workshop.gate_first import found_for, looked_at
from workflows.actions import undertakings
from workflows.engine import DefinitionRefused, Problem, Step
from workflows.errors import Invalid, NotFound
from workflows.library import scenarios, simulating, staging, trying
from workflows.library.simulating import SimulationResult, assumptions, picture
from workflows.library.simulating.asking import Stated
from workflows.library.simulating.planning import Duration
from workflows.queries import undertakings as queries
from workflows.rules import drafting

KIND = "simulate-draft"
USUAL_HOURS = 4.0
LONGEST_HOURS, MOST_PEOPLE, MOST_A_DAY, MOST_SEED = 400.0, 500, 500.0, 1_000_000
MOST_STEPS_DRAWN = 12


@bp.get("/processes/<key>/draft/simulate", endpoint="simulate")
def show_simulate(key: str) -> ResponseReturnValue:
    """What a simulation takes for granted, to be changed before it starts."""
    return _page(bench.find(key))


@bp.post("/processes/<key>/draft/simulate", endpoint="simulate_start")
@looked_at
@writes
def start_simulation(key: str) -> ResponseReturnValue:
    """Ask for a simulation; its page tells how far it is. A draft with an error cannot be simulated."""
    drafting.check_edit(person())
    found = bench.find(key)
    if errors := found_for(found.draft).gate_errors:
        return _page(found, stopped_by=errors), 422
    try:
        stated = _stated(found)
    except Invalid as error:
        return _page(found, errors=error.errors), 422
    row = undertakings.ask(
        db.session, KIND, f"Simulate {stated.cases:,} cases: {found.name}",
        {"draft": str(found.draft.id), "stated": stated.to_json(), "href": ""}, stated.cases * (2 if stated.compare else 1), by=person(),
    )  # fmt: skip
    row.args = {**row.args, "href": url_for("workshop.simulated", key=key, job=row.id)}
    return redirect(url_for("undertakings.show_job", undertaking_id=row.id), 303)


@bp.get("/processes/<key>/draft/simulated")
def simulated(key: str) -> ResponseReturnValue:
    """What came out of the simulation that `job` names. NotFound when there is none that this person may see."""
    found = bench.find(key)
    try:
        row = queries.one(db.session, person(), uuid.UUID(request.args.get("job", "")))
    except ValueError as error:
        raise NotFound("There is no such simulation") from error
    if row.kind != KIND or row.args.get("draft") != str(found.draft.id) or "draft" not in row.summary:
        raise NotFound("There is no such simulation")
    draft = SimulationResult.from_json(row.summary["draft"])
    live = SimulationResult.from_json(row.summary["live"]) if "live" in row.summary else None
    return render_template(
        "workshop/simulated.html", bench=found, job=row, result=draft, live=live, is_stopped=row.status is UndertakingStatus.STOPPED,
        lines=simulating.side_by_side(live, draft) if live else [], times=_times(draft), days_picture=_days_picture(draft),
        steps_picture=_steps_picture(draft),
    )  # fmt: skip


def _page(found: Bench, *, errors: Mapping[str, str] | None = None, stopped_by: Sequence[Problem] = ()) -> str:
    stop, shown = trying_shown.stop_of(found, stopped_by), dict[str, Any]()
    if not stop.words:
        try:
            shown = _assumed(found)
        except (DefinitionRefused, scenarios.ScenariosRefused, ValueError) as error:
            stop = trying_shown.Stop(trying_shown.in_words(error))
    problems = [{"text": words, "href": f"#{name}"} for name, words in (errors or {}).items()]
    return render_template(
        "workshop/simulate.html", bench=found, stop=stop, errors=errors or {}, problems=problems, value=_value, most=simulating.MOST_CASES,
        **shown,
    )  # fmt: skip


def _value(name: str, otherwise: Any = "") -> Any:
    """What was typed, else what is taken for granted."""
    return request.form.get(name, otherwise)


def _assumed(found: Bench) -> dict[str, Any]:
    """Everything that can be stated, with what is known of it."""
    stage = staging.stage_of(db.session, found.key, found.files)
    walks = staging.scenarios_of(found.files)
    results, failed = simulating.results_of(walks, stage.spec, stage.around)
    observed = assumptions.observed(db.session, sorted({step.process_key for step in stage.spec.steps}))
    tasks = list(stage.spec.user_tasks.values())
    names = stage.spec.names
    return {
        "tasks": [_task(step, observed.get(step.id)) for step in tasks],
        "groups": _groups(stage, tasks),
        "choices": [
            {"id": element, "name": names.get(element) or element, "results": [
                {"name": f"share.{element}.{place}", "words": each.words, "usual": place == 0, "seen": each.seen} for place, each in enumerate(known)
            ]}
            for element, known in sorted(results.items()) if len(known) > 1 and not element.startswith(scenarios.MESSAGE)
        ],
        "messages": sorted(stage.spec.messages), "failed": failed, "has_live": found.base_version > 0,
        "samples": [{"number": place, "name": each.name} for place, each in enumerate(trying.samples(walks), 1)],
    }  # fmt: skip


def _task(step: Step, known: Duration | None) -> dict[str, Any]:
    is_known = known is not None and not known.is_guess
    middle = sorted(known.observed)[len(known.observed) // 2] / 60 if known is not None and is_known else USUAL_HOURS
    return {
        "id": step.id, "name": step.name or step.id, "field": f"hours.{step.id}", "is_known": is_known, "count": len(known.observed) if known else 0,
        "hours": f"{middle:.1f}", "value": "" if is_known else f"{USUAL_HOURS:g}",
    }  # fmt: skip


def _groups(stage: trying.Stage, tasks: Sequence[Step]) -> list[dict[str, Any]]:
    """The groups that the steps name outright; those worked out while a case runs have as many people as they need."""
    keys = {name: key for key, name in stage.around.groups.items()}
    named = {step.properties.get("candidateGroup", "").strip("\"'") or keys.get(step.lane, "") for step in tasks}
    counted = assumptions.people(db.session)
    return [
        {"key": key, "name": stage.around.groups[key], "field": f"people.{key}", "value": counted.get(key, "")}
        for key in sorted(named & set(stage.around.groups), key=lambda key: stage.around.groups[key])
    ]


def _stated(found: Bench) -> Stated:
    """What was typed. Invalid with a message at each field that cannot be read."""
    errors: dict[str, str] = {}

    def read(name: str, otherwise: float | None, least: float, most: float, kind: Callable[[str], float]) -> float | None:
        text = request.form.get(name, "").replace(",", "").strip()
        if not text:
            return otherwise
        try:
            value = kind(text)
        except ValueError:
            value = -1
        if not least <= value <= most:
            errors[name] = f"Enter a number from {least:,g} to {most:,g}"
        return value

    def of(begins: str, least: float, most: float, kind: Callable[[str], float]) -> dict[str, Any]:
        named = {name: read(name, None, least, most, kind) for name in request.form if name.startswith(begins)}
        return {name.removeprefix(begins): value for name, value in named.items() if value is not None}

    shares: dict[str, dict[str, float]] = {}
    for name, value in of("share.", 0, 100, float).items():
        element, _, place = name.rpartition(".")
        shares.setdefault(element, {})[place] = value
    stated = Stated(
        cases=int(read("cases", 1_000, 1, simulating.MOST_CASES, int) or 0), seed=int(read("seed", 1, 0, MOST_SEED, int) or 0),
        a_day=float(read("a_day", 4.0, 0.1, MOST_A_DAY, float) or 0), sample=int(read("sample", 1, 0, 500, int) or 0),
        compare=request.form.get("compare") == "yes" and found.base_version > 0, hours=of("hours.", 0.1, LONGEST_HOURS, float),
        people=of("people.", 1, MOST_PEOPLE, int), shares=shares, messages=of("message.", 0, 100, float),
    )  # fmt: skip
    if errors:
        raise Invalid(errors)
    return stated


def _times(found: SimulationResult) -> list[dict[str, str]]:
    parts = (("Half of the cases", 0.5), ("Three in four", 0.75), ("Nine in ten", 0.9))
    return [{"words": words, "days": f"{found.share(part):,.1f}", "working": f"{found.share(part, working=True):,.1f}"} for words, part in parts]


def _days_picture(found: SimulationResult) -> Markup:
    return Markup(picture.histogram(found.days, title="How many cases took how many calendar days", unit="calendar days"))  # noqa: S704  the drawing escapes every word itself


def _steps_picture(found: SimulationResult) -> Markup:
    rows = [(each.name, each.mean_days) for each in found.steps[:MOST_STEPS_DRAWN]]
    return Markup(picture.bars(rows, title="Wait at each step", unit="calendar days on average"))  # noqa: S704  the drawing escapes every word itself
