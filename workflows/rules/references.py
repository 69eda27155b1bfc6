"""References as people type them: every spelling in use, turned into the one we keep."""

from __future__ import annotations

import re

LONGEST = 40
DECISION = re.compile(
    r"([A-Z]{2,4})[\s_-]*0*([0-9]{1,3})"  # kind of decision maker and number: OKD99, OKD 42, ECR06
    r"[\s_-]*\(?\s*(?:20)?([0-9]{2})\s*[/._–-]\s*(?:20)?([0-9]{2})\s*\)?"  # financial year: (20/21), 20-21, 2020/21, _20_21
)


class NotAReference(ValueError):
    """What was typed is not the reference of a decision in any spelling."""


def decision_reference(typed: str) -> str:
    """`OKD99 (20/21)` for `OKD99 20-21`, `okd 99 20/21`, `OKD99_20_21`, `okd99-20-21` and the like.

    Raises NotAReference for anything else. The grammar is a prefix, a number and a financial year (1 April to 31 March).
    """
    found = DECISION.fullmatch(typed.strip().upper()) if len(typed) <= LONGEST else None
    if found is None:
        raise NotAReference("This is not the reference of a decision")
    prefix, number, first, second = found.groups()
    return f"{prefix}{int(number)} ({first}/{second})"
