"""A walk by hand: what it asks, where it goes, back and again, and kept as a scenario that holds."""

from __future__ import annotations

from typing import Any

import pytest

from models import clock
from tests.processes.library import shipped
from workflows.errors import Invalid
from workflows.library import recording, scenarios, trying

START = clock.read_instant("2026-03-02 10:00")
LOOKS = ("waits_for", "waits_until", "refuses", "ends_at")
LEGAL = {"consultee": {"key": "legal", "name": "Legal", "mandatory": True}, "consultation_round": 1}


def stage(key: str, given: trying.Given | None = None) -> trying.Stage:
    declared = shipped.all_scenarios(key)[0].given if given is None else given
    return trying.Stage(shipped.spec(key), shipped.surroundings(key), declared)


def consulted() -> tuple[trying.Stage, trying.Place]:
    here = stage("consultation")
    return here, trying.begin(here, at=START, data=LEGAL)


class Typed:
    def __init__(self, **values: str) -> None:
        self.values = values

    def getlist(self, key: str) -> list[str]:
        return [self.values[key]] if key in self.values else []


def test_what_waits_is_shown_with_its_form_its_team_and_what_its_operation_announces() -> None:
    here, place = consulted()
    view = trying.look(here, place)
    waiting = view.waiting[0]
    assert (waiting.task.bpmn_id, waiting.group, waiting.group_name) == ("give-advice", "legal", shipped.groups()["legal"])
    assert waiting.form is not None and waiting.operation == "consultations.answer" and "response" in waiting.announced
    assert waiting.gives == {"response": "support"} and not view.finished and "give-advice" in view.live
    assert [timer.bpmn_id for timer in view.timers][0] == "remind-first"


def test_a_form_is_checked_as_officers_would_have_it_checked() -> None:
    here, place = consulted()
    waiting = trying.look(here, place).waiting[0]
    assert "implications" in trying.answer(place, waiting, Typed(response="object", comments="No.")).errors
    found = trying.answer(place, waiting, Typed(response="support", implications="None."))
    assert found.is_valid
    after = trying.go(here, place, trying.completion(waiting, found.answers, waiting.gives))
    view = trying.look(here, after)
    assert view.finished and view.ended_at == "advice-given" and not view.waiting


def test_an_undeclared_result_is_asked_for_and_the_walk_stays_where_it_was() -> None:
    here = stage("consultation", {})
    with pytest.raises(trying.Asked) as asked:
        trying.begin(here, at=START, data=LEGAL)
    assert asked.value.operation == "consultations.ask" and "advice_due_on" in asked.value.gives
    told = {"consultations.ask": shipped.all_scenarios("consultation")[0].given["consultations.ask"]}
    place = trying.begin(here, at=START, data=LEGAL, gives=told)
    assert trying.look(here, place).waiting[0].group == "legal"
    with pytest.raises(trying.CannotGoOn, match="never gives nonsense"):
        trying.declare(here, place, "consultations.ask", {"nonsense": 1})


def test_the_walk_has_a_clock_of_its_own() -> None:
    before = clock.now()
    here, place = consulted()
    place = trying.go(here, place, {"clock": "2026-03-12 09:00"})
    assert place.at == clock.read_instant("2026-03-12 09:00") and clock.now() >= before and not clock.is_held()
    assert trying.look(here, place).timers[0].bpmn_id == "manager-told-at"


def test_one_step_back_and_the_same_moves_again() -> None:
    here, place = consulted()
    later = trying.go(here, place, {"clock": "2026-03-12 09:00"})
    assert (trying.back(here, later) or later).moves == place.moves
    assert trying.back(here, place) is None
    declared = trying.go(here, trying.declare(here, place, "consultations.answer", {"response": "object"}), {"clock": "2026-03-12 09:00"})
    assert (trying.back(here, declared) or declared).moves == place.moves
    assert trying.again(here, later.moves).made == later.made


def test_moves_that_are_not_possible_say_so() -> None:
    here, place = consulted()
    for move, words in (
        ({"completes": "inform-consultee"}, "does not wait"),
        ({"message": "NobodyWaits"}, "nothing waits"),
        ({"completes": "give-advice", "gives": {"unknown": 1}}, "never gives"),
        ({"clock": "tomorrow"}, "isoformat"),
    ):
        with pytest.raises(trying.CannotGoOn, match=f"(?i){words}"):
            trying.go(here, place, move)
    reached, words = trying.as_far_as_possible(here, [*place.moves, {"completes": "inform-consultee"}])
    assert reached is not None and reached.moves == place.moves and words.startswith("Move 2 of 2")


def test_a_kept_move_reads_back_as_it_was() -> None:
    _, place = consulted()
    assert [trying.Made.from_json(made.to_json()) for made in place.made] == list(place.made)


@pytest.mark.parametrize("key", shipped.KEYS)
def test_every_shipped_walk_can_be_made_by_hand_and_kept_as_a_scenario_that_passes(key: str) -> None:
    text = ""
    for number, scenario in enumerate(shipped.all_scenarios(key)):
        here, place = stage(key, scenario.given), trying.Place((), b"", START)
        for step in scenario.steps:
            if not set(step) & set(LOOKS):
                place = trying.go(here, place, as_a_move(step))
        finished = trying.look(here, place).finished
        text = recording.add(text, f"walk {number}: {scenario.name}"[:100], recording.steps_of(place, finished=finished, declared={}, given=scenario.given))
    for kept in scenarios.read(text):
        outcome = scenarios.run(kept, shipped.spec(key), shipped.surroundings(key))
        assert not outcome.fault, (kept.name, outcome.fault)


def as_a_move(step: Any) -> dict[str, Any]:
    return {key: value for key, value in step.items() if key != "errors"}


def test_what_a_file_of_scenarios_held_stays_as_it_was_written() -> None:
    here, place = consulted()
    before = shipped.files("consultation")["scenarios.yml"]
    steps = recording.steps_of(place, finished=False, declared=here.given, given=here.given)
    after = recording.add(before, "Legal is asked", steps)
    assert after.startswith(before.rstrip()) and scenarios.read(after)[-1].name == "Legal is asked"
    assert steps == [{"starts": "2026-03-02 10:00", "with": LEGAL}, {"waits_for": {"give-advice": "legal"}}]
    for name, words in (("", "Enter a name"), ("given", "already"), ("Legal is asked", "already"), ("x" * 200, "characters or fewer")):
        with pytest.raises(Invalid) as refused:
            recording.add(after, name, steps)
        assert words in refused.value.errors["name"]


def test_the_ways_to_begin_are_those_of_the_scenarios_each_once() -> None:
    found = trying.samples(shipped.all_scenarios("consultation"))
    assert len(found) < len(shipped.all_scenarios("consultation")) and found[0].data["consultee"]["key"] == "legal"
    assert trying.told(START) == "2026-03-02 10:00"
