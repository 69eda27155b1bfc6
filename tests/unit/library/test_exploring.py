"""The state space of a diagram: sound ones are proven, planted faults are found with the way to them, and rules hold or break."""

from __future__ import annotations

import pytest

from tests.unit.engine import drawing as d
from workflows.library.exploring import LawRefused, Net, Verdict, prove_rules, prove_sound, read_net, read_rules
from workflows.library.exploring.moving import Mover
from workflows.library.exploring.proving import explored

LAW = "rules:\n  - {id: r, rule: '%s', legal: The law, because: It must., unless: '%s'}"


def net(*parts: str, called: dict[str, str] | None = None) -> Net:
    folders = {key: {"process.bpmn": text} for key, text in (called or {}).items()}
    return read_net("p", {"process.bpmn": d.definitions(d.process("p", *parts))}, folders)


def found(*parts: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.element_id) for problem in prove_sound(net(*parts)).problems]


def verdict(rule: str, *parts: str, unless: str = "") -> Verdict:
    return _proven(rule, net(*parts), unless)


def _proven(rule: str, made: Net, unless: str = "") -> Verdict:
    [(_, proof)] = prove_rules(made, read_rules(LAW % (rule, unless)))
    return proof.verdict


SPLIT = (d.start("s"), d.parallel("split"), d.user("a"), d.user("b"), d.chain("s", "split", "a"), d.flow("split", "b"))
CHOICE = (d.start("s"), d.exclusive("choice"), d.user("a"), d.user("b"), d.chain("s", "choice", "a"), d.flow("choice", "b"))


def test_a_split_that_is_joined_is_sound() -> None:
    proof = prove_sound(net(*SPLIT, d.parallel("join"), d.end("e"), d.chain("a", "join", "e"), d.flow("b", "join")))

    assert (proof.verdict, proof.problems) == (Verdict.HOLDS, ())


def test_a_choice_that_waits_for_both_ways_stands_still() -> None:
    assert found(*CHOICE, d.parallel("join"), d.end("e"), d.chain("a", "join", "e"), d.flow("b", "join")) == [("deadlock", "join"), ("dead", "e")]


def test_a_missing_join_opens_the_next_step_twice() -> None:
    assert found(*SPLIT, d.user("c"), d.end("e"), d.chain("a", "c", "e"), d.flow("b", "c")) == [("twice", "c")]


def test_a_circle_without_a_way_out_never_ends() -> None:
    problems = found(d.start("s"), d.user("a"), d.exclusive("again"), d.end("e"), d.chain("s", "a", "again", "a"))

    assert ("endless", "a") in problems and ("dead", "e") in problems


def test_a_circle_that_can_be_left_is_sound() -> None:
    assert found(d.start("s"), d.user("a"), d.exclusive("again"), d.end("e"), d.chain("s", "a", "again", "a"), d.flow("again", "e")) == []


def test_a_join_after_a_way_that_already_ended_stands_still() -> None:
    parts = (*SPLIT, d.exclusive("x"), d.parallel("join"), d.end("gone"), d.end("e"), d.chain("a", "x", "join", "e"), d.flow("x", "gone"))

    assert ("deadlock", "join") in found(*parts, d.flow("b", "join"))


def test_a_step_that_nothing_leads_to_is_named() -> None:
    assert found(d.start("s"), d.user("a"), d.end("e"), d.chain("s", "a", "e"), d.user("lost"), d.end("x"), d.flow("lost", "x")) == [
        ("dead", "lost"), ("dead", "x"),
    ]  # fmt: skip


def test_breaking_a_whole_off_is_no_way_to_end_it() -> None:
    inner = d.sub("whole", d.start("i"), d.user("a"), d.exclusive("again"), d.chain("i", "a", "again", "a"))
    stop = d.boundary("stopped", "whole", d.on_message("Stop"))

    problems = found(d.start("s"), inner, stop, d.end("e"), d.end("x"), d.chain("s", "whole", "e"), d.flow("stopped", "x"))

    assert ("endless", "whole") in problems or ("endless", "a") in problems


def test_a_step_for_each_of_a_list_is_done_for_none_one_and_two() -> None:
    made = net(d.start("s"), d.user("each", inner=d.instances("all", "one")), d.end("e"), d.chain("s", "each", "e"))

    assert prove_sound(made).verdict is Verdict.HOLDS
    assert {sum("#" in token for token in state) for state in explored(Mover(made))} == {0, 1, 2}


def test_a_called_process_is_explored_in_its_place() -> None:
    called = d.definitions(d.process("q", *CHOICE, d.parallel("join"), d.end("e"), d.chain("a", "join", "e"), d.flow("b", "join")))
    made = net(d.start("s"), d.call("ask", "q"), d.end("done"), d.chain("s", "ask", "done"), called={"q": called})

    assert [(problem.code, problem.element_id) for problem in prove_sound(made).problems] == [("deadlock", "join"), ("dead", "done"), ("dead", "e")]


def test_a_search_that_is_cut_short_proves_nothing() -> None:
    made = net(*SPLIT, d.parallel("join"), d.end("e"), d.chain("a", "join", "e"), d.flow("b", "join"))

    assert prove_sound(made, most=1).verdict is Verdict.NOT_PROVEN
    assert prove_sound(made, seconds=-1).verdict is Verdict.NOT_PROVEN


LINE = (d.start("s"), d.user("notice"), d.user("decide"), d.end("e"), d.chain("s", "notice", "decide", "e"))
ROUND = (d.start("s"), d.exclusive("route"), d.user("notice"), d.user("decide"), d.end("e"), d.chain("s", "route", "notice", "decide", "e"), d.flow("route", "decide"))  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "parts", "expected"),
    [
        ("notice before decide", LINE, Verdict.HOLDS),
        ("notice before decide", ROUND, Verdict.BROKEN),
        ("decide before notice", LINE, Verdict.BROKEN),
        ("notice always followed by decide", LINE, Verdict.HOLDS),
        ("decide always followed by notice", LINE, Verdict.BROKEN),
        ("notice at most once", LINE, Verdict.HOLDS),
        ("never decide while notice is open", LINE, Verdict.HOLDS),
        ("never a while b is open", (*SPLIT, d.parallel("join"), d.end("e"), d.chain("a", "join", "e"), d.flow("b", "join")), Verdict.BROKEN),
        ("a at most once", (d.start("s"), d.user("a"), d.exclusive("x"), d.end("e"), d.chain("s", "a", "x", "a"), d.flow("x", "e")), Verdict.BROKEN),
        ("no-such-step before decide", LINE, Verdict.BROKEN),
    ],
)
def test_a_rule_holds_on_every_path_or_is_broken(rule: str, parts: tuple[str, ...], expected: Verdict) -> None:
    assert verdict(rule, *parts) is expected


def test_a_broken_rule_comes_with_the_way_to_it() -> None:
    [(_, proof)] = prove_rules(net(*ROUND), read_rules(LAW % ("notice before decide", "")))

    assert proof.paths == (("s", "route", "decide"),)
    assert str(proof.problems[0]).startswith("“Decide”: r: “decide” can be reached without “notice” (The law)")


def test_the_flow_on_which_the_law_makes_an_exception_is_left_out() -> None:
    flow = next(flow.id for flow in net(*ROUND).nodes["route"].outs if flow.target == "decide")

    assert verdict("notice before decide", *ROUND, unless=flow) is Verdict.HOLDS
    assert verdict("notice before decide", *ROUND, unless="no-such-flow") is Verdict.BROKEN


def test_a_step_only_after_its_time() -> None:
    waits = (d.start("s"), d.catch("day", d.after("'P28D'")), d.user("decide"), d.end("e"), d.chain("s", "day", "decide", "e"))

    assert verdict("decide only after timer day", *waits) is Verdict.HOLDS
    assert verdict("notice only after timer decide", *LINE) is Verdict.BROKEN


def test_people_are_kept_apart_by_the_diagram_or_the_rule_is_broken() -> None:
    apart = (d.start("s"), d.user("a"), d.user("b", differentFrom="a"), d.end("e"), d.chain("s", "a", "b", "e"))
    together = (d.start("s"), d.user("a"), d.user("b"), d.end("e"), d.chain("s", "a", "b", "e"))

    assert verdict("different people: a, b", *apart) is Verdict.HOLDS
    assert verdict("different people: a, b", *together) is Verdict.BROKEN


def test_a_step_is_given_to_the_team_the_law_names() -> None:
    given = (d.start("s"), d.user("a", candidateGroup="'legal'"), d.end("e"), d.chain("s", "a", "e"))

    assert verdict("a only by legal", *given) is Verdict.HOLDS
    assert verdict("a only by finance", *given) is Verdict.BROKEN


@pytest.mark.parametrize(
    "text",
    [
        "rules: 3", "nothing: []", "rules: [{id: a}]", "rules: [", "rules: [{id: a, rule: a beats b, legal: x, because: y}]",
        "rules: [{id: a, rule: a at most once, legal: x, because: y}, {id: a, rule: b at most once, legal: x, because: y}]",
    ],
)  # fmt: skip
def test_rules_that_cannot_be_read_are_refused_in_words(text: str) -> None:
    with pytest.raises(LawRefused):
        read_rules(text)
