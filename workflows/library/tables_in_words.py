"""Decision tables in words, for people who have to agree to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from workflows.engine import reading

POLICIES = {
    "UNIQUE": "Exactly one row can apply.",
    "FIRST": "The first row that applies counts.",
    "ANY": "All rows that apply say the same.",
    "COLLECT": "Every row that applies counts.",
}
COMPARISONS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "=": "", "!=": "not"}
COMPARISON = re.compile(r"^(>=|<=|!=|>|<|=)\s*(.+)$", re.DOTALL)
NUMBER = re.compile(r"\d{4,}")
ANYTHING = "any"


@dataclass(frozen=True)
class TableInWords:
    """A decision table as a reader meets it: its columns by name and its rows in words."""

    key: str
    name: str
    policy: str
    inputs: list[str]
    outputs: list[str]
    rows: list[list[str]]


def tables_of(files: Mapping[str, str]) -> list[TableInWords]:
    """The decision tables of a process folder, by name."""
    found = [_table(reading.read_xml(text, name)) for name, text in sorted(files.items()) if name.endswith(".dmn")]
    return sorted(found, key=lambda table: table.name)


def _table(root: etree._Element) -> TableInWords:
    decision = _children(root, "decision")[0]
    table = _children(decision, "decisionTable")[0]
    return TableInWords(
        key=decision.get("id", ""),
        name=decision.get("name") or decision.get("id", ""),
        policy=POLICIES.get(table.get("hitPolicy", "UNIQUE"), ""),
        inputs=[column.get("label") or _plain(_text(_children(column, "inputExpression")[0])) for column in _children(table, "input")],
        outputs=[column.get("label") or _plain(column.get("name", "")) for column in _children(table, "output")],
        rows=[_row(rule) for rule in _children(table, "rule")],
    )


def _row(rule: etree._Element) -> list[str]:
    return [cell_words(_text(cell)) for cell in _children(rule, "inputEntry")] + [value_words(_text(cell)) for cell in _children(rule, "outputEntry")]


def cell_words(cell: str) -> str:
    """A condition in words: `>= 500000` is `at least 500,000`, `-` is `any`, a list is joined by `or`."""
    if cell in ("", "-"):
        return ANYTHING
    turned = re.fullmatch(r"not\s*\((.*)\)", cell, re.DOTALL)
    if turned:
        return f"not {cell_words(turned[1])}"
    compared = COMPARISON.match(cell)
    if compared:
        return f"{COMPARISONS[compared[1]]} {value_words(compared[2])}".strip()
    return " or ".join(value_words(part) for part in _parts(cell))


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", cell) if part.strip()]


def value_words(text: str) -> str:
    """What a row gives, in words: a text without its quotes, a list with `;` between, a number with its thousands."""
    if text in ("", "-", "[]"):
        return ""
    if text[0] == "[" and text[-1] == "]":
        return "; ".join(value_words(part) for part in _parts(text[1:-1]))
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        return text[1:-1].replace("_", " ")
    return NUMBER.sub(lambda found: f"{int(found[0]):,}", _plain(text))


def _plain(name: str) -> str:
    return name.replace("_", " ") if re.fullmatch(r"[a-z][a-z0-9_]*", name) else name


def _text(element: etree._Element) -> str:
    found = _children(element, "text")
    return (found[0].text or "").strip() if found else ""


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if isinstance(child.tag, str) and etree.QName(child).localname == name]
