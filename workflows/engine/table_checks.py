"""Overlaps and gaps of a decision table, found by trying every combination of the values that its cells tell apart."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from workflows.engine import language
from workflows.engine.problems import Problem
from workflows.engine.tables import VALUE, Table

MOST_COMBINATIONS = 20_000
MOST_OVERLAPS = 20  # that are named; the others show once these are mended
MOST_CELLS_TRIED = 40_000  # values tried in cells, column by column
OTHER_TEXT = "any other text"


def check_table(table: Table, name: str) -> Iterator[Problem]:
    """Findings about a table, with the numbers of its rows: overlaps for UNIQUE, gaps as warnings, aggregation of texts.

    Only what is certain is said: a table with cells that compare with other values of the case is left to the run.
    """
    yield from _check_aggregation(table, name)
    yield from _check_outputs(table, name)
    columns = [_samples([rule.conditions[place] for rule in table.rules]) for place in range(len(table.inputs))]
    count = 1
    for samples in columns:
        count *= len(samples or ())
    if not count or count > MOST_COMBINATIONS or table.policy == "COLLECT":
        return
    if sum(len(samples or ()) for samples in columns) * len(table.rules) > MOST_CELLS_TRIED:
        message = f"{name}: it has too many rows to look for gaps and for rows that match at once"
        yield Problem("table-not-checked", message, fix="Split the table", severity="warning")
        return
    yield from _check_combinations(table, name, [samples or [] for samples in columns])


def _check_aggregation(table: Table, name: str) -> Iterator[Problem]:
    if table.aggregation and table.policy != "COLLECT":
        yield Problem("table", f"{name}: only COLLECT can put its rows together with {table.aggregation}", fix="Set the hit policy to COLLECT")
    if table.aggregation in ("SUM", "MIN", "MAX") and len(table.outputs) != 1:
        yield Problem("table", f"{name}: {table.aggregation} needs exactly one output column", fix="Remove the other output columns")


def _check_outputs(table: Table, name: str) -> Iterator[Problem]:
    if len(set(table.outputs)) < len(table.outputs):
        yield Problem("table", f"{name}: two output columns have the same name", fix="Give each a name of its own")


def _check_combinations(table: Table, name: str, columns: list[list[Any]]) -> Iterator[Problem]:
    grid = [[[_matches(condition, value) for value in samples] for condition in _column(table, place)] for place, samples in enumerate(columns)]
    overlaps: dict[tuple[int, int], str] = {}
    gap = ""
    for places in itertools.product(*(range(len(samples)) for samples in columns)):
        hit = [row for row in range(len(table.rules)) if all(grid[column][row][place] for column, place in enumerate(places))]
        if not hit and not gap and not any(columns[column][place] == OTHER_TEXT and len(columns[column]) > 1 for column, place in enumerate(places)):
            gap = _words(table, columns, places)
        for first, second in itertools.combinations(hit, 2):
            if len(overlaps) == MOST_OVERLAPS:
                break
            if table.policy == "UNIQUE" or _says_otherwise(table, first, second):
                overlaps.setdefault((first, second), _words(table, columns, places))
    for (first, second), where in sorted(overlaps.items()) if table.policy in ("UNIQUE", "ANY") else []:
        rows = f"rows {table.rules[first].number} and {table.rules[second].number} both match"
        yield Problem("table-overlap", f"{name}: {rows} {where}", fix="Change one of them, or choose another hit policy")
    if gap:
        yield Problem("table-gap", f"{name}: no row matches {gap}", fix="Add a row, or make sure that an empty answer is meant", severity="warning")


def _says_otherwise(table: Table, first: int, second: int) -> bool:
    return table.rules[first].outputs != table.rules[second].outputs


def _column(table: Table, place: int) -> list[str | None]:
    return [rule.conditions[place] for rule in table.rules]


def _matches(condition: str | None, value: Any) -> bool:
    if condition is None:
        return True
    try:
        return bool(language.evaluate(condition, {VALUE: value}))
    except language.EvaluationError:
        return False


def _words(table: Table, columns: list[list[Any]], places: tuple[int, ...]) -> str:
    said = [f"{table.inputs[column]} is {_word(columns[column][place])}" for column, place in enumerate(places) if len(columns[column]) > 1]
    return "when " + " and ".join(said) if said else "in every case"


def _word(value: Any) -> str:
    if value == OTHER_TEXT:
        return "another text"
    return f"“{value}”" if isinstance(value, str) else str(value).lower()


def _samples(conditions: list[str | None]) -> list[Any] | None:
    """One value for each way a column can come out; None when that cannot be known from the cells alone."""
    constants: list[Any] = []
    for condition in conditions:
        if condition is None:
            continue
        compiled = language.compile_expression(condition)
        if compiled.used - {VALUE} or any(isinstance(node, ast.Call | ast.Attribute | ast.Subscript) for node in ast.walk(compiled.tree)):
            return None
        constants += [node.value for node in ast.walk(compiled.tree) if isinstance(node, ast.Constant)]
        constants += [node.id == "true" for node in ast.walk(compiled.tree) if isinstance(node, ast.Name) and node.id in ("true", "false")]
    if not constants:
        return [OTHER_TEXT]
    if all(isinstance(value, bool) for value in constants):
        return [True, False]
    if all(isinstance(value, str) for value in constants):
        return [*dict.fromkeys(constants), OTHER_TEXT]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in constants):
        signs = (1, -1) if any("-" in condition for condition in conditions if condition) else (1,)
        return _points(sorted({Decimal(repr(value)) * sign for value in constants for sign in signs}))
    return None


def _points(edges: list[Decimal]) -> list[Any]:
    """Each edge, and a value between each two and beyond the last ones."""
    between = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    return [float(value) for value in sorted([edges[0] - 1, *edges, *between, edges[-1] + 1])]
