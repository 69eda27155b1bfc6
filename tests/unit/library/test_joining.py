"""Joining two people's changes of one file: kept both, or not guessed at."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.same_xml import differences
from workflows.library import joining

DIAGRAM = Path("bpmn/clarification/process.bpmn").read_text()
FORM = Path("bpmn/clarification/forms/ask-clarification.json").read_text()


def test_changes_of_different_steps_are_both_kept() -> None:
    mine = DIAGRAM.replace('name="Ask the provider"', 'name="Ask for more"')
    theirs = DIAGRAM.replace('name="Check the answers"', 'name="Look at the answers"')

    joined = joining.join("process.bpmn", DIAGRAM, mine, theirs)

    assert joined is not None
    assert differences(mine.replace('name="Check the answers"', 'name="Look at the answers"'), joined) == []


def test_changes_of_the_same_step_are_not_guessed_at() -> None:
    mine = DIAGRAM.replace('name="Ask the provider"', 'name="Ask for more"')
    theirs = DIAGRAM.replace('name="Ask the provider"', 'name="Ask again"')

    assert joining.join("process.bpmn", DIAGRAM, mine, theirs) is None


def test_the_same_change_by_both_is_made_once() -> None:
    changed = DIAGRAM.replace('name="Ask the provider"', 'name="Ask for more"')

    joined = joining.join("process.bpmn", DIAGRAM, changed, changed)

    assert joined is not None and differences(changed, joined) == []


def test_how_a_file_is_written_is_no_change() -> None:
    mine = DIAGRAM.replace("\n", "\n  ")
    theirs = DIAGRAM.replace('name="Check the answers"', 'name="Look at the answers"')

    joined = joining.join("process.bpmn", DIAGRAM, mine, theirs)

    assert joined is not None and differences(theirs, joined) == []


def test_two_steps_with_one_id_are_not_joined() -> None:
    step = '<bpmn:userTask id="another" name="{}" />'
    begin, end = '<bpmn:startEvent id="clarification-wanted"', "<bpmn:exclusiveGateway id="
    mine = DIAGRAM.replace(begin, step.format("Mine") + begin)
    theirs = DIAGRAM.replace(end, step.format("Theirs") + end)

    assert joining.join("process.bpmn", DIAGRAM, mine, theirs) is None


def test_questions_of_a_form_are_joined() -> None:
    mine, theirs = json.loads(FORM), json.loads(FORM)
    mine["components"][0]["label"] = "What they are about"
    theirs["components"][2]["label"] = "Answer by"

    joined = json.loads(joining.join("forms/a.json", FORM, json.dumps(mine), json.dumps(theirs)) or "{}")

    assert [joined["components"][place]["label"] for place in (0, 2)] == ["What they are about", "Answer by"]


def test_what_cannot_be_read_is_not_joined() -> None:
    assert joining.join("process.bpmn", DIAGRAM, "<no", DIAGRAM) is None
    assert joining.join("forms/a.json", FORM, "{", FORM) is None
