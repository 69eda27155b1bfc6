"""The register of charities in England and Wales: by hand, from its public file, or from the Charity Commission's API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from workflows.registers import asking, files
from workflows.registers.answers import ByHand, NotInRegister, RegisterDown
from workflows.registers.asking import Access

NAME = "The register of charities"
PUBLIC_URL = "https://api.charitycommission.gov.uk/register/api"
PAGE = "https://register-of-charities.charitycommission.gov.uk/charity-search"
NUMBER = re.compile(r"(\d{6,7})(?:-(\d{1,3}))?")
REGISTERED, REMOVED = "registered", "removed"
STATUSES = {"R": REGISTERED, "RM": REMOVED, "REGISTERED": REGISTERED, "REMOVED": REMOVED}
COLUMNS = {
    "number": ("registered_charity_number", "Registered charity number"), "name": ("charity_name", "Charity name"),
    "status": ("charity_registration_status", "Registration status"), "linked?": ("linked_charity_number", "Linked charity number"),
    "registered?": ("date_of_registration", "Date of registration"), "removed?": ("date_of_removal", "Date of removal"),
    "company?": ("charity_company_registration_number",), "insolvent?": ("charity_insolvent",), "in_administration?": ("charity_in_administration",),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Charity:
    """What the register says of one charity. `status` is `registered` or `removed`."""

    number: str
    name: str
    status: str
    registered_on: date | None = None
    removed_on: date | None = None
    company_number: str = ""
    is_insolvent: bool = False
    in_administration: bool = False
    source: str = "manual"


class Register(Protocol):
    """Something that tells what the register of charities says."""

    def look_up(self, number: str) -> Charity:
        """The entry under a charity number, such as 1234567 or 1234567-1. Raises what `answers` names."""


class Manual:
    """Nobody switched the register on: a person looks at it."""

    def look_up(self, number: str) -> Charity:
        """Always ByHand, with the address of the public page."""
        _parts(number)
        raise ByHand(f"Look for {number} at {PAGE} and write down what it says")


class FromFile:
    """The public file of the register, or an extract of it."""

    def __init__(self, content: bytes) -> None:
        self._charities = {charity.number: charity for charity in read_file(content)}

    def look_up(self, number: str) -> Charity:
        """The row under a number. NotInRegister when the file has none."""
        _parts(number)
        found = self._charities.get(number)
        if found is None:
            raise NotInRegister("The file of the register has no charity with this number")
        return found


class Client:
    """The Charity Commission's API, with the council's key."""

    def __init__(self, key: str, *, url: str = PUBLIC_URL, seconds: float = asking.SECONDS) -> None:
        self._access = Access(name=NAME, url=url.rstrip("/"), headers={"Ocp-Apim-Subscription-Key": key}, seconds=seconds)

    def look_up(self, number: str) -> Charity:
        """What the API says now. Raises what `asking.fetch` raises."""
        main, linked = _parts(number)
        charity = read_details(asking.fetch_json(self._access, f"/allcharitydetails/{main}/{linked}"))
        if _parts(charity.number) != (main, linked):
            raise RegisterDown(f"{NAME} answered about another charity. Look at the register by hand")
        return charity


def _parts(number: str) -> tuple[str, str]:
    found = NUMBER.fullmatch(number)
    if found is None:
        raise NotInRegister("This is not a charity number")
    return found[1], found[2] or "0"


def read_details(data: Mapping[str, Any]) -> Charity:
    """The details of the API as our own record. RegisterDown when they lack what they always have."""
    number, name = str(data.get("reg_charity_number") or ""), str(data.get("charity_name") or "")
    linked = str(data.get("group_subsid_suffix") or "0")
    status = STATUSES.get(str(data.get("reg_status") or "").upper())
    if not NUMBER.fullmatch(number) or not name or status is None:
        raise RegisterDown(f"{NAME} sent something that cannot be read. Look at the register by hand")
    return Charity(
        number=number if linked == "0" else f"{number}-{linked}", name=name, status=status,
        registered_on=files.read_date(str(data.get("date_of_registration") or "")),
        removed_on=files.read_date(str(data.get("date_of_removal") or "")), company_number=str(data.get("charity_co_reg_number") or ""),
        is_insolvent=bool(data.get("insolvent")), in_administration=bool(data.get("in_administration")), source="client",
    )  # fmt: skip


def read_file(content: bytes) -> list[Charity]:
    """The rows of the public file of charities. NotThisRegister when it is another file."""
    return [_charity(row) for row in files.rows(content, needed=COLUMNS)]


def _charity(row: Mapping[str, str]) -> Charity:
    linked = row.get("linked", "0") or "0"
    return Charity(
        number=row["number"] if linked == "0" else f"{row['number']}-{linked}", name=row["name"],
        status=STATUSES.get(row["status"].upper(), row["status"].lower()), registered_on=files.read_date(row.get("registered", "")),
        removed_on=files.read_date(row.get("removed", "")), company_number=row.get("company", ""),
        is_insolvent=row.get("insolvent", "").lower() in ("true", "1", "yes"),
        in_administration=row.get("in_administration", "").lower() in ("true", "1", "yes"), source="import",
    )  # fmt: skip
