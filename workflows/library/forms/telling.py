"""Answers in words, for check pages, the case's answers and records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.library.forms.reading import Field, FormSchema
from workflows.rules.calendar import date_words
from workflows.rules.words import money

NOTHING = "Not provided"


def answer_words(schema: FormSchema, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each question that has an answer, in the form's order, with the answer in words."""
    return [(question.label, value_words(question, answers[question.key])) for question in schema.fields if question.key in answers]


def value_words(question: Field, value: Any) -> str:
    """One answer in words: the label of a choice, a full date, pounds, one item a line."""
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    labels = dict(question.options)
    if isinstance(value, list):
        return "\n".join(labels.get(str(item), str(item)) for item in value)
    if question.kind in ("radio", "select"):
        return labels.get(str(value), str(value))
    if question.kind == "datetime":
        return date_words(date.fromisoformat(str(value)))
    return money(Decimal(str(value))) if question.format == "money" else str(value)
