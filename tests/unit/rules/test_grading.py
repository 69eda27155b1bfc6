"""What findings come to: the facts of a grade, the days until the next visit, consequences, and what a mark must come with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models import Grade, Mark, Severity
from workflows.rules import grading, standards
from workflows.rules.grading import Found

LINES = [standards.Line(f"support-{number}", "It is so", "") for number in range(1, 6)]


def test_the_facts_count_each_severity_and_see_a_major_finding_again() -> None:
    found = [Found("a", Severity.CRITICAL), Found("b", Severity.MAJOR, is_repeat=True), Found("c", Severity.MODERATE), Found("d", Severity.MINOR)]

    facts = grading.facts(found, access_refused=False, percent_assessed=90)

    assert facts == {"access_refused": "no", "critical_count": 1, "major_count": 1, "moderate_count": 1, "repeat_major": "yes", "percent_assessed": 90}


def test_only_a_major_finding_counts_as_found_again() -> None:
    found = [Found("a", Severity.MODERATE, is_repeat=True), Found("b", Severity.MAJOR)]

    assert grading.facts(found, access_refused=True, percent_assessed=0)["repeat_major"] == "no"


@pytest.mark.parametrize(
    ("consequences", "gravest"),
    [
        (["action_plan", "embargo"], "embargo"),
        (["notify_ofsted", "embargo", "suspension"], "suspension"),
        (["none"], "none"),
        ([], "none"),
        (["manual"], "none"),
        (["monitoring"], "monitoring"),
    ],
)
def test_the_gravest_consequence_is_announced(consequences: list[str], gravest: str) -> None:
    assert grading.gravest(consequences) == gravest


@pytest.mark.parametrize(
    ("newest_first", "count"),
    [
        ([Grade.RED, Grade.RED, Grade.GREEN], 2),
        ([Grade.RED, Grade.NOT_ASSESSED, Grade.RED], 2),
        ([Grade.AMBER, Grade.RED], 0),
        ([], 0),
        ([None, Grade.RED], 0),
    ],
)
def test_reds_are_counted_until_something_else_was_found(newest_first: list[Grade | None], count: int) -> None:
    assert grading.reds_in_a_row(newest_first) == count


@pytest.mark.parametrize(
    ("unit", "count", "day"),
    [
        ("working", 20, date(2026, 3, 30)),
        ("working", 25, date(2026, 4, 8)),  # Good Friday and Easter Monday are left out
        ("weeks", 13, date(2026, 6, 1)),
        ("manual", 0, None),
    ],
)
def test_the_next_visit_is_counted_as_the_table_says(unit: str, count: int, day: date | None) -> None:
    assert grading.next_due(date(2026, 3, 2), unit, count) == day


def test_a_unit_the_table_does_not_use_is_an_error() -> None:
    with pytest.raises(ValueError, match="fortnights"):
        grading.next_due(date(2026, 3, 2), "fortnights", 2)


@pytest.mark.parametrize(("one", "other", "worse"), [("low", "high", "high"), ("critical", "low", "critical"), ("", "medium", "medium"), ("?", "", "low")])
def test_the_worse_of_two_risks_is_kept(one: str, other: str, worse: str) -> None:
    assert grading.worse_risk(one, other) == worse


def test_hours_of_a_critical_finding_run_through_the_night_the_clocks_change() -> None:
    found_at = datetime(2026, 3, 28, 18, tzinfo=UTC)

    assert grading.critical_until(found_at, 24) - found_at == timedelta(hours=24)


@pytest.mark.parametrize(
    ("marks", "percent"),
    [
        ({}, 0),
        ({"support-1": Mark.MET, "support-2": Mark.PARTLY, "support-3": Mark.NOT_MET, "support-4": Mark.MET}, 80),
        ({"support-1": Mark.MET, "support-2": Mark.NOT_APPLICABLE, "support-3": Mark.NOT_APPLICABLE}, 33),
        ({line.key: Mark.NOT_APPLICABLE for line in LINES}, 100),
    ],
)
def test_only_lines_that_apply_count_towards_what_was_assessed(marks: dict[str, Mark], percent: int) -> None:
    assert standards.percent_assessed(LINES, marks) == percent


@pytest.mark.parametrize(
    "text",
    ["", "standards: []", "standards:\n- {key: a, name: A}", "standards:\n- {key: a, name: A, lines: [{key: x, question: X}, {key: x, question: Y}]}", ": ["],
)
def test_a_checklist_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(standards.ChecklistRefused):
        standards.read(text)


def test_a_scope_names_standards_and_none_means_all() -> None:
    both = standards.read("standards:\n- {key: a, name: A, lines: [{key: a-1, question: X}]}\n- {key: b, name: B, lines: [{key: b-1, question: Y}]}")

    assert [each.key for each in standards.in_scope(both, ["b"])] == ["b"]
    assert standards.in_scope(both, []) == both
