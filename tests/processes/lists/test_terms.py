"""The term of a contract through the real engine: what may be extended when, the key decision opened from it, the reminders, the option used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import (
    Case,
    CaseStatus,
    Contract,
    Draft,
    Membership,
    MembershipStatus,
    Milestone,
    OutboxMail,
    ProcessInstance,
    PurchasingList,
    Regime,
    UserTask,
    clock,
)
from models.session import new_session, transaction
from tests.support import factories, planting_lists
from tests.support.factories import held
from workflows.actions import contracts, lists, tasks, timers
from workflows.demo import stories, walking
from workflows.errors import Conflict, Invalid, NotYetLawful, Refused
from workflows.queries import lists as list_queries
from workflows.queries import tasks as task_queries
from workflows.rules.list_terms import Answer

LAST_LAWFUL, FIRST_UNLAWFUL = "2026-02-23 10:00", "2026-02-24 10:00"


def contract_in(session: Session, *, regime: Regime = Regime.PCR_R34, ends: date = date(2026, 12, 31), **told: Any) -> Contract:
    """A contract whose list began in 2024, or in 2025 under the newer law."""
    by = factories.person(session, "amara.osei")
    began = date(2024, 4, 1) if regime in (Regime.PCR_R34, Regime.PCR_LTR_LIST) else date(2025, 4, 1)
    with held(f"{began.isoformat()} 09:00"):
        return planting_lists.contract_behind(session, by, planting_lists.open_list(session, by, regime=regime, valid_from=began, valid_to=ends), **told)


def amara(session: Session) -> Any:
    return factories.person(session, "amara.osei")


@pytest.mark.figure("acceptance_6 extensions_of_a_frozen_list")
def test_a_list_of_2015_may_be_extended_until_23_february_2026_with_warnings_and_not_a_day_later(session: Session) -> None:
    contract = contract_in(session)

    with held(LAST_LAWFUL):
        last = list_queries.verdict(session, contract)
        case = contracts.open_decision(session, contract, extend=True, by=amara(session))
    session.rollback()
    with held(FIRST_UNLAWFUL), pytest.raises(Refused, match="cannot be changed after Monday 23 February 2026"):
        contracts.open_decision(session, contract_in(session), extend=True, by=amara(session))

    assert last.answer is Answer.YES
    assert case.reference.startswith("KD-")
    assert any("cannot take effect before" in warning for warning in last.warnings)


def test_what_cannot_be_extended_can_be_replaced(session: Session) -> None:
    contract = contract_in(session)

    with held(FIRST_UNLAWFUL):
        case = contracts.open_decision(session, contract, extend=False, by=amara(session))

    draft = session.scalars(select(Draft)).one()
    assert case.title.startswith("Replacing DPS for")
    assert draft.values["extends_after_expiry"] == ["no"] and "term_ended" not in draft.values
    assert all(option.decision_case_id is None for option in contract.options)


def test_a_dynamic_market_may_be_modified_by_an_option_written_down_before_its_end(session: Session) -> None:
    contract = contract_in(session, regime=Regime.PA23_DYNAMIC_MARKET, ends=date(2028, 3, 31), options=())

    with held("2027-03-01 10:00"):
        with pytest.raises(Refused, match="by how many months"):
            contracts.open_decision(session, contract, extend=True, by=amara(session))
        contracts.add_option(session, contract, months=12, by=amara(session))
        contracts.open_decision(session, contract, extend=True, by=amara(session))

    assert [option.months for option in contract.options] == [12]


def test_no_option_can_be_added_to_a_contract_of_2015_or_after_the_end(session: Session) -> None:
    old, new = contract_in(session), contract_in(session, regime=Regime.PA23_LT_FRAMEWORK, ends=date(2026, 3, 31), options=())

    with held("2025-12-01 10:00"), pytest.raises(Refused, match="from the start"):
        contracts.add_option(session, old, months=12, by=amara(session))
    with held("2026-04-01 10:00"), pytest.raises(Refused, match="has ended"):
        contracts.add_option(session, new, months=12, by=amara(session))


def test_the_key_decision_begins_with_what_is_known(session: Session) -> None:
    with held("2017-04-01 09:00"):
        contract = planting_lists.first_contract(session, amara(session))

    with held("2020-09-14 10:05"):
        case = contracts.open_decision(session, contract, extend=True, by=amara(session))

    draft = session.scalars(select(Draft)).one()
    assert draft.values | {"summary": [], "proposal": []} == {
        "title": ["Extending DPS for Supported accommodation from 16"], "summary": [], "proposal": [], "contact": ["children-commissioning"],
        "maker_type": ["officer"], "maker": ["executive-director-children"], "lead_director": ["executive-director-children"],
        "executive": ["yes"], "treasury": ["no"], "scope": ["all_divisions"], "two_or_more_divisions": ["yes"], "restriction": ["open"],
        "value_total": ["2400000.00"], "due_month": ["11"], "due_year": ["2020"], "extends_after_expiry": ["yes"],
        "term_ended": ["31", "3", "2020"], "extension_until": ["31", "3", "2022"],
    }  # fmt: skip
    assert "ended on 31 March 2020" in draft.values["summary"][0]
    assert draft.values["proposal"] == ["Use the option of 2 years in the contract, so that it runs until 31 March 2022."]
    assert contract.options[0].decision_case_id == case.id
    assert list_queries.open_decision(session, contract) is case


def test_only_one_key_decision_is_opened_and_only_by_who_may(session: Session) -> None:
    with held("2017-04-01 09:00"):
        contract = planting_lists.first_contract(session, amara(session))
    with held("2020-09-14 10:05"):
        contracts.open_decision(session, contract, extend=True, by=amara(session))

        with pytest.raises(Conflict, match="KD-2020-0001"):
            contracts.open_decision(session, contract, extend=True, by=amara(session))
        with pytest.raises(Refused):
            contracts.add_option(session, contract, months=1, by=factories.person(session, "bridget.nolan"))


@pytest.mark.parametrize(
    ("regime", "valid_from", "valid_to", "wrong"),
    [
        (Regime.PCR_R34, date(2025, 2, 24), date(2026, 2, 23), {"regime"}),
        (Regime.PA23_DYNAMIC_MARKET, date(2025, 2, 23), date(2026, 2, 23), {"regime"}),
        (Regime.PCR_R34, date(2025, 2, 23), date(2029, 2, 24), {"valid_to"}),
        (Regime.PA23_DYNAMIC_MARKET, date(2025, 2, 24), date(2025, 2, 23), {"valid_to"}),
    ],
)
def test_a_list_is_set_up_under_the_law_of_its_day(session: Session, regime: Regime, valid_from: date, valid_to: date, wrong: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        lists.create(session, title="A list", regime=regime, valid_from=valid_from, valid_to=valid_to, by=amara(session))

    assert set(refused.value.errors) == wrong


@pytest.fixture
def ended(engine: Engine) -> Iterator[Engine]:
    """The first contract, its term over, with a member whose place ended with it."""
    with held("2017-04-01 09:00"), transaction(engine) as session:
        contract = planting_lists.first_contract(session, amara(session))
        assert contract.purchasing_list is not None
        first = planting_lists.provider(session, amara(session), "Harbourside Homes")
        planting_lists.member(session, first, contract.purchasing_list, amara(session))
    yield engine


def walk_the_decision(engine: Engine, until: str) -> Any:
    """The first story walked from the contract's own key decision up to a step; the id of its case."""
    story = stories.read_story("extension")
    with clock.held(story.starts), transaction(engine) as session:
        contract = session.scalars(select(Contract)).one()
        case_id = contracts.open_decision(session, contract, extend=True, by=amara(session)).id
    for step in story.steps:
        if step.completes == until:
            break
        for _ in walking.fire_until(engine, case_id, step.at):
            pass
        with clock.held(step.at), transaction(engine) as session:
            walking._take(session, case_id, step)
    return case_id


def test_the_option_is_used_when_the_decision_is_carried_out_and_not_before(ended: Engine) -> None:
    case_id = walk_the_decision(ended, "implement")

    with clock.held(clock.read_instant("2020-11-20 10:00")), transaction(ended) as session, pytest.raises(NotYetLawful):
        _implement(session, case_id, "2020-11-20")
    with new_session(ended) as session:
        assert _ends(session) == (date(2020, 3, 31), date(2020, 3, 31), date(2020, 3, 31))
    for _ in walking.fire_until(ended, case_id, clock.read_instant("2020-11-30 11:15")):
        pass
    with clock.held(clock.read_instant("2020-11-30 11:15")), transaction(ended) as session:
        _implement(session, case_id, "2020-11-30")

    with new_session(ended) as session:
        contract = session.scalars(select(Contract)).one()
        assert _ends(session) == (date(2022, 3, 31), date(2022, 3, 31), date(2022, 3, 31))
        assert contract.options[0].used_on == date(2020, 11, 30)
        assert contract.initial_ends_on == date(2020, 3, 31)


def _implement(session: Session, case_id: Any, day: str) -> None:
    waiting = {task.bpmn_id: task for task in task_queries.open_tasks_of(session, case_id)}
    if "implement" not in waiting:
        raise NotYetLawful([])
    answers = {"implemented_on": day, "implementation": "Signed.", "actions": ["extension_signed"]}
    tasks.complete(session, waiting["implement"], answers=answers, by=amara(session))


def _ends(session: Session) -> tuple[date, date, date | None]:
    contract, purchasing_list = session.scalars(select(Contract)).one(), session.scalars(select(PurchasingList)).one()
    membership = session.scalars(select(Membership).where(Membership.status == MembershipStatus.ACTIVE)).one()
    return contract.ends_on, purchasing_list.valid_to, membership.ends_on


def test_carrying_out_is_refused_once_validity_is_frozen(ended: Engine) -> None:
    case_id = walk_the_decision(ended, "implement")
    for _ in walking.fire_until(ended, case_id, clock.read_instant(FIRST_UNLAWFUL)):
        pass

    with clock.held(clock.read_instant(FIRST_UNLAWFUL)), transaction(ended) as session, pytest.raises(Refused, match="cannot be extended any more"):
        _implement(session, case_id, "2026-02-24")

    with new_session(ended) as session:
        assert _ends(session)[0] == date(2020, 3, 31)


def _fire(engine: Engine, case_id: Any, moment: str) -> None:
    """Let everything of a case that falls due by a moment happen at its own time."""
    for _ in walking.fire_until(engine, case_id, clock.read_instant(moment)):
        pass


@pytest.fixture
def watched(engine: Engine) -> tuple[Engine, Any]:
    """A contract that ends on 31 March 2020, watched since it began, and the case that watches it."""
    with held("2017-04-01 09:00"), transaction(engine) as session:
        contract = planting_lists.first_contract(session, amara(session))
        case = list_queries.term_case(session, contract)
        assert case is not None
        return engine, case.id


def test_the_owner_is_reminded_by_the_ladder_and_at_six_months_the_director_hears(watched: tuple[Engine, Any]) -> None:
    engine, case_id = watched

    _fire(engine, case_id, "2020-04-02 00:00")

    with new_session(engine) as session:
        given = [(each.kind, each.due_on) for each in session.scalars(select(Milestone).order_by(Milestone.due_on))]
        director = _written_to(session, "helen.ashdown@westhampton.example.gov.uk")
        owner = _written_to(session, "amara.osei@westhampton.example.gov.uk")
        finance = _written_to(session, "sunita.rao@westhampton.example.gov.uk")
    assert given == [
        ("18m", date(2018, 9, 30)), ("12m", date(2019, 3, 31)), ("9m", date(2019, 6, 30)), ("6m", date(2019, 9, 30)), ("4m", date(2019, 11, 30)),
        ("3m", date(2019, 12, 31)), ("2m", date(2020, 1, 31)), ("1m", date(2020, 2, 29)), ("14d", date(2020, 3, 17)), ("7d", date(2020, 3, 24)),
        ("1d", date(2020, 3, 30)), ("ended-1", date(2020, 4, 1)),
    ]  # fmt: skip
    assert (len(owner), owner[0]) == (12, date(2018, 9, 30))
    assert director[0] == date(2019, 9, 30)
    assert finance[0] == date(2020, 2, 29)


def _written_to(session: Session, address: str) -> list[date]:
    found = session.scalars(select(OutboxMail).where(OutboxMail.to_address == address).order_by(OutboxMail.created_at))
    return [each.created_at.astimezone(clock.LONDON).date() for each in found]


def test_the_director_does_not_hear_while_a_decision_is_under_way(watched: tuple[Engine, Any]) -> None:
    engine, case_id = watched
    _fire(engine, case_id, "2019-08-01 00:00")
    with held("2019-08-01 10:00"), transaction(engine) as session:
        contracts.open_decision(session, session.scalars(select(Contract)).one(), extend=True, by=amara(session))

    _fire(engine, case_id, "2019-12-01 00:00")

    with new_session(engine) as session:
        assert _written_to(session, "helen.ashdown@westhampton.example.gov.uk") == []


def _asked(session: Session, case_id: Any) -> UserTask:
    return task_queries.open_tasks_of(session, case_id)[0]


def test_a_reminder_is_put_off_for_ten_working_days_at_most_and_comes_again(watched: tuple[Engine, Any]) -> None:
    engine, case_id = watched
    _fire(engine, case_id, "2019-03-31 12:00")
    answers = {"answer": "put_off", "put_off_because": "The review ends next week."}

    with held("2019-04-01 10:00"), transaction(engine) as session, pytest.raises(Invalid, match="not after Monday 15 April 2019"):
        tasks.complete(session, _asked(session, case_id), answers=answers | {"put_off_until": "2019-04-16"}, by=amara(session))
    with held("2019-04-01 10:00"), transaction(engine) as session:
        tasks.complete(session, _asked(session, case_id), answers=answers | {"put_off_until": "2019-04-15"}, by=amara(session))
        assert task_queries.open_tasks_of(session, case_id) == []
    _fire(engine, case_id, "2019-04-15 12:00")

    with new_session(engine) as session:
        assert _asked(session, case_id).bpmn_id == "answer-reminder"
        assert _written_to(session, "amara.osei@westhampton.example.gov.uk")[-1] == date(2019, 4, 15)


def test_answering_a_reminder_opens_the_key_decision(watched: tuple[Engine, Any]) -> None:
    engine, case_id = watched
    _fire(engine, case_id, "2019-03-31 12:00")

    with held("2019-04-01 10:00"), transaction(engine) as session:
        tasks.complete(session, _asked(session, case_id), answers={"answer": "extend"}, by=amara(session))
        contract = session.scalars(select(Contract)).one()
        opened = list_queries.open_decision(session, contract)

        assert opened is not None and opened.title.startswith("Extending")
        assert session.scalars(select(Milestone).where(Milestone.acknowledged_at.is_not(None))).one().kind == "12m"


def test_a_list_that_cannot_be_extended_is_asked_about_what_follows_it(engine: Engine) -> None:
    with transaction(engine) as session:
        contract = contract_in(session)
        case = list_queries.term_case(session, contract)
        assert case is not None
        case_id = case.id

    _fire(engine, case_id, "2026-04-01 12:00")

    with new_session(engine) as session:
        assert _asked(session, case_id).bpmn_id == "answer-replacement"


def test_the_watch_ends_when_the_contract_is_terminated(watched: tuple[Engine, Any]) -> None:
    engine, case_id = watched
    with held("2018-01-10 10:00"), transaction(engine) as session:
        contracts.terminate(session, session.scalars(select(Contract)).one(), on=date(2018, 1, 10), because="Both agreed.", by=amara(session))

    with new_session(engine) as session:
        assert session.get_one(Case, case_id).status is CaseStatus.CLOSED


def test_the_watch_goes_on_with_the_new_end_when_the_option_is_used(ended: Engine) -> None:
    with new_session(ended) as session:
        watch = list_queries.term_case(session, session.scalars(select(Contract)).one())
        assert watch is not None
        watch_id = watch.id
    _fire(ended, watch_id, "2020-09-14 10:00")
    case_id = walk_the_decision(ended, "implement")
    for _ in walking.fire_until(ended, case_id, clock.read_instant("2020-11-30 11:15")):
        pass

    with clock.held(clock.read_instant("2020-11-30 11:15")), transaction(ended) as session:
        _implement(session, case_id, "2020-11-30")
    _fire(ended, watch_id, "2021-04-01 00:00")

    with new_session(ended) as session:
        query = select(Milestone.kind).where(Milestone.for_end == date(2022, 3, 31)).order_by(Milestone.due_on)
        assert list(session.scalars(query)) == ["12m"]


def test_a_moment_is_never_planned_twice(watched: tuple[Engine, Any]) -> None:
    engine, case_id = watched
    _fire(engine, case_id, "2018-09-30 12:00")

    with held("2018-10-01 10:00"), transaction(engine) as session:
        instance = session.scalars(select(ProcessInstance).where(ProcessInstance.case_id == case_id)).one()
        assert timers.fire(session, instance.id, clock.now()) == []
