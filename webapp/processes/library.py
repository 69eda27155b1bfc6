"""The library of processes, and everything about one in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from models import ProcessDefinition
from webapp.db import db
from webapp.processes import bp, readme
from webapp.shared import drawings, policy_values
from workflows.engine import Step
from workflows.library import definitions, tables_in_words
from workflows.library.forms import Field, FormRefused, read_form
from workflows.queries import processes

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


@bp.get("/processes")
def list_processes() -> ResponseReturnValue:
    """Every process with its live version."""
    rows = [
        {
            "name": each.live.name, "key": each.live.key, "href": url_for("processes.show_process", key=each.live.key), "version": each.live.version,
            "versions": each.versions, "running": each.running, "deployed_at": each.live.deployed_at,
        }
        for each in processes.library(db.session)
    ]  # fmt: skip
    return render_template("processes/list.html", rows=rows)


@bp.get("/processes/<key>")
def show_process(key: str) -> ResponseReturnValue:
    """What a process does, who does what, by which rules and deadlines, and how it is drawn."""
    live = processes.live(db.session, key)
    steps = [step for step in definitions.spec_of(db.session, live).steps if step.process_key == key]
    values = processes.policy_values(db.session)
    return render_template(
        "processes/show.html",
        process=live,
        about=readme.blocks(str(live.files.get("README.md", ""))),
        calls=[{"name": _called(live, called), "href": url_for("processes.show_process", key=called)} for called in sorted(live.calls)],
        lanes=_lanes(live, steps),
        tables=tables_in_words.tables_of(live.files),
        values=[policy_values.present(row) for row in values],
        not_confirmed=sum(row.confirmed_at is None for row in values),
        versions=[_version(each) for each in processes.versions_of(db.session, key)],
        drawing=drawings.of(live, title=f"{live.name}, version {live.version}", linked=True),
        xml_href=url_for("processes.diagram_xml", key=key),
    )


@bp.get("/processes/<key>/process.bpmn")
def diagram_xml(key: str) -> Response:
    """The diagram as the BPMN file that was deployed."""
    response = make_response(definitions.diagram_xml(processes.live(db.session, key)))
    response.headers["Content-Type"] = "application/xml; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=f"{key}.bpmn")
    return response


def _called(live: ProcessDefinition, key: str) -> str:
    return definitions.called_definition(db.session, live, key).name


def _lanes(live: ProcessDefinition, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The steps by who does them, in the order in which each first has something to do."""
    lanes: dict[str, list[dict[str, Any]]] = {}
    order = drawings.order_of(live)
    for step in sorted(steps, key=lambda step: order.get(step.id, len(order))):
        if step.name and step.kind not in HIDDEN_KINDS:
            lanes.setdefault(step.lane or NO_LANE, []).append(_step(live, step))
    return [{"name": name, "steps": found} for name, found in lanes.items()]


def _step(live: ProcessDefinition, step: Step) -> dict[str, Any]:
    own = step.properties
    return {
        "id": step.id,
        "name": step.name,
        "does": DOES.get(step.kind, step.kind.capitalize()),
        "about": step.documentation or own.get("helpText", ""),
        "legal_basis": own.get("legalBasis", ""),
        "stage": own.get("stage", ""),
        "is_work": step.kind == "user task",
        "is_significant": own.get("significant") == "yes",
        "questions": [_question(question) for question in _questions(live, step)],
    }


def _questions(live: ProcessDefinition, step: Step) -> Sequence[Field]:
    source = definitions.form_source(live, step.properties.get("formKey", step.id)) if step.kind == "user task" else None
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
        "takes": f"{QUESTION_WORDS[question.kind]}: {', '.join(options)}" if options and len(options) <= 6 else QUESTION_WORDS[question.kind],
        "is_required": question.is_required,
        "is_conditional": bool(question.hide),
    }


def _version(found: processes.Version) -> dict[str, Any]:
    by = found.definition.deployed_by
    return {
        "number": found.definition.version,
        "is_live": found.is_live,
        "deployed_at": found.definition.deployed_at,
        "by": by.name if by else "With the service",
        "note": found.definition.note,
        "running": found.running,
    }
