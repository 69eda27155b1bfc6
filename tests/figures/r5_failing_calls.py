"""Figure R5: the n-th database call fails, for every n of the main actions: all or nothing, and the retry succeeds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import Case, clock
from models.session import transaction
from tests.support import databases, factories, failing, invariants, rounds
from tests.support.databases import Database
from workflows.actions import call_ins, representations, tasks
from workflows.demo import stories

MOST_CALLS = 300
ACTIONS = 11


@dataclass(frozen=True)
class Action:
    """One of the main actions, one of them with operations that the diagram asks for: what it does in a session, at which moment."""

    name: str
    at: datetime
    do: Callable[[Session], object]


def main(kinds: Sequence[str] = ("sqlite",)) -> int:
    """Print the figure's lines for each database; 1 when any is short. PostgreSQL's are of the class `long`."""
    good = True
    for kind in kinds:
        with databases.fresh(kind) as database:
            done = [(action.name, *every_call(database.engine, action)) for action in actions(database)]
        calls, broken = sum(count for _, count, _ in done), [f"{name}: {words}" for name, _, found in done for words in found]
        for what, value, unit, goal, met in (
            (f"{kind}_actions", len(done), "actions", ACTIONS, len(done) == ACTIONS),
            (f"{kind}_failed_calls", calls, "calls", len(done), calls > len(done)),
            (f"{kind}_things_left_behind_or_broken", len(broken), "faults", 0, not broken),
        ):
            print(f"R5 {what} {value} {unit} {goal} {'ok' if met else 'short'}")
            good = good and met
        for words in broken[:10]:
            print(f"  {words}", file=sys.stderr)
    return 0 if good else 1


def every_call(engine: Engine, action: Action) -> tuple[int, list[str]]:
    """How many calls were failed before the action went through, and what was wrong after any of them."""
    before, found = failing.content(engine), []
    for number in range(1, MOST_CALLS):
        with clock.held(action.at), failing.call_fails(engine, number) as calls:
            done = _try(engine, action)
        if done and not calls.failed:
            return number - 1, found + invariants.broken(engine)
        if done:
            return number - 1, [*found, f"call {number} failed and the action went on"]
        if failing.content(engine) != before:
            return number, [*found, f"call {number} failed and something was kept"]
    return MOST_CALLS, [*found, "it never went through"]


def _try(engine: Engine, action: Action) -> bool:
    try:
        with transaction(engine) as session:
            action.do(session)
    except OperationalError:
        return False
    return True


def actions(database: Database) -> Iterator[Action]:
    """The main actions, each ready to be done; the next is prepared when the one before has gone through."""
    engine = database.engine
    ring = rounds.build(database)
    yield Action("complete plain task", clock.now(), lambda session: _complete_round(ring, session))
    factories.council(engine)
    case, at = factories.decision_at(engine, "propose")
    yield Action("claim", at, lambda session: tasks.claim(session, factories.open_task(session, case, "propose"), by=_amara(session)))
    yield Action("release", at, lambda session: tasks.release(session, factories.open_task(session, case, "propose"), by=_amara(session)))
    with clock.held(at), transaction(engine) as session:
        tasks.claim(session, factories.open_task(session, case, "propose"), by=_amara(session))
    yield Action("reassign", at, lambda session: _reassign(session, case))
    for name, step in (
        ("complete with operation", "propose"), ("publish notice", "publish-notice"), ("ask consultees", "draft-report"), ("receive representation", "represents"),
        ("decide", "decide"), ("publish record", "publish-record"),
    ):  # fmt: skip
        yield _of_story(engine, name, step)
    with_record, after = factories.decision_at(engine, "publish-record")
    _walk_on(engine, with_record, "publish-record", after)
    yield Action("request call-in", after, lambda session: _call_in(session, with_record))


def _complete_round(ring: rounds.Ring, session: Session) -> None:
    tasks.complete(session, factories.open_task(session, session.get_one(Case, ring.case_id), rounds.STEP), answers={"note": "seen", "more": "yes"},
                   by=ring.user(0, session))  # fmt: skip


def _amara(session: Session) -> factories.User:
    return factories.person(session, "amara.osei")


def _reassign(session: Session, case: Case) -> None:
    tasks.reassign(session, factories.open_task(session, case, "propose"), to=factories.person(session, "tom.birch"), by=_amara(session), reason="Leave")


def _of_story(engine: Engine, name: str, step: str) -> Action:
    case, at = factories.decision_at(engine, step)
    return Action(name, at, lambda session: _take(session, case, step))


def _walk_on(engine: Engine, case: Case, step: str, at: datetime) -> None:
    with clock.held(at), transaction(engine) as session:
        _take(session, case, step)


def _take(session: Session, case: Case, step: str) -> None:
    told = next(each for each in stories.read_story("extension").steps if each.completes == step or (step == "represents" and each.represents))
    if told.represents is not None:
        representations.receive(session, factories.decision_of(session, case), answers=told.represents)
        return
    tasks.complete(session, factories.open_task(session, case, step, told.of), answers=told.answers, by=factories.person(session, told.by))


def _call_in(session: Session, case: Case) -> None:
    answers = {"requesters": ["P Hollis", "N Farouk", "A Third", "B Fourth"], "grounds": [], "reasons": "The risk was not weighed"}
    call_ins.request(session, factories.decision_of(session, case), answers=answers, by=factories.person(session, "peter.hollis"))


if __name__ == "__main__":
    sys.exit(main())
