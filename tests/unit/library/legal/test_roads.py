"""Which way a case took and which called process ran, told from the steps it went through."""

from __future__ import annotations

import pytest

from tests.processes.library import shipped
from tests.support.hand_made import at
from tests.unit.engine.drawing import boundary, call, chain, definitions, end, exclusive, flow, on_message, process, start, sub, user
from workflows.library.legal import Doing, History, State
from workflows.library.legal import book as books
from workflows.library.legal.calling import runs_of, with_calls
from workflows.library.legal.checklist import judged


def book(*elements: str, rules: str = "rules: []", **called: tuple[str, str]) -> books.Book:
    """The book of a process `p`; each called process by its diagram and rules."""
    others = [(key, key, 1, {"process.bpmn": text, "rules.yml": its}) for key, (text, its) in called.items()]
    return books.read("p", [("p", "p", 1, {"process.bpmn": definitions(process("p", *elements)), "rules.yml": rules}), *others])


def walked(*steps: str, key: str = "p") -> list[Doing]:
    """Steps done one after the other; `inner:step` for one of a called process."""
    found = []
    for place, step in enumerate(steps, 1):
        home, _, name = step.rpartition(":")
        found.append(Doing(name, place, place, is_done=True, at=at(place), people=frozenset({"ann"}), who="Ann", group="team", process=home or key))
    return found


FORK = (
    start() + exclusive("which", "which-to-b") + user("a") + user("b") + user("c") + end() + chain("start", "which") + flow("which", "a", "x")
    + flow("which", "b") + chain("a", "c", "end") + chain("b", "c")
)  # fmt: skip
SHORT = (
    start() + user("a") + exclusive("which", "which-to-join") + user("b") + exclusive("join") + user("c") + end() + chain("start", "a", "which")
    + flow("which", "b", "x") + flow("which", "join") + chain("b", "join", "c", "end")
)  # fmt: skip
AGAIN = (
    start() + exclusive("back") + user("a") + exclusive("which", "which-to-back") + user("b") + end() + chain("start", "back", "a", "which", "b", "end")
    + flow("which", "back")
)  # fmt: skip


@pytest.mark.parametrize(
    ("elements", "way", "steps", "place"),
    [
        (FORK, "which-to-a", ("a", "c"), 1),
        (FORK, "which-to-b", ("a", "c"), None),
        (FORK, "which-to-b", ("b", "c"), 1),
        (SHORT, "which-to-join", ("a", "c"), 2),
        (SHORT, "which-to-join", ("a", "b", "c"), None),
        (SHORT, "which-to-b", ("a", "b", "c"), 2),
        (SHORT, "which-to-b", ("a", "c"), None),
        (AGAIN, "which-to-back", ("a", "b"), None),
        (AGAIN, "which-to-back", ("a", "a", "b"), 2),
        (FORK, "no-such-flow", ("a", "c"), None),
    ],
)
def test_a_flow_is_told_from_the_steps_around_it(elements: str, way: str, steps: tuple[str, ...], place: int | None) -> None:
    assert book(elements).roads["p"].taken(way, walked(*steps)) == place


def test_two_flows_to_the_same_step_cannot_be_told_apart_and_lift_nothing() -> None:
    both = start() + exclusive("which", "second") + exclusive("on") + user("a") + end() + chain("start", "which") + chain("on", "a", "end")
    flows = "".join(f'<sequenceFlow id="{each}" sourceRef="which" targetRef="on" />' for each in ("first", "second"))

    assert [book(both + flows).roads["p"].taken(each, walked("a")) for each in ("first", "second")] == [None, None]


def test_a_flow_inside_a_sub_process_and_one_behind_it_are_told() -> None:
    inside = start("in") + exclusive("which", "which-to-b") + user("a") + user("b") + end("out") + chain("in", "which") + flow("which", "a", "x")
    inside += flow("which", "b") + chain("a", "out") + chain("b", "out")
    whole = book(start() + sub("part", inside) + user("c") + end() + boundary("off", "part", on_message("Off")) + end("gone") + chain("off", "gone")
                 + chain("start", "part", "c", "end"))  # fmt: skip

    taken = {way: whole.roads["p"].taken(way, walked("b", "out", "c")) for way in ("which-to-a", "which-to-b", "part-to-c")}

    assert taken == {"which-to-a": None, "which-to-b": 1, "part-to-c": 3}


@pytest.mark.parametrize(
    ("steps", "lifted"),
    [
        (("propose", "choose-route", "notice-route", "publish-notice"), {"which-notice-to-publish-notice"}),
        (("propose", "choose-route", "notice-route", "confirm-urgency", "inform-chair", "publish-urgent-notice"),
         {"which-notice-to-confirm-urgency", "which-urgency-to-inform-chair"}),
        (("propose", "choose-route", "notice-route", "confirm-urgency", "choose-route", "notice-route", "publish-notice"),
         {"which-notice-to-confirm-urgency", "which-notice-to-publish-notice"}),
    ],
)  # fmt: skip
def test_the_routes_of_a_key_decision_are_told(steps: tuple[str, ...], lifted: set[str]) -> None:
    read = books.read("key-decision", [("key-decision", "Key decision", 1, shipped.files("key-decision"))])
    roads, doings = read.roads["key-decision"], walked(*steps, key="key-decision")

    assert {way for way in read.flows if roads.taken(way, doings) is not None} == lifted


INNER = definitions(process("q", start("q-start"), user("ask"), user("answer"), end("q-end"), chain("q-start", "ask", "answer", "q-end")))
CALLS = start() + user("a") + call("first", "q") + user("b") + call("second", "q") + end() + chain("start", "a", "first", "b", "second", "end")
ASKED = 'rules: [{id: asked, rule: "ask before answer", legal: The Act, because: So.}]'


def test_a_called_process_is_a_doing_of_the_step_that_called_it() -> None:
    steps = walked("a", "q:ask", "q:answer", "q:q-end", "b", "q:ask")

    calls = [each for each in with_calls(book(CALLS, q=(INNER, "rules: []")), steps) if each.is_call]

    assert [(each.step, each.begun, each.over, each.is_done, each.who) for each in calls] == [
        ("first", 2, 4, True, "Ann"), ("second", 6, None, False, "Ann"),
    ]  # fmt: skip


def test_instances_side_by_side_are_one_run_and_the_next_round_is_another() -> None:
    side = [
        Doing("ask", 1, 3, is_done=True, process="q"), Doing("ask", 1, 5, is_done=True, process="q"), Doing("q-end", 4, 4, is_done=True, process="q"),
        Doing("q-end", 6, 6, is_done=True, process="q"), Doing("ask", 8, 9, is_done=True, process="q"),
    ]  # fmt: skip

    assert [[each.begun for each in run.doings] for run in runs_of(side, frozenset({"q-end"}))] == [[1, 1, 4, 6], [8]]


def test_an_end_that_ends_all_ends_the_run_although_what_it_took_away_is_told_later() -> None:
    """The trail tells what an end took away after everything that followed it in the same step."""
    stops = end("q-end", "<terminateEventDefinition />")
    inner = definitions(process("q", start("q-start"), user("ask"), user("answer"), stops, chain("q-start", "ask", "answer", "q-end")))
    happened = [
        Doing("a", 1, 2, is_done=True), Doing("ask", 3, 8, process="q"), Doing("answer", 3, 5, is_done=True, process="q"),
        Doing("q-end", 6, 6, is_done=True, process="q"), Doing("b", 7, 9, is_done=True),
    ]  # fmt: skip

    cut, drawn_otherwise = (
        [each for each in with_calls(book(CALLS, q=(text, "rules: []")), happened) if each.is_call] for text in (inner, INNER)
    )

    assert [(each.step, each.over, each.is_done) for each in cut] == [("first", 6, True)]
    assert [(each.over, each.is_done) for each in drawn_otherwise] == [(8, False)]


@pytest.mark.parametrize(
    ("steps", "states"),
    [
        (("a",), []),
        (("a", "q:ask"), [State.MET]),
        (("a", "q:answer"), [State.BREACHED]),
        (("a", "q:ask", "q:answer", "q:q-end", "b", "q:answer"), [State.BREACHED]),
        (("a", "q:ask", "q:answer", "q:q-end", "b", "q:ask", "q:answer", "q:q-end"), [State.MET]),
    ],
)
def test_the_rules_of_a_called_process_hold_in_each_of_its_rounds(steps: tuple[str, ...], states: list[State]) -> None:
    whole = book(CALLS, q=(INNER, ASKED))
    doings = tuple(with_calls(whole, walked(*steps)))

    found = judged(whole, History(doings), now=at(50), soon=at(50))

    assert [judgement.state for _, _, judgement in found] == states


@pytest.mark.parametrize("key", shipped.KEYS)
def test_every_name_in_a_shipped_rule_means_a_step(key: str) -> None:
    folders = [(each, each, 1, shipped.files(each)) for each in (key, *shipped.CALLS[key])]
    read = books.read(key, folders)

    assert [rule.id for rule in read.folders[0].rules if read.unknown(rule)] == [] or key in {each for calls in shipped.CALLS.values() for each in calls}
    assert all(any(flow in roads.ends for roads in read.roads.values()) for flow in read.flows)
