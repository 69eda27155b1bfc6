"""The differences between texts: letters, the description, rules of the law, scenarios, and any other file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from workflows.library.comparing.changes import Change, was_now
from workflows.library.comparing.entries import Entry, Sort, compare
from workflows.library.comparing.pairing import pairs

LONGEST = 300
MOST_PARAGRAPHS = 5_000
DEEPEST = 40
MOST_PARTS = 200_000
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NOT_SCENARIOS = {"given": "What operations give", "paths": "Shared paths"}
RULE_LABELS = {"rule": "rule", "legal": "legal basis", "because": "reason", "unless": "except on the flow"}


class TextRefused(ValueError):
    """A file is not of the kind that its name says."""


def name_of(path: str) -> str:
    """What people call a file that is not a diagram, a form or a table."""
    if path == "README.md":
        return "Description"
    stem = PurePosixPath(path).stem.replace("_", " ").replace("-", " ").capitalize()
    return f"Letter “{stem}”" if path.startswith("documents/") else path


def compare_texts(path: str, before: str, after: str) -> list[Change]:
    """The paragraphs that came, went and changed."""
    old, new = _paragraphs(path, before), _paragraphs(path, after)
    if max(len(old), len(new)) > MOST_PARAGRAPHS:
        words = f"it is too long to be compared: it had {len(old):,} paragraphs or lines and has {len(new):,}"
        return [Change("changed", "text", path, name_of(path), words=words, path=path, what="text", is_harmless=path == "README.md")]
    found = pairs([("", text) for text in old], [("", text) for text in new])
    return [change for pair in found for change in _of(path, old, new, pair)]


def _paragraphs(path: str, text: str) -> list[str]:
    """Paragraphs of prose, lines of other files. What only breaks lines elsewhere is the same."""
    is_prose = path.endswith(".md") or path.startswith("documents/")
    whole = text.replace("\r\n", "\n").split("\n\n" if is_prose else "\n")
    return [words for words in (" ".join(each.split()) for each in whole) if words]


def _of(path: str, old: list[str], new: list[str], pair: tuple[int | None, int | None]) -> Iterator[Change]:
    was = old[pair[0]] if pair[0] is not None else ""
    now = new[pair[1]] if pair[1] is not None else ""
    if was == now:
        return
    kind = "changed" if was and now else "added" if now else "removed"
    words = was_now(_short(was), _short(now)) if kind == "changed" else _short(now or was)
    yield Change(
        kind, "text", f"{path}#{pair[1] if pair[1] is not None else pair[0]}", name_of(path), was, now, words, path=path, what="paragraph",  # type: ignore[arg-type]
        is_harmless=path == "README.md",
    )  # fmt: skip


def beginning(text: str) -> str:
    """The first words of a text in one line."""
    words = " ".join(text[: 2 * LONGEST].split())
    return words if len(words) <= LONGEST and len(text) <= 2 * LONGEST else f"{words[: LONGEST - 1]}…"


def _short(text: str) -> str:
    return f"“{beginning(text)}”" if text else ""


def compare_rules(path: str, before: str, after: str) -> list[Change]:
    """The rules that came, went and changed. TextRefused when one of the files cannot be read."""
    return compare(_rules(before), _rules(after), Sort("rule", "rule", "", path, {"legal basis", "reason"}))


def _rules(text: str) -> list[Entry]:
    content = _yaml(text)
    entries = content.get("rules") if isinstance(content, dict) else None
    if entries is None and not text.strip():
        return []
    if not isinstance(entries, list):
        raise TextRefused("there is no list of rules")
    found = []
    for entry in entries:
        facts = {RULE_LABELS.get(key, str(key)): _plain(value) for key, value in entry.items() if key != "id"} if isinstance(entry, dict) else {}
        key = str(entry.get("id", "")) if isinstance(entry, dict) else str(entry)
        found.append(Entry(key, key.replace("-", " ").capitalize(), facts, facts))
    return found


def compare_scenarios(path: str, before: str, after: str) -> list[Change]:
    """The scenarios that came, went and changed, by their names. TextRefused when one of the files cannot be read."""
    old, new = _scenarios(before), _scenarios(after)
    changes = []
    for name in dict.fromkeys([*new, *old]):
        if name not in old:
            changes.append(_scenario("added", name, path, "", new[name]))
        elif name not in new:
            changes.append(_scenario("removed", name, path, old[name], ""))
        elif old[name] != new[name]:
            changes.append(_scenario("changed", name, path, old[name], new[name]))
    return changes


def _scenario(kind: str, name: str, path: str, was: str, now: str) -> Change:
    called = NOT_SCENARIOS.get(name, name)
    steps = {"added": "it is walked from now on", "removed": "it is not walked any more", "changed": "its walk is another one"}[kind]
    return Change(kind, "scenario", name, called, was, now, steps, path=path, what="scenario", is_harmless=True)  # type: ignore[arg-type]


def _scenarios(text: str) -> dict[str, str]:
    content = _yaml(text) or {}
    if not isinstance(content, dict):
        raise TextRefused("there are no scenarios by name")
    return {str(name): yaml.dump(_told(steps), Dumper=DUMPER, sort_keys=False, allow_unicode=True) for name, steps in content.items()}


def _told(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): _told(value) for key, value in content.items()}
    return [_told(each) for each in content] if isinstance(content, list) else content


def _yaml(text: str) -> Any:
    """What a YAML file holds. Files of drafts come from anywhere: what would grow without bound when it is read is refused before."""
    try:
        if not _is_bounded(yaml.parse(text, Loader=LOADER)):
            raise TextRefused("the file grows without bound when it is read, or is too deep")
        return yaml.load(text, Loader=LOADER)  # noqa: S506  one of the two safe ones
    except (yaml.YAMLError, ValueError) as error:
        words = str(error) if isinstance(error, TextRefused) else "the file is not YAML"
        raise TextRefused(words) from error


def _is_bounded(events: Iterable[Any]) -> bool:
    """Whether everything that a file says stays small when what it refers to is written out."""
    sizes: dict[str | None, int] = {}
    open_parts: list[tuple[str | None, int]] = [(None, 0)]
    for event in events:
        size = 1
        if isinstance(event, yaml.CollectionStartEvent):
            open_parts.append((event.anchor, 0))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, inside = open_parts.pop()
            sizes[anchor] = size = inside + 1
        elif isinstance(event, yaml.ScalarEvent):
            sizes[event.anchor] = 1
        elif isinstance(event, yaml.AliasEvent):
            # A part that refers to itself has no size yet.
            size = sizes.get(event.anchor, MOST_PARTS)
        anchor, inside = open_parts[-1]
        open_parts[-1] = anchor, inside + size
        if len(open_parts) > DEEPEST or inside + size >= MOST_PARTS:
            return False
    return True


def _plain(value: Any) -> str:
    return " ".join(str(value).split())
