"""Simulated cases: they come out the same again, people are shared, dates move along, and what is guessed is said."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest

from models import clock
from tests.processes.library import shipped
from tests.unit.engine.drawing import chain, definitions, end, exclusive, flow, process, start, user
from workflows.library import simulating, trying
from workflows.library.simulating import Duration, Plan, planning
from workflows.library.working_hours import DAY_MINUTES, WorkingHours

MONDAY = clock.read_instant("2026-03-02 09:00")
ONE_HOUR = Duration(60, 60, 60)


def one_task(people: int | None, *, cases: int = 10, minutes: float = 480, a_day: float = 2) -> simulating.SimulationResult:
    plan = Plan(
        durations={"answer-action": Duration(minutes, minutes, minutes), "verify-action": ONE_HOUR}, results=known("improvement-action"),
        data={"provider_group": "provider-0001", "action": {"key": "f1", "name": "Staff", "due_at": "2026-04-20T17:00:00+01:00",
                                                           "overdue_at": "2026-04-22T17:00:00+01:00"}},
        data_of=MONDAY, begins=MONDAY, a_day=a_day, people={"provider-0001": people} if people else {}, shares={"verify-action": {"0": 1}},
    )  # fmt: skip
    return simulate("improvement-action", plan, cases)


@cache
def known(key: str) -> planning.Results:
    results, failed = simulating.results_of(shipped.all_scenarios(key), shipped.spec(key), shipped.surroundings(key))
    assert not failed
    return results


def simulate(key: str, plan: Plan, cases: int, seed: int = 1) -> simulating.SimulationResult:
    return simulating.simulate(key, shipped.files(key), shipped.called(key), cases=cases, plan=plan, groups=shipped.groups(), seed=seed)


def shipped_plan(key: str) -> Plan:
    first = trying.samples(shipped.all_scenarios(key))[0]
    return Plan(results=known(key), data=first.data, data_of=first.at, begins=MONDAY)


def test_one_case_takes_as_long_as_its_steps() -> None:
    found = one_task(None, cases=1)
    assert found.finished == 1 and found.ends == {"Put right": 1}
    assert found.working[0] == pytest.approx(1.125), "a day and an hour"
    assert found.days[0] == pytest.approx(1 + 1 / 24), "the hour is worked on the next morning"


def test_too_few_people_make_a_line_and_it_is_said() -> None:
    enough, few = one_task(None), one_task(1)
    assert few.share(0.9) > enough.share(0.9) + 3
    group = next(each for each in few.groups if each.key == "provider-0001")
    assert group.is_overloaded and group.longest_line >= 4 and group.load == pytest.approx(2.0) and group.in_line_days > 1
    assert next(each for each in enough.groups if each.key == "provider-0001").needed == pytest.approx(2 / 0.85)
    assert next(each for each in few.steps if each.id == "answer-action").in_line_days > 5


@pytest.mark.parametrize("key", shipped.KEYS)
def test_every_shipped_process_comes_to_ends_and_comes_out_the_same_again(key: str) -> None:
    before = clock.now()
    first, again = simulate(key, shipped_plan(key), 15), simulate(key, shipped_plan(key), 15)
    assert first == again and first.finished == 15 and not first.stuck and not first.guessed
    assert sum(first.ends.values()) == 15 and first.steps and first.groups
    assert simulating.SimulationResult.from_json(first.to_json()).steps == first.steps
    assert not clock.is_held() and clock.now() >= before


def test_another_seed_gives_other_cases() -> None:
    plan = shipped_plan("clarification")
    assert simulate("clarification", plan, 20, seed=1).days != simulate("clarification", plan, 20, seed=2).days


def test_stated_shares_are_kept_to() -> None:
    plan = shipped_plan("clarification")
    step = "check-answers"
    place = next(place for place, result in enumerate(plan.results[step]) if result.gives.get("clarification_result") == "not_evidenced")
    found = simulate("clarification", replace(plan, shares={step: {str(place): 1.0}}), 10)
    assert found.ends == {"Still missing": 10}


def test_a_message_comes_in_as_many_cases_as_stated() -> None:
    plan = replace(shipped_plan("key-decision"), messages={"ProposalWithdrawn": 100.0}, durations={"propose": Duration(5000, 5000, 5000)})
    found = simulate("key-decision", plan, 10)
    assert found.ends == {"Never proposed": 10} or set(found.ends) <= {"Withdrawn", "Never proposed"}


DRAWN = definitions(
    process("p", start(), user("look"), exclusive("enough", default="no"), end("yes"), end("no"), chain("start", "look", "enough"),
            flow("enough", "yes", "is_enough == 'yes'"), flow("enough", "no"))
)  # fmt: skip


def test_a_way_that_nothing_decides_is_taken_by_chance_and_said() -> None:
    def go(plan: Plan) -> simulating.SimulationResult:
        return simulating.simulate("p", {"process.bpmn": DRAWN}, {}, cases=60, plan=plan, groups={})

    by_chance = go(Plan(begins=MONDAY))
    assert sum(by_chance.guessed.values()) == 60 and by_chance.finished == 60 and len(by_chance.ends) == 2
    stated = go(Plan(begins=MONDAY, shares={"enough": {"yes": 100.0}}))
    assert len(stated.ends) == 1 and not stated.guessed
    assert any("chance" in words for words in by_chance.assumed) and not any("chance" in words for words in stated.assumed)


def test_it_can_be_stopped_and_tells_how_far_it_is() -> None:
    seen: list[int] = []
    plan = shipped_plan("site-visit")
    found = simulating.simulate(
        "site-visit", shipped.files("site-visit"), shipped.called("site-visit"), cases=30, plan=plan, groups=shipped.groups(),
        stop=lambda: len(seen) >= 5, progress=seen.append,
    )  # fmt: skip
    assert found.stopped and found.finished == 5 and seen == [1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match="cases can be simulated"):
        simulate("site-visit", plan, 0)


def test_two_results_side_by_side() -> None:
    lines = {line.what: line for line in simulating.side_by_side(one_task(None), one_task(1))}
    assert lines["Half of the cases end within (working days)"].change.endswith("more")
    assert lines["Cases that came to an end"].change == "the same"


@pytest.mark.parametrize(
    ("begins", "minutes", "ends"),
    [
        ("2026-03-02 09:00", 60, "2026-03-02 10:00"),
        ("2026-03-02 09:00", 480, "2026-03-02 17:00"),
        ("2026-03-02 09:00", 481, "2026-03-03 09:01"),
        ("2026-03-06 16:30", 60, "2026-03-09 09:30"),  # over a weekend
        ("2026-03-07 12:00", 60, "2026-03-09 10:00"),  # from a Saturday
        ("2026-03-27 16:00", 120, "2026-03-30 10:00"),  # over the change of the clocks
        ("2026-04-02 16:00", 120, "2026-04-07 10:00"),  # over Easter
        ("2026-03-02 03:00", 60, "2026-03-02 10:00"),
    ],
)
def test_working_minutes_are_counted_in_working_time(begins: str, minutes: float, ends: str) -> None:
    hours, first, last = WorkingHours(), clock.read_instant(begins), clock.read_instant(ends)
    assert hours.after(first, minutes) == last
    assert hours.between(first, last) == pytest.approx(minutes)


def test_after_and_between_agree() -> None:
    hours, chance = WorkingHours(), random.Random(7)
    for _ in range(300):
        begins = MONDAY + timedelta(minutes=chance.randrange(600_000))
        minutes = chance.uniform(1, 20 * DAY_MINUTES)
        assert hours.between(begins, hours.after(begins, minutes)) == pytest.approx(minutes, abs=0.01)


def test_dates_move_along_and_keep_their_time_of_day() -> None:
    value = {"a": "2026-03-20", "b": ["2026-03-20T17:00:00+00:00"], "c": "no date", "d": 5}
    assert planning.shifted(value, 20) == {"a": "2026-04-09", "b": ["2026-04-09T17:00:00+01:00"], "c": "no date", "d": 5}
    assert datetime.fromisoformat(planning.shifted(value, 20)["b"][0]) == clock.read_instant("2026-04-09 17:00")


def test_few_observations_stay_a_guess() -> None:
    assert Duration(observed=(1.0,)).is_guess and not Duration(observed=(1.0,) * 5).is_guess
    assert Duration(observed=(7.0,) * 5).draw(random.Random(1)) == 7.0
