"""The register of companies: what it says of a company, read by hand, from the public file, or from the Companies House API."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from workflows.registers import asking, files
from workflows.registers.answers import ByHand, NotInRegister, RegisterDown
from workflows.registers.asking import Access

NAME = "Companies House"
PUBLIC_URL = "https://api.company-information.service.gov.uk"
PAGE = "https://find-and-update.company-information.service.gov.uk/company/"
NUMBER = re.compile(r"[0-9A-Z]{8}")
COLUMNS = {
    "number": ("CompanyNumber",), "name": ("CompanyName",), "status": ("CompanyStatus",), "kind?": ("CompanyCategory",),
    "incorporated?": ("IncorporationDate",), "dissolved?": ("DissolutionDate",), "accounts_due?": ("Accounts.NextDueDate",),
    "confirmation_due?": ("ConfStmtNextDueDate",), "postcode?": ("RegAddress.PostCode",), "line?": ("RegAddress.AddressLine1",),
    "town?": ("RegAddress.PostTown",),
}  # fmt: skip
# The words of the file for the statuses of the API, so that both give the same.
STATUSES = {
    "active - proposal to strike off": ("active", "active-proposal-to-strike-off"),
    "in administration": ("administration", ""), "voluntary arrangement": ("voluntary-arrangement", ""),
    "receivership": ("receivership", ""), "live but receiver manager on at least one charge": ("receivership", ""),
    "converted/closed": ("converted-closed", ""),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Company:
    """What the register says of one company. `status` and `status_detail` are the API's words, such as `active`, `liquidation`."""

    number: str
    name: str
    status: str
    status_detail: str = ""
    kind: str = ""
    incorporated_on: date | None = None
    dissolved_on: date | None = None
    address: str = ""
    postcode: str = ""
    accounts_overdue: bool = False
    confirmation_overdue: bool = False
    has_insolvency_history: bool = False
    source: str = "manual"


class Register(Protocol):
    """Something that tells what the register of companies says."""

    def look_up(self, number: str) -> Company:
        """The entry under a company number in its normal form. Raises what `answers` names."""


class Manual:
    """Nobody switched the register on: a person looks at it."""

    def look_up(self, number: str) -> Company:
        """Always ByHand, with the address of the public page."""
        raise ByHand(f"Look at {PAGE}{_checked(number)} and write down what it says")


class FromFile:
    """The public file of the register, or an extract of it."""

    def __init__(self, content: bytes, *, today: date) -> None:
        self._companies = {company.number: company for company in read_file(content, today=today)}

    def look_up(self, number: str) -> Company:
        """The row under a number. NotInRegister when the file has none."""
        found = self._companies.get(_checked(number))
        if found is None:
            raise NotInRegister("The file of the register has no company with this number")
        return found


class Client:
    """The Companies House API, with the council's key."""

    def __init__(self, key: str, *, url: str = PUBLIC_URL, seconds: float = asking.SECONDS) -> None:
        token = base64.b64encode(f"{key}:".encode()).decode()
        self._access = Access(name=NAME, url=url.rstrip("/"), headers={"Authorization": f"Basic {token}"}, seconds=seconds)

    def look_up(self, number: str) -> Company:
        """What the API says now. Raises what `asking.fetch` raises."""
        wanted = _checked(number)
        company = read_profile(asking.fetch_json(self._access, f"/company/{wanted}"))
        if company.number != wanted:
            raise RegisterDown(f"{NAME} answered about another company. Look at the register by hand")
        return company


def _checked(number: str) -> str:
    if not NUMBER.fullmatch(number):
        raise NotInRegister("This is not a company number")
    return number


def read_profile(data: Mapping[str, Any]) -> Company:
    """The company profile of the API as our own record. RegisterDown when it lacks what a profile always has."""
    number, name, status = (str(data.get(key) or "") for key in ("company_number", "company_name", "company_status"))
    if not number or not name:
        raise RegisterDown(f"{NAME} sent something that cannot be read. Look at the register by hand")
    place = _part(data, "registered_office_address")
    lines = [str(place.get(key) or "") for key in ("address_line_1", "address_line_2", "locality", "region")]
    return Company(
        number=number, name=name, status=status or "unknown", status_detail=str(data.get("company_status_detail") or ""),
        kind=str(data.get("type") or ""), incorporated_on=files.read_date(str(data.get("date_of_creation") or "")),
        dissolved_on=files.read_date(str(data.get("date_of_cessation") or "")), address=", ".join(line for line in lines if line),
        postcode=str(place.get("postal_code") or ""), accounts_overdue=bool(_part(data, "accounts").get("overdue")),
        confirmation_overdue=bool(_part(data, "confirmation_statement").get("overdue")),
        has_insolvency_history=bool(data.get("has_insolvency_history")), source="client",
    )  # fmt: skip


def _part(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = data.get(key)
    return part if isinstance(part, Mapping) else {}


def read_file(content: bytes, *, today: date) -> list[Company]:
    """The rows of the public file of companies. NotThisRegister when it is another file."""
    return [_company(row, today) for row in files.rows(content, needed=COLUMNS)]


def _company(row: Mapping[str, str], today: date) -> Company:
    said = row["status"].lower()
    status, detail = STATUSES.get(said, (said.replace(" ", "-"), ""))
    return Company(
        number=row["number"].upper().zfill(8), name=row["name"], status=status, status_detail=detail, kind=row.get("kind", ""),
        incorporated_on=files.read_date(row.get("incorporated", "")), dissolved_on=files.read_date(row.get("dissolved", "")),
        address=", ".join(part for part in (row.get("line", ""), row.get("town", "")) if part), postcode=row.get("postcode", ""),
        accounts_overdue=_is_past(row.get("accounts_due", ""), today), confirmation_overdue=_is_past(row.get("confirmation_due", ""), today),
        source="import",
    )  # fmt: skip


def _is_past(text: str, today: date) -> bool:
    day = files.read_date(text)
    return day is not None and day < today
