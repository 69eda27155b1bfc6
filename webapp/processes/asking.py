"""What a reader asks of the figures of a process: which version, since when; and what every page of figures has."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flask import request, url_for

from models import clock
from webapp.db import db
from workflows.errors import NotFound
from workflows.library.figures import drawn
from workflows.library.figures.drawn import Drawn
from workflows.queries import process_figures
from workflows.queries.process_figures import Scope
from workflows.rules import calendar

MONTHS = {3: "Last 3 months", 6: "Last 6 months", 12: "Last 12 months", 24: "Last 2 years", 0: "All time"}
TIME_WORDS = {0: "since the beginning"}
USUAL_MONTHS = 6
LONGEST_NUMBER = 6
THE_BEGINNING = date(1970, 1, 1)


@dataclass(frozen=True)
class Asked:
    """The process, the number of the version (None for all), and how many months back."""

    key: str
    number: int | None
    months: int

    @classmethod
    def of_request(cls, key: str) -> Asked:
        """What the address says. NotFound when its version is no number; a time that is not offered is the usual one."""
        version, months = request.args.get("version", ""), request.args.get("months", "")
        if version and not (version.isascii() and version.isdigit() and len(version) <= LONGEST_NUMBER):
            raise NotFound("There is no such version of this process")
        found = int(months) if months.isascii() and months.isdigit() and len(months) <= LONGEST_NUMBER else USUAL_MONTHS
        return cls(key, int(version) if version else None, found if found in MONTHS else USUAL_MONTHS)

    @cached_property
    def scope(self) -> Scope:
        """The versions and the time that are counted."""
        since = calendar.london_instant(calendar.add_months(clock.today(), -self.months) if self.months else THE_BEGINNING)
        return process_figures.scope(db.session, self.key, number=self.number, since=since, until=clock.now())

    @cached_property
    def xml(self) -> Mapping[uuid.UUID, str]:
        """The diagram of each chosen version, the newest first."""
        return process_figures.diagrams(db.session, self.scope)

    @cached_property
    def drawings(self) -> Mapping[uuid.UUID, Drawn]:
        """What those diagrams say."""
        return {version: drawn.read(xml, self.key) for version, xml in self.xml.items()}

    @property
    def args(self) -> dict[str, Any]:
        """What an address needs to ask the same again."""
        return {"months": str(self.months)} | ({"version": str(self.number)} if self.number is not None else {})

    def page_values(self, endpoint: str, csv_endpoint: str, *, by_version: bool = True) -> dict[str, Any]:
        """What the parts of `processes/figures.html` need."""
        live = self.scope.every[0].number
        versions = [{"value": "", "text": "All versions", "selected": self.number is None}]
        versions += [
            {"value": each.number, "text": f"Version {each.number}{', live' if each.number == live else ''}", "selected": each.number == self.number}
            for each in self.scope.every
        ]
        return {
            "action": url_for(endpoint, key=self.key),
            "csv_href": url_for(csv_endpoint, key=self.key, **self.args),
            "versions": versions if by_version else [],
            "months": [{"value": count, "text": words, "selected": count == self.months} for count, words in MONTHS.items()],
            "as_of": self.scope.until,
            "time": TIME_WORDS.get(self.months, f"in the {MONTHS[self.months].lower()}"),
            "version_words": "all versions" if self.number is None else f"version {self.number}",
        }

    def file_name(self, what: str) -> str:
        """The name of a file of these figures."""
        version = f"-version-{self.number}" if self.number is not None else ""
        return f"{self.key}{version}-{what}-{clock.today().isoformat()}.csv"
