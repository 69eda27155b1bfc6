"""Whether running cases can move to another version of their process: the engine's answer, and what only the diagram as a whole can say.

A case moves when it can stand in the new version where it stands now, can come to an end from there, will know every value that is read on
the way, and keeps the rules. What is no worse than on its own version never stands in the way.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from lxml import etree
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import AuditEvent, Case, InstanceStatus, ProcessDefinition, ProcessInstance, TaskStatus, UserTask
from workflows import engine
from workflows.engine import moving as engine_moving
from workflows.engine.moving import Verdict
from workflows.engine.places import Place
from workflows.library import definitions, knowing
from workflows.library.exploring import LawRefused, Net, Rule, from_here, read_rules

Files = Mapping[str, str]
Passed = Callable[[], Sequence[str]]
RULES = "rules.yml"


@dataclass(frozen=True)
class Version:
    """A version of a process, deployed or not: its files, the files of what it calls, and its parsed spec."""

    key: str
    files: Files
    called: Mapping[str, Files]
    spec: engine.Spec

    @cached_property
    def containers(self) -> dict[str, etree._Element]:
        """Its processes and sub-processes, and those of what it calls, by id."""
        return from_here.containers([self.files, *self.called.values()])

    @cached_property
    def values(self) -> knowing.Values:
        """Which of its elements read and give which values."""
        return knowing.of(self.files, self.called.values())

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules of its rules.yml; none where that cannot be read, which keeps it from going live anyway."""
        try:
            return read_rules(self.files[RULES]) if RULES in self.files else []
        except LawRefused:
            return []

    @cached_property
    def whole(self) -> Net:
        """Its own diagram with embedded sub-processes drawn in."""
        return from_here.scope_net(self.containers[self.key], open_sub_processes=True)


def version_of(session: Session, definition: ProcessDefinition) -> Version:
    """A deployed version. DefinitionRefused when it cannot be read any more."""
    called = {key: definitions.called_definition(session, definition, key).files for key in definition.calls}
    return Version(definition.key, definition.files, called, definitions.spec_of(session, definition))


def version_from(key: str, files: Files, called: Mapping[str, Files]) -> Version:
    """A version that is not deployed, such as a draft. DefinitionRefused when its files cannot be read."""
    return Version(key, files, called, engine.read(key, files, called))


@dataclass
class Crossing:
    """The way from one version to another, for any number of cases; what was worked out for a place is kept for the next case there."""

    old: Version
    new: Version
    _said: dict[object, str] = field(default_factory=dict)

    def verdict(self, stored: bytes, passed: Passed = tuple) -> Verdict:
        """Whether a case with this state can move. `passed` gives the elements it has completed, in order; it is asked only when that matters."""
        found = engine_moving.verdict(self.old.spec, self.new.spec, stored)
        if not found.moves:
            return found
        why = self._trouble(found.places) or self._missing(found.places) or self._broken(found.places, passed)
        return replace(found, moves=False, harmless=False, why=why, state=b"") if why else found

    @cached_property
    def _changed(self) -> frozenset[str]:
        """The processes and sub-processes that go other ways than before, by id."""
        before, after = self._shapes(self.old), self._shapes(self.new)
        return frozenset(key for key, shape in after.items() if before.get(key) != shape)

    def _shapes(self, version: Version) -> dict[str, object]:
        return {key: from_here.shape(from_here.scope_net(container)) for key, container in version.containers.items()}

    @cached_property
    def _reads_otherwise(self) -> bool:
        """Whether what is drawn, and not only what is said in words, can have changed."""
        drawn = (".bpmn", ".dmn")
        texts = [
            [(name, text) for files in (version.files, *version.called.values()) for name, text in sorted(files.items()) if name.endswith(drawn)]
            for version in (self.old, self.new)
        ]
        return texts[0] != texts[1]

    def _trouble(self, places: Sequence[Place]) -> str:
        for place in places:
            mark = replace(place, known=frozenset())
            if place.scope in self._changed and mark not in self._said:
                self._said[mark] = from_here.trouble_from(from_here.scope_net(self.new.containers[place.scope]), place)
            if self._said.get(mark):
                return f"from where it stands, {self._said[mark]}"
        return ""

    def _missing(self, places: Sequence[Place]) -> str:
        """A value that is read ahead and was to be given behind the case."""
        if not self._reads_otherwise:
            return ""
        known = frozenset().union(*(place.known for place in places))
        for place in (replace(place, known=known) for place in places):
            mark = ("missing", place)
            if mark not in self._said:
                self._said[mark] = self._say_missing(place)
            if self._said[mark]:
                return self._said[mark]
        return ""

    def _say_missing(self, place: Place) -> str:
        before = self.old.values.missing(place)
        for name, reader in sorted(self.new.values.missing(place).items()):
            if name not in before:
                givers = self.new.values.givers(name)
                by = f", which “{givers[0]}” gives" if givers else ""
                reads = self.new.spec.names.get(reader) or self.new.values.names.get(reader) or reader
                return f"it is past the changed step: “{reads}” needs the value {name}{by}"
        return ""

    def _broken(self, places: Sequence[Place], passed: Passed) -> str:
        """A rule of the new version that the case could break from where it stands, and could not on its own version."""
        if not self.new.rules or not (self._rules_changed or any(self._lies_in_whole(key) for key in self._changed)):
            return ""
        place = self._whole_place(places)
        behind = tuple(passed())
        mark = ("rules", replace(place, known=frozenset()), behind)
        if mark not in self._said:
            self._said[mark] = self._say_broken(place, behind)
        return self._said[mark]

    @cached_property
    def _rules_changed(self) -> bool:
        return self.old.files.get(RULES) != self.new.files.get(RULES)

    def _lies_in_whole(self, scope: str) -> bool:
        return scope == self.new.key or scope in self.new.whole.nodes

    def _whole_place(self, places: Sequence[Place]) -> Place:
        own = [place for place in places if self._lies_in_whole(place.scope)]
        return Place(
            self.new.key, tuple(sorted(each for place in own for each in place.open if each in self.new.whole.nodes)),
            tuple(sorted(each for place in own for each in place.arrived)), tuple(sorted(each for place in own for each in place.events)),
        )  # fmt: skip

    def _say_broken(self, place: Place, passed: Sequence[str]) -> str:
        broken = from_here.broken_from(self.new.whole, place, self.new.rules, passed)
        if not broken:
            return ""
        before = from_here.broken_from(self.old.whole, place, [rule for rule in self.old.rules if rule.id in broken], passed)
        rule = next((rule for rule in self.new.rules if rule.id in broken and rule.id not in before), None)
        return f"it is past the changed step: {broken[rule.id]} ({rule.legal})" if rule is not None else ""


@dataclass(frozen=True)
class Line:
    """What would become of one running case; `why` says why it stays, `notes` what changes for it at once."""

    instance_id: uuid.UUID
    case_reference: str
    version: int
    moves: bool
    why: str = ""
    harmless: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What would become of every running case of a process."""

    lines: tuple[Line, ...]

    @property
    def moving(self) -> tuple[Line, ...]:
        """The cases that can move."""
        return tuple(line for line in self.lines if line.moves)

    @property
    def staying(self) -> tuple[Line, ...]:
        """The cases that must finish on their own version."""
        return tuple(line for line in self.lines if not line.moves)


def preview(session: Session, to: Version, *, to_id: uuid.UUID | None = None, only: Sequence[uuid.UUID] | None = None) -> Preview:
    """What would become of the running cases of a process on another version, the oldest case first; nothing is changed.

    `to_id` is the deployed version that is meant, whose own cases are left out; `only` are the instances that are asked about.
    """
    crossings: dict[uuid.UUID, Crossing] = {}
    found = []
    for instance, reference, version in _running(session, to.key, to_id, only):
        if instance.definition_id not in crossings:
            crossings[instance.definition_id] = Crossing(version_of(session, instance.definition), to)
        said = crossings[instance.definition_id].verdict(instance.state, passed_by(session, instance))
        found.append(Line(instance.id, reference, version, said.moves, said.why, said.harmless, said.notes))
    return Preview(tuple(found))


def _running(
    session: Session, key: str, to_id: uuid.UUID | None, only: Sequence[uuid.UUID] | None
) -> list[tuple[ProcessInstance, str, int]]:  # fmt: skip
    query = _running_query(key, to_id)
    if only is not None:
        query = query.where(ProcessInstance.id.in_(only))
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def _running_query(key: str, besides: uuid.UUID | None) -> Select[ProcessInstance, str, int]:
    query = (
        select(ProcessInstance, Case.reference, ProcessDefinition.version)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .join(Case, Case.id == ProcessInstance.case_id)
        .where(ProcessDefinition.key == key, ProcessInstance.status == InstanceStatus.RUNNING)
        .order_by(ProcessInstance.started_at, Case.reference)
    )
    return query if besides is None else query.where(ProcessInstance.definition_id != besides)


def running_ids(session: Session, key: str, *, besides: uuid.UUID | None = None) -> list[str]:
    """The ids of the running instances of a process, the oldest first, without those on the version `besides`."""
    return [str(instance_id) for instance_id in session.scalars(_running_query(key, besides).with_only_columns(ProcessInstance.id))]


def passed_by(session: Session, instance: ProcessInstance) -> Passed:
    """Asks for the elements that a case has completed, in order: what people did, and what the process did by itself."""

    def ask() -> list[str]:
        done = select(UserTask.completed_at, UserTask.bpmn_id).where(
            UserTask.instance_id == instance.id, UserTask.status == TaskStatus.COMPLETED, UserTask.completed_at.is_not(None)
        )
        events = select(AuditEvent.at, AuditEvent.detail).where(AuditEvent.chain == instance.case_id.hex, AuditEvent.kind == "step:completed")
        passed = [(at, 0, step) for at, step in session.execute(done)]
        passed += [(at, 1, str(detail.get("step", ""))) for at, detail in session.execute(events.order_by(AuditEvent.sequence))]
        return [step for _, _, step in sorted(passed, key=lambda each: (each[0], each[1]))]

    return ask
