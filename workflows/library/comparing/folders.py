"""Two versions of a process folder against one another, file by file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from workflows.engine import DefinitionRefused, reading
from workflows.engine.definition import KINDS
from workflows.library.comparing import diagrams, facets, forms, tables, texts
from workflows.library.comparing.changes import (
    ABOUTS,
    Change,
    Comparison,
    Files,
    Kind,
    Names,
)
from workflows.library.forms import FormRefused

FORMS = "forms/"
Looked = tuple[list[Change], dict[str, Kind]]
REFUSALS = (DefinitionRefused, FormRefused, texts.TextRefused, RecursionError)  # the last: JSON too deep to be a form


def compare(before: Files, after: Files, *, names: Names | None = None) -> Comparison:
    """Everything that is different, in words; nothing only when the two are the same to the letter.

    `names` says what people call keys of groups and of policy values. A file that cannot be read is one line that says so: never raises.
    """
    changes: list[Change] = []
    marked: dict[str, dict[str, Kind]] = {}
    users = _users(before), _users(after)
    for path in sorted({*before, *after}, key=_order):
        if before.get(path) == after.get(path):
            continue
        found, marks = _of_file(path, before, after, names or {}, users)
        changes += found
        if marks:
            marked[path] = marks
    _mark_users(changes, marked)
    return Comparison(tuple(sorted(changes, key=lambda change: ABOUTS.index(change.about))), marked)


def _order(path: str) -> tuple[bool, bool, str]:
    return path != "process.bpmn", not path.endswith(".bpmn"), path


def _of_file(path: str, before: Files, after: Files, names: Names, users: tuple[dict[str, set[str]], dict[str, set[str]]]) -> Looked:
    if path not in before or path not in after:
        return _whole(path, before, after, users[path in after])
    try:
        found, marks = _inside(path, before[path], after[path], names, users[1])
    except REFUSALS as refusal:
        words = f"one of the two cannot be read, so they are not compared: {refusal}"
        return [Change("changed", "process", path, path, words=words, path=path, what="file")], {}
    if found:
        return found, marks
    words = "the file is written in another way; what it says is the same"
    return [Change("changed", "process", path, path, words=words, path=path, what="file", is_harmless=True)], {}


def _inside(path: str, before: str, after: str, names: Names, users: dict[str, set[str]]) -> Looked:
    if path.endswith(".bpmn"):
        found = diagrams.compare(path, reading.read_xml(before, path), reading.read_xml(after, path), names)
        return found.changes, found.marks
    if path.endswith(".dmn"):
        asked_by = frozenset(users.get(tables.table_key(after, path), set()))
        return tables.compare_tables(path, before, after, marks=asked_by), {}
    if _is_form(path):
        return forms.compare_forms(path, before, after, name=_form_name(path), marks=frozenset(users.get(path, set()))), {}
    by_name: dict[str, Callable[[str, str, str], list[Change]]] = {"rules.yml": texts.compare_rules, "scenarios.yml": texts.compare_scenarios}
    return by_name.get(path, texts.compare_texts)(path, before, after), {}


def _is_form(path: str) -> bool:
    return path.startswith(FORMS) and path.endswith(".json")


def _form_name(path: str) -> str:
    stem = path.removeprefix(FORMS).removesuffix(".json").replace("-", " ").replace("_", " ")
    return f"Form “{stem.capitalize()}”"


def _whole(path: str, before: Files, after: Files, users: dict[str, set[str]]) -> Looked:
    """A file that is in one of the two only: what it holds, as far as it can be read."""
    kind: Kind = "added" if path in after else "removed"
    text = after.get(path, before.get(path, ""))
    if path in ("rules.yml", "scenarios.yml"):
        return _listed(path, before.get(path, ""), after.get(path, ""), kind)
    if _is_form(path):
        return [_form(path, text, kind, users)], {}
    if path.endswith(".dmn"):
        return [_file("row", path, f"Table {path}", kind, "the whole decision table")], {}
    if path.endswith(".bpmn"):
        return [_file("process", path, f"Diagram {path}", kind, "the whole diagram")], {}
    whole = _file("text", path, texts.name_of(path), kind, "the whole text")
    was, now = texts.beginning(before.get(path, "")), texts.beginning(after.get(path, ""))
    return [replace(whole, was=was, now=now, is_harmless=path == "README.md")], {}


def _listed(path: str, before: str, after: str, kind: Kind) -> Looked:
    read = texts.compare_rules if path == "rules.yml" else texts.compare_scenarios
    try:
        found = read(path, before, after)
    except REFUSALS:
        found = []
    return found or [_file("text", path, path, kind, "the whole file")], {}


def _form(path: str, text: str, kind: Kind, users: dict[str, set[str]]) -> Change:
    try:
        questions = forms.questions_in(text)
        words = f"the whole form: {'; '.join(questions)}" if questions else "the whole form, which asks nothing"
    except REFUSALS:
        words = "the whole form, which cannot be read"
    return replace(_file("question", path, _form_name(path), kind, words), marks=frozenset(users.get(path, set())))


def _file(about: str, path: str, name: str, kind: Kind, words: str) -> Change:
    return Change(kind, about, path, name, words=words, path=path, what="file")  # type: ignore[arg-type]


def _users(files: Files) -> dict[str, set[str]]:
    """The steps that use a form, by the form's path, and those that ask a table, by the table's key."""
    found: dict[str, set[str]] = {}
    for element in _steps(files):
        if element.kind == "userTask":
            found.setdefault(f"{FORMS}{element.facts.get('formKey') or element.id}.json", set()).add(element.id)
        elif element.facts.get("calledDecisionId"):
            found.setdefault(element.facts["calledDecisionId"], set()).add(element.id)
    return found


def _steps(files: Files) -> Iterator[facets.Element]:
    for path, text in files.items():
        if path.endswith(".bpmn"):
            try:
                elements = facets.elements_of(reading.read_xml(text, path))
            except DefinitionRefused:
                continue
            yield from (element for element in elements.values() if element.kind in KINDS)


def _mark_users(changes: list[Change], marked: dict[str, dict[str, Kind]]) -> None:
    """Steps whose form or table changed have changed too, unless the diagram says more of them."""
    used = {key for change in changes if change.about in ("question", "row") for key in change.marks}
    if used:
        marks = marked.setdefault("process.bpmn", {})
        for key in sorted(used):
            marks.setdefault(key, "changed")
