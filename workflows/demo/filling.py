"""Filling in a form as a demo person would: what the story tells, the usual answer to the rest, and the form's own check of both."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from models import clock
from workflows.demo.market import value_at
from workflows.demo.walking import StoryBroken
from workflows.library import forms
from workflows.library.forms import Field, FormSchema

# The usual answer to a question that nobody tells: the first of these that the form offers, else its first option.
FAVOURED = ("yes", "met", "pass", "ok", "present", "complete", "none", "no", "low")
USUAL_WORDS = "Seen and in order."


class Typed:
    """What a browser would send."""

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        self.values = values

    def getlist(self, key: str) -> list[str]:
        """Every value under a name."""
        return self.values.get(key, [])


def fill(schema: FormSchema, told: Mapping[str, Any], *, chance: random.Random, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The checked answers to a form now: `told` by question key, as `value_at` reads them. StoryBroken when the form refuses one or does not
    ask it."""
    unknown = set(told) - {question.key for question in schema.fields}
    values = {key: value_at(value, clock.now(), chance) for key, value in told.items()}
    typed = {question.key: _typed(question, values[question.key] if question.key in values else _usual(question)) for question in schema.fields}
    checked = forms.validate(schema, Typed(typed), known=known)
    if checked.errors or unknown:
        raise StoryBroken(f"The form {schema.key} does not take {checked.errors or sorted(unknown)}")
    return checked.answers


def _typed(question: Field, value: Any) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, list):
        texts = [str(each) for each in value]
        return texts if question.kind == "checklist" else ["\n".join(texts)]
    if isinstance(value, bool):
        return ["yes"] if value else []
    return [str(value)]


def _usual(question: Field) -> Any:
    """An answer to a question that must be answered; others are left empty."""
    if not question.is_required:
        return None
    if question.kind == "checklist":
        return [value for value, _ in question.options]
    if question.kind in ("radio", "select"):
        offered = [value for value, _ in question.options]
        return next((value for value in FAVOURED if value in offered), offered[0] if offered else None)
    if question.kind == "number":
        return question.least or "1"
    return {"checkbox": True, "datetime": clock.today().isoformat(), "textarea": USUAL_WORDS}.get(question.kind, "None")
