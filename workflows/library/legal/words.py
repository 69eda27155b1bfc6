"""How a case stands to a rule, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from models import clock
from workflows.library.legal.history import THE_SYSTEM
from workflows.library.legal.judging import Judgement, Reason, State
from workflows.rules import words

Names = Mapping[str, str]


def says(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    """One or two sentences about a judgement, for a page and for the record of a breach."""
    told = TOLD.get((found.state, found.reason)) or TOLD_BY_STATE[found.state]
    return told(found, names, groups)


def _name(step: str, names: Names) -> str:
    return f"“{names.get(step, step)}”"


def _moment(at: datetime | None) -> str:
    if at is None:
        return "at a time that is not known"
    local = at.astimezone(clock.LONDON)
    return f"on {words.short_day(local)} at {words.time(local)}"


def _did(found: Judgement, names: Names) -> str:
    by = "by the system" if found.who == THE_SYSTEM else f"by {found.who}" if found.who else ""
    return f"{_name(found.step, names)} was done {' '.join(each for each in (_moment(found.at), by) if each)}"


def _broken(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    while_open = f", while {_name(found.other, names)} was open" if found.other else ", too early"
    return f"{_did(found, names)}{while_open}."


def _same(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    return f"{_did(found, names)}, who also did {_name(found.other, names)}."


def _other_group(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    return f"{_did(found, names)}, as a task for {groups.get(found.other, found.other)}."


def _again(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    return f"{_did(found, names)}, again."


def _never_followed(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    by = f" {found.who} did that last." if found.who and found.who != THE_SYSTEM else ""
    return f"The process ended {_moment(found.at)} without what must follow {_name(found.step, names)}.{by}"


def _is_open(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    if found.other:
        return f"{_name(found.step, names)} is open while {_name(found.other, names)} is open."
    return f"{_name(found.step, names)} is open already. Doing it now would break this rule."


def _late(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    late = "is overdue" if found.reason is Reason.OVERDUE else "is due soon"
    return f"Waiting for {_name(found.step, names)}, which {late}."


def _held_by_same(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    return f"{_name(found.step, names)} is with {found.who}, who also did {_name(found.other, names)}."


def _given_to_other(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    return f"{_name(found.step, names)} waits for {groups.get(found.other, found.other)}."


def _open_again(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    return f"{_name(found.step, names)} is open again."


def _waits(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    return f"Waiting for {_name(found.step, names)}." if found.step else "Not reached yet."


def _done(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    return f"{_name(found.step, names)} was done."


def _time_over(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    return f"The time of {_name(found.step, names)} was over."


def _went_on(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    return "Gone on without an answer that was overdue, as the Monitoring Officer may."


def _no_matter(found: Judgement, names: Names, groups: Mapping[str, str]) -> str:
    if found.reason is Reason.OTHER_WAY:
        return "This case took a way on which the rule does not apply."
    return "The process ended before it came to this."


Tell = Callable[[Judgement, Names, Mapping[str, str]], str]
TOLD_BY_STATE: Mapping[State, Tell] = {
    State.BREACHED: _broken, State.AT_RISK: _is_open, State.WAITING: _waits, State.OVERRIDDEN: _went_on, State.MET: _done,
    State.NOT_APPLICABLE: _no_matter,
}  # fmt: skip
TOLD: Mapping[tuple[State, Reason], Tell] = {
    (State.BREACHED, Reason.SAME_PERSON): _same, (State.BREACHED, Reason.OTHER_GROUP): _other_group, (State.BREACHED, Reason.AGAIN): _again,
    (State.BREACHED, Reason.ENDED): _never_followed, (State.AT_RISK, Reason.OVERDUE): _late, (State.AT_RISK, Reason.DUE_SOON): _late,
    (State.AT_RISK, Reason.SAME_PERSON): _held_by_same, (State.AT_RISK, Reason.OTHER_GROUP): _given_to_other,
    (State.AT_RISK, Reason.AGAIN): _open_again,
    (State.MET, Reason.TIME_OVER): _time_over,
    (State.WAITING, Reason.TIME_RUNS): lambda found, names, groups: "Waiting for the time to be over.",
}  # fmt: skip
