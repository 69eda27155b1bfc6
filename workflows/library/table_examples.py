"""Examples beside a decision table: values as a person types them, and what the table says to each."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.engine import language, tables

NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
WORDS = {"true": True, "false": False, "": None}
MOST = 100
CANNOT_SAY = (language.LanguageError, language.EvaluationError)


@dataclass(frozen=True)
class Answer:
    """What a table says to one example: the numbers of the rows that apply and the outputs, or why it cannot say anything."""

    rows: tuple[int, ...] = ()
    outputs: Any = None
    error: str = ""


def typed(text: str) -> Any:
    """What somebody typed as a value: a number, a day such as 2026-03-31, true or false, nothing, or the text itself."""
    text = text.strip()
    if text in WORDS:
        return WORDS[text]
    if NUMBER.match(text):
        return int(text) if "." not in text else Decimal(text)
    if DAY.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text.strip('"')


def paths_in(table: tables.Table) -> list[str]:
    """The values a table looks at, in the order of its columns: names, and parts of values such as `cover.stage`."""
    texts = [*table.inputs, *(text for rule in table.rules for text in (*rule.conditions, *rule.outputs) if text is not None)]
    found = dict.fromkeys(path for text in texts for path in _paths(text))
    return [path for path in found if path != tables.VALUE]


def _paths(text: str) -> list[str]:
    """The names in an expression, with their parts, as they stand in it from left to right."""
    compiled = language.compile_expression(text)
    inner = {id(node.value) for node in ast.walk(compiled.tree) if isinstance(node, ast.Attribute)}
    nodes = [node for node in ast.walk(compiled.tree) if isinstance(node, ast.Attribute | ast.Name) and id(node) not in inner]
    nodes.sort(key=lambda node: node.col_offset)
    return [ast.unparse(node) for node in nodes if _root(node) in compiled.used]


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def answer(table: tables.Table, examples: Sequence[Mapping[str, str]]) -> list[Answer]:
    """What the engine decides for each example, texts by path; at most a hundred."""
    paths = paths_in(table)
    return [_one(table, _data(paths, example)) for example in examples[:MOST]]


def _data(paths: Sequence[str], example: Mapping[str, str]) -> dict[str, Any]:
    """The texts of an example as the values a case would have: `cover.stage` becomes the part `stage` of `cover`."""
    data: dict[str, Any] = {}
    for path in sorted(paths):
        *above, last = path.split(".")
        place = data
        for part in above:
            inner = place.get(part)
            place[part] = place = inner if isinstance(inner, dict) else {}
        place[last] = typed(example.get(path, ""))
    return data


def _one(table: tables.Table, data: Mapping[str, Any]) -> Answer:
    try:
        decision = table.decide(data)
    except CANNOT_SAY as error:
        return Answer(error=str(error))
    return Answer(decision.rows, decision.outputs)


def first_examples(table: tables.Table) -> list[dict[str, str]]:
    """An example for each of the first rows, as far as a cell names a value that would meet it; the person goes on from there."""
    return [_example(table, rule) for rule in table.rules[:5]]


def _example(table: tables.Table, rule: tables.Rule) -> dict[str, str]:
    made = {path: _compared(table, path) for path in paths_in(table)}
    for place, (path, condition) in enumerate(zip(table.inputs, rule.conditions, strict=True)):
        if path in made:
            made[path] = _meets(condition, [other.conditions[place] for other in table.rules])
    return made


def _compared(table: tables.Table, path: str) -> str:
    """The text or number that some column compares this value with."""
    found = re.search(rf"\b{re.escape(path)}\b[^;]*?(?:\"([^\"]*)\"|(-?\d+(?:\.\d+)?))", ";".join(table.inputs))
    return (found[1] or found[2] or "") if found else ""


def _meets(condition: str | None, others: Sequence[str | None]) -> str:
    """A text that meets a condition: a value it names, else one that the other rows name; nothing when neither does."""
    theirs = [text for other in others for text in _named(other)]
    if condition is None:
        return next(iter(theirs), "")
    return next((candidate for candidate in (*_named(condition), *theirs, "other") if _holds(condition, candidate)), "")


def _named(condition: str | None) -> list[str]:
    found = re.findall(r"\"([^\"]*)\"|(-?\d+(?:\.\d+)?)|\b(True|False|true|false)\b", condition or "")
    texts = [text or number or truth.lower() for text, number, truth in found]
    return texts + [str(Decimal(number) + step) for _, number, _ in found if number for step in (1, -1)]


def _holds(condition: str, candidate: str) -> bool:
    try:
        return bool(language.evaluate(condition, {tables.VALUE: typed(candidate)}))
    except CANNOT_SAY:
        return False
