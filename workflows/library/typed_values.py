"""Values that a person types into a line: plain text, or JSON where a number, a list or a yes/no value is meant."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

LONGEST = 4_000
MOST = 200
NAME = re.compile(r"[A-Za-z_]\w{0,62}")


class NotReadable(ValueError):
    """The text is too long or says nothing that can be kept; says why."""


def read_value(text: str) -> Any:
    """What a typed text means: JSON if it is any, else the text itself. A number that is meant as text stands in quotes."""
    plain = text.strip()
    if len(plain) > LONGEST:
        raise NotReadable(f"A value must be {LONGEST:,} characters or fewer")
    try:
        value = json.loads(plain, parse_constant=_no_constant)
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return plain
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def write_value(value: Any) -> str:
    """A value as it is typed, so that reading it gives the same again."""
    if isinstance(value, str) and value and read_value(value) == value and value == value.strip():
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def read_lines(text: str) -> dict[str, Any]:
    """Lines of `name: value`. NotReadable for a line that is not one, or more than can be meant."""
    found: dict[str, Any] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not NAME.fullmatch(name.strip()):
            raise NotReadable(f"Line {number} must be a name, a colon and a value, like value_total: 250000")
        found[name.strip()] = read_value(value)
    if len(found) > MOST:
        raise NotReadable(f"There must be {MOST} values or fewer")
    return found


def write_lines(values: Mapping[str, Any]) -> str:
    """Values as lines of `name: value`."""
    return "\n".join(f"{name}: {write_value(value)}" for name, value in values.items())
