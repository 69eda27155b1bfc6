"""Decision tables: what each hit policy answers, and what is said about overlaps, gaps and cells that cannot work."""

from __future__ import annotations

import pytest

from tests.unit.engine.models import table
from workflows.engine import DefinitionRefused, Problem
from workflows.engine.language import EvaluationError
from workflows.engine.table_checks import check_table
from workflows.engine.tables import read_table


def findings(policy: str, *rows: tuple[str, str]) -> list[Problem]:
    return list(check_table(read_table(table(policy, *rows), "t.dmn"), "t.dmn"))


@pytest.mark.parametrize(
    ("policy", "answer"),
    [('COLLECT" aggregation="SUM"', 6), ('COLLECT" aggregation="MIN"', 1), ('COLLECT" aggregation="MAX"', 3), ('COLLECT" aggregation="COUNT"', 3),
     ('COLLECT"', [{"say": 1}, {"say": 2}, {"say": 3}]), ('FIRST"', {"say": 1})],
)  # fmt: skip
def test_the_policy_says_what_becomes_of_several_rows(policy: str, answer: object) -> None:
    found = read_table(table(policy, ("&gt; 1", "1"), ("&gt; 2", "2"), ("-", "3")))
    assert found.decide({"n": 5}).outputs == answer
    assert found.decide({"n": 5}).rows == ((1,) if policy == 'FIRST"' else (1, 2, 3))


def test_unique_refuses_two_rows_at_the_run_too() -> None:
    with pytest.raises(EvaluationError, match="rows 1 and 2"):
        read_table(table('UNIQUE"', ("&gt; 1", "1"), ("&gt; 2", "2"))).decide({"n": 5})


def test_any_wants_the_rows_to_agree() -> None:
    assert read_table(table('ANY"', ("&gt; 1", "1"), ("&gt; 2", "1"))).decide({"n": 5}).outputs == {"say": 1}
    with pytest.raises(EvaluationError, match="do not say the same"):
        read_table(table('ANY"', ("&gt; 1", "1"), ("&gt; 2", "2"))).decide({"n": 5})
    assert [problem.code for problem in findings('ANY"', ("&gt; 1", "1"), ("&gt; 2", "2")) if problem.severity == "error"] == ["table-overlap"]


@pytest.mark.parametrize("policy", ["PRIORITY", "RULE ORDER", "OUTPUT ORDER", "NONSENSE"])
def test_other_policies_are_refused(policy: str) -> None:
    with pytest.raises(DefinitionRefused, match="not supported"):
        read_table(table(f'{policy}"', ("-", "1")))


@pytest.mark.parametrize(
    ("rows", "overlap"),
    [
        ([("[1..5]", "1"), ("[5..9]", "2")], "rows 1 and 2"), ([("[1..5]", "1"), ("]5..9]", "2")], ""), ([("&lt; 5", "1"), ("&gt;= 5", "2")], ""),
        ([('"a","b"', "1"), ('"b"', "2")], "rows 1 and 2"), ([('"a"', "1"), ('not("a")', "2")], ""), ([("true", "1"), ("-", "2")], "rows 1 and 2"),
        ([("true", "1"), ("false", "2")], ""),
    ],
)  # fmt: skip
def test_overlaps_of_a_unique_table_are_named_by_row(rows: list[tuple[str, str]], overlap: str) -> None:
    found = [problem.message for problem in findings('UNIQUE"', *rows) if problem.code == "table-overlap"]
    assert (overlap in found[0]) if overlap else not found


def test_a_gap_is_a_warning_with_the_value_that_nobody_covers() -> None:
    found = findings('UNIQUE"', ("&lt; 5", "1"), ("&gt; 5", "2"))
    assert [(problem.code, problem.severity) for problem in found] == [("table-gap", "warning")]
    assert "n is 5" in found[0].message


@pytest.mark.parametrize("cell", ["x.upper()", "[1..", "a b", "?" * 600, "__class__"])
def test_a_cell_that_cannot_be_read_is_refused_with_its_row(cell: str) -> None:
    with pytest.raises(DefinitionRefused, match="row 1"):
        read_table(table('UNIQUE"', (cell, "1")))


def test_aggregation_wants_collect() -> None:
    assert [problem.code for problem in findings('UNIQUE" aggregation="SUM"', ("-", "1"))] == ["table"]
