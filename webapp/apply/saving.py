"""Saving a page of answers: what was right, what was typed and is not right yet, and what a colleague changed meanwhile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from workflows.library.forms import Field, FormSchema, Validated, as_texts, conditions, value_words

MARK = "_draft_seen"
KEEP = "keep"
CHOICE = "_keep_"
Values = Mapping[str, Any]


@dataclass(kw_only=True)
class Stored:
    """The answers of one page of a section, or of one entry of it, as they are stored now."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def mark_of(schema: FormSchema, values: Values) -> str:
    """A mark of what is stored for these questions: a page that carries it knows whether somebody saved others since."""
    known = {question.key: values[question.key] for question in schema.fields if question.key in values}
    return hashlib.sha256(json.dumps(known, sort_keys=True, default=str).encode()).hexdigest()[:20]


def is_overtaken(schema: FormSchema, values: Values) -> bool:
    """Whether what is stored is not what the posted page was opened with. A page that says nothing, or to keep it, is not."""
    sent = request.form.get(MARK, "")
    return sent not in ("", KEEP, mark_of(schema, values))


def take(schema: FormSchema, stored: Stored, checked: Validated, *, is_draft: bool = False) -> Stored:
    """What to store after a page was sent: right answers as the form reads them, others as they were typed.

    Only what was typed wrong is a problem; what was left empty is not provided yet. A draft is not judged: what is wrong in it stays so
    until it is typed anew.
    """
    asked = {question.key for question in schema.fields}
    kept = {key: value for key, value in stored.values.items() if key not in asked}
    problems = {key: text for key, text in stored.problems.items() if key not in asked}
    for question in schema.fields:
        typed = [text for text in checked.typed.get(question.key, []) if text.strip()]
        if is_draft:
            if typed and not _is_hidden(question, checked, kept):
                kept[question.key] = checked.answers.get(question.key, checked.typed[question.key])
                if question.key in stored.problems and as_texts(question, stored.values.get(question.key)) == as_texts(question, kept[question.key]):
                    kept[question.key], problems[question.key] = stored.values[question.key], stored.problems[question.key]
        elif question.key in checked.answers:
            kept[question.key] = checked.answers[question.key]
        elif typed and question.key in checked.errors:
            kept[question.key], problems[question.key] = checked.typed[question.key], checked.errors[question.key]
    return Stored(values=kept, problems=problems)


def _is_hidden(question: Field, checked: Validated, kept: Values) -> bool:
    typed = {key: texts[0] for key, texts in checked.typed.items() if texts}
    return bool(question.hide) and conditions.is_true(question.hide, {**kept, **typed, **checked.answers})


def merged(schema: FormSchema, stored: Values) -> dict[str, list[str]]:
    """The posted form after a conflict: for each question the answer that the person said to keep."""
    texts = {name: values for name, values in request.form.lists()}
    for question in schema.fields:
        if texts.get(f"{CHOICE}{question.key}") == ["theirs"]:
            texts[question.key] = as_texts(question, stored.get(question.key))
    return texts


def differences(schema: FormSchema, theirs: Values, checked: Validated) -> list[dict[str, Any]]:
    """Each question with both answers in words; `differs` where they are not the same."""
    found = []
    for question in schema.fields:
        mine = stored_words(question, checked.answers.get(question.key, checked.typed.get(question.key, [])))
        other = stored_words(question, theirs.get(question.key))
        found.append({"key": question.key, "question": question.label, "theirs": other, "yours": mine, "differs": mine != other})
    return found


def stored_words(question: Field, value: Any) -> str:
    """A stored value in words, also one that is not right yet: a date in parts, a text in a list."""
    if isinstance(value, list | tuple) and question.kind != "checklist" and question.format != "lines":
        return " ".join(str(text) for text in value if str(text).strip()) or value_words(question, "")
    try:
        return value_words(question, value)
    except (ValueError, ArithmeticError):
        return str(value)


def items_of(values: Any) -> list[dict[str, Any]]:
    """The entries of a section that is a list; none when nothing is stored."""
    found = values.get("items") if isinstance(values, Mapping) else None
    return [dict(item) for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []
