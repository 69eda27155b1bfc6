"""Reading a story: what happens when, by whom, with dates fixed or counted from the day of set-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from models import clock
from workflows.rules import calendar

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Step:
    """One thing someone does at an aware moment: completes a task (of a group, if several have it), or comments as the public."""

    at: datetime
    completes: str
    by: str
    of: str
    answers: Mapping[str, Any]
    represents: Mapping[str, Any] | None


@dataclass(frozen=True)
class Story:
    """A decision's life so far. `reference` is the public reference it gets; empty when any will do."""

    name: str
    reference: str
    started_by: str
    starts: datetime
    steps: tuple[Step, ...]


def read_story(name: str, *, day: date | None = None) -> Story:
    """The story in `name`.yml with dates counted from a London date (today unless told). FileNotFoundError for an unknown one."""
    data = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return _Reader(day or clock.today()).story(name, data)


class _Reader:
    def __init__(self, day: date) -> None:
        self.day = day

    def story(self, name: str, data: Mapping[str, Any]) -> Story:
        steps = sorted((self.step(entry) for entry in data["steps"]), key=lambda step: step.at)
        return Story(name, str(data.get("reference", "")), data["started_by"], self.moment(data["starts"]), tuple(steps))

    def step(self, entry: Mapping[str, Any]) -> Step:
        represents = entry.get("represents")
        return Step(
            at=self.moment(entry["at"]), completes=str(entry.get("completes", "")), by=str(entry.get("by", "")), of=str(entry.get("of", "")),
            answers={key: self.value(each) for key, each in (entry.get("answers") or {}).items()}, represents=represents,
        )  # fmt: skip

    def moment(self, value: Any) -> datetime:
        if isinstance(value, Mapping):
            return calendar.london_instant(self.day + timedelta(days=int(value["days"])), at=time.fromisoformat(str(value.get("time", "09:00"))))
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=clock.LONDON)
        return clock.read_instant(str(value))

    def value(self, value: Any) -> Any:
        """`{days: -24}` is that date, `{month: 1}` the number of next month and `{year_of_month: 1}` its year; the rest stays."""
        if not isinstance(value, Mapping):
            return value.isoformat() if isinstance(value, date) else value
        if "days" in value:
            return (self.day + timedelta(days=int(value["days"]))).isoformat()
        if "month" in value:
            return str(calendar.add_months(self.day.replace(day=1), int(value["month"])).month)
        return calendar.add_months(self.day.replace(day=1), int(value["year_of_month"])).year
