"""What the question pages of the outline are made of: a question, its fields, and what there is to choose from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from webapp.db import db
from webapp.workshop import editors
from webapp.workshop.bench import Bench
from workflows import engine
from workflows.library.outline import Edited, Outline, OutlineStep, Way
from workflows.queries import people, processes

ID = re.compile(r'\bid="([^"]+)"')
Answers = MultiDict[str, str]


@dataclass(frozen=True)
class Item:
    """One of the things to choose from."""

    value: str
    text: str
    hint: str = ""


@dataclass(frozen=True)
class Field:
    """A field: `kind` is input, textarea, radios, select or checkboxes; `values` what is filled in or chosen."""

    kind: str
    name: str
    label: str
    values: tuple[str, ...] = ()
    hint: str = ""
    items: tuple[Item, ...] = ()

    @property
    def value(self) -> str:
        """The one value of a field that has one."""
        return self.values[0] if self.values else ""

    def filled(self, typed: Answers) -> Field:
        """The field with what was typed."""
        return replace(self, values=tuple(typed.getlist(self.name)))


@dataclass(frozen=True)
class Asked:
    """A question page: its title, what stands above the fields, the fields and the words on the button."""

    title: str
    fields: Sequence[Field] = ()
    words: Sequence[str] = ()
    button: str = "Save"
    is_warning: bool = False


@dataclass(frozen=True)
class Choices:
    """What there is to choose from: names by key."""

    groups: Mapping[str, str]
    due_rules: Mapping[str, str]
    forms: Sequence[str]
    operations: Sequence[str]
    tables: Mapping[str, str]
    processes: Mapping[str, str]

    def who(self, step: OutlineStep) -> str:
        """Who does a step: its own team, else that of its lane."""
        group = step.properties.get("candidateGroup", "")
        if not group:
            return step.lane
        literal = literal_of(group)
        return self.groups.get(literal, literal) if literal else f"Worked out from {group}"


@dataclass(frozen=True)
class Subject:
    """What a question is about: the step, or one way out of it, in the whole list. `taken` are ids that other processes use."""

    read: Outline
    step: OutlineStep
    way: Way | None
    choices: Choices
    files: Mapping[str, str]
    taken: frozenset[str] = frozenset()

    @property
    def xml(self) -> str:
        """The diagram as it is saved."""
        return self.files["process.bpmn"]

    def others(self) -> list[OutlineStep]:
        """The other steps in the same part of the process."""
        return [each for each in self.read.steps if each.inside == self.step.inside and each.id != self.step.id]


@dataclass(frozen=True)
class Question:
    """A question: what it asks, what its answer does, for which steps it is asked, and what is said when it is done."""

    name: str
    link: str
    ask: Callable[[Subject], Asked]
    change: Callable[[Subject, Answers], Edited]
    fits: Callable[[Subject], bool] = field(default=lambda subject: True)
    said: str = "Saved."
    is_about_way: bool = False

    @property
    def endpoint(self) -> str:
        """The end of the name of its view."""
        return f"way_{self.name}" if self.is_about_way else self.name

    def done(self, edited: Edited) -> str:
        """What is said when it is done: with the steps that went too."""
        names = [name for name in edited.removed if name]
        more = f" With it went {', '.join(names)}, which nothing led to any more." if names else ""
        return self.said + more


def choices_of(found: Bench) -> Choices:
    """What the steps of a draft can refer to."""
    return Choices(
        groups=people.group_names(db.session),
        due_rules={each["value"]: each["label"] for each in editors._due_rules()},
        forms=editors.names_of(found.files, "forms/", ".json"),
        operations=sorted(engine.known_operations()),
        tables={key: table.name for key, table in editors._readable_tables(found.files).items()},
        processes={each.live.key: each.live.name for each in processes.library(db.session)},
    )


def other_ids(key: str) -> frozenset[str]:
    """The ids in the diagrams of all other processes: one that calls another cannot have a step with the same id."""
    others = [each.live.files for each in processes.library(db.session) if each.live.key != key]
    return frozenset(found for files in others for path, text in files.items() if path.endswith(".bpmn") for found in ID.findall(text))


def in_words(step: OutlineStep, choices: Choices) -> str:
    """How long a step may take, in words; empty when nothing says it."""
    rule, on = step.properties.get("dueRule", ""), step.properties.get("dueOn", "")
    if rule:
        return choices.due_rules.get(rule, rule)
    if on:
        return f"Until {on}"
    return f"Waits for {step.time}" if step.time else ""


def literal_of(expression: str) -> str:
    """The text that an expression is, when it is nothing but a text in quotes; else nothing."""
    text = expression.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1] and "\\" not in text:
        return text[1:-1]
    return ""


def quoted(text: str) -> str:
    """The key of a team as an expression, as the diagram editor writes it."""
    return f"'{text}'" if text else ""


def items(found: Mapping[str, str], *, first: str = "") -> tuple[Item, ...]:
    """Things to choose from, by their names; `first` stands for nothing chosen."""
    rest = tuple(Item(key, name) for key, name in sorted(found.items(), key=lambda each: each[1].lower()))
    return (Item("", first), *rest) if first else rest
