"""The conditions of an open market stay as they are: neither a new version of the tables nor a new policy value changes them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models import Parameter, PurchasingList, Regime, clock
from tests.processes.admission.desk import a_list, being_checked, scored
from tests.processes.library import shipped
from workflows.actions import definitions
from workflows.engine import DefinitionRefused
from workflows.library import definitions as library
from workflows.queries import due_diligence as queries


def changed(table: str = "financial-risk.dmn") -> dict[str, str]:
    """The files of due diligence with one cell of a table made stricter."""
    files = dict(shipped.files("due-diligence"))
    assert files[table].count("&gt;= 2") > 0
    return {**files, table: files[table].replace("&gt;= 2", "&gt;= 3").replace("[1..2)", "[1..3)")}


def a_market(session: Session, *, valid_to: date = date(2030, 1, 1), regime: Regime = Regime.PA23_DYNAMIC_MARKET) -> PurchasingList:
    """A list that began with the criteria that are live now."""
    return a_list(session, regime=regime, criteria_version=queries.criteria_version(session), valid_to=valid_to)


def test_a_version_that_changes_the_criteria_of_an_open_market_is_refused(session: Session) -> None:
    market = a_market(session)

    with pytest.raises(DefinitionRefused) as refused:
        definitions.deploy(session, "due-diligence", changed())

    assert [problem.code for problem in refused.value.problems] == ["criteria"]
    assert market.reference in str(refused.value.problems[0])
    assert library.latest(session, "due-diligence").version == 1


def test_a_version_that_leaves_the_criteria_alone_is_deployed(session: Session) -> None:
    a_market(session)
    files = {**shipped.files("due-diligence"), "README.md": "# Due diligence\n\nOther words.\n"}

    made = definitions.deploy(session, "due-diligence", files)

    assert made is not None
    assert made.version == 2


@pytest.mark.parametrize(
    ("regime", "valid_to"), [(Regime.PA23_DYNAMIC_MARKET, date(2026, 3, 29)), (Regime.PCR_R34, date(2030, 1, 1))], ids=["over", "other law"]
)
def test_a_market_that_is_over_or_under_another_law_holds_nothing_up(session: Session, regime: Regime, valid_to: date) -> None:
    a_market(session, regime=regime, valid_to=valid_to)

    made = definitions.deploy(session, "due-diligence", changed())

    assert made is not None


def test_a_new_pass_mark_does_not_reach_a_market_that_is_open(session: Session) -> None:
    old, other = being_checked(session, regime=Regime.PA23_DYNAMIC_MARKET), being_checked(session)
    session.add(
        Parameter(
            key="pass_mark", label="Score", value=5, unit="number", calendar=None, sentence="", legal_basis="", legal_url="",
            valid_from=date(2026, 3, 31), confirmed_at=None,
        )
    )  # fmt: skip
    session.flush()
    clock.hold(clock.read_instant("2026-03-31 10:00"))

    for desk in (old, other):
        desk.check(score_first=scored(4), score_second=scored(4))

    assert old.task("recommend").variables["scores_result"] == "met"
    assert other.task("recommend").variables["scores_result"] == "below"
