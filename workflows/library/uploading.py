"""An upload for a draft: a whole folder as a zip file, or one diagram, table or form; what each file is, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from lxml import etree

from workflows.engine import DefinitionRefused, reading
from workflows.library import folders

Files = Mapping[str, str]
State = Literal["new", "changed", "same", "removed", "left out"]

RULES = "rules.yml"
ALONE = {".bpmn": "a diagram", ".dmn": "a decision table", ".json": "a form"}
NAMED = {
    "README.md": "The description",
    RULES: "The rules that the law sets",
    "scenarios.yml": "The tests",
    "standards.yml": "The standards that are looked at",
}


@dataclass(frozen=True)
class Said:
    """One file of an upload: what it is, in words, and whether it is new, changed, the same, or no longer there."""

    path: str
    what: str
    state: State
    why: str = ""


@dataclass(frozen=True)
class Upload:
    """The whole folder as it is after the upload, and what is said of each file."""

    files: dict[str, str]
    said: list[Said]

    @property
    def changes_rules(self) -> bool:
        """Whether the rules of the law would not be what they were."""
        return any(each.path == RULES and each.state != "same" for each in self.said)


def read(name: str, content: bytes, before: Files, *, keep_rules: bool = False) -> Upload:
    """What a file with this name makes of the folder `before`. DefinitionRefused says what is wrong with it.

    A zip file with a diagram is the whole folder: what it does not have is removed. `keep_rules` keeps the rules of the law when the
    zip file has none.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".zip":
        unpacked = folders.unpack(content)
        files = _with_main(unpacked.files)
        kept = {RULES: before[RULES]} if keep_rules and RULES in before else {}
        stays = kept if folders.MAIN in files else dict(before)
        return _upload(before, stays | files, unpacked.left_out)
    if suffix not in ALONE:
        raise folders.refused("The file is no zip, .bpmn, .dmn or .json file", "Choose one of these")
    text = folders.text_of(PurePosixPath(name.replace("\\", "/")).name, content)
    return _upload(before, dict(before) | {place_of(name, text, before): text}, {})


def _with_main(files: dict[str, str]) -> dict[str, str]:
    """The files with the only diagram under the name that ours has, whatever another tool called it."""
    diagrams = [path for path in files if path.endswith(".bpmn")]
    if folders.MAIN in files or not diagrams:
        return files
    if len(diagrams) > 1:
        raise folders.refused(f"The zip file has {len(diagrams)} diagrams, and none is named {folders.MAIN}", "Name the diagram of the process so")
    return {folders.MAIN if path == diagrams[0] else path: text for path, text in files.items()}


def place_of(name: str, text: str, before: Files) -> str:
    """Where one file belongs in a folder: the diagram of the process, the table that answers the same decision, a form by its name."""
    file = PurePosixPath(name.replace("\\", "/")).name
    suffix = PurePosixPath(file).suffix.lower()
    if suffix == ".bpmn":
        return folders.MAIN
    stem = folders.checked_path(PurePosixPath(file).stem)
    if suffix == ".json":
        return f"forms/{stem}.json"
    decides = set(_decisions(text))
    same = [path for path, other in sorted(before.items()) if path.endswith(".dmn") and decides & set(_decisions(other))]
    return same[0] if same else f"{stem}.dmn"


def _upload(before: Files, after: dict[str, str], left_out: Mapping[str, str]) -> Upload:
    said = compared(before, after)
    said += [Said(path, "Not part of a process", "left out", why) for path, why in sorted(left_out.items())]
    return Upload(after, said)


def compared(before: Files, after: Files) -> list[Said]:
    """What is said of each file of two folders, by path."""
    said = []
    for path in sorted({*before, *after}):
        state: State = "new" if path not in before else "removed" if path not in after else "same" if before[path] == after[path] else "changed"
        said.append(Said(path, what_is(path, after.get(path, before.get(path, ""))), state))
    return said


def what_is(path: str, text: str) -> str:
    """What a file of a process folder is, in words, with the name it gives itself."""
    suffix = PurePosixPath(path).suffix
    if path in NAMED:
        return NAMED[path]
    if suffix == ".bpmn":
        return _with_name("The diagram" if path == folders.MAIN else "Another diagram", _names(text, "process"))
    if suffix == ".dmn":
        return _with_name("A decision table", _names(text, "decision"))
    if path.startswith("forms/") and suffix == ".json":
        return _form(text)
    if path.startswith("documents/") and suffix == ".txt":
        return "The text of a letter"
    return "A file that the process does not use"


def _form(text: str) -> str:
    try:
        content = json.loads(text)
        count = _questions(content["components"])
    except (AttributeError, ValueError, TypeError, KeyError, RecursionError):
        return "A form that cannot be read"
    return f"A form with {count} question{'' if count == 1 else 's'}"


def _questions(parts: list[dict[str, Any]]) -> int:
    """How many questions stand among the parts of a form and in its groups; a list of entries is one question."""
    return sum(_questions(part["components"]) if part.get("type") == "group" else "key" in part or "path" in part for part in parts)


def _with_name(what: str, names: list[str] | None) -> str:
    if names is None:
        return f"{what}, which cannot be read"
    return f"{what}: {', '.join(names)}" if names else what


def _names(text: str, tag: str) -> list[str] | None:
    """The names of the elements with this tag; None when the file cannot be read."""
    try:
        found = _elements(text, tag)
    except DefinitionRefused:
        return None
    return [" ".join((each.get("name") or each.get("id") or "").split())[:100] for each in found][:5]


def _decisions(text: str) -> list[str]:
    try:
        return [each.get("id", "") for each in _elements(text, "decision")]
    except DefinitionRefused:
        return []


def _elements(text: str, tag: str) -> list[etree._Element]:
    root = reading.read_xml(text, "the file")
    return [each for each in root.iter() if isinstance(each.tag, str) and etree.QName(each).localname == tag]
