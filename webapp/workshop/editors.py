"""The pages on which a diagram, a form or a table of a draft is changed with the mouse; the outline does the same with the keyboard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from models import Parameter
from webapp.db import db
from webapp.workshop import bench, bp, opening
from webapp.workshop.bench import Bench
from workflows import engine
from workflows.actions import process_drafts
from workflows.engine import DefinitionRefused, meanings, reading, tables
from workflows.errors import NotFound
from workflows.library import checking, gate
from workflows.queries import people, processes

Choice = dict[str, str]
DIAGRAM = "process.bpmn"
# The units of policy values that the calendar counts by, and how a person says them.
DAYS = {
    "working": "working days", "clear_working": "clear working days", "calendar": "days", "clear_calendar": "clear days",
    "previous_month_end": "at the end of the month before",
}  # fmt: skip


@bp.get("/processes/<key>/draft")
def diagram(key: str) -> ResponseReturnValue:
    """The diagram of a draft to draw in; without a draft, the page that offers to begin one."""
    if process_drafts.find_going(db.session, key) is None:
        return opening.offer(key)
    found = bench.find(key)
    config = settings_of(found, DIAGRAM, what="diagram") | _choices(found)
    return render_template("workshop/diagram.html", bench=found, editor=config)


def settings_of(found: Bench, path: str, *, what: str) -> dict[str, Any]:
    """What the script of an editor has to know about its file. NotFound when the draft has no such file."""
    if path not in found.files:
        raise NotFound(f"There is no file {path} in this draft")
    gate.warm()
    lint = "workshop.lint"
    return {
        "path": path, "text": found.files[path], "what": what, "fileName": path.rpartition("/")[2],
        "revision": process_drafts.revision_of(db.session, found.draft, path), "mayEdit": found.may_edit, "token": generate_csrf(),
        "saveUrl": url_for("workshop.save_draft_file", key=found.key), "joinUrl": url_for("workshop.join_draft_file", key=found.key),
        "helpUrl": url_for("processes.conditions"), "lintUrl": url_for(lint, key=found.key) if lint in current_app.view_functions else "",
    }  # fmt: skip


def _choices(found: Bench) -> dict[str, Any]:
    groups = people.group_names(db.session)
    return {
        "forms": _choose((name, name) for name in names_of(found.files, "forms/", ".json")),
        "groups": _choose(groups.items()),
        "dueRules": _due_rules(),
        "operations": _choose((name, name) for name in engine.known_operations()),
        "tables": _tables(found.files),
        "processes": _choose((each.live.key, each.live.name) for each in processes.library(db.session)),
        "variables": variables_of(found.files, groups),
    }


def names_of(files: Mapping[str, str], begins: str, ends: str) -> list[str]:
    """The names of the files of one kind, without folder and ending."""
    return sorted(path[len(begins) : -len(ends)] for path in files if path.startswith(begins) and path.endswith(ends))


def variables_of(files: Mapping[str, str], groups: Mapping[str, str]) -> list[str]:
    """The names of all values that the diagrams of a draft write or need; empty while a diagram cannot be read."""
    try:
        roots = reading.diagrams(files).values()
    except DefinitionRefused:
        return []
    known = meanings.Known(engine.known_operations(), groups, checking.forms_of(files, {}), _readable_tables(files))
    values = meanings.values_of(roots, known)
    return sorted(name for name in values.written | meanings.ALWAYS_THERE if name)


def _readable_tables(files: Mapping[str, str]) -> dict[str, tables.Table]:
    found = {}
    for path, text in files.items():
        if path.endswith(".dmn"):
            try:
                table = tables.read_table(text, path)
            except DefinitionRefused:
                continue
            found[table.key] = table
    return found


def _tables(files: Mapping[str, str]) -> list[Choice]:
    return _choose((key, table.name) for key, table in _readable_tables(files).items())


def _due_rules() -> list[Choice]:
    rows = db.session.execute(select(Parameter.key, Parameter.label, Parameter.value, Parameter.unit).order_by(Parameter.valid_from))
    found = {key: f"{label}: {value} {DAYS[unit]}" for key, label, value, unit in rows if unit in DAYS}
    return _choose(found.items())


def _choose(pairs: Iterable[tuple[str, str]]) -> list[Choice]:
    return sorted(({"value": value, "label": label} for value, label in pairs), key=lambda each: each["label"].lower())
