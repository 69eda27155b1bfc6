"""Stored answers looked at again: what a form makes of them now, as if a browser had sent them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.library.forms.answering import Validated, validate
from workflows.library.forms.reading import Field, FormSchema


class _Stored:
    """Stored answers as a browser would send them."""

    def __init__(self, schema: FormSchema, values: Mapping[str, Any]) -> None:
        self.texts = {question.key: as_texts(question, values.get(question.key)) for question in schema.fields}

    def getlist(self, key: str) -> list[str]:
        """Every text under a question."""
        return self.texts.get(key, [])


def check_again(schema: FormSchema, values: Mapping[str, Any]) -> Validated:
    """What stored values are worth today: answers as the form takes them, and a message for each that it does not."""
    return validate(schema, _Stored(schema, values))


def as_texts(question: Field, value: Any) -> list[str]:
    """A stored value as the texts that a browser would send for it."""
    if value is None or value is False:
        return []
    if isinstance(value, list | tuple):
        return ["\n".join(str(item) for item in value)] if question.format == "lines" else [str(item) for item in value]
    return ["yes"] if value is True else [str(value)]
