"""A record that somebody else changed meanwhile: both versions field by field, and which of the two to keep (ux 4.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from webapp.shared import comparing
from workflows.library.forms import Field, FormSchema, validate, value_words

KEEP = "_keep_"
THEIRS, MINE = "theirs", "mine"
DIFFERS = "_differs"
UNDECIDED = "Select which version to keep"


class Undecided(Exception):
    """The page of the conflict was sent without saying which version of each field to keep; `keys` are the fields."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(UNDECIDED)
        self.keys = keys


def revision(otherwise: int) -> int:
    """The number of the record that the form was opened with."""
    sent = request.form.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else otherwise


def chosen(values: Mapping[str, Any], *, schema: FormSchema) -> dict[str, Any]:
    """The values to write: a field whose other version is kept is left out. Undecided when a choice is missing."""
    differs = [key for key in request.form.getlist(DIFFERS) if key in {field.key for field in schema.fields}]
    missing = [key for key in differs if request.form.get(f"{KEEP}{key}") not in (THEIRS, MINE)]
    if missing:
        raise Undecided(missing)
    return {key: value for key, value in values.items() if request.form.get(f"{KEEP}{key}") != THEIRS}


def page(
    conflict: Exception,
    *,
    schema: FormSchema,
    typed: Mapping[str, Any],
    theirs: Mapping[str, Any],
    revision: int,
    heading: str,
    action: str,
    back: str,
    for_provider: bool,
) -> ResponseReturnValue:
    """The page that shows both versions of each field that differs and asks which to keep; nothing that was typed is lost (409)."""
    rows = [row for field in schema.fields if (row := _row(field, theirs.get(field.key), typed))]
    undecided = conflict.keys if isinstance(conflict, Undecided) else []
    made = render_template(
        "shared/record_changed.html",
        for_provider=for_provider,
        heading=heading,
        rows=[{**row, "error": _missing(row) if row["key"] in undecided else ""} for row in rows],
        problems=[{"text": _missing(row), "href": f"#{KEEP}{row['key']}"} for row in rows if row["key"] in undecided],
        hidden=[(key, value) for key, values in typed.items() for value in values],
        revision=revision,
        action=action,
        back=back,
    )
    return made, 409


def _missing(row: Mapping[str, str]) -> str:
    return f"{UNDECIDED}: {row['label']}"


def _row(field: Field, kept: Any, typed: Mapping[str, Any]) -> dict[str, str]:
    """A field in both versions, in words; nothing when they are the same."""
    schema = FormSchema("", (field,))
    answers = validate(schema, comparing.Typed(typed)).answers
    mine, theirs = answers.get(field.key), _plain(field, kept)
    if _same(mine, theirs):
        return {}
    return {"key": field.key, "label": field.label, "theirs": value_words(field, theirs), "mine": value_words(field, mine)}


def _plain(field: Field, kept: Any) -> Any:
    return kept if isinstance(kept, str | bool | list | int) else "" if kept is None else str(kept)


def _same(one: Any, other: Any) -> bool:
    empty: tuple[Any, ...] = ("", None, [], False)
    return (one in empty and other in empty) or str(one) == str(other)
