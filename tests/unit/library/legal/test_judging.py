"""How a case stands to a rule: each of the seven forms in each state, and all forms against an oracle that only reads marks one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.support.hand_made import at, history, judged, rule
from workflows.library.exploring import Rule
from workflows.library.legal import Reason, State, judge

BREACHED, AT_RISK, WAITING, OVERRIDDEN, MET, APART = (
    State.BREACHED, State.AT_RISK, State.WAITING, State.OVERRIDDEN, State.MET, State.NOT_APPLICABLE,
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "line", "unless", "state", "reason"),
    [
        ("a before b", "", "", WAITING, Reason.NOT_REACHED),
        ("a before b", "+a", "", WAITING, Reason.WAITS),
        ("a before b", "+b", "", AT_RISK, Reason.NEXT_IS_OPEN),
        ("a before b", "a", "", MET, Reason.DONE),
        ("a before b", "a! b", "", OVERRIDDEN, Reason.DONE),
        ("a before b", "a b b", "", MET, Reason.DONE),
        ("a before b", "b", "", BREACHED, Reason.NEXT_IS_OPEN),
        ("a before b", "b a", "", BREACHED, Reason.NEXT_IS_OPEN),
        ("a before b", "+a -a b", "", BREACHED, Reason.NEXT_IS_OPEN),
        ("a before b", "+b -b a b", "", MET, Reason.DONE),
        ("a before b", ">f b", "f", APART, Reason.OTHER_WAY),
        ("a before b", "a >f b", "f", MET, Reason.DONE),
        ("a before b", "b >f", "f", BREACHED, Reason.NEXT_IS_OPEN),
        ("a before b", "c end", "", APART, Reason.ENDED),
        ("a before b", "(a )a b", "", MET, Reason.DONE),
        ("a before b", "(a b", "", BREACHED, Reason.NEXT_IS_OPEN),
        ("a before b", "(b a", "", BREACHED, Reason.NEXT_IS_OPEN),
        ("a only after timer t", "", "", WAITING, Reason.NOT_REACHED),
        ("a only after timer t", "t* a", "", MET, Reason.TIME_OVER),
        ("a only after timer t", "a", "", BREACHED, Reason.NEXT_IS_OPEN),
        ("a only after timer t", "+a", "", AT_RISK, Reason.NEXT_IS_OPEN),
        ("a only after timer t", ">f a", "f", APART, Reason.OTHER_WAY),
        ("a always followed by b", "", "", WAITING, Reason.NOT_REACHED),
        ("a always followed by b", "a", "", WAITING, Reason.NOT_REACHED),
        ("a always followed by b", "a +b", "", WAITING, Reason.WAITS),
        ("a always followed by b", "a b", "", MET, Reason.DONE),
        ("a always followed by b", "a b a", "", WAITING, Reason.NOT_REACHED),
        ("a always followed by b", "a b a b end", "", MET, Reason.DONE),
        ("a always followed by b", "a b a end", "", BREACHED, Reason.ENDED),
        ("a always followed by b", "b a end", "", BREACHED, Reason.ENDED),
        ("a always followed by b", "b end", "", APART, Reason.ENDED),
        ("a always followed by b", "a >f end", "f", APART, Reason.OTHER_WAY),
        ("never a while b is open", "", "", WAITING, Reason.NOT_REACHED),
        ("never a while b is open", "+b b a", "", MET, Reason.DONE),
        ("never a while b is open", "+b -b a", "", MET, Reason.DONE),
        ("never a while b is open", "+b a b", "", BREACHED, Reason.NEXT_IS_OPEN),
        ("never a while b is open", "a +b", "", MET, Reason.DONE),
        ("never a while b is open", "a +b a", "", BREACHED, Reason.NEXT_IS_OPEN),
        ("never a while b is open", "+a +b", "", AT_RISK, Reason.NEXT_IS_OPEN),
        ("never a while b is open", ">f +b a", "f", APART, Reason.OTHER_WAY),
        ("never a while b is open", "b end", "", APART, Reason.ENDED),
        ("never a while b is open", "+b (a", "", BREACHED, Reason.NEXT_IS_OPEN),
        ("different people: a, b", "", "", WAITING, Reason.NOT_REACHED),
        ("different people: a, b", "a", "", WAITING, Reason.NOT_REACHED),
        ("different people: a, b", "a +b", "", WAITING, Reason.WAITS),
        ("different people: a, b", "a +b:ann", "", AT_RISK, Reason.SAME_PERSON),
        ("different people: a, b", "a:ann b:ben", "", MET, Reason.DONE),
        ("different people: a, b", "a:ann b:ann", "", BREACHED, Reason.SAME_PERSON),
        ("different people: a, b", "b:ann a:ann", "", BREACHED, Reason.SAME_PERSON),
        ("different people: a, b", "a:ann b:ben/ann", "", BREACHED, Reason.SAME_PERSON),
        ("different people: a, b", "a:ann a:ben b:ben", "", BREACHED, Reason.SAME_PERSON),
        ("different people: a, c, b", "a:ann c:ann b:ben", "", MET, Reason.DONE),
        ("different people: a, b", "a* b*", "", MET, Reason.DONE),
        ("different people: a, b", ">f a b", "f", APART, Reason.OTHER_WAY),
        ("different people: a, b", "a end", "", APART, Reason.ENDED),
        ("a only by team", "", "", WAITING, Reason.NOT_REACHED),
        ("a only by team", "+a", "", WAITING, Reason.WAITS),
        ("a only by team", "+a@others", "", AT_RISK, Reason.OTHER_GROUP),
        ("a only by team", "a", "", MET, Reason.DONE),
        ("a only by team", "a a@others", "", BREACHED, Reason.OTHER_GROUP),
        ("a only by team", ">f a@others", "f", APART, Reason.OTHER_WAY),
        ("a only by team", "c end", "", APART, Reason.ENDED),
        ("a at most once", "", "", WAITING, Reason.NOT_REACHED),
        ("a at most once", "a", "", MET, Reason.DONE),
        ("a at most once", "+a -a a", "", MET, Reason.DONE),
        ("a at most once", "a +a", "", AT_RISK, Reason.AGAIN),
        ("a at most once", "a a", "", BREACHED, Reason.AGAIN),
        ("a at most once", "a >f a", "f", MET, Reason.DONE),
        ("a at most once", ">f a a", "f", APART, Reason.OTHER_WAY),
        ("a at most once", "c end", "", APART, Reason.ENDED),
    ],
)
def test_each_form_in_each_state(words: str, line: str, unless: str, state: State, reason: Reason) -> None:
    found = judged(words, line, unless=unless)

    assert (found.state, found.reason) == (state, reason)


@pytest.mark.parametrize(
    ("words", "line", "place", "who", "step", "other"),
    [
        ("a before b", "c b:ben b:cat", 2, "ben", "b", ""),
        ("a only after timer t", "c c a:ben t*", 3, "ben", "a", ""),
        ("never a while b is open", "a +b a:ben", 3, "ben", "a", "b"),
        ("different people: a, b", "b:ann c a:ann", 3, "ann", "a", "b"),
        ("a only by team", "a c a:ben@others", 3, "ben", "a", "others"),
        ("a at most once", "a:ann a:ben a:cat", 2, "ben", "a", ""),
        ("a always followed by b", "a:ann b a:ben c end", 5, "ben", "a", ""),
    ],
)
def test_a_breach_says_when_and_by_whom(words: str, line: str, place: int, who: str, step: str, other: str) -> None:
    found = judged(words, line)

    assert (found.state, found.at, found.who, found.step, found.other) == (BREACHED, at(place), who, step, other)


@pytest.mark.parametrize(
    ("due", "state", "reason"),
    [(40, AT_RISK, Reason.OVERDUE), (52, AT_RISK, Reason.DUE_SOON), (56, WAITING, Reason.WAITS)],
)
@pytest.mark.parametrize(("words", "line"), [("a before b", "+a"), ("b always followed by a", "b +a")])
def test_what_is_waited_for_is_a_risk_once_it_is_due_soon(words: str, line: str, due: int, state: State, reason: Reason) -> None:
    found = judged(words, line, due={"a": due})

    assert (found.state, found.reason, found.date, found.step) == (state, reason, at(due), "a")


def test_a_time_that_runs_is_waited_for_until_its_date_and_is_no_risk() -> None:
    found = judged("a only after timer t", "c", timers={"t": 52})

    assert (found.state, found.reason, found.date) == (WAITING, Reason.TIME_RUNS, at(52))


def test_a_rule_met_says_when_the_last_before_it_was_done() -> None:
    found = judged("a before b", "a:ann a:ben b a:cat")

    assert (found.state, found.at, found.who) == (MET, at(2), "ben")


def test_an_operation_means_the_steps_that_carry_it_out() -> None:
    meant = {"notices.publish": frozenset({"publish", "publish-again"})}

    found = judge(rule("notices.publish before b"), history("publish_it b"), {"notices.publish": {"publish_it"}}, now=at(9), soon=at(9))
    missing = judge(rule("notices.publish before b"), history("publish_it b"), meant, now=at(9), soon=at(9))

    assert (found.state, missing.state) == (MET, BREACHED)


MARKS = some.sampled_from(["+a", "a", "a:ben", "-a", "+b", "b", "b:ben", "-b", "b*", "c", ">f", "a@others"])
LINES = some.lists(MARKS, max_size=9)
WORDS = some.sampled_from(
    ["a before b", "a always followed by b", "never a while b is open", "different people: a, c, b", "a only by team", "b only after timer a",
     "a at most once"]
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(words=WORDS, marks=LINES, ends=some.booleans(), unless=some.booleans())
def test_every_form_agrees_with_an_oracle(words: str, marks: list[str], ends: bool, unless: bool) -> None:
    marks = _possible(marks) + (["end"] if ends else [])
    asked = rule(words, unless="f" if unless else "")

    found = judge(asked, history(" ".join(marks)), {}, now=at(50), soon=at(55)).state

    assert (found is BREACHED) == _oracle_breached(asked, marks)
    assert (found in (MET, OVERRIDDEN)) == (not _oracle_breached(asked, marks) and _oracle_met(asked, marks))


def _possible(marks: list[str]) -> list[str]:
    """Without taking away what is not open."""
    kept: list[str] = []
    for mark in marks:
        if mark[0] == "-" and _open(kept, mark[1]) < 1:
            continue
        kept.append(mark)
    return kept


def _open(marks: list[str], step: str) -> int:
    """How many tasks of a step are open after some marks; one that is done without having opened changes nothing."""
    count = 0
    for mark in marks:
        if mark == f"+{step}":
            count += 1
        elif mark[0] not in "+>" and mark.lstrip("-")[0] == step:
            count = max(0, count - 1)
    return count


def _until_lifted(asked: Rule, marks: list[str]) -> list[str]:
    return marks[: marks.index(">f")] if asked.unless and ">f" in marks else marks


def _is(mark: str, step: str) -> bool:
    return mark[0] == step


def _oracle_breached(asked: Rule, marks: list[str]) -> bool:
    """Whether a line of marks breaks a rule, read from left to right."""
    seen = _until_lifted(asked, marks)
    if asked.form in ("before", "only after"):
        return next((each[0] for each in seen if each[0] in "ab"), "a") == "b"
    if asked.form == "followed":
        steps = [each[0] for each in seen if each[0] in "ab"]
        later = [each[0] for each in marks if each[0] in "ab"]
        pending = bool(steps) and "a" in steps and "b" not in later[len(steps) - steps[::-1].index("a") :]
        return pending and "end" in marks and seen == marks
    if asked.form == "never while":
        return any(_is(mark, "a") and _open(seen[:place], "b") > 0 for place, mark in enumerate(seen))
    if asked.form == "once":
        return sum(_is(mark, "a") for mark in seen) > 1
    if asked.form == "only by":
        return any(mark == "a@others" for mark in seen)
    people = {step: {_person(each) for each in seen if _is(each, step)} - {""} for step in "abc"}
    return bool(people["b"] & (people["a"] | people["c"]))


def _person(mark: str) -> str:
    return "" if mark.endswith("*") else mark.partition(":")[2] or "ann"


def _oracle_met(asked: Rule, marks: list[str]) -> bool:
    """Whether a line of marks that breaks nothing has done what a rule asks for."""
    seen = _until_lifted(asked, marks)
    if asked.form == "followed":
        places = [place for place, mark in enumerate(seen) if _is(mark, "a")]
        return bool(places) and any(_is(mark, "b") for mark in marks[places[-1] :])
    if asked.form == "once" and seen == marks and "end" not in marks and "a" in [mark[0] for mark in marks]:
        first = next(place for place, mark in enumerate(marks) if _is(mark, "a"))
        return "+a" not in _still_open(marks, first)
    return any(_is(mark, "b" if asked.form == "different" else "a") for mark in seen)


def _still_open(marks: list[str], after: int) -> list[str]:
    """The openings after a place that nothing closed; the first opened is closed first."""
    found: list[tuple[int, str]] = []
    for place, mark in enumerate(marks):
        if mark[0] == "+":
            found.append((place, mark))
        elif mark[0] != ">":
            closes = next((each for each in found if each[1] == f"+{mark.lstrip('-')[0]}"), None)
            found = [each for each in found if each != closes]
    return [mark for place, mark in found if place > after]
