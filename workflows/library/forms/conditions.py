"""When a question is hidden: the small part of FEEL that the form editor writes, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

COMPARISON = re.compile(r"^([A-Za-z_]\w*)\s*(!=|<=|>=|=|<|>)\s*(\"[^\"]*\"|true|false|null|-?\d+(?:\.\d+)?)$")
NEGATION = re.compile(r"^not\(\s*(.+?)\s*\)$", re.DOTALL)
NAME = re.compile(r"^[A-Za-z_]\w*$")
LITERALS: Mapping[str, Any] = {"true": True, "false": False, "null": None}


class ConditionRefused(ValueError):
    """The condition is not one the form editor can write."""


def is_true(condition: str, answers: Mapping[str, Any]) -> bool:
    """Whether a condition such as `=route = "A" and not(urgent)` holds for these answers. ConditionRefused when it cannot be read."""
    return _holds(_inner(condition), answers)


def names_in(condition: str) -> set[str]:
    """The questions that a condition looks at. ConditionRefused when it cannot be read."""
    is_true(condition, {})
    without_texts = re.sub(r"\"[^\"]*\"", "", condition)
    return set(re.findall(r"[A-Za-z_]\w*", without_texts)) - {"and", "or", "not", "true", "false", "null"}


def tree(condition: str) -> list[Any]:
    """The condition as plain lists that a page's script can work out: `["or", …]`, `["and", …]`, `["not", …]`, `["is", key]`,
    or `[sign, key, value]`. ConditionRefused when it cannot be read.
    """
    return _tree(_inner(condition))


def _inner(condition: str) -> str:
    """A condition without its sign, on one line: the form editor breaks long ones; what stands in quotation marks stays as it is."""
    parts = re.split(r'("[^"]*")', condition.strip().removeprefix("=").strip())
    return "".join(part if part.startswith('"') else re.sub(r"\s+", " ", part) for part in parts)


def _tree(text: str) -> list[Any]:
    for word in ("or", "and"):
        parts = _split(text, f" {word} ")
        if len(parts) > 1:
            return [word, *(_tree(part.strip()) for part in parts)]
    if negated := NEGATION.match(text):
        return ["not", _tree(negated[1])]
    if text.startswith("(") and text.endswith(")"):
        return _tree(text[1:-1].strip())
    if NAME.match(text):
        return ["is", text]
    if found := COMPARISON.match(text):
        value = _literal(found[3])
        return [found[2], found[1], str(value) if isinstance(value, Decimal) else value]
    raise ConditionRefused(f"The condition “{text}” cannot be read")


def _holds(text: str, answers: Mapping[str, Any]) -> bool:
    for word, join in ((" or ", any), (" and ", all)):
        parts = _split(text, word)
        if len(parts) > 1:
            return join([_holds(part, answers) for part in parts])
    return _one(text.strip(), answers)


def _split(text: str, word: str) -> list[str]:
    parts, depth, start, quoted = [], 0, 0, False
    for place, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
            if depth == 0 and text.startswith(word, place):
                parts.append(text[start:place])
                start = place + len(word)
    return [*parts, text[start:]]


def _one(text: str, answers: Mapping[str, Any]) -> bool:
    if negated := NEGATION.match(text):
        return not _holds(negated[1], answers)
    if text.startswith("(") and text.endswith(")"):
        return _holds(text[1:-1].strip(), answers)
    if NAME.match(text):
        return bool(answers.get(text))
    if found := COMPARISON.match(text):
        return _compare(answers.get(found[1]), found[2], _literal(found[3]))
    raise ConditionRefused(f"The condition “{text}” cannot be read")


def _literal(text: str) -> Any:
    if text.startswith('"'):
        return text[1:-1]
    return LITERALS[text] if text in LITERALS else Decimal(text)


def _compare(answer: Any, sign: str, wanted: Any) -> bool:
    if sign in ("=", "!="):
        equal = answer == wanted or (answer is not None and wanted is not None and str(answer) == str(wanted))
        return equal is (sign == "=")
    try:
        left, right = Decimal(str(answer)), Decimal(str(wanted))
    except InvalidOperation:
        return False
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]
