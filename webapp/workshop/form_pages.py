"""The forms of a draft: a list, a page to edit each, and how it will look to the people who fill it in."""

from __future__ import annotations

import json
import re

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.db import db, only_asks, writes
from webapp.shared import forms as shown
from webapp.signed_in import person
from webapp.workshop import bench, bp, editors, saving
from workflows import engine
from workflows.actions import process_drafts
from workflows.engine import DefinitionRefused, reading
from workflows.library import task_forms
from workflows.library.forms import FormRefused, read_form
from workflows.library.forms.conditions import ConditionRefused

NAME = re.compile(r"^[a-z][a-z0-9-]{0,62}$")


@bp.get("/processes/<key>/draft/forms")
def forms(key: str) -> ResponseReturnValue:
    """Every form of a draft with the steps that use it, and the steps that have none."""
    return _list(bench.find(key))


@bp.post("/processes/<key>/draft/forms")
@writes
def form_new(key: str) -> ResponseReturnValue:
    """Add a form with one question to a draft and open it."""
    found = bench.find(key)
    name = request.form.get("name", "").strip()
    error = _fault_of(found, name)
    if error:
        return _list(found, name=name, error=error), 422
    process_drafts.save_file(db.session, found.draft, path_of(name), _first(name), based_on=_revision(found, name), by=person())
    return redirect(url_for("workshop.form", key=key, form_name=name), 303)


@bp.get("/processes/<key>/draft/forms/<form_name>")
def form(key: str, form_name: str) -> ResponseReturnValue:
    """One form to edit, with a preview."""
    found = bench.find(key)
    config = editors.settings_of(found, path_of(form_name), what="form")
    config["previewUrl"] = url_for("workshop.form_preview", key=key)
    return render_template("workshop/form.html", bench=found, editor=config, form_name=form_name, steps=steps_by_form(found).get(form_name, []))


@bp.post("/processes/<key>/draft/forms/preview")
@only_asks
def form_preview(key: str) -> ResponseReturnValue:
    """A form as people will meet it: JSON with its `text`; answers with `html`."""
    process_drafts.going(db.session, key)
    text = str(saving.body_of_request().get("text", ""))
    try:
        schema = read_form(text, choices=task_forms.choices(db.session))
        parts = shown.present(schema, values={})
    except (FormRefused, ConditionRefused, TypeError, KeyError, ValueError) as error:
        return jsonify(html=render_template("workshop/form_preview.html", parts=[], problem=str(error)))
    return jsonify(html=render_template("workshop/form_preview.html", parts=parts, problem=""))


def path_of(name: str) -> str:
    """Where a form lies in the folder of its process."""
    return f"forms/{name}.json"


def steps_by_form(found: bench.Bench) -> dict[str, list[str]]:
    """The names of the steps that use each form; nothing while the diagram cannot be read."""
    steps: dict[str, list[str]] = {}
    try:
        for root in reading.diagrams(found.files).values():
            for step in engine.steps_of(root):
                if step.kind == "user task":
                    steps.setdefault(step.properties.get("formKey", step.id), []).append(step.name)
    except DefinitionRefused:
        return {}
    return steps


def _list(found: bench.Bench, *, name: str = "", error: str = "") -> str:
    steps = steps_by_form(found)
    names = editors.names_of(found.files, "forms/", ".json")
    rows = [{"name": each, "steps": steps.get(each, []), "questions": _count(found.files[path_of(each)])} for each in names]
    missing = [{"name": each, "steps": steps[each]} for each in sorted(set(steps) - set(names))]
    return render_template("workshop/forms.html", bench=found, rows=rows, missing=missing, name=name, error=error)


def _count(text: str) -> int | None:
    try:
        return len(read_form(text).fields)
    except (FormRefused, TypeError, KeyError, ValueError):
        return None


def _fault_of(found: bench.Bench, name: str) -> str:
    if name in steps_by_form(found) and path_of(name) not in found.files:
        return ""
    if not NAME.match(name):
        return "The name must begin with a small letter and have only small letters, numbers and hyphens"
    return "There is a form with this name already" if path_of(name) in found.files else ""


def _revision(found: bench.Bench, name: str) -> int:
    return process_drafts.revision_of(db.session, found.draft, path_of(name))


def _first(name: str) -> str:
    question = {
        "type": "textarea", "key": "notes", "label": "Notes", "validate": {"required": True}, "properties": {"errorRequired": "Enter your notes"},
    }  # fmt: skip
    return json.dumps({"type": "default", "schemaVersion": 19, "id": name, "components": [question]}, indent=2) + "\n"
