"""The bank holidays of the parts of the United Kingdom, by year, with the names people know them by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from types import MappingProxyType

import holidays

FIRST_YEAR, LAST_YEAR = 2000, 2099
LIBRARY_VERSION = f"holidays {version('holidays')}"

ENGLAND = "ENG"
PARTS = {ENGLAND: "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}

# The library's names are not those of the official list that staff and councillors know.
_KNOWN_AS = {
    "May Day": "Early May bank holiday",
    "Spring Bank Holiday": "Spring bank holiday",
    "Late Summer Bank Holiday": "Summer bank holiday",
    "Summer Bank Holiday": "Summer bank holiday",
    "New Year Holiday": "2 January",
}


class OutsideCalendar(ValueError):
    """Working days are known only for the years 2000 to 2099."""


@lru_cache(maxsize=512)
def bank_holidays(year: int, part: str) -> Mapping[date, str]:
    """One year's bank holidays, with names, of one part of the United Kingdom (`ENG`, `WLS`, `SCT`, `NIR`).

    Raises OutsideCalendar for a year without data: there Christmas Day would silently be a working day.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise OutsideCalendar(f"Working days are known only from {FIRST_YEAR} to {LAST_YEAR}, not for {year}")
    found = holidays.country_holidays("GB", subdiv=part, years=year, expand=False, language="en_GB")
    return MappingProxyType({day: _known_as(name) for day, name in found.items()})


@lru_cache(maxsize=128)
def bank_holidays_of_any_part(year: int) -> Mapping[date, str]:
    """The days of one year that are a bank holiday anywhere in the United Kingdom.

    The name says where, unless in England.
    """
    found: dict[date, str] = {}
    for part, place in PARTS.items():
        for day, name in bank_holidays(year, part).items():
            found.setdefault(day, name if part == ENGLAND else f"{name} ({place})")
    return MappingProxyType(found)


def _known_as(name: str) -> str:
    plain, observed, _ = name.partition(" (observed)")
    return _KNOWN_AS.get(plain, plain) + (" (substitute day)" if observed else "")
