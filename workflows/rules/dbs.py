"""What may be kept of a DBS certificate: role, number, date and level, and nothing else (domain 2.7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

NUMBER = re.compile(r"^\d{12}$")
ROLE = re.compile(r"^[a-z][a-z /-]{1,39}$", re.IGNORECASE)
LEVELS = ("basic", "standard", "enhanced", "enhanced with barred list")
NONE = "none"


def read_sample(lines: Sequence[str], *, today: date) -> tuple[list[dict[str, Any]], str]:
    """A sample, one certificate a line, as plain values; and what is wrong with it, nothing if all is right.

    A line with more than the four things is refused, so that nothing is kept that need not be.
    """
    if [line.strip().casefold() for line in lines] == [NONE]:
        return [], ""
    found = []
    for place, line in enumerate(lines, 1):
        certificate, problem = _read(line, today)
        if problem:
            return [], f"Line {place}: {problem}"
        found.append(certificate)
    return found, ""


def _read(line: str, today: date) -> tuple[dict[str, Any], str]:
    parts = [part.strip() for part in line.split(",")]
    if len(parts) != 4:
        return {}, "enter the role, the number, the date and the level, and nothing else"
    role, number, issued, level = parts
    if not ROLE.fullmatch(role):
        return {}, "enter the role in a few words, without a name"
    if not NUMBER.fullmatch(number):
        return {}, "the number must have 12 digits"
    try:
        day = date.fromisoformat(issued)
    except ValueError:
        return {}, "the date must be a real date, like 2026-03-31"
    if day > today:
        return {}, "the date must be today or in the past"
    if level.casefold() not in LEVELS:
        return {}, "the level must be basic, standard, enhanced or enhanced with barred list"
    return {"role": role, "number": number, "issued_on": day.isoformat(), "level": level.casefold()}, ""
