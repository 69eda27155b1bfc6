"""The term of a contract as pure rules: the table of extensions, the plan counted back, the ladder, and the states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from models import Regime
from tests.processes.library import shipped
from workflows.engine import tables
from workflows.rules import calendar, list_terms
from workflows.rules.list_terms import Answer, LawDays, PlanRules, Term

LAW = LawDays(frozen_after=date(2026, 2, 23), pcr_ends_on=date(2029, 2, 23), pa23_from=date(2025, 2, 24))
TABLE = shipped.ROOT / "list-term" / "extension-permissible.dmn"
FAR = date(2026, 1, 1)


def rule(key: str, count: int, unit: calendar.Unit, name: calendar.CalendarName | None = "EW") -> calendar.Rule:
    return calendar.Rule(id=key, sentence="{count} of them", count=count, unit=unit, legal_basis="", legal_url="", confirmed=False, calendar=name)


RULES = PlanRules(
    options_months=12, case_months=6, notice=rule("notice", 28, "clear_calendar"), call_in=rule("call_in", 7, "working"),
    publication=rule("publication", 2, "working"), buffer=rule("buffer", 10, "working"), sign_off=rule("sign_off", 3, "working"),
    consultation=rule("consultation", 10, "working"), change=rule("change", 5, "working"), close=rule("close", 0, "previous_month_end", None),
)  # fmt: skip


def test_the_plan_for_the_end_of_march_2020_gives_the_days_of_the_worked_example() -> None:
    plan = {step.kind: step.on for step in list_terms.backward_plan(date(2020, 3, 31), notice_months=3, rules=RULES)}

    assert plan == {
        "options": date(2019, 3, 31), "case": date(2019, 9, 30), "notice": date(2019, 11, 1), "consult": date(2019, 11, 12), "advice": date(2019, 11, 26),
        "early": date(2019, 11, 29), "comments": date(2019, 11, 30), "decision": date(2019, 12, 13), "record": date(2019, 12, 17),
        "effective": date(2019, 12, 31), "change": date(2020, 1, 8), "end": date(2020, 3, 31),
    }  # fmt: skip


def test_every_day_of_a_plan_is_explained_and_lawful_for_a_decision_on_it() -> None:
    for end in (date(2024, 2, 29) + timedelta(days=n) for n in range(0, 1500, 11)):
        plan = {step.kind: step for step in list_terms.backward_plan(end, notice_months=3, rules=RULES)}
        days = {kind: step.on for kind, step in plan.items()}

        assert all(step.explanation.gives == step.on for step in plan.values())
        assert list(plan) == [step.kind for step in sorted(plan.values(), key=lambda step: step.on)]
        first_of_month = days["decision"].replace(day=1)
        assert calendar.clear_calendar_days(days["notice"], rule=RULES.notice).on <= first_of_month
        assert days["comments"] == first_of_month - timedelta(days=1)
        assert calendar.call_in_effective_day(days["record"], rule=RULES.call_in).on <= days["effective"]
        assert calendar.call_in_effective_day(calendar.next_working_day(days["record"], calendar.EW), rule=RULES.call_in).on > days["effective"]
        assert calendar.working_days_after(days["decision"], rule=RULES.publication).on == days["record"]


def term(regime: Regime, *, unused: int = 24, ends: date = date(2026, 12, 31), notice: int = 3) -> Term:
    return Term(regime=regime, ends_on=ends, notice_months=notice, unused_months=unused)


@pytest.mark.parametrize(
    ("told", "today", "answer"),
    [
        (term(Regime.PCR_R34), date(2026, 2, 23), Answer.YES),
        (term(Regime.PCR_R34), date(2026, 2, 24), Answer.NO),
        (term(Regime.PCR_R34, unused=0), date(2026, 2, 23), Answer.NO),
        (term(Regime.PCR_R34, ends=date(2020, 3, 31)), date(2020, 9, 14), Answer.LEGAL),
        (term(Regime.PCR_R34, ends=date(2020, 3, 31)), date(2019, 12, 31), Answer.YES),
        (term(Regime.PCR_R34, ends=date(2020, 3, 31)), date(2020, 1, 1), Answer.LEGAL),
        (term(Regime.PCR_LTR_LIST), date(2026, 3, 1), Answer.YES),
        (term(Regime.PA23_DYNAMIC_MARKET, unused=0), date(2026, 6, 1), Answer.YES),
        (term(Regime.PA23_DYNAMIC_MARKET, unused=0), date(2027, 1, 1), Answer.NO),
        (term(Regime.PA23_LT_FRAMEWORK), date(2027, 1, 1), Answer.LEGAL),
        (term(Regime.PA23_OPEN_FRAMEWORK, unused=0), date(2026, 6, 1), Answer.NO),
        (replace(term(Regime.PA23_LT_FRAMEWORK), is_terminated=True), date(2026, 6, 1), Answer.NO),
    ],
)
def test_what_may_be_extended_when(told: Term, today: date, answer: Answer) -> None:
    assert list_terms.may_extend(told, today=today, law=LAW, effect_from=today).answer is answer


def test_the_table_of_the_diagram_says_what_the_rule_says_for_every_case() -> None:
    table = tables.read_table(TABLE.read_text(encoding="utf-8"))
    seen = set()

    for regime, unused, ended, frozen in product(Regime, (0, 24), (True, False), (True, False)):
        today = LAW.frozen_after + timedelta(days=1 if frozen else -10)
        for notice in (0, 6):
            told = term(regime, unused=unused, ends=today - timedelta(days=1) if ended else today + timedelta(days=90), notice=notice)
            facts = {
                "regime": regime.value, "unused": unused > 0, "after_end": today > told.ends_on, "after_notice": today > told.notice_by,
                "after_freeze": frozen,
            }  # fmt: skip
            said = list_terms.may_extend(told, today=today, law=LAW, effect_from=today).answer.value
            assert table.decide(facts).outputs["answer"] == said, facts
            seen.add(said)

    assert seen == {"yes", "legal", "no"}


def test_a_list_of_2015_never_outlives_february_2029() -> None:
    long = term(Regime.PCR_R34, ends=date(2028, 12, 31))

    assert list_terms.new_end(long, law=LAW) == date(2029, 2, 23)
    assert list_terms.new_end(replace(long, regime=Regime.PA23_LT_FRAMEWORK), law=LAW) == date(2030, 12, 31)
    assert any("23 February 2029" in each for each in list_terms.may_extend(long, today=FAR, law=LAW, effect_from=FAR).warnings)


def test_what_every_page_about_a_list_of_2015_says() -> None:
    before, after = (list_terms.standing_notices(Regime.PCR_R34, today=day, law=LAW) for day in (date(2026, 2, 23), date(2026, 2, 24)))

    assert "23 February 2029" in before[0] and len(before) == 1
    assert "frozen since Monday 23 February 2026" in after[1]
    assert list_terms.standing_notices(Regime.PA23_DYNAMIC_MARKET, today=date(2026, 3, 1), law=LAW) == []


def test_the_ladder_has_every_rung_in_order() -> None:
    rungs = list_terms.ladder(date(2020, 3, 31), months=[18, 12, 9, 6, 4, 3, 2, 1], days=[14, 7, 1])

    assert [(rung.key, rung.on) for rung in rungs] == [
        ("18m", date(2018, 9, 30)), ("12m", date(2019, 3, 31)), ("9m", date(2019, 6, 30)), ("6m", date(2019, 9, 30)), ("4m", date(2019, 11, 30)),
        ("3m", date(2019, 12, 31)), ("2m", date(2020, 1, 31)), ("1m", date(2020, 2, 29)), ("14d", date(2020, 3, 17)), ("7d", date(2020, 3, 24)),
        ("1d", date(2020, 3, 30)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("today", "bucket"),
    [
        (date(2027, 1, 1), "Ended"), (date(2026, 12, 31), "Ends within 3 months"), (date(2026, 9, 30), "Ends within 6 months"),
        (date(2026, 6, 29), "Ends within 12 months"), (date(2025, 12, 30), ""),
    ],
)  # fmt: skip
def test_where_a_contract_belongs_on_the_overview(today: date, bucket: str) -> None:
    assert list_terms.bucket(date(2026, 12, 31), today=today) == bucket


@pytest.mark.parametrize(
    ("today", "unused", "has_activity", "state"),
    [
        (date(2024, 3, 31), 24, False, "planned"), (date(2025, 6, 1), 24, False, "live"), (date(2026, 6, 1), 24, False, "extension_window"),
        (date(2026, 6, 1), 0, False, "expiring"), (date(2027, 1, 1), 24, False, "expired"), (date(2027, 1, 1), 24, True, "expired_with_activity"),
    ],
)  # fmt: skip
def test_the_states_of_a_contract(today: date, unused: int, has_activity: bool, state: str) -> None:
    told = term(Regime.PCR_R34, unused=unused)

    found = list_terms.state(told, starts_on=date(2024, 4, 1), initial_ends_on=date(2026, 12, 31), today=today, has_activity=has_activity)

    assert found == state


def test_a_contract_whose_option_was_used_is_extended() -> None:
    told = term(Regime.PCR_R34, ends=date(2028, 12, 31))

    found = list_terms.state(told, starts_on=date(2024, 4, 1), initial_ends_on=date(2026, 12, 31), today=date(2026, 6, 1), has_activity=False)

    assert found == "extended"
