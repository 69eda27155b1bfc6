"""Joining two people's changes of one file: both are kept when they are in different places, and nothing is guessed when they are not."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from lxml import etree

from workflows.engine import DefinitionRefused, reading

Lines = list[str]
Change = tuple[int, int, Lines]
LONGEST = 400_000


def join(path: str, base: str, mine: str, theirs: str) -> str | None:
    """The file with the changes of both since `base`; None when they touch the same lines or what comes of it cannot be read.

    XML and JSON are written afresh in one way first, so that only what they say is compared and not how an editor wrote it.
    """
    if max(len(base), len(mine), len(theirs)) > LONGEST:
        return None
    rewrite = _rewriter(path)
    try:
        old, one, other = (rewrite(text).splitlines() for text in (base, mine, theirs))
        joined = _join(old, one, other)
        return None if joined is None else rewrite("\n".join(joined))
    except (DefinitionRefused, ValueError):
        return None


def _rewriter(path: str) -> Callable[[str], str]:
    if path.endswith((".bpmn", ".dmn")):
        return _xml
    return _json if path.endswith(".json") else str


def _json(text: str) -> str:
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def _xml(text: str) -> str:
    root = reading.read_xml(text, "file")
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        ordered = sorted(element.attrib.items(), key=lambda pair: (pair[0] != "id", pair[0]))
        element.attrib.clear()
        element.attrib.update(ordered)
        if len(element) and not (element.text or "").strip():
            element.text = None
        if not (element.tail or "").strip():
            element.tail = None
    etree.indent(root)
    _check_ids(root)
    return f"{etree.tostring(root, encoding='unicode')}\n"


def _check_ids(root: etree._Element) -> None:
    ids = [element.get("id") for element in root.iter() if isinstance(element.tag, str) and element.get("id")]
    if len(ids) != len(set(ids)):
        raise ValueError("An id is there twice")


def _join(old: Lines, one: Lines, other: Lines) -> Lines | None:
    """The lines with both sets of changes; None when a change of one touches or stands beside one of the other."""
    mine, theirs = _changes(old, one), _changes(old, other)
    both = mine + [change for change in theirs if change not in mine]
    both.sort(key=lambda change: change[:2])
    made, place = [], 0
    for number, (begin, end, lines) in enumerate(both):
        if number and begin <= both[number - 1][1]:
            return None
        made += old[place:begin] + lines
        place = end
    return made + old[place:]


def _changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(a, b, list(new[c:d])) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]
