"""The first story from the list on, as `dps demo term` walks it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Contract, KeyDecision, Model, clock
from models.session import make_engine, new_session
from tests.support import factories
from workflows.demo import term
from workflows.queries import lists


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Engine]:
    made = make_engine(f"sqlite:///{tmp_path / 'story.db'}")
    Model.metadata.create_all(made)
    factories.council(made)
    yield made
    made.dispose()


def test_the_term_runs_out_with_providers_waiting_and_is_extended_from_its_contract(library: Engine) -> None:
    told = list(term.walk(library, until=clock.read_instant("2020-12-31 12:00")))

    with clock.held(clock.read_instant("2020-09-14 09:00")), new_session(library) as session:
        contract = session.scalars(select(Contract)).one()
        assert contract.initial_ends_on == date(2020, 3, 31) and contract.ends_on == date(2022, 3, 31)
        assert contract.options[0].used_on == date(2020, 11, 30)
        decision = session.scalars(select(KeyDecision)).one()
        assert decision.public_reference == "OKD99 (20/21)" and decision.case_id == contract.options[0].decision_case_id
        assert [rung.for_end for rung in lists.milestones(session, contract)].count(date(2020, 3, 31)) >= 11
    assert sum("begins an application" in line for line in told) == 6


def test_before_the_decision_the_list_is_over_and_six_wait(library: Engine) -> None:
    for _ in term.walk(library, until=clock.read_instant("2020-09-13 12:00")):
        pass

    with clock.held(clock.read_instant("2020-09-13 12:00")), new_session(library) as session:
        row = lists.overview(session)[0]
        assert (row.waiting, row.bucket, row.purchasing_list.valid_to) == (6, "Ended", date(2020, 3, 31))
        assert lists.verdict(session, session.scalars(select(Contract)).one()).answer.value == "legal"
