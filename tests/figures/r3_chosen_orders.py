"""Figure R3: pairs of actions on the same thing, in both orders, the first stopped inside its transaction."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import CandidateGroup, CaseStatus, GroupKind, Job, JobStatus, Timer, UserTask, clock
from models.session import new_session, transaction
from tests.support import databases, invariants, ordering, rounds
from workflows.actions import messages, tasks, timers
from workflows.enqueue import Tools, enqueue, job
from workflows.errors import Conflict, Refused, TaskGone
from workflows.jobs.working_off import work_off

ANN, BEN, MANAGER = 0, 1, 2
NOTHING = type(None)


@job("figures.count")
def count(session: Session, tools: Tools, *, word: str) -> None:
    """Leave a mark that cannot be left twice."""
    session.add(CandidateGroup(key=word, name=word, kind=GroupKind.TEAM, manager_key=None))


@dataclass(frozen=True)
class Pair:
    """Two deeds on one task: whether Ann has it before, how each must end when it comes second, and which is refused when first."""

    name: str
    one: str
    other: str
    one_second: type
    other_second: type
    claimed: bool = False
    refuses_first: str = ""


PAIRS = (
    Pair("complete/complete", "complete_ann", "complete_ben", TaskGone, TaskGone),
    Pair("claim/claim", "claim_ann", "claim_ben", TaskGone, TaskGone),
    Pair("claim/complete", "claim_ann", "complete_ben", TaskGone, TaskGone),
    Pair("put back/claim", "release_ann", "claim_ben", NOTHING, NOTHING, claimed=True, refuses_first="claim_ben"),
    Pair("put back/complete", "release_ann", "complete_ann", TaskGone, Conflict, claimed=True),
    Pair("reassign/complete", "reassign_to_ben", "complete_ann", TaskGone, TaskGone, claimed=True),
    Pair("reassign/put back", "reassign_to_ben", "release_ann", NOTHING, Refused, claimed=True),
    Pair("draft/draft of two", "draft_ann", "draft_ben", TaskGone, TaskGone),
    Pair("draft/draft in two tabs", "draft_ann", "draft_ann", NOTHING, NOTHING),
    Pair("draft/complete", "draft_ann", "complete_ann", TaskGone, NOTHING),
    Pair("take next/take next", "next_ann", "next_ben", NOTHING, NOTHING),
    Pair("timer/complete", "timer", "complete_ann", NOTHING, TaskGone),
    Pair("timer/claim", "timer", "claim_ann", NOTHING, TaskGone),
    Pair("timer/timer", "timer", "timer", NOTHING, NOTHING),
    Pair("stop/complete", "stop", "complete_ann", NOTHING, TaskGone),
    Pair("stop/timer", "stop", "timer", NOTHING, NOTHING),
    Pair("worker/worker", "work", "work", NOTHING, NOTHING),
)


def main() -> int:
    """Print the figure's lines for each database; 1 when any is short."""
    good = True
    for kind in databases.available():
        with databases.fresh(kind) as database:
            ring = rounds.build(database)
            wrong = [words for pair in PAIRS for words in _both_orders(ring, pair)]
        tried = len(PAIRS) * 2 * len(ordering.HOOKS)
        right = tried - len({words.partition(":")[0] for words in wrong})
        print(f"R3 {kind}_orders_that_end_as_they_must {right} orders {tried} {'ok' if not wrong else 'short'}")
        for words in wrong[:10]:
            print(f"  {words}", file=sys.stderr)
        good = good and not wrong
    return 0 if good else 1


def _both_orders(ring: rounds.Ring, pair: Pair) -> Iterator[str]:
    for hook in ordering.HOOKS:
        for first, second, ends_as in ((pair.one, pair.other, pair.other_second), (pair.other, pair.one, pair.one_second)):
            refused = TaskGone if first == pair.refuses_first else NOTHING
            for words in try_order(ring, first, second, (refused, ends_as), hook=hook, claimed=pair.claimed):
                yield f"{pair.name} {first} first at {hook}: {words}"


def try_order(ring: rounds.Ring, first: str, second: str, must_end_as: tuple[type, type], *, hook: str, claimed: bool = False) -> list[str]:
    """What is wrong after the two deeds on a fresh case in this order: how they ended, and every invariant that is broken."""
    deeds = Deeds(rounds.another(ring), claimed=claimed)
    ended = ordering.in_order(getattr(deeds, first), getattr(deeds, second), hook)
    found = invariants.broken(ring.database.engine)
    for name, outcome, wanted in zip((first, second), ended, must_end_as, strict=True):
        if type(outcome) is not wanted:
            found.append(f"{name} ended as {type(outcome).__name__}, not {wanted.__name__}: {outcome}")
    deeds.end()
    return found


class Deeds:
    """Everything that can be done to the one open task of a ring, each in a transaction of its own."""

    def __init__(self, ring: rounds.Ring, *, claimed: bool) -> None:
        self.ring = ring
        self.engine: Engine = ring.database.engine
        self.task_id = self.ring.task().id
        with transaction(self.engine) as session:
            self.due = session.scalars(select(Timer.due_at).where(Timer.instance_id == self._task(session).instance_id)).one()
            if claimed:
                tasks.claim(session, self._task(session), by=self.ring.user(ANN, session))
            self.job_id = enqueue(session, "figures.count", {"word": uuid.uuid4().hex}).id
        self.revision = self.ring.task().revision

    def complete_ann(self) -> None:
        """Ann completes it."""
        self._do(lambda session: self._complete(session, ANN))

    def complete_ben(self) -> None:
        """Ben completes it."""
        self._do(lambda session: self._complete(session, BEN))

    def claim_ann(self) -> None:
        """Ann claims it."""
        self._do(lambda session: tasks.claim(session, self._task(session), by=self.ring.user(ANN, session)))

    def claim_ben(self) -> None:
        """Ben claims it."""
        self._do(lambda session: tasks.claim(session, self._task(session), by=self.ring.user(BEN, session)))

    def release_ann(self) -> None:
        """Ann puts it back."""
        self._do(lambda session: tasks.release(session, self._task(session), by=self.ring.user(ANN, session)))

    def reassign_to_ben(self) -> None:
        """The manager gives it to Ben."""
        self._do(lambda session: tasks.reassign(session, self._task(session), to=self.ring.user(BEN, session), by=self.ring.user(MANAGER, session)))

    def draft_ann(self) -> None:
        """Ann types something."""
        self._do(lambda session: tasks.save_draft(session, self._task(session), values={"note": ["a"]}, by=self.ring.user(ANN, session)))

    def draft_ben(self) -> None:
        """Ben types something."""
        self._do(lambda session: tasks.save_draft(session, self._task(session), values={"note": ["b"]}, by=self.ring.user(BEN, session)))

    def next_ann(self) -> None:
        """Ann asks for her next task."""
        self._do(lambda session: tasks.take_next(session, by=self.ring.user(ANN, session)))

    def next_ben(self) -> None:
        """Ben asks for his."""
        self._do(lambda session: tasks.take_next(session, by=self.ring.user(BEN, session)))

    def timer(self) -> None:
        """A day is over."""
        self._do(lambda session: timers.fire(session, self._task(session).instance_id, self.due))

    def stop(self) -> None:
        """A message stops the case."""
        self._do(lambda session: messages.send_to_case(session, self._task(session).case, rounds.MESSAGE, {}, message_id=f"stop:{self.task_id}"))

    def work(self) -> None:
        """A worker does what is asked for."""
        work_off(self.engine, Tools(), clock.now())
        with new_session(self.engine, writes=False) as session:
            failed = session.scalars(select(Job.last_error).where(Job.id == self.job_id, Job.status != JobStatus.DONE, Job.last_error != "")).all()
            if failed:
                raise AssertionError(failed)

    def end(self) -> None:
        """Stop the case for good, so that its tasks are in nobody's way."""
        with transaction(self.engine) as session:
            case = self._task(session).case
            if case.status is CaseStatus.OPEN:
                messages.send_to_case(session, case, rounds.MESSAGE, {}, message_id=f"end:{self.task_id}")

    def _complete(self, session: Session, who: int) -> None:
        answers = {"note": "seen", "more": "yes"}
        tasks.complete(session, self._task(session), answers=answers, by=self.ring.user(who, session), revision=self.revision)

    def _task(self, session: Session) -> UserTask:
        return session.get_one(UserTask, self.task_id)

    def _do(self, what: Callable[[Session], Any]) -> None:
        with transaction(self.engine) as session:
            what(session)


if __name__ == "__main__":
    sys.exit(main())
