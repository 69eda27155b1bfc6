"""The council's policy values as pages show them."""

from __future__ import annotations

from datetime import date
from typing import Any

from models import Parameter
from workflows.rules.words import money, short_day

UNITS = {
    "working": "working days",
    "clear_working": "clear working days",
    "clear_calendar": "clear days",
    "calendar": "days",
    "number": "",
    "time_of_day": "",
}


def present(row: Parameter) -> dict[str, Any]:
    """A value with its label, its unit in words, its basis, and whether the council has confirmed it."""
    return {
        "key": row.key,
        "label": row.label,
        "value": words(row),
        "sentence": row.sentence.replace("{count}", str(row.value)),
        "legal_basis": row.legal_basis,
        "legal_url": row.legal_url,
        "valid_from": row.valid_from,
        "is_confirmed": row.confirmed_at is not None,
    }


def words(row: Parameter) -> str:
    """The value with its unit: `10 working days`, `£500,000`, `50%`, `5pm`, or the words of what is no number."""
    if row.unit == "previous_month_end":
        return "The end of the month before"
    if row.unit == "pounds":
        return money(row.value)
    if row.unit == "date":
        return short_day(date.fromisoformat(str(row.value)))
    if row.unit == "percent":
        return f"{row.value}%"
    if isinstance(row.value, list):
        return f"{', '.join(str(item) for item in row.value)} {UNITS.get(row.unit, row.unit)}".strip()
    unit = UNITS.get(row.unit, row.unit.replace("_", " "))
    number = f"{row.value:,}" if isinstance(row.value, int | float) and not isinstance(row.value, bool) else str(row.value)
    return f"{number} {unit.removesuffix('s') if row.value == 1 else unit}".strip()
