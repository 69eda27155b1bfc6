"""Decision tables: DMN XML read strictly and decided by our own rules, so that a hit policy means what the standard says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from workflows.engine import language
from workflows.engine.problems import DefinitionRefused, Problem
from workflows.engine.reading import read_xml

POLICIES = frozenset({"UNIQUE", "FIRST", "ANY", "COLLECT"})
AGGREGATIONS = frozenset({"", "SUM", "MIN", "MAX", "COUNT"})
LONGEST_CELL = 500
INTERVAL = re.compile(r"^([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\[\])])$")
COMPARISON = re.compile(r"^(<=|>=|<|>|=|!=)\s*(.+)$", re.DOTALL)
VALUE = "cell_value_"


@dataclass(frozen=True)
class Rule:
    """One row: its number from 1, the condition of each input as an expression over `cell_value_`, and its outputs."""

    number: int
    conditions: tuple[str | None, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """What a table decided and which rows said so."""

    outputs: Any
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Table:
    """A decision table ready to decide."""

    key: str
    name: str
    policy: str
    aggregation: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]

    def decide(self, data: Mapping[str, Any], functions: Mapping[str, language.Function] | None = None) -> Decision:
        """The outputs of the matching rows by the hit policy.

        A record for UNIQUE, FIRST and ANY (no match gives nothing in each output), a list of records for COLLECT, a number when it
        aggregates. EvaluationError when UNIQUE matches twice or ANY disagrees.
        """
        matches = self._matches(data, functions)
        found = [self._outputs(rule, data, functions) for rule in matches]
        return Decision(self._by_policy(found, matches), tuple(rule.number for rule in matches))

    def _matches(self, data: Mapping[str, Any], functions: Mapping[str, language.Function] | None) -> list[Rule]:
        values = [language.evaluate(text, data, functions) for text in self.inputs]
        found = []
        for rule in self.rules:
            if _row_matches(rule, values, data, functions):
                found.append(rule)
                if self.policy == "FIRST":
                    break
        return found

    def _outputs(self, rule: Rule, data: Mapping[str, Any], functions: Mapping[str, language.Function] | None) -> dict[str, Any]:
        return {name: language.evaluate(text, data, functions) for name, text in zip(self.outputs, rule.outputs, strict=True)}

    def _by_policy(self, found: list[dict[str, Any]], matches: list[Rule]) -> Any:
        if self.policy == "COLLECT":
            return _aggregate(self.aggregation, found)
        if self.policy == "UNIQUE" and len(found) > 1:
            raise language.EvaluationError(f"rows {_numbers(matches)} of “{self.name}” match at once, and only one may")
        if self.policy == "ANY" and any(outputs != found[0] for outputs in found):
            raise language.EvaluationError(f"rows {_numbers(matches)} of “{self.name}” match and do not say the same")
        return found[0] if found else dict.fromkeys(self.outputs)


def _numbers(rules: Sequence[Rule]) -> str:
    return " and ".join(str(rule.number) for rule in rules)


def _row_matches(rule: Rule, values: list[Any], data: Mapping[str, Any], functions: Mapping[str, language.Function] | None) -> bool:
    return all(
        condition is None or bool(language.evaluate(condition, {**data, VALUE: value}, functions))
        for condition, value in zip(rule.conditions, values, strict=True)
    )


def _aggregate(how: str, found: list[dict[str, Any]]) -> Any:
    if not how:
        return found
    if how == "COUNT":
        return len(found)
    numbers = [next(iter(outputs.values())) for outputs in found]
    if not numbers:
        return None
    if how == "SUM":
        return sum(numbers)
    return min(numbers) if how == "MIN" else max(numbers)


def read_table(text: str | bytes, name: str = "table.dmn") -> Table:
    """Read a DMN file with one decision table. DefinitionRefused names the row and cell of anything that is not certain."""
    root = read_xml(text, name)
    decisions = root.xpath("*[local-name()='decision']")
    tables = root.xpath("*[local-name()='decision']/*[local-name()='decisionTable']")
    if len(decisions) != 1 or len(tables) != 1:
        raise _refused(name, "a file holds exactly one decision with one table")
    decision, table = decisions[0], tables[0]
    policy, aggregation = table.get("hitPolicy", "UNIQUE"), table.get("aggregation", "")
    if policy not in POLICIES or aggregation not in AGGREGATIONS:
        raise _refused(name, f"the hit policy {policy} {aggregation} is not supported; use UNIQUE, FIRST, ANY or COLLECT")
    inputs = tuple(_input(column, name) for column in table.xpath("*[local-name()='input']"))
    outputs = tuple(column.get("name") or "" for column in table.xpath("*[local-name()='output']"))
    if not inputs or not outputs or not all(outputs):
        raise _refused(name, "a table needs at least one input and one named output")
    rules = tuple(_rule(number, row, len(inputs), len(outputs), name) for number, row in enumerate(table.xpath("*[local-name()='rule']"), 1))
    title = decision.get("name") or decision.get("id") or name
    return Table(decision.get("id") or name, title, policy, aggregation, inputs, outputs, rules)


def _refused(name: str, message: str) -> DefinitionRefused:
    return DefinitionRefused([Problem("table", f"{name}: {message}")])


def _input(column: etree._Element, name: str) -> str:
    found = column.xpath("*[local-name()='inputExpression']/*[local-name()='text']")
    return _expression((found[0].text or "") if found else "", f"{name}: an input column")


def _rule(number: int, row: etree._Element, inputs: int, outputs: int, name: str) -> Rule:
    tests = [_cell(entry) for entry in row.xpath("*[local-name()='inputEntry']")]
    results = [_cell(entry) for entry in row.xpath("*[local-name()='outputEntry']")]
    if len(tests) != inputs or len(results) != outputs:
        raise _refused(name, f"row {number} has not one cell for each column")
    conditions = tuple(_condition(cell, f"{name}: row {number}, input {place}") for place, cell in enumerate(tests, 1))
    return Rule(number, conditions, tuple(_expression(cell, f"{name}: row {number}, output {place}") for place, cell in enumerate(results, 1)))


def _cell(entry: etree._Element) -> str:
    found = entry.xpath("*[local-name()='text']")
    return (found[0].text or "").strip() if found else ""


def _expression(text: str, where: str) -> str:
    _check_length(text, where)
    try:
        language.compile_expression(text)
    except language.LanguageError as error:
        raise DefinitionRefused([Problem("table", f"{where}: {error.message}")]) from error
    return text


def _check_length(text: str, where: str) -> None:
    if len(text) > LONGEST_CELL:
        raise DefinitionRefused([Problem("table", f"{where}: a cell may have {LONGEST_CELL} characters")])


def _condition(cell: str, where: str) -> str | None:
    """A unary test as an expression over `cell_value_`; None for a cell that matches everything."""
    _check_length(cell, where)
    if cell in ("", "-"):
        return None
    inner = re.fullmatch(r"not\s*\((.*)\)", cell, re.DOTALL)
    text = f"not ({_any_of(inner[1])})" if inner else _any_of(cell)
    return _expression(text, where)


def _any_of(text: str) -> str:
    return " or ".join(f"({_one(part.strip())})" for part in _parts(text))


def _parts(text: str) -> list[str]:
    parts, depth, quote, start = [], 0, "", 0
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _one(text: str) -> str:
    interval = INTERVAL.match(text)
    if interval and "?" not in text:
        low, high = (">=" if interval[1] == "[" else ">"), ("<=" if interval[4] == "]" else "<")
        return f"{VALUE} {low} ({interval[2]}) and {VALUE} {high} ({interval[3]})"
    if "?" in _unquoted(text):
        return _replace_mark(text)
    comparison = COMPARISON.match(text)
    if comparison:
        sign = "==" if comparison[1] == "=" else comparison[1]
        return f"{VALUE} {sign} ({comparison[2]})"
    return f"{VALUE} == ({text})"


def _unquoted(text: str) -> str:
    return re.sub(r"\"[^\"]*\"|'[^']*'", "", text)


def _replace_mark(text: str) -> str:
    return "".join(part if part[:1] in "\"'" else part.replace("?", VALUE) for part in re.split(r"(\"[^\"]*\"|'[^']*')", text))


def names_in(table: Table) -> frozenset[str]:
    """The values a table needs from the case."""
    texts = [*table.inputs, *(text for rule in table.rules for text in (*rule.conditions, *rule.outputs) if text is not None)]
    return frozenset().union(*(language.compile_expression(text).used for text in texts)) - {VALUE}
