"""Moving a running case to another version: what moves, what stays and why, and that a moved case goes on as one that began there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from models import clock
from tests.figures import r13_random_models as walks
from tests.support.random_models import Block, Maker, draw
from tests.unit.engine.drawing import (
    after,
    boundary,
    call,
    catch,
    chain,
    definitions,
    end,
    event_gateway,
    exclusive,
    flow,
    instances,
    message,
    on_message,
    parallel,
    process,
    script,
    service,
    start,
    sub,
    user,
)  # fmt: skip
from tests.unit.engine.walking import Walk
from workflows import engine
from workflows.engine import Spec, moving

BEGIN = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.held(BEGIN):
        yield


def read(*elements: str, called: dict[str, str] | None = None, messages: tuple[str, ...] = ()) -> Spec:
    """A version of a process named p."""
    folders = {key: {"process.bpmn": text} for key, text in (called or {}).items()}
    return engine.read("p", {"process.bpmn": definitions(*(message(name) for name in messages), process("p", *elements))}, folders)


def moved(walk: Walk, new: Spec) -> Walk:
    """The same walk on another version."""
    walk.stored = moving.move(walk.spec, new, walk.stored)
    walk.spec = new
    return walk


def why(walk: Walk, new: Spec) -> str:
    found = moving.verdict(walk.spec, new, walk.stored)
    assert not found.moves
    return found.why


LINE = (start(), user("look"), user("check"), end(), chain("start", "look", "check", "end"))


# Harmless


def test_a_changed_label_help_or_form_moves_and_is_harmless() -> None:
    walk = Walk(read(*LINE))
    waiting = walk.task("look").id
    new = read(*(re.sub('name="Look"', 'name="Look closely"', each) for each in LINE))

    found = moving.verdict(walk.spec, new, walk.stored)

    assert (found.moves, found.harmless, found.notes) == (True, True, ())
    assert moved(walk, new).task("look").id == waiting
    assert walk.task("look").name == "Look closely"
    walk.complete("look")
    walk.complete("check")
    assert walk.run.finished


def test_a_step_added_ahead_is_come_to() -> None:
    walk = Walk(read(*LINE))
    new = read(start(), user("look"), user("ask"), user("check"), end(), chain("start", "look", "ask", "check", "end"))

    moved(walk, new).complete("look")

    assert walk.waiting == ["ask"]
    walk.complete("ask")
    assert walk.waiting == ["check"]


def test_a_step_removed_behind_leaves_what_was_said_in_it() -> None:
    walk = Walk(read(*LINE))
    walk.complete("look", seen="a fire door")
    new = read(start(), user("check"), end(), chain("start", "check", "end"))

    moved(walk, new)

    assert walk.run.data["seen"] == "a fire door"
    walk.complete("check")
    assert walk.run.finished
    assert walk.run.data["seen"] == "a fire door"


def test_a_step_added_behind_an_open_sub_process_does_not_block() -> None:
    inner = (start("s"), user("look"), end("e"), chain("s", "look", "e"))
    walk = Walk(read(start(), sub("inside", *inner), end(), chain("start", "inside", "end")))
    new = read(start(), sub("inside", *inner), user("check"), end(), chain("start", "inside", "check", "end"))

    moved(walk, new).complete("look")

    assert walk.waiting == ["check"]


# What stays, and why


def test_a_step_that_is_gone_keeps_its_case() -> None:
    assert (
        why(Walk(read(*LINE)), read(start(), user("check"), end(), chain("start", "check", "end"))) == "“Look”, where it stands, is no longer there"
    )


def test_a_step_of_another_kind_keeps_its_case() -> None:
    new = read(start(), service("look", "visits.look"), user("check"), end(), chain("start", "look", "check", "end"))

    assert why(Walk(read(*LINE)), new) == "“Look”, where it stands, was a user task and is now a service task"


def test_a_step_put_into_a_sub_process_keeps_its_case() -> None:
    new = read(
        start(),
        sub("inside", start("s"), user("look"), end("e"), chain("s", "look", "e")),
        user("check"),
        end(),
        chain("start", "inside", "check", "end"),
    )

    assert why(Walk(read(*LINE)), new) == "“Look”, where it stands, is now in another part of the process"


def test_a_step_now_done_for_each_of_a_list_keeps_its_case() -> None:
    new = read(start(), user("look", inner=instances("homes", "home")), user("check"), end(), chain("start", "look", "check", "end"))

    assert why(Walk(read(*LINE)), new) == "“Look”, where it stands, is now done a different number of times"


def test_another_called_process_keeps_its_case() -> None:
    called = {
        key: definitions(process(key, start(f"{key}-s"), user(f"{key}-work"), end(f"{key}-e"), chain(f"{key}-s", f"{key}-work", f"{key}-e")))
        for key in ("one", "two")
    }
    old, new = (read(start(), call("ask", key), end(), chain("start", "ask", "end"), called=called) for key in ("one", "two"))

    assert why(Walk(old), new) == "“Ask”, where it stands, now calls another process"


BRANCHES = (
    start(), parallel("split"), user("one"), user("two"), parallel("join"), end(), chain("start", "split", "one", "join", "end"), chain("split", "two", "join"),
)  # fmt: skip


def test_a_branch_that_came_by_a_way_now_gone_keeps_its_case() -> None:
    walk = Walk(read(*BRANCHES))
    walk.complete("one")
    new = read(
        start(), parallel("split"), user("other"), user("two"), parallel("join"), end(), chain("start", "split", "other", "join", "end"),
        chain("split", "two", "join"),
    )  # fmt: skip

    assert "has come to “join” by a way that is no longer there" in why(walk, new)


def test_branches_that_wait_for_each_other_still_meet() -> None:
    walk = Walk(read(*BRANCHES))
    walk.complete("one", found="A")
    new = read(*BRANCHES[:-3], user("sign"), end(), chain("start", "split", "one", "join", "sign", "end"), chain("split", "two", "join"))

    moved(walk, new).complete("two", seen="B")

    assert walk.waiting == ["sign"]
    assert {"found": "A", "seen": "B"}.items() <= walk.task("sign").data.items()


# Times and messages

LATE = (
    start(),
    user("look"),
    boundary("late", "look", after("'P14D'")),
    user("chase"),
    end(),
    end("no"),
    chain("start", "look", "end"),
    chain("late", "chase", "no"),
)


def test_a_running_timer_keeps_its_moment() -> None:
    walk = Walk(read(*LATE))
    due = walk.run.timers()[0].due_at
    with clock.held(BEGIN + timedelta(days=10)):
        moved(walk, read(*(re.sub('name="Late"', 'name="Too late"', each) for each in LATE)))
        assert [(timer.due_at, timer.name) for timer in walk.run.timers()] == [(due, walk.run.timers()[0].name)]
    assert walk.fire(due) == ["late"]
    assert walk.waiting == ["chase"]


def test_a_changed_length_of_time_counts_from_when_the_step_began_and_is_told() -> None:
    walk = Walk(read(*LATE))
    new = read(*(each.replace("P14D", "P20D") for each in LATE))

    with clock.held(BEGIN + timedelta(days=10)):
        found = moving.verdict(walk.spec, new, walk.stored)
        moved(walk, new)

    assert found.notes == ("“Late” is due at another time",)
    assert not found.harmless
    assert walk.run.timers()[0].due_at == BEGIN + timedelta(days=20)


def test_an_event_added_to_an_open_step_begins_to_wait() -> None:
    walk = Walk(read(start(), user("look"), user("chase"), end(), end("no"), exclusive("way", default="look"), flow("way", "look"), flow("way", "chase", "1 == 2"),
                     chain("start", "way"), chain("look", "end"), chain("chase", "no")))  # fmt: skip
    waiting = walk.task("look").id
    with clock.held(BEGIN + timedelta(days=3)):
        found = moving.verdict(walk.spec, read(*LATE), walk.stored)
        moved(walk, read(*LATE))

    assert found.notes == ("“Late” begins to wait at “Look”",)
    assert walk.task("look").id == waiting
    assert walk.run.timers()[0].due_at == BEGIN + timedelta(days=17)
    other = Walk.__new__(Walk)
    other.__dict__.update(walk.__dict__)
    assert other.fire(BEGIN + timedelta(days=17)) == ["late"]
    assert other.waiting == ["chase"]
    other.complete("chase")
    assert other.run.finished


def test_a_step_with_an_added_event_can_be_done_as_before() -> None:
    walk = moved(Walk(read(start(), user("look"), end(), chain("start", "look", "end"))), read(*LATE))
    walk.complete("look")

    assert walk.run.finished
    assert walk.run.timers() == []


def test_an_event_taken_from_an_open_step_no_longer_happens() -> None:
    walk = Walk(read(*LATE))
    found = moving.verdict(walk.spec, read(*LINE), walk.stored)
    moved(walk, read(*LINE))

    assert found.notes == ("“Late” no longer waits",)
    assert walk.run.timers() == []
    walk.complete("look")
    assert walk.waiting == ["check"]


def test_an_event_that_has_happened_at_an_open_step_must_stay_there() -> None:
    remind = (
        start(),
        user("look"),
        boundary("late", "look", after("'P1D'"), interrupts=False),
        user("chase"),
        end(),
        end("no"),
        chain("start", "look", "end"),
        chain("late", "chase", "no"),
    )
    walk = Walk(read(*remind))
    walk.fire(BEGIN + timedelta(days=1))
    new = read(
        start(), user("look"), parallel("both"), user("chase"), end(), end("no"), chain("start", "both", "look", "end"), chain("both", "chase", "no")
    )

    assert why(walk, new) == "“Late”, which has happened already, is no longer at “Look”"


def test_a_race_gains_and_loses_runners() -> None:
    def race(*events: tuple[str, str]) -> Spec:
        parts = [
            part
            for name, what in events
            for part in (catch(name, what), user(f"after-{name}"), end(f"end-{name}"), chain("race", name, f"after-{name}", f"end-{name}"))
        ]
        return read(start(), event_gateway("race"), *parts, chain("start", "race"), messages=("Called", "Written"))

    walk = Walk(race(("late", after("'P2D'")), ("called", on_message("Called"))))
    moved(walk, race(("written", on_message("Written")), ("late", after("'P2D'")), ("later", after("'P9D'"))))

    assert [(timer.bpmn_id, timer.due_at) for timer in walk.run.timers()] == [
        ("late", BEGIN + timedelta(days=2)),
        ("later", BEGIN + timedelta(days=9)),
    ]
    assert [each.name for each in walk.run.messages()] == ["Written"]
    assert walk.deliver("Written")
    assert walk.waiting == ["after-written"]


def test_a_time_that_cannot_be_worked_out_keeps_its_case() -> None:
    assert why(Walk(read(*LATE)), read(*(each.replace("&#x27;P14D&#x27;", "grace") for each in LATE))).startswith(
        "the time of “Late” cannot be worked out for it"
    )


def test_a_step_that_failed_can_be_moved_and_tried_again() -> None:
    old = read(start(), script("work", "total = amount + 1"), user("check"), end(), chain("start", "work", "check", "end"))
    new = read(start(), script("work", "total = 1"), user("check"), end(), chain("start", "work", "check", "end"))
    walk = Walk(old)
    assert walk.stuck is not None

    moved(walk, new)
    run = walk.run
    run.advance()

    assert [task.bpmn_id for task in run.waiting_tasks()] == ["check"]


def test_another_team_is_told() -> None:
    walk = Walk(read(*LINE))
    new = read(start(), user("look", "'inspectors'"), user("check"), end(), chain("start", "look", "check", "end"))

    assert moving.verdict(walk.spec, new, walk.stored).notes == ("“Look” is done by another team",)
    assert moved(walk, new).task("look").candidate_group == "inspectors"


# Random models

MODELS, WALKS = 12, 4


def names_changed(block: Block) -> Spec:
    main, called = draw(block)
    return engine.read("p", {"process.bpmn": _renamed(main)}, {key: {"process.bpmn": _renamed(text)} for key, text in called.items()})


def _renamed(text: str) -> str:
    return re.sub(r'(<(?:userTask|callActivity|subProcess|process|boundaryEvent)[^>]* name=")', r"\1New ", text)


class MovingWalk(walks.RandomWalk):
    """A random walk that changes between two versions before every step."""

    other: Spec

    def _compare(self, when: str) -> None:
        if hasattr(self, "other"):
            for case in self.cases:
                before = shape(case.run.dump())
                found = moving.verdict(case.spec, self.other, case.stored)
                assert (found.moves, found.harmless) == (True, True), found
                assert shape(found.state) == before, when
                case.stored, case.spec, self.other = found.state, self.other, case.spec
        super()._compare(when)


def shape(stored: bytes) -> object:
    """A state without what is only laid out ahead: how far ahead depends on the way by which the case came."""
    packed = json.loads(stored)
    return [packed["data"], packed["completed"], _rows(packed), sorted((name, str(_rows(inside))) for _, name, inside in packed["subs"])]


def _rows(packed: dict[str, list[list[object]]]) -> list[str]:
    rows = packed["tasks"]
    return [str([row[0], rows[row[1]][0] if row[1] >= 0 else None, *row[2:]]) for row in rows if row[3] not in (1, 2, 4)]  # type: ignore[call-overload, operator]


@pytest.mark.parametrize("seed", range(MODELS))
def test_random_cases_go_on_as_if_nothing_had_happened_when_only_names_change(seed: int) -> None:
    block = Maker(seed).process()
    spec, other = walks.spec_of(block), names_changed(block)
    for number in range(WALKS):
        walk = MovingWalk(spec, block, seed=seed * 10_000 + number, stock=False)
        walk.other = other
        walk.to_the_end()
