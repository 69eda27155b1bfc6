"""What a page prints under "How we worked this out", and the deadline it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Literal

from workflows.rules.calendar.london import END_OF_DAY, london_instant
from workflows.rules.calendar.rule import Rule
from workflows.rules.calendar.working_days import Calendar, LeftOut, plain_date

# "earliest": the first day something may be done. "latest": the last day to do it.
Bound = Literal["earliest", "latest"]

_FORMAT = 1


@dataclass(frozen=True)
class Change:
    """A person set another date than the one worked out: from which, to which, who and why."""

    was: date
    to: date
    by: str
    reason: str


@dataclass(frozen=True)
class Explanation:
    """How one date was worked out.

    `gives` is the date the rule gives; `changes` says whether people set another one since.
    """

    rule_id: str
    rule_version: str
    owner: str
    sentence: str
    legal_basis: str
    legal_url: str
    confirmed: bool
    event: str
    started_on: date
    gives: date
    bound: Bound
    at: time | None = None
    counted: tuple[date, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    calendar: str = ""
    calendar_version: str = ""
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values: dates and times as ISO text, London time."""
        plain = {name: getattr(self, name) for name in _TEXTS}
        return plain | {
            "format": _FORMAT,
            "confirmed": self.confirmed,
            "started_on": self.started_on.isoformat(),
            "gives": self.gives.isoformat(),
            "at": self.at.isoformat() if self.at is not None else None,
            "counted": [day.isoformat() for day in self.counted],
            "left_out": [
                {"on": day.on.isoformat(), "reason": day.reason, "why": day.why} for day in self.left_out
            ],
            "notes": list(self.notes),
            "changes": [
                {"was": each.was.isoformat(), "to": each.to.isoformat(), "by": each.by, "reason": each.reason}
                for each in self.changes
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Explanation:
        """Read what `to_json` wrote. Raises ValueError when it is not that."""
        if data.get("format") != _FORMAT:
            raise ValueError(f"This explanation has format {data.get('format')!r}, not {_FORMAT}")
        try:
            return _read(data)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"This explanation cannot be read: {error!r}") from error


_TEXTS = (
    "rule_id",
    "rule_version",
    "owner",
    "sentence",
    "legal_basis",
    "legal_url",
    "event",
    "bound",
    "calendar",
    "calendar_version",
)


def _read(data: Mapping[str, Any]) -> Explanation:
    return Explanation(
        **{name: data[name] for name in _TEXTS},
        confirmed=data["confirmed"],
        started_on=date.fromisoformat(data["started_on"]),
        gives=date.fromisoformat(data["gives"]),
        at=time.fromisoformat(data["at"]) if data["at"] is not None else None,
        counted=tuple(date.fromisoformat(day) for day in data["counted"]),
        left_out=tuple(
            LeftOut(date.fromisoformat(day["on"]), day["reason"], day["why"]) for day in data["left_out"]
        ),
        notes=tuple(data["notes"]),
        changes=tuple(
            Change(
                date.fromisoformat(each["was"]), date.fromisoformat(each["to"]), each["by"], each["reason"]
            )
            for each in data["changes"]
        ),
    )


@dataclass(frozen=True)
class Deadline:
    """A London date and how it was worked out."""

    on: date
    explanation: Explanation

    @property
    def at(self) -> time | None:
        """The London time of day by which it must be done, or None for the whole day."""
        return self.explanation.at

    @property
    def instant(self) -> datetime:
        """The aware UTC moment: an earliest day's start; a latest day's time, else its last microsecond.

        The end of a day is still in that day, so that `london_date` of a stored moment gives the same date.
        """
        if self.explanation.bound == "earliest":
            return london_instant(self.on, at=time(0))
        return london_instant(self.on, at=END_OF_DAY if self.at is None else self.at)


def make_deadline(
    rule: Rule,
    *,
    on: date,
    bound: Bound,
    event: str,
    started_on: date,
    counted: Iterable[date] = (),
    left_out: Iterable[LeftOut] = (),
    calendar: Calendar | None = None,
    at: time | None = None,
    notes: Iterable[str] = (),
) -> Deadline:
    """A deadline with its explanation; days are put in order of date."""
    explanation = Explanation(
        rule_id=rule.id,
        rule_version=rule.version,
        owner=rule.owner,
        sentence=rule.words,
        legal_basis=rule.legal_basis,
        legal_url=rule.legal_url,
        confirmed=rule.confirmed,
        event=event,
        started_on=started_on,
        gives=on,
        bound=bound,
        at=at,
        counted=tuple(sorted(counted)),
        left_out=tuple(sorted(left_out, key=lambda day: day.on)),
        calendar=calendar.name if calendar else "",
        calendar_version=calendar.version if calendar else "",
        notes=tuple(notes),
    )
    return Deadline(on, explanation)


def moved(deadline: Deadline, *, to: date, by: str, reason: str) -> Deadline:
    """The same deadline on another day, set by a person (`by`: name or post as it may be printed).

    ValueError without a reason.
    """
    if not by.strip() or not reason.strip():
        raise ValueError("A changed date needs a person and a reason")
    change = Change(deadline.on, plain_date(to), by, reason)
    return Deadline(to, replace(deadline.explanation, changes=(*deadline.explanation.changes, change)))


def until(deadline: Deadline, at: time) -> Deadline:
    """The same last day, but only until a London time of day.

    Raises ValueError for a first lawful day, which has none.
    """
    if deadline.explanation.bound == "earliest":
        raise ValueError(
            f"Rule {deadline.explanation.rule_id} gives a first lawful day, which begins at midnight"
        )
    return Deadline(deadline.on, replace(deadline.explanation, at=at))
