"""The differences between two versions of a form: its questions, and the words between them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from workflows.library.comparing.changes import Change
from workflows.library.comparing.entries import Entry, Sort, compare
from workflows.library.forms import FormRefused
from workflows.library.forms.reading import BLOCKS, QUESTIONS

NOT_SAID = frozenset({"id", "layout", "key", "components"})
LABELS = {
    "type": "kind of answer", "label": "question", "description": "hint", "values": "answers to choose from", "text": "words", "content": "words",
    "validate/required": "must be answered", "validate/minLength": "shortest answer", "validate/maxLength": "longest answer",
    "validate/min": "least", "validate/max": "most", "validate/pattern": "pattern of the answer", "conditional/hide": "hidden if",
    "properties/choices": "list to choose from", "properties/format": "format", "properties/notBefore": "not before",
    "properties/notAfter": "not after", "multiple": "takes more than one", "within": "in the group",
}  # fmt: skip
KINDS = {
    "textfield": "a line of text", "textarea": "text", "number": "a number", "checkbox": "a tick", "checklist": "any of a list",
    "radio": "one of a list", "select": "one of a list, from a menu", "datetime": "a date", "filepicker": "a file", "text": "words",
    "html": "words", "separator": "a line", "group": "a group",
}  # fmt: skip
ONLY_READ = frozenset({"question", "hint", "words", "in the group"})
ERRORS = "properties/error"


def compare_forms(path: str, before: str, after: str, *, name: str, marks: frozenset[str]) -> list[Change]:
    """What is different in a form. FormRefused when one of the two cannot be read."""
    old, new = list(_entries(_read(before), "")), list(_entries(_read(after), ""))
    only_read = ONLY_READ | {label for entry in (*old, *new) for label in entry.raw if label.startswith("words for the mistake")}
    return compare(old, new, Sort("question", "question", name, path, only_read, marks=marks))


def _read(source: str) -> list[Any]:
    try:
        data = json.loads(source)
    except ValueError as error:
        raise FormRefused("the form is not JSON") from error
    components = data.get("components") if isinstance(data, dict) else None
    if not isinstance(components, list) or not all(isinstance(each, dict) for each in components):
        raise FormRefused("the form has no list of components")
    return components


def _entries(components: list[Any], within: str) -> Iterator[Entry]:
    for component in components:
        if not isinstance(component, dict):
            continue
        facts = dict(_facts(component))
        if within:
            facts[LABELS["within"]] = (within, within)
        yield Entry(
            _id(component), _name(component), {label: said for label, (_, said) in facts.items()}, {label: raw for label, (raw, _) in facts.items()}
        )
        if isinstance(component.get("components"), list):
            yield from _entries(component["components"], _name(component))


def _id(component: Mapping[str, Any]) -> str:
    """A question is known again by its key; words between questions by the id that the editor gave them."""
    return str(component.get("key") or component.get("id") or "")


def _name(component: Mapping[str, Any]) -> str:
    kind = str(component.get("type", ""))
    words = str(component.get("label") or component.get("key") or component.get("text") or component.get("content") or "")
    if kind in QUESTIONS or (kind in BLOCKS and words):
        return words if len(words) <= 80 else f"{words[:79]}…"
    return KINDS.get(kind, kind).capitalize()


def _facts(component: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, tuple[str, str]]]:
    """Everything that a component says, as label → (raw text, words); parts of parts are told by their path."""
    for key, value in component.items():
        whole = f"{path}{key}"
        if not path and key in NOT_SAID or value in (None, "", False, [], {}):
            continue
        if isinstance(value, dict):
            yield from _facts(value, f"{whole}/")
        else:
            yield _label(whole), (json.dumps(value, ensure_ascii=False, sort_keys=True), _words(whole, value))


def _label(path: str) -> str:
    if path.startswith(ERRORS):
        return f"words for the mistake “{path.removeprefix(ERRORS)}”"
    return LABELS.get(path, path.replace("/", ", "))


def _words(path: str, value: Any) -> str:
    if path == "type":
        return KINDS.get(str(value), str(value))
    if path == "values" and isinstance(value, list):
        return ", ".join(str(option.get("label", option.get("value", ""))) if isinstance(option, dict) else str(option) for option in value)
    if path == "conditional/hide":
        return str(value).removeprefix("=").strip()
    if value is True:
        return "yes"
    return str(value) if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)


def questions_in(text: str) -> list[str]:
    """The questions of a form by their words. FormRefused when it cannot be read."""
    return [entry.name for entry in _entries(_read(text), "") if entry.raw.get(LABELS["type"], "").strip('"') in QUESTIONS]
