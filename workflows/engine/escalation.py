"""Who hears of a task that is not done, and when: the words of the property `escalation` of a step.

`50% 80% manager+1 monitoring-officer+3` reminds whoever has the task when half and four fifths of the time allowed are gone, and tells
the team's manager one working day and the Monitoring Officer three working days after the due date. `none` asks for silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PROPERTY = "escalation"
NONE = "none"
MANAGER = "manager"
# Below a fifth of the time a reminder would come with the task itself.
LEAST_PERCENT, MOST_PERCENT = 20, 99
MOST_DAYS = 60

_PART = re.compile(r"(\d{1,3})%")
_OVERDUE = re.compile(r"([a-z][a-z0-9-]*)\+(\d{1,3})")


class UnknownWords(ValueError):
    """Words of an escalation that mean nothing; `words` are they, and the message says what is wrong."""

    def __init__(self, words: str, message: str) -> None:
        super().__init__(message)
        self.words = words


@dataclass(frozen=True)
class Stage:
    """One stage: a percentage of the time allowed, or whole working days after the due date and the key of who is told then."""

    percent: int = 0
    who: str = ""
    days: int = 0

    @property
    def key(self) -> str:
        """What tells this stage from the others of a task."""
        return f"{self.who}+{self.days}" if self.who else f"{self.percent}%"


def read(text: str) -> tuple[Stage, ...]:
    """The stages in the order in which they come. UnknownWords names the word that is none."""
    words = text.split()
    if words == [NONE]:
        return ()
    if not words:
        raise UnknownWords("", "the escalation is empty")
    stages = [_stage(word) for word in words]
    if len({stage.key for stage in stages}) < len(stages):
        raise UnknownWords(text, f"“{text}” names a stage twice")
    return in_order(stages)


def in_order(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Stages as they come: parts of the time allowed first, then by days overdue."""
    return tuple(sorted(stages, key=lambda stage: (bool(stage.who), stage.percent, stage.days)))


def _stage(word: str) -> Stage:
    part = _PART.fullmatch(word)
    if part:
        percent = int(part.group(1))
        if not LEAST_PERCENT <= percent <= MOST_PERCENT:
            raise UnknownWords(word, f"“{word}” must be from {LEAST_PERCENT}% to {MOST_PERCENT}%")
        return Stage(percent=percent)
    overdue = _OVERDUE.fullmatch(word)
    if overdue:
        days = int(overdue.group(2))
        if days > MOST_DAYS:
            raise UnknownWords(word, f"“{word}” must be at most {MOST_DAYS} working days")
        return Stage(who=overdue.group(1), days=days)
    raise UnknownWords(word, f"“{word}” is neither a part of the time such as 50% nor somebody to tell such as manager+1")


def words_of(stages: Sequence[Stage], names: Mapping[str, str]) -> str:
    """The stages in words; `names` has the names of teams and posts by key."""
    if not stages:
        return "Nobody is reminded of this by itself"
    parts = [f"{stage.percent}%" for stage in stages if not stage.who]
    overdue = [f"{_name(stage.who, names)} {_after(stage.days)}" for stage in stages if stage.who]
    said = [f"reminders after {_listed(parts)} of the time"] if parts else []
    said += [f"{_listed(overdue)} told when overdue"] if overdue else []
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def _name(who: str, names: Mapping[str, str]) -> str:
    return "the team’s manager" if who == MANAGER else names.get(who, who)


def _after(days: int) -> str:
    return "at once" if days == 0 else f"after {days} working day{'' if days == 1 else 's'}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
