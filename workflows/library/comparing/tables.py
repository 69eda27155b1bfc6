"""The differences between two versions of a decision table: its policy, its columns, and its rows by number."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from workflows.engine import DefinitionRefused, Problem, reading
from workflows.library import tables_in_words
from workflows.library.comparing.changes import Change, Kind, was_now
from workflows.library.comparing.entries import Entry, Sort, compare
from workflows.library.comparing.pairing import pairs

NOTE = "note"


@dataclass(frozen=True)
class Column:
    """A column: its id, its words, the expression or name behind them, and the type of its values."""

    id: str
    label: str
    value: str
    kind: str
    is_input: bool

    @property
    def own(self) -> str:
        """What it is known by when its words change."""
        return self.id or self.value

    @property
    def heading(self) -> str:
        """The column as a reader meets it."""
        return f"{'if' if self.is_input else 'then'} {self.label}"


@dataclass(frozen=True)
class Read:
    """A table as it is compared."""

    key: str
    name: str
    policy: str
    columns: list[Column]
    rows: list[Entry]


def table_key(text: str, path: str) -> str:
    """The id by which diagrams ask a table. DefinitionRefused when it cannot be read."""
    return _read(text, path).key


def compare_tables(path: str, before: str, after: str, *, marks: frozenset[str]) -> list[Change]:
    """What is different in a table. DefinitionRefused when one of the two cannot be read."""
    old, new = _read(before, path), _read(after, path)
    own = [
        Change("changed", "row", "", new.name, was, now, f"{what}: {was_now(was, now)}", new.name, path, what, what == "name", marks)
        for what, was, now in (("id", old.key, new.key), ("name", old.name, new.name), ("rows that count", old.policy, new.policy))
        if was != now
    ]
    columns = compare([_entry(column) for column in old.columns], [_entry(column) for column in new.columns], _columns(new, path, marks))
    # In most tables exactly one row applies, whatever their order; only where the first one counts does the order say something.
    sort = Sort("row", "row", new.name, path, {NOTE}, order_is_read_only="first" not in new.policy.lower(), marks=marks)
    return [*own, *columns, *compare(old.rows, new.rows, sort)]


def _columns(table: Read, path: str, marks: frozenset[str]) -> Sort:
    return Sort("row", "column", table.name, path, {"heading"}, marks=marks)


def _entry(column: Column) -> Entry:
    facts = {"heading": column.label, "looks at" if column.is_input else "gives": column.value, "kind of value": column.kind}
    return Entry(column.id, f"Column “{column.label}”", facts, facts)


def _read(text: str, path: str) -> Read:
    root = reading.read_xml(text, path)
    decisions = root.xpath("*[local-name()='decision']")
    tables = root.xpath("*[local-name()='decision']/*[local-name()='decisionTable']")
    if not decisions or not tables:
        raise DefinitionRefused([Problem("table", f"{path}: there is no decision table")])
    decision, table = decisions[0], tables[0]
    columns = [_column(each, is_input=name == "input") for name in ("input", "output") for each in _children(table, name)]
    policy = " ".join(part for part in (table.get("hitPolicy", "UNIQUE"), table.get("aggregation", "")) if part)
    said = tables_in_words.POLICIES.get(policy, policy)
    rows = [_row(row, number, columns) for number, row in enumerate(_children(table, "rule"), 1)]
    return Read(decision.get("id", ""), decision.get("name") or decision.get("id") or path, said.rstrip("."), columns, rows)


def _column(element: etree._Element, *, is_input: bool) -> Column:
    found = element.xpath("*[local-name()='inputExpression']")
    if is_input:
        value = _text(found[0]) if found else ""
        kind = found[0].get("typeRef", "") if found else ""
    else:
        value, kind = element.get("name", ""), element.get("typeRef", "")
    return Column(element.get("id", ""), element.get("label") or value.replace("_", " "), value, kind, is_input)


def _row(row: etree._Element, number: int, columns: list[Column]) -> Entry:
    cells = [_text(each) for each in (*_children(row, "inputEntry"), *_children(row, "outputEntry"))]
    pairs = list(zip(columns, cells, strict=False))
    raw = {column.own: "" if column.is_input and cell == "-" else cell for column, cell in pairs}
    said = {column.own: tables_in_words.cell_words(cell) if column.is_input else tables_in_words.value_words(cell) for column, cell in pairs}
    headings = {column.own: column.heading for column in columns}
    notes = "; ".join(note for note in (_text(each) for each in _children(row, "annotationEntry")) if note) or " ".join(
        (row.findtext("{*}description") or "").split()
    )
    return Entry(row.get("id", ""), f"Row {number}", {**said, NOTE: notes}, {**raw, NOTE: notes}, headings)


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if isinstance(child.tag, str) and etree.QName(child).localname == name]


def _text(element: etree._Element) -> str:
    found = _children(element, "text")
    return (found[0].text or "").strip() if found else ""


@dataclass(frozen=True)
class Cell:
    """A cell in both versions, in words."""

    was: str
    now: str
    differs: bool


@dataclass(frozen=True)
class Row:
    """A row of both versions in one: its numbers, empty where it is missing, and its cells."""

    kind: Kind | None
    was: str
    now: str
    cells: list[Cell]


@dataclass(frozen=True)
class Both:
    """Both versions of a table in one, the columns of the newer first."""

    name: str
    headings: list[str]
    rows: list[Row]


def both(path: str, before: str, after: str) -> Both:
    """The whole table with what changed in place, for reading row by row. DefinitionRefused when one of the two cannot be read."""
    old, new = _read(before, path), _read(after, path)
    headings = {column.own: column.heading for column in (*old.columns, *new.columns)}
    notes = [NOTE] if any(row.raw[NOTE] for row in (*old.rows, *new.rows)) else []
    order = list(dict.fromkeys([*(column.own for column in new.columns), *(column.own for column in old.columns), *notes]))
    found = pairs([_key(row) for row in old.rows], [_key(row) for row in new.rows])
    rows = [_both_rows(old.rows[was] if was is not None else None, new.rows[now] if now is not None else None, order) for was, now in found]
    return Both(new.name, [headings.get(own, own).capitalize() for own in order], rows)


def _key(row: Entry) -> tuple[str, str]:
    return row.id, repr(sorted(row.raw.items()))


def _both_rows(old: Entry | None, new: Entry | None, order: list[str]) -> Row:
    cells = [
        Cell(old.facts.get(own, "") if old else "", new.facts.get(own, "") if new else "", bool(old and new and old.raw.get(own) != new.raw.get(own)))
        for own in order
    ]
    kind: Kind | None = "added" if old is None else "removed" if new is None else "changed" if any(cell.differs for cell in cells) else None
    return Row(kind, _number(old), _number(new), cells)


def _number(row: Entry | None) -> str:
    return row.name.removeprefix("Row ") if row is not None else ""
