"""Ofsted's register of supported accommodation: by hand, from its published file, or from the file at an address of the settings.

Ofsted publishes this as a file of CSV; there is no interface for one entry, so the client fetches the file and looks in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from models import RegistrationStatus
from workflows.registers import asking, files
from workflows.registers.answers import ByHand, NotInRegister, RegisterDown
from workflows.registers.asking import Access

NAME = "Ofsted's register"
PAGE = "https://reports.ofsted.gov.uk/"
NUMBER = re.compile(r"SC\d{6}|\d{5,7}")
# Headings differ from year to year; the first of each is the one that a missing column is named by.
COLUMNS = {
    "urn": ("URN", "Unique reference number"),
    "status": ("Registration status", "Status"),
    "categories?": ("Categories of accommodation", "Supported accommodation categories", "Categories"),
    "conditions?": ("Conditions of registration", "Conditions"),
    "enforcement?": ("Enforcement action", "Enforcement", "Compliance action"),
    "inspected?": ("Latest full inspection date", "Last inspection date", "Inspection date"),
    "outcome?": ("Latest full inspection outcome", "Latest inspection outcome", "Outcome"),
}
STATUSES = {
    "active": RegistrationStatus.REGISTERED, "registered": RegistrationStatus.REGISTERED, "suspended": RegistrationStatus.SUSPENDED,
    "active - suspended": RegistrationStatus.SUSPENDED, "cancelled": RegistrationStatus.CANCELLED, "resigned": RegistrationStatus.CANCELLED,
    "applied": RegistrationStatus.APPLIED, "application received": RegistrationStatus.APPLIED,
    "not registered": RegistrationStatus.NOT_REGISTERED, "refused": RegistrationStatus.NOT_REGISTERED,
}  # fmt: skip
# The three outcomes are sentences (domain 3.4); these words tell them apart.
OUTCOMES = (("consistently", 1), ("inconsistent", 2), ("serious", 3), ("widespread", 3))
YES = frozenset({"yes", "y", "true", "1"})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the register says of one service. `outcome` is 1, 2 or 3, or None while it has not been inspected."""

    urn: str
    status: RegistrationStatus
    categories: tuple[int, ...] = ()
    conditions: str = ""
    has_enforcement: bool = False
    last_inspected_on: date | None = None
    outcome: int | None = None
    source: str = "manual"


class Register(Protocol):
    """Something that tells what Ofsted's register says."""

    def look_up(self, urn: str) -> Entry:
        """The entry under a URN. Raises what `answers` names."""


class Manual:
    """Nobody switched the register on: a person looks at it."""

    def look_up(self, urn: str) -> Entry:
        """Always ByHand, with the address of the public page."""
        raise ByHand(f"Look for {_checked(urn)} at {PAGE} and write down what it says")


class FromFile:
    """The published file."""

    def __init__(self, content: bytes, *, source: str = "import") -> None:
        self.entries = {entry.urn: entry for entry in read_file(content, source=source)}

    def look_up(self, urn: str) -> Entry:
        """The row under a URN. NotInRegister when the file has none."""
        found = self.entries.get(_checked(urn))
        if found is None:
            raise NotInRegister("The file of Ofsted's register has no service with this number")
        return found


class Client:
    """The published file at an address that the council has set."""

    def __init__(self, url: str, *, seconds: float = asking.SECONDS) -> None:
        self._access = Access(name=NAME, url=url, seconds=seconds)

    def look_up(self, urn: str) -> Entry:
        """What the file says now. Raises what `asking.fetch` raises, and RegisterDown for a file that is not the register."""
        wanted = _checked(urn)
        try:
            return FromFile(asking.fetch(self._access, ""), source="client").look_up(wanted)
        except files.NotThisRegister as error:
            raise RegisterDown(f"{NAME} sent something that cannot be read: {error}. Look at the register by hand") from error


def _checked(urn: str) -> str:
    if not NUMBER.fullmatch(urn):
        raise NotInRegister("This is not an Ofsted number")
    return urn


def read_file(content: bytes, *, source: str = "import") -> list[Entry]:
    """The rows of the published file whose status is known. NotThisRegister when it is another file."""
    return [entry for row in files.rows(content, needed=COLUMNS) if (entry := _entry(row, source)) is not None]


def _entry(row: Mapping[str, str], source: str) -> Entry | None:
    status = STATUSES.get(row["status"].lower())
    urn = row["urn"].replace(" ", "").upper()
    if status is None or not NUMBER.fullmatch(urn):
        return None
    return Entry(
        urn=urn, status=status, categories=tuple(sorted({int(number) for number in re.findall(r"[1-4]", row.get("categories", ""))})),
        conditions=row.get("conditions", ""), has_enforcement=row.get("enforcement", "").lower() in YES,
        last_inspected_on=files.read_date(row.get("inspected", "")), outcome=_outcome(row.get("outcome", "")), source=source,
    )  # fmt: skip


def _outcome(text: str) -> int | None:
    said = text.strip().lower()
    if said in ("1", "2", "3"):
        return int(said)
    return next((number for word, number in OUTCOMES if word in said), None)
