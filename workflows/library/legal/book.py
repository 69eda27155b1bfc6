"""The rules that apply to a version of a process, its own and those of what it calls, with what their names mean on the diagrams. Read once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from models import ProcessDefinition
from workflows.engine import reading
from workflows.library import definitions, exploring, rules_in_words
from workflows.library.exploring import LawRefused, Rule
from workflows.library.legal.roads import Roads, roads_of

MOST_KNOWN = 200
RULES = "rules.yml"
Files = Mapping[str, str]


@dataclass(frozen=True)
class Folder:
    """A process of a version: its key, name, number, and the rules of its folder."""

    key: str
    name: str
    version: int
    rules: tuple[Rule, ...]
    unreadable: str = ""


@dataclass(frozen=True)
class Book:
    """Everything that is needed to judge the cases of one version. `names` are the names of steps by id and operation; `meant` the
    steps by id and operation; `calls` which process each calling step calls, `homes` in which it is drawn; `ends` the ends of whole
    processes, `terminates` those of them that end all; `roads` the diagrams by process.
    """

    key: str
    folders: tuple[Folder, ...]
    names: Mapping[str, str]
    meant: Mapping[str, frozenset[str]]
    calls: Mapping[str, str]
    homes: Mapping[str, str]
    ends: frozenset[str]
    terminates: frozenset[str]
    roads: Mapping[str, Roads]

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All rules."""
        return tuple(rule for folder in self.folders for rule in folder.rules)

    @cached_property
    def asks(self) -> bool:
        """Whether there is anything to judge."""
        return any(folder.rules or folder.unreadable for folder in self.folders)

    @cached_property
    def flows(self) -> frozenset[str]:
        """The flows that lift a rule."""
        return frozenset(rule.unless for rule in self.rules if rule.unless)

    def unknown(self, rule: Rule) -> bool:
        """Whether a rule speaks of a step that this version does not have."""
        return any(name not in self.meant for name in rule.names)


_known: dict[uuid.UUID, Book] = {}


def book_of(session: Session, definition_id: uuid.UUID) -> Book:
    """The book of a deployed version; read once in a process and kept, since a version never changes."""
    found = _known.get(definition_id)
    if found is None:
        definition = session.get_one(ProcessDefinition, definition_id)
        called = [definitions.called_definition(session, definition, key) for key in definition.calls]
        found = read(definition.key, [_part(each) for each in (definition, *called)])
        if len(_known) >= MOST_KNOWN:
            _known.pop(next(iter(_known)))
        _known[definition_id] = found
    return found


def _part(definition: ProcessDefinition) -> tuple[str, str, int, Files]:
    return definition.key, definition.name, definition.version, definition.files


def read(key: str, parts: Sequence[tuple[str, str, int, Files]]) -> Book:
    """The book of a process from the folders that belong to it, its own first: each with key, name, version and files."""
    names: dict[str, str] = {}
    meant: dict[str, set[str]] = {}
    calls: dict[str, str] = {}
    homes: dict[str, str] = {}
    ends, terminates = set[str](), set[str]()
    roads: dict[str, Roads] = {}
    for each, _, _, files in parts:
        net = exploring.read_net(each, files)
        names |= rules_in_words.names_in(files)
        roads[each] = roads_of(net)
        for node in net.nodes.values():
            for name in filter(None, (node.id, node.operation)):
                meant.setdefault(name, set()).add(node.id)
            if node.kind == "endEvent" and not node.scope:
                ends.add(node.id)
                terminates |= {node.id} if node.ends_all else set()
        for root in reading.diagrams(files).values():
            here = {call.get("id", ""): call.get("calledElement", "") for call in root.iter(f"{reading.BPMN}callActivity")}
            calls, homes = calls | here, homes | dict.fromkeys(here, each)
    folders = tuple(_folder(*part) for part in parts)
    steps = {name: frozenset(ids) for name, ids in meant.items()}
    return Book(key, folders, names, steps, calls, homes, frozenset(ends), frozenset(terminates), roads)


def _folder(key: str, name: str, version: int, files: Files) -> Folder:
    try:
        return Folder(key, name, version, tuple(exploring.read_rules(files[RULES])) if RULES in files else ())
    except LawRefused as error:
        return Folder(key, name, version, (), str(error))
