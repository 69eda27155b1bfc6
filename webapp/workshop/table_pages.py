"""The decision tables of a draft: a list, a page to edit each, and examples that run as somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from webapp.db import db, only_asks
from webapp.workshop import bench, bp, editors, saving
from workflows.actions import process_drafts
from workflows.engine import DefinitionRefused
from workflows.engine import tables as reading
from workflows.library import table_examples, tables_in_words
from workflows.library.table_examples import Answer


@bp.get("/processes/<key>/draft/tables")
def tables(key: str) -> ResponseReturnValue:
    """Every decision table of a draft."""
    found = bench.find(key)
    rows = [{"name": name, "title": _title(found, name)} for name in editors.names_of(found.files, "", ".dmn")]
    return render_template("workshop/tables.html", bench=found, rows=rows)


@bp.get("/processes/<key>/draft/tables/<table_name>")
def table(key: str, table_name: str) -> ResponseReturnValue:
    """One decision table to edit, with examples beside it."""
    found = bench.find(key)
    path = f"{table_name}.dmn"
    config = editors.settings_of(found, path, what="table")
    config |= {"tryUrl": url_for("workshop.table_try", key=key), "examples": _first_examples(found.files[path], path)}
    return render_template("workshop/table.html", bench=found, editor=config, title_of_table=_title(found, table_name))


@bp.post("/processes/<key>/draft/tables/try")
@only_asks
def table_try(key: str) -> ResponseReturnValue:
    """What a table says to examples: JSON with its `text` and `examples`, each an object of texts by name. Answers with `columns` and `rows`."""
    process_drafts.going(db.session, key)
    body = saving.body_of_request()
    given = body.get("examples")
    examples = [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    text = str(body.get("text", ""))
    try:
        table = reading.read_table(text)
    except DefinitionRefused as refused:
        return jsonify(problem=f"The table cannot be tried yet: {refused.problems[0].message}")
    answers = table_examples.answer(table, [{str(name): str(value) for name, value in each.items()} for each in examples])
    return jsonify(columns=_columns(table), rows=[_answer(each) for each in answers])


def _columns(table: reading.Table) -> list[dict[str, str]]:
    return [{"name": path, "label": path.replace(".", ": ").replace("_", " ")} for path in table_examples.paths_in(table)]


def _answer(found: Answer) -> dict[str, Any]:
    if found.error:
        return {"rows": "", "says": found.error, "is_error": True}
    rows = ", ".join(map(str, found.rows)) or "None"
    return {"rows": rows, "says": _words(found.outputs) if found.rows else "No row applies", "is_error": False}


def _words(outputs: Any) -> str:
    if isinstance(outputs, Mapping):
        return "; ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in outputs.items())
    if isinstance(outputs, list):
        return " | ".join(_words(each) for each in outputs)
    return _value(outputs)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value is None else str(value)


def _first_examples(text: str, path: str) -> list[dict[str, str]]:
    try:
        return table_examples.first_examples(reading.read_table(text, path))
    except DefinitionRefused:
        return [{}]


def _title(found: bench.Bench, name: str) -> str:
    path = f"{name}.dmn"
    try:
        return next(iter(tables_in_words.tables_of({path: found.files[path]}))).name if path in found.files else name
    except (DefinitionRefused, IndexError, StopIteration):
        return name
