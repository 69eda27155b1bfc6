"""Called processes in a history: each run of one, told from what happened inside it, and the calling step as a doing of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workflows.library.legal.book import Book
from workflows.library.legal.history import OPEN_END, Doing


@dataclass(frozen=True)
class CalledRun:
    """One run of a called process: what happened in it. Instances that run side by side are one run; the next round is another."""

    doings: tuple[Doing, ...]

    @property
    def begun(self) -> int:
        """The place at which it began."""
        return min(each.begun for each in self.doings)

    @property
    def last(self) -> Doing:
        """What was over last; an end of the process before what it took away."""
        return max(self.doings, key=_over)

    def over(self, ends: frozenset[str]) -> int | None:
        """The place at which it was over, None while something in it is open or it has not come to an end."""
        if any(each.is_open for each in self.doings):
            return None
        last = self.last
        # Whatever was taken away undone last ends a run that was broken off from outside.
        return last.over if last.step in ends or not last.is_done else None


def _over(doing: Doing) -> tuple[int, bool]:
    return doing.over or 0, doing.is_done


def runs_of(doings: Sequence[Doing], ends: frozenset[str]) -> list[CalledRun]:
    """The doings of one called process as its runs: a run ends at an end of the process when nothing else in it is open."""
    runs: list[CalledRun] = []
    now: list[Doing] = []
    for each in sorted(doings, key=lambda each: each.begun):
        if now and _is_finished(now, each.begun, ends):
            runs.append(CalledRun(tuple(now)))
            now = []
        now.append(each)
    return [*runs, CalledRun(tuple(now))] if now else runs


def _is_finished(now: Sequence[Doing], place: int, ends: frozenset[str]) -> bool:
    # One that was broken off may go on inside, past an event at its edge: only an end of the process ends a run here.
    last = max(now, key=_over)
    return not any(each.is_open for each in now) and last.step in ends and (last.over or 0) <= place


def with_calls(book: Book, doings: Sequence[Doing]) -> list[Doing]:
    """The doings with one for each run of a called process, by the step that called it; what is called deepest comes first."""
    found = _cut_short(doings, book.terminates)
    for key in sorted(set(book.calls.values()) & set(book.roads), key=lambda key: _depth(book, key)):
        calls = [call for call, called in book.calls.items() if called == key]
        for run in runs_of([each for each in found if each.process == key], book.ends):
            first = min(run.doings, key=lambda each: each.begun)
            caller = calls[0] if len(calls) == 1 else book.roads[book.homes[calls[0]]].caller(calls, first, found)
            found.append(_call(caller, book, run))
    return sorted(found, key=lambda each: each.begun)


def _cut_short(doings: Sequence[Doing], terminates: frozenset[str]) -> list[Doing]:
    """An end that ends all takes away what is open in its process at once, although the trail says so only at the end of the step."""
    ends = [each for each in doings if each.step in terminates]
    found = []
    for each in doings:
        later = [end.begun for end in ends if end.process == each.process and end.begun > each.begun] if not each.is_done else []
        found.append(replace(each, over=min(each.over or OPEN_END, *later)) if later else each)
    return found


def _depth(book: Book, key: str) -> int:
    """How many levels of calls lie below a process."""
    return max((1 + _depth(book, called) for call, called in book.calls.items() if book.homes[call] == key and called in book.roads), default=0)


def _call(caller: str, book: Book, run: CalledRun) -> Doing:
    over = run.over(book.ends)
    last = run.last
    people = [each for each in run.doings if each.people and each.is_done]
    by = max(people, key=lambda each: each.over or 0) if people else last
    return Doing(
        caller, run.begun, over, is_done=over is not None and last.is_done, at=last.at, who=by.who, process=book.homes.get(caller, ""), is_call=True,
        overridden=any(each.overridden for each in run.doings),
        due_at=min((each.due_at for each in run.doings if each.is_open and each.due_at is not None), default=None),
    )  # fmt: skip
