"""Reading the demo market: the invented providers, what becomes of each, and how each step of their cases is answered."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import yaml

from models import LegalForm
from workflows.demo.stories import FOLDER
from workflows.rules import calendar

ALWAYS = -10_000


@dataclass(frozen=True)
class Home:
    """One premises that a provider offers: its district, its kind of accommodation (1 to 4), and its spaces."""

    district: str
    category: int
    spaces: int


@dataclass(frozen=True)
class Fate:
    """What becomes of a provider: steps that wait when they appear from a day on, answers that are not the usual ones, deeds by day,
    what a visit finds (line, severity, evidence, action), and the last day of its insurance. Days count from the day of set-up."""

    stops: Mapping[str, int]
    answers: Mapping[str, Mapping[str, Any] | Sequence[Mapping[str, Any]]]
    deeds: tuple[tuple[int, str], ...]
    findings: tuple[Mapping[str, str], ...]
    insured_until: int


    def answers_to(self, step: str, times: int) -> Mapping[str, Any]:
        """What differs from the usual answers to a step that was done so many times before in the provider's cases."""
        told = self.answers.get(step, {})
        return told if isinstance(told, Mapping) else told[min(times, len(told) - 1)]


@dataclass(frozen=True)
class Trader:
    """One invented provider. `number` counts from 1 and makes its register numbers; `joins` are days from the day of set-up."""

    number: int
    name: str
    form: LegalForm
    joins: int
    fate: Fate
    people: tuple[str, ...]
    homes: tuple[Home, ...]
    is_small: bool
    signs_in: bool

    @property
    def domain(self) -> str:
        """Where its mail goes: a name that is kept for examples (RFC 2606)."""
        return re.sub(r"[^a-z]+", "-", self.name.lower()).strip("-") + ".example.org"

    def email(self, person: str) -> str:
        """The address of one of its people."""
        return f"{person.lower().replace(' ', '.')}@{self.domain}"

    def chance(self, about: str) -> random.Random:
        """A source of chance that says the same each time the market is made."""
        return random.Random(f"{self.name}: {about}")


@dataclass(frozen=True)
class Step:
    """How a step of a case is usually done: by whom, how many working hours after it appeared, and with which answers."""

    by: tuple[str, ...]
    hours: int
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Market:
    """The whole market, with dates counted from `day`."""

    day: date
    list_terms: Mapping[str, Any]
    supports: tuple[str, ...]
    sections: Mapping[str, Mapping[str, Any]]
    steps: Mapping[str, Step]
    traders: tuple[Trader, ...]

    @property
    def is_open(self) -> bool:
        """Whether the list is open for the whole time that the market tells of."""
        first = self.day + timedelta(days=min(trader.joins for trader in self.traders))
        return bool(self.list_terms["valid_from"] < first and self.day <= self.list_terms["valid_to"])


def read_market(day: date, *, small: bool = False) -> Market:
    """The market as it is on a London date; only the few providers of the small one if wanted."""
    data = yaml.safe_load((FOLDER / "market.yml").read_text(encoding="utf-8"))
    fates = {name: _fate(entry or {}) for name, entry in data["fates"].items()}
    traders = tuple(_trader(number, entry, fates) for number, entry in enumerate(data["providers"], 1))
    return Market(
        day=day, list_terms=data["list"], supports=tuple(data["supports"]), sections=data["sections"],
        steps={name: _step(entry) for name, entry in data["steps"].items()},
        traders=tuple(each for each in traders if each.is_small or not small),
    )  # fmt: skip


def _trader(number: int, entry: Mapping[str, Any], fates: Mapping[str, Fate]) -> Trader:
    return Trader(
        number=number, name=entry["name"], form=LegalForm(entry.get("form", "private_company")), joins=int(entry["joins"]), fate=fates[entry["fate"]],
        people=tuple(entry["people"]), homes=tuple(Home(district, *told) for district, told in entry["homes"].items()),
        is_small=entry.get("small", False), signs_in=entry.get("sign_in", False),
    )  # fmt: skip


def _fate(entry: Mapping[str, Any]) -> Fate:
    stops = entry.get("stops", {})
    stops = stops if isinstance(stops, Mapping) else dict.fromkeys(stops, ALWAYS)
    deeds = tuple((int(told["day"]), str(told["do"])) for told in entry.get("deeds", ()))
    findings = tuple(entry.get("findings", ()))
    return Fate(stops, entry.get("answers", {}), deeds, findings, int(entry.get("insured_until", 150)))


def _step(entry: Mapping[str, Any]) -> Step:
    by = entry.get("by", ())
    return Step((by,) if isinstance(by, str) else tuple(by), int(entry.get("hours", 4)), entry.get("answers", {}))


def value_at(told: Any, moment: datetime, chance: random.Random) -> Any:
    """An answer at an aware moment: `{in_days: 5}` is the date five days on, `{in_working_days: 5}` the fifth working day, `{between: [2, 9]}` a
    number of thousands; the rest stays."""
    if not isinstance(told, Mapping):
        return told.isoformat() if isinstance(told, date) else told
    today = calendar.london_date(moment)
    if "in_days" in told:
        return (today + timedelta(days=int(told["in_days"]))).isoformat()
    if "in_working_days" in told:
        return working_day(today, int(told["in_working_days"])).isoformat()
    return str(chance.randint(*told["between"]) * 1000)


def working_day(day: date, count: int) -> date:
    """The working day that is `count` working days after a day."""
    for _ in range(count):
        day = calendar.next_working_day(day, calendar.find_calendar("EW"))
    return day


def later(moment: datetime, hours: float) -> datetime:
    """The moment so many office hours (nine to five on working days) after an aware one."""
    office = calendar.find_calendar("EW")
    day = calendar.london_date(moment)
    start = max(moment, calendar.london_instant(day, at=time(9)))
    while not calendar.is_working_day(day, office) or start + timedelta(hours=hours) > calendar.london_instant(day, at=time(17)):
        if calendar.is_working_day(day, office):
            hours -= max(0.0, (calendar.london_instant(day, at=time(17)) - start).total_seconds() / 3600)
        day += timedelta(days=1)
        start = calendar.london_instant(day, at=time(9))
    return start + timedelta(hours=max(hours, 0.0))
