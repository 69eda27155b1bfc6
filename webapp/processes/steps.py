"""The steps of a process by who does them, and what each form asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from models import ProcessDefinition
from webapp.db import db
from webapp.processes import bp, frame
from webapp.shared import drawings
from workflows.engine import Step
from workflows.library import definitions
from workflows.library.forms import Field, FormRefused, read_form
from workflows.queries import processes, reminding

GATEWAYS = frozenset({"exclusive gateway", "parallel gateway", "inclusive gateway", "event-based gateway"})
HIDDEN_KINDS = GATEWAYS | {"start event", "end event", "sub-process"}
DOES = {
    "user task": "A person does this",
    "service task": "The system does this",
    "business rule task": "A decision table answers this",
    "script task": "The system works this out",
    "call activity": "Another process does this",
    "catch event": "Waits here",
    "boundary event": "Can happen meanwhile",
    "throw event": "The system tells others",
    "receive task": "Waits for news",
    "send task": "The system tells others",
}
QUESTION_WORDS = {
    "textfield": "a line of text", "textarea": "text", "number": "a number", "checkbox": "a tick", "checklist": "any of a list",
    "radio": "one of a list", "select": "one of a list", "datetime": "a date", "filepicker": "a file",
}  # fmt: skip
NO_LANE = "The system"
MOST_OPTIONS = 6


@bp.get("/processes/<key>/steps")
def show_steps(key: str) -> ResponseReturnValue:
    """Every step under who does it, in the order of the flow."""
    live = processes.live(db.session, key)
    return frame.page("steps.html", live, "show_steps", lanes=lanes(live))


@bp.get("/processes/<key>/forms")
def show_forms(key: str) -> ResponseReturnValue:
    """What each form asks, in the order of the steps that use it; forms that no step uses come last."""
    live = processes.live(db.session, key)
    return frame.page("forms.html", live, "show_forms", forms=_forms(live))


def lanes(definition: ProcessDefinition) -> list[dict[str, Any]]:
    """The steps by who does them, in the order in which each first has something to do."""
    found: dict[str, list[dict[str, Any]]] = {}
    for step in steps_in_order(definition):
        if step.name and step.kind not in HIDDEN_KINDS:
            found.setdefault(step.lane or NO_LANE, []).append(_step(definition, step))
    return [{"name": name, "steps": steps} for name, steps in found.items()]


def steps_in_order(definition: ProcessDefinition) -> list[Step]:
    """The steps of the process itself as they are met, without those of processes it calls."""
    steps = [step for step in definitions.spec_of(db.session, definition).steps if step.process_key == definition.key]
    order = drawings.order_of(definition)
    return sorted(steps, key=lambda step: order.get(step.id, len(order)))


def _step(definition: ProcessDefinition, step: Step) -> dict[str, Any]:
    own = step.properties
    questions = _questions(definition, form_key(step)) if step.kind == "user task" else []
    return {
        "id": step.id,
        "name": step.name,
        "does": DOES.get(step.kind, step.kind.capitalize()),
        "about": step.documentation or own.get("helpText", ""),
        "legal_basis": own.get("legalBasis", ""),
        "stage": own.get("stage", ""),
        "is_work": step.kind == "user task",
        "reminders": reminding.words_for(db.session, own) if step.kind == "user task" else "",
        "is_significant": own.get("significant") == "yes",
        "questions": len(questions),
        "form_href": url_for("processes.show_forms", key=definition.key, _anchor=f"form-{form_key(step)}") if questions else "",
    }


def form_key(step: Step) -> str:
    """The name of the form of a step: its own, else that of the step."""
    return step.properties.get("formKey") or step.id


def _forms(definition: ProcessDefinition) -> list[dict[str, Any]]:
    used: dict[str, list[Step]] = {}
    for step in steps_in_order(definition):
        if step.kind == "user task" and definitions.form_source(definition, form_key(step)) is not None:
            used.setdefault(form_key(step), []).append(step)
    every = [path.removeprefix("forms/").removesuffix(".json") for path in sorted(definition.files) if path.startswith("forms/")]
    return [_form(definition, name, used.get(name, [])) for name in [*used, *(name for name in every if name not in used)]]


def _form(definition: ProcessDefinition, name: str, steps: Sequence[Step]) -> dict[str, Any]:
    return {
        "key": name,
        "title": ", ".join(dict.fromkeys(step.name for step in steps)) or name,
        "steps": [{"name": step.name, "href": url_for("processes.show_steps", key=definition.key, _anchor=f"step-{step.id}")} for step in steps],
        "questions": [_question(each) for each in _questions(definition, name)],
    }


def _questions(definition: ProcessDefinition, form: str) -> Sequence[Field]:
    source = definitions.form_source(definition, form)
    if source is None:
        return []
    try:
        return read_form(source).fields
    except FormRefused:
        return []


def _question(question: Field) -> dict[str, Any]:
    options = [label for _, label in question.options]
    return {
        "label": question.label,
        "key": question.key,
        "takes": QUESTION_WORDS[question.kind],
        "options": options[:MOST_OPTIONS],
        "more_options": max(len(options) - MOST_OPTIONS, 0),
        "is_required": question.is_required,
        "is_conditional": bool(question.hide),
    }
