"""A task's form as the page shows it: values to show again, messages, and questions revealed by the answer before them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workflows.library.forms import Block, Field, FormSchema, conditions

REVEALED_BY = re.compile(r"^=?\s*([a-z]\w*)\s*!=\s*\"([^\"]*)\"$")
WIDTHS = {"money": "govuk-input--width-10", "phone": "govuk-input--width-20", "reference": "govuk-input--width-20"}
SHORT_TEXT = 40

Part = dict[str, Any]


def present(schema: FormSchema, *, values: Mapping[str, Any], errors: Mapping[str, str] | None = None) -> list[Part]:
    """The parts of a form in order. `values` are answers, drafts, or what was typed: texts, lists, or a date's three parts.

    A question hidden unless the radio before it has one answer is shown under that answer; other conditional questions are
    on the page with their condition, which the page's script follows. Without a script they are all there, and the server decides.
    """
    found = errors or {}
    shown: list[Part] = []
    radios: dict[str, Part] = {}
    for part in schema.parts:
        item = _block(part) if isinstance(part, Block) else _question(part, values.get(part.key), found.get(part.key, ""))
        owner = REVEALED_BY.match(part.hide) if part.hide else None
        option = _option(radios, owner[1], owner[2]) if owner else None
        item["hide_when"] = json.dumps(conditions.tree(part.hide)) if part.hide and option is None else ""
        (option["parts"] if option is not None else shown).append(item)
        if item["kind"] == "radio":
            radios[item["key"]] = item
    return shown


def error_list(schema: FormSchema, errors: Mapping[str, str]) -> list[dict[str, str]]:
    """The error summary: each message with a link to the control it is about, in the order of the form."""
    ordered = [question for question in schema.fields if question.key in errors]
    known = {question.key for question in ordered}
    listed = [{"text": errors[question.key], "href": f"#{_focus(question)}"} for question in ordered]
    return listed + [{"text": text, "href": f"#{key}" if key else ""} for key, text in errors.items() if key not in known]


def _focus(question: Field) -> str:
    return f"{question.key}-day" if question.kind == "datetime" else question.key


def _option(radios: Mapping[str, Part], key: str, value: str) -> Part | None:
    options = radios[key]["option_items"] if key in radios else []
    return next((option for option in options if option["value"] == value), None)


def _block(block: Block) -> Part:
    return {"kind": block.kind, "text": block.text, "key": "", "error": ""}


def _question(question: Field, value: Any, error: str) -> Part:
    part: Part = {
        "kind": question.kind, "key": question.key, "error": error, "hint": _hint(question), "format": question.format,
        "label": question.label if question.is_required or _is_optional_in_words(question) else f"{question.label} (optional)",
        "longest": question.longest, "takes_many": question.takes_many,
    }  # fmt: skip
    return part | DETAILS[question.kind](question, value)


def _is_optional_in_words(question: Field) -> bool:
    # A question asked only after some answer carries its own rule in the words around it.
    return question.kind == "checkbox" or bool(question.hide) or "(optional)" in question.label


def _hint(question: Field) -> str:
    if question.format == "lines" and not question.hint:
        return "Write one on each line"
    return question.hint or ("Select all that apply" if question.kind == "checklist" else "")


def _single(value: Any) -> str:
    if isinstance(value, list | tuple):
        return str(value[0]) if len(value) else ""
    return "" if value is None else str(value)


def _line(question: Field, value: Any) -> Part:
    longest = question.longest or SHORT_TEXT
    usual = "govuk-input--width-5" if question.kind == "number" else "govuk-input--width-20" if longest <= SHORT_TEXT else ""
    width = WIDTHS.get(question.format) or usual
    numeric = question.kind == "number" or question.format == "money"
    return {
        "value": _money(_single(value)) if question.format == "money" else _single(value), "classes": width,
        "inputmode": "decimal" if numeric else None, "type": {"email": "email", "phone": "tel"}.get(question.format, "text"),
        "autocomplete": None,
    }  # fmt: skip


def _money(text: str) -> str:
    if re.fullmatch(r"\d+(\.\d{1,2})?", text):
        return f"{float(text):,.2f}".removesuffix(".00")
    return text


def _area(question: Field, value: Any) -> Part:
    text = "\n".join(str(item) for item in value) if isinstance(value, list | tuple) and question.format == "lines" else _single(value)
    return {"value": text, "rows": 3 if question.longest and question.longest <= 500 else 6}


def _chosen(value: Any) -> Iterable[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)] if value is not None else []


def _options(question: Field, value: Any) -> Part:
    chosen = set(_chosen(value))
    items = [{"value": key, "text": label, "checked": key in chosen, "parts": []} for key, label in question.options]
    inline = question.kind == "radio" and len(items) == 2 and all(len(item["text"]) < 12 for item in items)  # type: ignore[arg-type]
    small = "govuk-radios--small" if question.kind == "radio" else "govuk-checkboxes--small"
    return {"option_items": items, "classes": f"{small} govuk-radios--inline" if inline else small}


def _tick(question: Field, value: Any) -> Part:
    ticked = value is True or _single(value).lower() in ("yes", "true", "on", "y", "1")
    hint = {"text": question.hint} if question.hint else None
    return {
        "classes": "govuk-checkboxes--small",
        "option_items": [{"value": "yes", "text": question.label, "checked": ticked, "hint": hint}],
    }


def _select(question: Field, value: Any) -> Part:
    chosen = _single(value)
    first = {"value": "", "text": "Choose one", "selected": not chosen}
    return {"option_items": [first, *({"value": key, "text": label, "selected": key == chosen} for key, label in question.options)]}


def _date(question: Field, value: Any) -> Part:
    parts = _date_parts(value)
    names: Sequence[tuple[str, str, str]] = [("day", "Day", "2"), ("month", "Month", "2"), ("year", "Year", "4")]
    items = [
        {"id": f"{question.key}-{name}", "name": question.key, "label": label, "value": text, "classes": f"govuk-input--width-{width}"}
        for (name, label, width), text in zip(names, parts, strict=True)
    ]
    return {"date_items": items}


def _date_parts(value: Any) -> list[str]:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        year, month, day = value.split("-")
        return [str(int(day)), str(int(month)), year]
    if isinstance(value, list | tuple):
        if len(value) == 1:
            return _date_parts(value[0])
        return [str(item) for item in [*value, "", "", ""][:3]]
    return ["", "", ""]


def _file(question: Field, value: Any) -> Part:
    return {}


DETAILS = {
    "textfield": _line, "number": _line, "textarea": _area, "radio": _options, "checklist": _options, "checkbox": _tick, "select": _select,
    "datetime": _date, "filepicker": _file,
}  # fmt: skip
