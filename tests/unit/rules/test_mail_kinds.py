"""Kinds of mail: every one that the code writes is described, and what cannot be switched off says why."""

from __future__ import annotations

import ast

import pytest

from tests.guards.source import Source, files
from workflows.actions.inspection_letters import LETTERS, SUBJECTS
from workflows.rules import mail_kinds
from workflows.rules.mail_kinds import KINDS, TOPICS


def kinds_written(source: Source) -> set[str]:
    """The kinds in a file's calls of `mail.to_…`, as far as they stand there as a text."""
    calls = (node for node in ast.walk(ast.parse(source.text)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    writing = [call for call in calls if call.func.attr in {"to_group", "to_person", "to_address"}]  # type: ignore[attr-defined]
    given = (keyword.value for call in writing for keyword in call.keywords if keyword.arg == "kind")
    return {str(value.value) for value in given if isinstance(value, ast.Constant)}


def test_every_kind_that_is_written_is_described() -> None:
    written = {kind for source in files("workflows", "webapp", ending=".py") for kind in kinds_written(source)}
    written |= {f"inspection:{kind}" for kind in set(SUBJECTS) - set(LETTERS)}

    assert len(written) > 40
    assert sorted(written - set(KINDS)) == []


def test_a_kind_that_nobody_described_would_be_found() -> None:
    assert kinds_written(Source("x", 'mail.to_group(session, "a", kind="new:one", case=None)')) == {"new:one"}
    assert "new:one" not in KINDS


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_each_kind_belongs_to_a_topic_for_its_readers(kind: mail_kinds.Kind) -> None:
    assert kind.topic in TOPICS
    assert not kind.provider_topic or TOPICS[kind.provider_topic].readers in ("provider", "both")


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.key)
def test_a_topic_has_choices_or_says_why_it_has_none(topic: mail_kinds.Topic) -> None:
    assert topic.default in topic.choices
    assert bool(topic.fixed) or len(topic.choices) > 1
    assert mail_kinds.choice(topic, {"mail": {topic.key: "nonsense"}}) == (mail_kinds.AT_ONCE if topic.fixed else topic.default)


@pytest.mark.parametrize("kind", ["sign_in_link", "consultation:reminder", "task:overdue", "welfare:at_risk", "delegation:added", "nobody described it"])
def test_what_the_law_or_the_account_needs_cannot_be_switched_off(kind: str) -> None:
    topic = mail_kinds.topic_of(kind, for_provider=False)

    assert topic.fixed
    assert mail_kinds.choice(topic, {"mail": {topic.key: "never"}}) == mail_kinds.AT_ONCE


def test_a_provider_cannot_switch_off_a_message_or_a_letter() -> None:
    message, letter = (mail_kinds.topic_of(kind, for_provider=True) for kind in ("thread:message", "letter:waits"))

    assert mail_kinds.choice(message, {"mail": {message.key: "never"}}) == mail_kinds.AT_ONCE
    assert letter.fixed
