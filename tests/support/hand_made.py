"""Histories made by hand for the legal checklist, from a line of marks.

`+a` a task of step a opens, `a` it is done by Ann (`a:ben` by Ben, `a:ben/cat` by Ben for Cat, `a@finance` as a task for finance, `a!` gone on
without), `-a` it is taken away undone, `a*` the system does it, `(a` and `)a` a called process begins and is over, `>f` flow f is taken, `end`
the process ends. A task that is done without opening opened just then. The n-th mark stands at place n and happens n hours after nine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from workflows.library.exploring import Rule, read_rules
from workflows.library.legal import Doing, History, Judgement, judge

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MARK = re.compile(r"(?P<sign>[+\-(>)]?)(?P<step>\w+)(?P<auto>\*?)(?::(?P<by>[\w/]+))?(?:@(?P<group>\w+))?(?P<over>!?)")


def at(place: int) -> datetime:
    """The moment of a mark."""
    return NINE + timedelta(hours=place)


def history(line: str, *, due: Mapping[str, int] | None = None, timers: Mapping[str, int] | None = None) -> History:
    """The history of a line of marks. `due` and `timers` give places in time for open steps and running timers."""
    doings: list[Doing] = []
    open_ones: dict[str, list[tuple[int, str]]] = {}
    ways: dict[str, int] = {}
    ended = None
    marks = line.split()
    for place, mark in enumerate(marks, 1):
        if mark == "end":
            ended = place
            continue
        found = MARK.fullmatch(mark)
        assert found, mark
        sign, step, people = found["sign"], found["step"], (found["by"] or "ann").split("/")
        if sign == ">":
            ways.setdefault(step, place)
        elif sign in ("+", "("):
            open_ones.setdefault(step, []).append((place, mark))
        else:
            begun = open_ones[step].pop(0)[0] if open_ones.get(step) else place
            is_auto = bool(found["auto"])
            doings.append(
                Doing(
                    step, begun, place, is_done=sign != "-", at=at(place), people=frozenset() if is_auto else frozenset(people),
                    who=" for ".join(people) if not is_auto else "the system", group="" if is_auto else found["group"] or "team",
                    overridden=bool(found["over"]), is_call=sign == ")",
                )
            )  # fmt: skip
    for step, begun_marks in open_ones.items():
        for begun, mark in begun_marks:
            found = MARK.fullmatch(mark)
            assert found
            by = frozenset((found["by"] or "").split("/")) - {""}
            when = at((due or {})[step]) if step in (due or {}) else None
            doings.append(
                Doing(
                    step, begun, ended, people=by, who=" for ".join(by), group=found["group"] or "team", due_at=when, is_call=found["sign"] == "("
                )
            )  # fmt: skip
    running = {step: at(place) for step, place in (timers or {}).items()}
    return History(tuple(sorted(doings, key=lambda each: each.begun)), ways, running, ended, at(ended) if ended else None)


def rule(words: str, *, unless: str = "") -> Rule:
    """A rule of these words."""
    lifted = f", unless: {unless}" if unless else ""
    [found] = read_rules(f'rules: [{{id: one, rule: "{words}", legal: The Act, because: So.{lifted}}}]')
    return found


def judged(
    words: str, line: str, *, unless: str = "", due: Mapping[str, int] | None = None, timers: Mapping[str, int] | None = None, now: int = 50
) -> Judgement:  # fmt: skip
    """How a line of marks stands to a rule, at the moment `now`; what is due within five hours of it is due soon."""
    return judge(rule(words, unless=unless), history(line, due=due, timers=timers), {}, now=at(now), soon=at(now + 5))
