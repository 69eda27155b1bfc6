"""Where a case stands in its process: the list of steps, the drawing, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue

from models import ProcessInstance, Timer, UserTask
from webapp.cases import bp, frame
from webapp.db import db
from webapp.shared import days_left, drawings, filters
from workflows.engine import Spec, Step
from workflows.library import definitions
from workflows.queries import case_pages
from workflows.queries.case_pages import Whole
from workflows.rules import calendar, words

WORK = frozenset({"user task", "manual task", "task", "service task", "business rule task", "script task", "call activity", "receive task"})
ON_THE_LIST = WORK | {"catch event"}


@dataclass(frozen=True)
class ListedStep:
    """A step of the diagram as one line: its name, what became of it in words, and its state."""

    id: str
    name: str
    words: str
    state: str


@bp.get("/cases/<reference>/process")
def process(reference: str) -> ResponseReturnValue:
    """The steps of a case as a list and as a drawing, with its timers."""
    case = frame.find(reference)
    whole = case_pages.whole(db.session, case)
    passed = case_pages.passed_steps(db.session, case)
    return frame.page(
        case,
        "cases/process.html",
        tab="process",
        runs=[_run(whole, instance, passed) for instance in whole.instances],
        timers=[_timer(timer) for timer in whole.timers],
        incidents=whole.incidents,
    )


def _run(whole: Whole, instance: ProcessInstance, passed: frozenset[str]) -> dict[str, Any]:
    """One process of the case: its diagrams, each with its steps; that of a called process only once it was entered."""
    spec = definitions.spec_of(db.session, instance.definition)
    current = current_steps(spec, instance)
    keys = dict.fromkeys(step.process_key for step in spec.steps)
    parts = [
        _part(whole, instance, key, [step for step in spec.steps if step.process_key == key], current, passed)
        for key in sorted(keys, key=lambda key: key != instance.definition.key)
    ]
    return {
        "name": instance.definition.name,
        "version": instance.definition.version,
        "started_at": instance.started_at,
        "ended_at": instance.ended_at,
        "key": instance.definition.key,
        "parts": parts,
    }


def current_steps(spec: Spec, instance: ProcessInstance) -> frozenset[str]:
    """The elements where the engine says the process stands, without the frames drawn around them."""
    frames = {step.id for step in spec.steps if step.kind == "sub-process"}
    return frozenset(instance.live) - frames


def _part(
    whole: Whole, instance: ProcessInstance, key: str, found: list[Step], current: frozenset[str], passed: frozenset[str]
) -> dict[str, Any]:
    definition = definitions.called_definition(db.session, instance.definition, key)
    order = drawings.order_of(definition)
    listed = [step for step in found if _is_listed(step, current, passed)]
    listed.sort(key=lambda step: order.get(step.id, len(order)))
    name = definitions.name_of(definition.files, key)
    return {
        "key": key,
        "name": name,
        "steps": [_step(step, whole, current, passed) for step in listed],
        "drawing": drawings.of(definition, current=current, done=passed - current, title=f"{name}: where this case stands", linked=True),
    }


def _is_listed(step: Step, current: frozenset[str], passed: frozenset[str]) -> bool:
    """Work and waits always; ends and other events only once they were reached."""
    happened = step.id in passed and step.kind in ("end event", "boundary event")
    return bool(step.name) and (step.kind in ON_THE_LIST or happened) or step.id in current


def _step(step: Step, whole: Whole, current: frozenset[str], passed: frozenset[str]) -> ListedStep:
    state = "now" if step.id in current else "done" if step.id in passed else "to come"
    say = {"now": _now, "done": _done, "to come": _to_come}[state]
    return ListedStep(step.id, step.name or step.kind.capitalize(), say(step, whole), state)


def _now(step: Step, whole: Whole) -> str:
    tasks = [task for task in whole.open_tasks if task.bpmn_id == step.id]
    if tasks:
        since = filters.short_day(min(task.created_at for task in tasks))
        return f"Now: waiting for {words.listed([_who(task, whole) for task in tasks])} since {since}{_already(step, whole)}"
    timers = [timer for timer in whole.timers if timer.bpmn_id == step.id]
    if timers:
        return f"Now: waiting until {filters.moment(timers[0].due_at)}"
    if any(incident.element_id == step.id for incident in whole.incidents):
        return "Now: cannot continue here"
    return "Now: in the process it calls" if step.calls else "Now"


def _already(step: Step, whole: Whole) -> str:
    """Who has done the same step already, where several do it at once."""
    done = [whole.group_of(task) for task in whole.done_tasks if task.bpmn_id == step.id and task.label]
    return f"; done by {words.listed(sorted(set(done)))}" if done else ""


def _who(task: UserTask, whole: Whole) -> str:
    group = whole.group_of(task)
    return f"{task.assignee.name} ({group})" if task.assignee else group


def _done(step: Step, whole: Whole) -> str:
    done = [task for task in whole.done_tasks if task.bpmn_id == step.id]
    if not done:
        return "Done by the system" if step.kind in WORK else "Reached"
    people = list(dict.fromkeys(task.completed_by.name for task in done if task.completed_by))
    times = f" ({len(done)} times)" if len(done) > len(people) else ""
    return f"Done by {words.listed(people)}, {filters.short_day(done[-1].completed_at)}{times}"


def _to_come(step: Step, whole: Whole) -> str:
    return f"For {step.lane}" if step.lane and step.kind == "user task" else ""


def _timer(timer: Timer) -> dict[str, Any]:
    return {"id": timer.bpmn_id, "name": timer.name, "due_at": timer.due_at, "left": days_left.until_event(calendar.london_date(timer.due_at))}
