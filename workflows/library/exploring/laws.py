"""The rules that the law sets a process, in the seven forms of `rules.yml`, and what watches a path for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from workflows.library.exploring.moving import Move, State
from workflows.library.exploring.net import Net

FORMS: Mapping[str, re.Pattern[str]] = {
    "before": re.compile(r"(?P<a>[\w.-]+) before (?P<b>[\w.-]+)"),
    "followed": re.compile(r"(?P<a>[\w.-]+) always followed by (?P<b>[\w.-]+)"),
    "never while": re.compile(r"never (?P<a>[\w.-]+) while (?P<b>[\w.-]+) is open"),
    "different": re.compile(r"different people: (?P<people>[\w., -]+)"),
    "only by": re.compile(r"(?P<a>[\w.-]+) only by (?P<group>[\w-]+)"),
    "only after": re.compile(r"(?P<a>[\w.-]+) only after timer (?P<timer>[\w-]+)"),
    "once": re.compile(r"(?P<a>[\w.-]+) at most once"),
}
NEEDED = frozenset({"id", "rule", "legal", "because"})


class LawRefused(Exception):
    """A rules file cannot be read; the words say where and why."""


@dataclass(frozen=True)
class Rule:
    """One demand of the law: its form and what it names, the flow on which the law makes an exception, its basis and its reason."""

    id: str
    rule: str
    form: str
    parts: Mapping[str, str]
    legal: str
    because: str
    unless: str = ""

    @property
    def people(self) -> list[str]:
        """The steps that different people must do, for a rule of that form."""
        return [each.strip() for each in self.parts.get("people", "").split(",") if each.strip()]

    @property
    def names(self) -> list[str]:
        """The steps and operations the rule speaks of."""
        return [*self.people, *(self.parts[part] for part in ("a", "b", "timer") if part in self.parts)]

    def unknown_in(self, net: Net) -> list[str]:
        """What the rule names and the net does not have."""
        return [name for name in self.names if not net.named(name)] + [name for name in [self.unless] if name and name not in net.flow_ids]


def read_rules(text: str) -> list[Rule]:
    """The rules of a `rules.yml`. LawRefused for one without a form, a basis, a reason or an id of its own."""
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise LawRefused(f"rules.yml cannot be read: {error}") from error
    entries = content.get("rules") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise LawRefused("rules.yml has no list of rules")
    rules = [_rule(entry) for entry in entries]
    twice = {rule.id for rule in rules if [each.id for each in rules].count(rule.id) > 1}
    if twice:
        raise LawRefused(f"rules.yml has the id {sorted(twice)[0]} twice")
    return rules


def _rule(entry: Any) -> Rule:
    if not isinstance(entry, dict) or not set(entry) >= NEEDED or set(entry) - NEEDED - {"unless"}:
        raise LawRefused(f"A rule needs exactly {', '.join(sorted(NEEDED))} and may have unless")
    if not all(isinstance(value, str) for value in entry.values()):
        raise LawRefused("Everything that a rule says is text: put it in quotation marks")
    words = str(entry["rule"]).strip()
    for form, pattern in FORMS.items():
        found = pattern.fullmatch(words)
        if found:
            return Rule(str(entry["id"]), words, form, found.groupdict(), str(entry["legal"]), str(entry["because"]), str(entry.get("unless", "")))
    raise LawRefused(f"{entry['id']}: “{words}” has none of the seven forms")


@dataclass(frozen=True)
class Watcher:
    """Follows one rule along a path. `look` takes the value so far, the state before and what moved, and gives the next value, or
    None when the rule was broken. Values: 0 nothing yet, 1 happened once or waiting, 2 the rule is met or off."""

    WAITING = 1
    MET = 2

    says: str
    a: Collection[str]
    b: Collection[str] = frozenset()
    off: Collection[str] = frozenset()
    must_end_at_rest: bool = False
    kind: str = "before"
    inside: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def look(self, value: int, before: State, move: Move) -> int | None:
        """The next value, or None when this move broke the rule."""
        if value == self.MET:
            return value
        steps = {"before": self._before, "followed": self._followed, "never while": self._never_while, "once": self._once}
        return steps[self.kind](value, before, move)

    def _before(self, value: int, before: State, move: Move) -> int | None:
        for each in move.trail:
            if each in self.a or each in self.off:
                return self.MET
            if each.lstrip("+") in self.b:
                return None
        return value

    def _followed(self, value: int, before: State, move: Move) -> int | None:
        for each in move.trail:
            if each in self.off:
                return self.MET
            if each in self.a:
                value = self.WAITING
            elif each in self.b and value == self.WAITING:
                value = 0
        return value

    def _never_while(self, value: int, before: State, move: Move) -> int | None:
        is_open = any(token in self.b for token in before)
        for each in move.trail:
            if each in self.off:
                return self.MET
            if each.lstrip("+") in self.b:
                is_open = each[0] == "+"
            if is_open and each.lstrip("+") in self.a:
                return None
        both = any(token in self.a for token in move.state) and any(token in self.b for token in move.state)
        return None if both else value

    def _once(self, value: int, before: State, move: Move) -> int | None:
        for each in move.trail:
            if each in self.off:
                return self.MET
            if each in self.a:
                if value == self.WAITING:
                    return None
                value = self.WAITING
        return value


def watcher_of(rule: Rule, net: Net) -> Watcher | str:
    """What watches paths for a rule. A rule about people or teams is read off the diagram: the words of its fault, empty when it holds."""
    off = frozenset(f">{flow.key}" for node in net.nodes.values() for flow in node.outs if rule.unless and flow.id == rule.unless)
    a, b = net.named(rule.parts.get("a", "")), net.named(rule.parts.get("b", ""))
    if rule.form == "before":
        return Watcher(f"“{rule.parts['b']}” can be reached without “{rule.parts['a']}”", a, b, off)
    if rule.form == "only after":
        timers = net.named(rule.parts["timer"])
        return Watcher(f"“{rule.parts['a']}” can be reached before the time “{rule.parts['timer']}”", timers, a, off)
    if rule.form == "followed":
        return Watcher(f"a case can end after “{rule.parts['a']}” without “{rule.parts['b']}”", a, b, off, must_end_at_rest=True, kind="followed")
    if rule.form == "never while":
        return Watcher(f"“{rule.parts['a']}” can be reached while “{rule.parts['b']}” is open", a, b, off, kind="never while")
    if rule.form == "once":
        return Watcher(f"“{rule.parts['a']}” can be done more than once", a, off=off, kind="once")
    return _different(rule, net) if rule.form == "different" else _only_by(rule, net)


def _different(rule: Rule, net: Net) -> str:
    """The last step named must be kept apart from each of the others by the diagram, which the action then enforces."""
    *others, last = rule.people
    apart = {name: _kept_apart(net, name) for name in rule.people}
    missing = [name for name in others if name not in apart[last] and last not in apart[name]]
    return f"nothing keeps “{last}” and “{missing[0]}” from being done by the same person" if missing else ""


def _kept_apart(net: Net, name: str) -> set[str]:
    return {other for key in net.named(name) for other in net.nodes[key].properties.get("differentFrom", "").split()}


def _only_by(rule: Rule, net: Net) -> str:
    wrong = sorted({net.nodes[key].group for key in net.named(rule.parts["a"])} - {rule.parts["group"]})
    return f"“{rule.parts['a']}” is given to “{wrong[0]}” and not to {rule.parts['group']}" if wrong else ""
