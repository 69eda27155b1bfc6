"""The forms that are shipped ask in plain words, say what is wrong, and take every answer of the demo stories."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from tests.processes.library import shipped
from workflows.library import forms
from workflows.library.forms.conditions import names_in

STORIES = ("extension", "half_way", "waiting_for_decision")
SOURCES = [
    pytest.param(key, name, text, id=f"{key}/{name}")
    for key in shipped.CALLS for name, text in shipped.files(key).items() if name.startswith("forms/")
]  # fmt: skip
NOT_SAID = re.compile(r"\b(please|sorry|valid|invalid|oops|forbidden|claim|token|instance|workflow)\b", re.IGNORECASE)
NO_TASKS = ("section-", "eligibility-", "organisation-start", "document-upload")  # what a provider fills in before and within its one task
OWN_LISTS = ("documents",)  # what the provider has uploaded
THE_DECISION = ("key-decision", "consultation")
# Where the law or the action asks only sometimes, the action says what is missing.
MAY_BE_EMPTY = {
    "lead_member", "savings", "outside_budget", "other_consultees", "social_value", "background_papers", "comments", "is_exempt", "members_consulted", "meeting_on",
}  # fmt: skip


@pytest.mark.parametrize(("key", "name", "text"), SOURCES)
def test_a_form_can_be_read_and_every_condition_knows_its_question(key: str, name: str, text: str) -> None:
    assert [str(problem) for problem in forms.check_form(text)] == []
    assert json.loads(text)["id"] == name.removeprefix("forms/").removesuffix(".json")
    task = name.removeprefix("forms/").removesuffix(".json")
    assert task in {step.properties.get("formKey") or step.id for step in shipped.spec(key).user_tasks.values()} or task.startswith(NO_TASKS)


@pytest.mark.parametrize(("key", "name", "text"), SOURCES)
def test_a_question_is_asked_in_our_words(key: str, name: str, text: str) -> None:
    for question in forms.read_form(text, choices=shipped.choices()).fields:
        said = [question.label, question.hint, *question.words.values(), *(label for _, label in question.options)]
        assert not any(NOT_SAID.search(words) for words in said), question.key
        assert question.label[0].isupper() and not question.label.endswith("."), question.label
        assert not question.hint or question.hint.endswith((".", "?")), question.hint
        assert all(not words.endswith(".") for words in question.words.values()), question.key
        assert question.options or question.choices in OWN_LISTS or question.kind not in ("radio", "select", "checklist"), question.key


@pytest.mark.parametrize(("key", "name", "text"), SOURCES)
def test_a_question_that_must_be_answered_has_words_for_a_missing_answer(key: str, name: str, text: str) -> None:
    for question in forms.read_form(text).fields:
        if question.is_required:
            start = {"checkbox": "Confirm", "radio": "Select", "select": "Select", "checklist": "Select"}.get(question.kind, "Enter")
            assert question.words.get("errorRequired", "").startswith(start), question.key
        else:
            assert key not in THE_DECISION or question.key in MAY_BE_EMPTY, question.key


def test_a_hidden_question_looks_only_at_questions_that_can_hide_it() -> None:
    for schema in [schema for key in shipped.KEYS for schema in shipped.forms_of(key).values()]:
        choosing = {question.key for question in schema.fields if question.kind == "radio"}
        for question in schema.fields:
            if question.hide:
                assert names_in(question.hide) <= choosing, question.key


def sent(answers: dict[str, Any], schema: forms.FormSchema) -> shipped.Sent:
    """Answers of a story as a browser sends them; a date counted from the day of set-up becomes some date."""
    some = {"due_month": "3", "due_year": 2027}
    return shipped.Sent({key: some.get(key, "2020-09-28") if isinstance(value, dict) else value for key, value in answers.items()}, schema)


def story_steps() -> list[Any]:
    """Every completed task of the demo stories."""
    found = []
    for story in STORIES:
        data = yaml.safe_load((shipped.ROOT.parent / "workflows/demo" / f"{story}.yml").read_text(encoding="utf-8"))
        found += [
            pytest.param(step["completes"], step["answers"], id=f"{story}: {step['completes']} {step.get('of', '')}")
            for step in data["steps"] if "completes" in step
        ]  # fmt: skip
    return found


@pytest.mark.parametrize(("task", "answers"), story_steps())
def test_the_answers_of_a_demo_story_are_taken_as_they_are(task: str, answers: dict[str, Any]) -> None:
    schema = shipped.forms_of("key-decision")[task]

    found = forms.validate(schema, sent(answers, schema))

    assert found.errors == {}
    for key, value in answers.items():
        if value not in ("", []) and not isinstance(value, dict):
            assert found.answers[key] == (value.strip() if isinstance(value, str) else value), key


@pytest.mark.parametrize(
    ("decision", "asked", "not_asked"),
    [
        ("approve", {"decision_text", "reasons", "alternatives_rejected", "representations_considered", "has_interest"}, {"return_because", "defer_because"}),
        ("refuse", {"decision_text", "reasons"}, {"new_due_month"}),
        ("send_back", {"return_because"}, {"decision_text", "has_interest", "interests", "dispensation"}),
        ("defer", {"new_due_month", "new_due_year", "defer_because"}, {"reasons", "return_because"}),
    ],
)
def test_the_decision_asks_only_what_the_choice_needs(decision: str, asked: set[str], not_asked: set[str]) -> None:
    schema = shipped.forms_of("key-decision")["decide"]

    found = forms.validate(schema, sent({"decision": decision, "has_interest": "yes" if decision in ("send_back", "defer") else None}, schema))

    assert asked <= set(found.errors)
    assert not not_asked & set(found.errors)
