"""Premises of a provider: added, changed and closed. An address goes into the row and nowhere else (SI 2023/416 reg 16(6))."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models import Premises, Provider, User
from workflows.actions import providers, references
from workflows.errors import Conflict, Invalid
from workflows.rules import provider_records

LABELS = {
    "name": "Name", "address": "Address", "postcode": "Postcode", "district": "District", "category": "Kind of accommodation",
    "spaces": "Number of places", "age_from": "Youngest age", "age_to": "Oldest age", "gender": "Who can live there",
    "night_cover": "Cover at night", "is_step_free": "Step-free", "support_hours": "Hours of support a week", "weekly_price": "Weekly price",
    "supports": "Needs that can be met", "opened_on": "Open since",
}  # fmt: skip
LONGEST = {"name": 100, "address": 400, "district": 80}
NEEDED = {"name": "Enter a name for the premises", "address": "Enter the address", "postcode": "Enter the postcode", "district": "Enter the district"}
CATEGORIES = {
    1: "Self-contained, for sole use", 2: "Shared, only for looked-after young people and care leavers", 3: "Shared with others",
    4: "Supported lodgings in a private home",
}  # fmt: skip
GENDERS = {"any": "Anyone", "female": "Young women", "male": "Young men"}
NIGHT_COVER = {"waking": "Waking staff", "sleeping": "Sleeping staff", "visiting": "Visiting or on call"}
MOST_SPACES, YOUNGEST, OLDEST, MOST_HOURS = 60, 16, 25, 168
PREFIX = "PREM"


def add(session: Session, provider: Provider, *, by: User, **values: Any) -> Premises:
    """Write down a place where young people live; `values` are the columns of `LABELS`.

    Refused for a stranger; Invalid with a message for each wrong field.
    """
    provider_records.check_keep(by, provider)
    wanted = _checked(values, needed=NEEDED | {"category": "Select the kind of accommodation", "spaces": "Enter the number of places"})
    number = references.next_number(session, PREFIX, providers.ALL_YEARS)
    premises = Premises(provider_id=provider.id, reference=f"{PREFIX}-{number:04d}", graded_at=None, closed_on=None, **wanted)
    session.add(premises)
    session.flush()
    providers.record(session, "premises:added", provider, by=by, detail={"premises": premises.reference}, text=_told(wanted))
    return premises


def change(session: Session, premises: Premises, *, values: Mapping[str, Any], by: User, revision: int | None = None) -> list[str]:
    """Change some fields; gives the names of those that changed.

    Refused for a stranger; Conflict for closed premises; Invalid for wrong fields; RecordChanged when somebody was faster.
    """
    provider_records.check_keep(by, premises.provider)
    if premises.closed_on is not None:
        raise Conflict("These premises are closed")
    wanted = _checked({**_present(premises), **values}, needed=NEEDED)
    changed = providers.change(session, premises, {name: wanted[name] for name in values}, revision=revision)
    if changed:
        told = {name: providers.said(LABELS[name], before, getattr(premises, name)) for name, before in changed.items()}
        detail = {"premises": premises.reference, "fields": sorted(changed)}
        providers.record(session, "premises:changed", premises.provider, by=by, detail=detail, text=told)
    return sorted(changed)


def close(session: Session, premises: Premises, *, closed_on: date, by: User) -> None:
    """Say from which day nobody can be placed at premises any more. Refused for a stranger; Conflict when they are closed already."""
    provider_records.check_keep(by, premises.provider)
    providers.lock(session, premises)
    if premises.closed_on is not None:
        raise Conflict("These premises are closed already")
    if premises.opened_on is not None and closed_on < premises.opened_on:
        raise Invalid({"closed_on": "The day must be after the premises opened"})
    premises.closed_on = closed_on
    premises.revision += 1
    session.flush()
    detail = {"premises": premises.reference, "closed_on": closed_on.isoformat()}
    providers.record(session, "premises:closed", premises.provider, by=by, detail=detail)


def _present(premises: Premises) -> dict[str, Any]:
    return {name: getattr(premises, name) for name in LABELS}


def _told(wanted: Mapping[str, Any]) -> dict[str, str]:
    return {name: f"{LABELS[name]}: {value}" for name, value in wanted.items() if value not in ("", None, [])}


def _checked(values: Mapping[str, Any], *, needed: Mapping[str, str]) -> dict[str, Any]:
    """The values as they are stored. Invalid with a message for each that cannot be."""
    unknown = set(values) - set(LABELS)
    if unknown:
        raise ValueError(f"Not a field of premises: {', '.join(sorted(unknown))}")
    found = {name: _tidy(name, value) for name, value in values.items()}
    errors = {name: words for name, words in needed.items() if found.get(name) in (None, "")}
    errors |= {name: f"{LABELS[name]} must be {most} characters or fewer" for name, most in LONGEST.items() if len(str(found.get(name) or "")) > most}
    errors |= _choice_errors(found) | _number_errors(found)
    if found.get("postcode"):
        try:
            found["postcode"] = providers.tidy_postcode(found["postcode"])
        except Invalid as error:
            errors |= error.errors
    if errors:
        raise Invalid(errors)
    return found


def _tidy(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.replace("\r\n", "\n").strip() if name == "address" else " ".join(value.split())


def _choice_errors(found: Mapping[str, Any]) -> dict[str, str]:
    choices: dict[str, tuple[Mapping[Any, str], str]] = {
        "category": (CATEGORIES, "Select the kind of accommodation"),
        "gender": (GENDERS, "Select who can live there"),
        "night_cover": (NIGHT_COVER, "Select the cover at night"),
    }
    return {name: words for name, (known, words) in choices.items() if found.get(name) is not None and found[name] not in known}


def _number_errors(found: Mapping[str, Any]) -> dict[str, str]:
    limits = {"spaces": (1, MOST_SPACES), "age_from": (YOUNGEST, OLDEST), "age_to": (YOUNGEST, OLDEST), "support_hours": (0, MOST_HOURS)}
    errors = {}
    for name, (low, high) in limits.items():
        value = found.get(name)
        if value is not None and not (isinstance(value, int) and low <= value <= high):
            errors[name] = f"{LABELS[name]} must be a whole number from {low} to {high}"
    if not errors and found.get("age_to", OLDEST) < found.get("age_from", YOUNGEST):
        errors["age_to"] = "The oldest age must be the youngest age or more"
    price = found.get("weekly_price")
    if price is not None and not (isinstance(price, Decimal) and 0 <= price < 100_000):
        errors["weekly_price"] = "Weekly price must be an amount in pounds, like 1,250"
    return errors
