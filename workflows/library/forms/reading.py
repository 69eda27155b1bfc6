"""Reading a form-js schema into questions, and saying in words what is wrong with one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import nh3

from workflows.engine import Problem
from workflows.library.forms.conditions import ConditionRefused, names_in

QUESTIONS = frozenset({"textfield", "textarea", "number", "checkbox", "checklist", "radio", "select", "datetime", "filepicker"})
BLOCKS = frozenset({"text", "html", "separator", "group"})
FORMATS = frozenset({"", "money", "email", "phone", "reference", "lines"})
CHOOSING = frozenset({"radio", "select", "checklist"})
KEY = re.compile(r"^[a-z][a-z0-9_]{0,62}$")
KEPT_KEYS = frozenset({"typename", "csrf_token", "form_key", "revision", "kept"})
LONGEST = {"textfield": 250, "textarea": 20_000}


class FormRefused(ValueError):
    """The schema is not one we can show and answer."""


@dataclass(frozen=True)
class Field:
    """One question: what it asks, which answers it takes, and the words for each mistake."""

    key: str
    kind: str
    label: str
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    choices: str = ""
    format: str = ""
    is_required: bool = False
    shortest: int = 0
    longest: int = 0
    least: str = ""
    most: str = ""
    pattern: str = ""
    not_before: str = ""
    not_after: str = ""
    hide: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    takes_many: bool = False


@dataclass(frozen=True)
class Block:
    """Something between questions: a heading, cleaned words, or a line."""

    kind: str
    text: str = ""
    hide: str = ""


@dataclass(frozen=True)
class FormSchema:
    """A form in the order it is shown."""

    key: str
    parts: tuple[Field | Block, ...]

    @property
    def fields(self) -> list[Field]:
        """The questions only."""
        return [part for part in self.parts if isinstance(part, Field)]


def read_form(source: str | Mapping[str, Any], *, choices: Mapping[str, Sequence[tuple[str, str]]] | None = None) -> FormSchema:
    """Read a schema; `choices` gives the answers of questions whose `choices` property names a list. FormRefused when it cannot be read."""
    try:
        data = json.loads(source) if isinstance(source, str) else source
    except json.JSONDecodeError as error:
        raise FormRefused(f"The form is not JSON: {error.msg} in line {error.lineno}") from error
    except RecursionError as error:
        raise FormRefused("The parts of the form are too deep inside one another") from error
    if not isinstance(data, Mapping) or not isinstance(data.get("components"), list):
        raise FormRefused("The form has no list of components")
    try:
        parts = tuple(_part(component, choices or {}) for component in _walk(data["components"]))
    except RecursionError as error:
        raise FormRefused("The parts of the form are too deep inside one another") from error
    return FormSchema(str(data.get("id", "")), parts)


def _walk(components: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        if not isinstance(component, Mapping) or component.get("type") not in QUESTIONS | BLOCKS:
            kind = component.get("type") if isinstance(component, Mapping) else component
            raise FormRefused(f"The form uses “{kind}”, which is not supported")
        yield component
        if component["type"] == "group":
            yield from _walk(component.get("components", []))


def _part(component: Mapping[str, Any], choices: Mapping[str, Sequence[tuple[str, str]]]) -> Field | Block:
    hide = str((component.get("conditional") or {}).get("hide", ""))
    kind = component["type"]
    if kind in BLOCKS:
        text = str(component.get("text") or component.get("content") or component.get("label") or "")
        return Block(kind, nh3.clean(text) if kind == "html" else text, hide)
    return _field(component, choices, hide)


def _field(component: Mapping[str, Any], choices: Mapping[str, Sequence[tuple[str, str]]], hide: str) -> Field:
    kind, rules, own = component["type"], component.get("validate") or {}, component.get("properties") or {}
    named = str(own.get("choices", ""))
    options = tuple((str(option["value"]), str(option["label"])) for option in component.get("values") or [])
    return Field(
        key=str(component.get("key", "")), kind=kind, label=str(component.get("label", "")), hint=str(component.get("description", "")),
        options=tuple(choices[named]) if named in choices else options, choices=named, format=str(own.get("format", "")),
        is_required=bool(rules.get("required")), shortest=int(rules.get("minLength") or 0),
        longest=int(rules.get("maxLength") or LONGEST.get(kind, 0)), least=str(rules.get("min", "")), most=str(rules.get("max", "")),
        pattern=str(rules.get("pattern", "")), not_before=str(own.get("notBefore", "")), not_after=str(own.get("notAfter", "")), hide=hide,
        words={name: str(text) for name, text in own.items() if name.startswith("error")}, takes_many=bool(component.get("multiple")),
    )  # fmt: skip


def check_form(source: str | Mapping[str, Any], *, known: frozenset[str] = frozenset()) -> list[Problem]:
    """What must be mended before the form can be used; `known` are values from outside that a condition may look at."""
    try:
        schema = read_form(source)
    except (FormRefused, TypeError, KeyError, ValueError) as error:
        return [Problem("form", str(error))]
    problems, seen = [], set(known)
    for question in schema.fields:
        problems += [Problem("form", f"“{question.label or question.key}”: {text}") for text in _faults(question, seen)]
        seen.add(question.key)
    for block in schema.parts:
        if isinstance(block, Block):
            problems += [Problem("form", text) for text in _condition_faults(block.hide, seen)]
    return problems


def _faults(question: Field, seen: set[str]) -> Iterator[str]:
    if not KEY.match(question.key) or question.key in KEPT_KEYS:
        yield f"the key {question.key!r} must be small letters, numbers and _"
    if question.key in seen:
        yield f"the key {question.key!r} is used twice"
    if not question.label:
        yield "every question needs a label"
    if question.format not in FORMATS:
        yield f"the format {question.format!r} is not known"
    if question.kind in CHOOSING and not question.options and not question.choices:
        yield "there is nothing to choose from"
    if question.pattern and not _is_pattern(question.pattern):
        yield "the pattern cannot be read"
    yield from _condition_faults(question.hide, seen)


def _is_pattern(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return len(pattern) <= 200 and not re.search(r"[+*}]\)?[+*{]", pattern)


def _condition_faults(condition: str, seen: set[str]) -> Iterator[str]:
    if not condition:
        return
    try:
        unknown = names_in(condition) - seen
    except ConditionRefused as error:
        yield str(error)
        return
    for name in sorted(unknown):
        yield f"the condition looks at “{name}”, which is not asked before"
