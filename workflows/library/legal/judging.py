"""Whether a case keeps a rule, by its own history: the seven forms of `rules.yml`, each a function of its own.

The forms say what they say at the gate (`exploring.laws`): “A before B” means that the first B comes after an A, and the way named by `unless` lifts
a rule from the moment it is taken. What is only open breaks no rule yet; it is told as a risk.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows.library.exploring import Rule
from workflows.library.legal.history import OPEN_END, Doing, History

Meant = Mapping[str, Collection[str]]


class State(enum.Enum):
    """How a case stands to a rule, the worst first."""

    BREACHED = "breached"
    AT_RISK = "at risk"
    WAITING = "waiting"
    OVERRIDDEN = "overridden"
    MET = "met"
    NOT_APPLICABLE = "not applicable"


class Reason(enum.Enum):
    """Why a rule has the state it has, for the words on the page."""

    DONE = "done"
    WAITS = "waits"
    TIME_RUNS = "time runs"
    TIME_OVER = "time over"
    NOT_REACHED = "not reached"
    OVERDUE = "overdue"
    DUE_SOON = "due soon"
    NEXT_IS_OPEN = "next is open"
    SAME_PERSON = "same person"
    OTHER_GROUP = "other group"
    AGAIN = "again"
    OTHER_WAY = "other way"
    ENDED = "ended"


@dataclass(frozen=True)
class Judgement:
    """A state with its reason, the doing it rests on, and when and by whom; `date` is what is waited for, where one is known."""

    state: State
    reason: Reason
    at: datetime | None = None
    who: str = ""
    step: str = ""
    other: str = ""
    date: datetime | None = None


@dataclass(frozen=True)
class Question:
    """A rule, what its names mean, the history it is asked of, and until when a thing that is due counts as due soon."""

    rule: Rule
    history: History
    meant: Meant
    now: datetime
    soon: datetime

    def ids(self, part: str) -> Collection[str]:
        """The steps that a part of the rule means."""
        return self.named(self.rule.parts[part])

    def named(self, name: str) -> Collection[str]:
        """The steps that a name means: itself, or those that carry out the operation."""
        return self.meant.get(name) or frozenset({name})

    @property
    def off(self) -> int:
        """The place from which the rule is lifted, or one that never comes."""
        return self.history.ways.get(self.rule.unless, OPEN_END) if self.rule.unless else OPEN_END


def judge(rule: Rule, history: History, meant: Meant, *, now: datetime, soon: datetime) -> Judgement:
    """How a case stands to a rule at an aware moment. `meant` gives the steps behind each name; a step due by `soon` is a risk."""
    question = Question(rule, history, meant, now, soon)
    return FORMS[rule.form](question)


def _before(q: Question) -> Judgement:
    return _one_then_other(q, q.ids("a"), q.ids("b"))


def _only_after(q: Question) -> Judgement:
    return _one_then_other(q, q.ids("timer"), q.ids("a"), timer=True)


def _one_then_other(q: Question, first: Collection[str], then: Collection[str], *, timer: bool = False) -> Judgement:
    came, followed = q.history.done(first), q.history.ventured(then)
    a, b = (some[0].place if some else OPEN_END for some in (came, followed))
    if b < min(a, q.off):
        return _by(State.BREACHED, Reason.NEXT_IS_OPEN, followed[0])
    if came and a < q.off:
        before = [each for each in came if each.place < b]
        reason = Reason.TIME_OVER if timer else Reason.DONE
        passed_over = next((each for each in before if each.overridden), None)
        return _by(State.OVERRIDDEN, Reason.DONE, passed_over) if passed_over else _by(State.MET, reason, before[-1])
    if q.off < OPEN_END:
        return Judgement(State.NOT_APPLICABLE, Reason.OTHER_WAY)
    return _still_to_come(q, first, then, timer=timer)


def _still_to_come(q: Question, first: Collection[str], then: Collection[str], *, timer: bool = False) -> Judgement:
    """Neither has happened: what stands open says whether that is a risk, and a date where one is known."""
    if q.history.ended is not None:
        return Judgement(State.NOT_APPLICABLE, Reason.ENDED)
    runs = min((due for step, due in q.history.timers.items() if step in first), default=None) if timer else None
    ahead = q.history.open(then)
    if ahead:
        return Judgement(State.AT_RISK, Reason.NEXT_IS_OPEN, step=ahead[0].step, date=runs)
    if runs is not None:
        return Judgement(State.WAITING, Reason.TIME_RUNS, date=runs)
    return _waits_for(q, q.history.open(first))


def _waits_for(q: Question, waiting: Sequence[Doing]) -> Judgement:
    """What a rule waits for is open with somebody: a risk once it is due soon; or not reached yet."""
    if not waiting:
        return Judgement(State.WAITING, Reason.NOT_REACHED)
    first = waiting[0]
    if first.due_at is not None and first.due_at <= q.soon:
        reason = Reason.OVERDUE if first.due_at < q.now else Reason.DUE_SOON
        return Judgement(State.AT_RISK, reason, step=first.step, date=first.due_at)
    return Judgement(State.WAITING, Reason.WAITS, step=first.step, date=first.due_at)


def _followed(q: Question) -> Judgement:
    came, then = q.history.done(q.ids("a")), q.history.done(q.ids("b"))
    came = [each for each in came if each.place < q.off]
    last = max((each.place for each in came), default=-1)
    answers = [each for each in then if each.place > last]
    if came and answers:
        return _by(State.MET, Reason.DONE, answers[0])
    if q.off < OPEN_END and (q.history.ended is None or q.off < q.history.ended):
        return Judgement(State.NOT_APPLICABLE, Reason.OTHER_WAY)
    if not came:
        return Judgement(State.NOT_APPLICABLE, Reason.ENDED) if q.history.ended is not None else Judgement(State.WAITING, Reason.NOT_REACHED)
    if q.history.ended is not None:
        return Judgement(State.BREACHED, Reason.ENDED, at=q.history.ended_at, who=came[-1].who, step=came[-1].step)
    return _waits_for(q, q.history.open(q.ids("b")))


def _never_while(q: Question) -> Judgement:
    a, b = q.ids("a"), q.ids("b")
    done = [each for each in q.history.ventured(a) if each.place < q.off]
    for each in done:
        over = next((other for other in q.history.of(b) if other.is_open_at(each.place)), None)
        if over is not None:
            return _by(State.BREACHED, Reason.NEXT_IS_OPEN, each, other=over.step)
    if done:
        return _by(State.MET, Reason.DONE, done[-1])
    ahead, beside = q.history.open(a), q.history.open(b)
    if q.off == OPEN_END and q.history.ended is None and ahead and beside:
        return Judgement(State.AT_RISK, Reason.NEXT_IS_OPEN, step=ahead[0].step, other=beside[0].step)
    return _nothing_yet(q)


def _once(q: Question) -> Judgement:
    a = q.ids("a")
    done = [each for each in q.history.ventured(a) if each.place < q.off]
    if len(done) > 1:
        return _by(State.BREACHED, Reason.AGAIN, done[1])
    if done:
        again = [each for each in q.history.open(a) if each.begun > done[0].place]
        if again and q.off == OPEN_END:
            return Judgement(State.AT_RISK, Reason.AGAIN, step=again[0].step)
        return _by(State.MET, Reason.DONE, done[0])
    return _nothing_yet(q)


def _nothing_yet(q: Question) -> Judgement:
    """What the rule is about has not happened."""
    if q.off < OPEN_END:
        return Judgement(State.NOT_APPLICABLE, Reason.OTHER_WAY)
    if q.history.ended is not None:
        return Judgement(State.NOT_APPLICABLE, Reason.ENDED)
    return Judgement(State.WAITING, Reason.NOT_REACHED)


def _different(q: Question) -> Judgement:
    """The last step named is kept apart from each of the others, whichever came first; who acted for somebody counts as both."""
    *others, last = q.rule.people
    apart = q.history.done([step for name in others for step in q.named(name)])
    own = q.history.done(q.named(last))
    both = [(one, other) for one in apart for other in own if one.people & other.people]
    broken = [(one, other) if one.place > other.place else (other, one) for one, other in both]
    broken = [pair for pair in broken if pair[0].place < q.off]
    if broken:
        later, earlier = min(broken, key=lambda pair: pair[0].place)
        return _by(State.BREACHED, Reason.SAME_PERSON, later, other=earlier.step)
    own = [each for each in own if each.place < q.off]
    if own:
        return _by(State.MET, Reason.DONE, own[-1])
    if q.off < OPEN_END or q.history.ended is not None:
        return _nothing_yet(q)
    mine = q.history.open(q.named(last))
    held = next(((one, each) for each in mine for one in apart if one.people & each.people), None)
    if held is not None:
        return Judgement(State.AT_RISK, Reason.SAME_PERSON, who=held[1].who, step=held[1].step, other=held[0].step)
    return Judgement(State.WAITING, Reason.WAITS, step=mine[0].step) if mine else _nothing_yet(q)


def _only_by(q: Question) -> Judgement:
    group, done = q.rule.parts["group"], [each for each in q.history.done(q.ids("a")) if each.group and each.place < q.off]
    wrong = next((each for each in done if each.group != group), None)
    if wrong is not None:
        return _by(State.BREACHED, Reason.OTHER_GROUP, wrong, other=wrong.group)
    waiting = q.history.open(q.ids("a"))
    given = next((each for each in waiting if each.group and each.group != group), None)
    if given is not None and q.off == OPEN_END:
        return Judgement(State.AT_RISK, Reason.OTHER_GROUP, step=given.step, other=given.group)
    if done:
        return _by(State.MET, Reason.DONE, done[-1])
    if q.off == OPEN_END and waiting:
        return Judgement(State.WAITING, Reason.WAITS, step=waiting[0].step)
    return _nothing_yet(q)


def _by(state: State, reason: Reason, doing: Doing, *, other: str = "") -> Judgement:
    return Judgement(state, reason, at=doing.at, who=doing.who, step=doing.step, other=other)


FORMS: Mapping[str, Callable[[Question], Judgement]] = {
    "before": _before, "followed": _followed, "never while": _never_while, "different": _different, "only by": _only_by, "only after": _only_after,
    "once": _once,
}  # fmt: skip
