"""The rules of a process in words, with the names of its steps in place of their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from workflows.engine import reading
from workflows.library.exploring import LawRefused, Rule, read_rules

RULES = "rules.yml"
Files = Mapping[str, str]


@dataclass(frozen=True)
class RuleInWords:
    """One rule as a reader meets it: what must hold on every path, where it does not, its basis and its reason."""

    id: str
    words: str
    unless: str
    legal: str
    because: str


def rules_of(files: Files, around: Sequence[Files] = (), groups: Mapping[str, str] | None = None) -> list[RuleInWords]:
    """The rules of a folder in their order; `around` are the folders it calls or is called by, whose steps its rules may name.

    Raises LawRefused when the file cannot be read.
    """
    if RULES not in files:
        return []
    names: dict[str, str] = {}
    for folder in (*around, files):
        names |= names_in(folder)
    return [in_words(rule, names, groups or {}) for rule in read_rules(files[RULES])]


def names_in(files: Files) -> dict[str, str]:
    """The name of every element of a folder's diagrams by its id, and by the operation it carries out."""
    names: dict[str, str] = {}
    for root in reading.diagrams(files).values():
        for element in root.iter(f"{reading.BPMN}*"):
            name = " ".join((element.get("name") or "").split())
            if not name or not element.get("id"):
                continue
            names[element.get("id", "")] = name
            names |= {operation: name for operation in _operations(element)}
    return names


def _operations(element: etree._Element) -> list[str]:
    operators = element.iterfind(f"{reading.BPMN}extensionElements/{reading.SPIFF}serviceTaskOperator")
    found = [reading.properties_of(element).get("operation", ""), *(operator.get("id", "") for operator in operators)]
    return [each for each in found if each]


def in_words(rule: Rule, names: Mapping[str, str], groups: Mapping[str, str]) -> RuleInWords:
    """A rule in words; an id without a name stands for itself."""
    named = {part: f"“{names.get(value, value)}”" for part, value in rule.parts.items()}
    a, b = named.get("a", ""), named.get("b", "")
    group = groups.get(rule.parts.get("group", ""), rule.parts.get("group", ""))
    people = [f"“{names.get(each, each)}”" for each in rule.people]
    words = {
        "before": f"{b} comes only after {a}.",
        "followed": f"After {a}, {b} always follows.",
        "never while": f"{a} never happens while {b} is open.",
        "different": _different(people),
        "only by": f"Only {group} does {a}.",
        "only after": f"{a} comes only after the time of {named.get('timer', '')}.",
        "once": f"{a} happens at most once.",
    }[rule.form]
    unless = f"Except on the way “{names.get(rule.unless, rule.unless)}”." if rule.unless else ""
    return RuleInWords(rule.id, words, unless, rule.legal, rule.because)


def _different(people: Sequence[str]) -> str:
    """The last step named is kept apart from each of the others, and these not from one another: that is what the gate proves."""
    if len(people) < 3:
        return f"Different people do {_listed(people)}."
    return f"Nobody who did {', '.join(people[:-2])} or {people[-2]} does {people[-1]}."


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


__all__ = ["LawRefused", "RuleInWords", "in_words", "names_in", "rules_of"]
