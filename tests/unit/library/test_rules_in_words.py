"""The rules of a process in words: each of the seven forms, with the names of steps in place of their ids."""

from __future__ import annotations

import re

import pytest

from tests.processes.library import shipped
from workflows.library import rules_in_words

DIAGRAM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
  <userTask id="ask" name="Ask  them"/><userTask id="say" name="Say so"/><serviceTask id="tell"/>
  <sequenceFlow id="quick" name="In a hurry" sourceRef="ask" targetRef="say"/>
</process></definitions>"""


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("ask before say", "“Say so” comes only after “Ask them”."),
        ("ask always followed by say", "After “Ask them”, “Say so” always follows."),
        ("never say while ask is open", "“Say so” never happens while “Ask them” is open."),
        ("'different people: ask, say, tell'", "Nobody who did “Ask them” or “Say so” does “tell”."),
        ("say only by legal", "Only Legal does “Say so”."),
        ("say only by parrots", "Only parrots does “Say so”."),
        ("say only after timer wait", "“Say so” comes only after the time of “wait”."),
        ("say at most once", "“Say so” happens at most once."),
    ],
)
def test_each_form_is_a_sentence(rule: str, words: str) -> None:
    text = f"rules:\n  - {{id: one, rule: {rule}, legal: The Act, because: So., unless: quick}}\n"

    found = rules_in_words.rules_of({"process.bpmn": DIAGRAM, "rules.yml": text}, groups={"legal": "Legal"})

    assert [(each.words, each.unless, each.legal) for each in found] == [(words, "Except on the way “In a hurry”.", "The Act")]


@pytest.mark.parametrize("key", shipped.KEYS)
def test_no_shipped_rule_speaks_of_an_id(key: str) -> None:
    callers = [each for each in shipped.KEYS if key in shipped.CALLS[each]]
    around = {*shipped.CALLS[key], *callers, *(below for each in callers for below in shipped.CALLS[each])}

    found = rules_in_words.rules_of(shipped.files(key), [shipped.files(each) for each in around], shipped.groups())

    assert [rule.words for rule in found if re.search("“[a-z][a-z0-9_.-]*”", f"{rule.words} {rule.unless}")] == []


def test_a_folder_without_rules_has_none() -> None:
    assert rules_in_words.rules_of({"process.bpmn": DIAGRAM}) == []
