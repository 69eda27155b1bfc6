"""What a young person needs from a place to live, as it is typed for one search and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows.errors import Invalid
from workflows.rules import placing

LEVELS = range(5)
NIGHT_COVER = ("visiting", "sleeping", "waking")
NIGHT_WORDS = {"visiting": "visiting or on-call staff at night", "sleeping": "sleeping staff at night", "waking": "waking staff at night"}
# Needs that are a danger to the young person or to others: they count as the management of risk, the rest as support.
RISKS = frozenset({"substance_misuse", "offending", "missing", "exploitation", "self_harm", "risk_to_others", "fire_setting", "sexual_harm"})
TOO_OLD = f"The age must be {placing.OLDEST} or younger"


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What is looked for: who for (an age, nothing that names anybody), from when, where and with what support.

    Empty values ask for nothing. `supports` gives each need its level from 0 to 4; `excluded` are districts that are ruled out.
    """

    age: int
    starts_on: date
    districts: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    learning_district: str = ""
    category: int | None = None
    gender: str = ""
    night_cover: str = ""
    is_step_free: bool = False
    supports: Mapping[str, int] = field(default_factory=dict)
    hours: int = 0
    ceiling: Decimal | None = None
    is_emergency: bool = False

    @property
    def needs_registration(self) -> bool:
        """Whether the place must be in a category that its provider is registered for: at 16 and 17 (SI 2010/959 regs 27B, 27C)."""
        return self.age < placing.ADULT and self.starts_on >= placing.REGISTERED_SINCE


def check(needs: Needs, *, today: date) -> None:
    """Raise Invalid with a message for each question, unless a search for these needs makes sense.

    Nobody under 16 may be placed in supported accommodation (SI 2010/959 reg 27A).
    """
    errors = {}
    if needs.age < placing.YOUNGEST:
        errors["age"] = placing.TOO_YOUNG
    elif needs.age > placing.OLDEST:
        errors["age"] = TOO_OLD
    if needs.starts_on < today:
        errors["starts_on"] = "The first day must be today or in the future"
    if needs.districts & needs.excluded:
        errors["excluded"] = "A district cannot be both wanted and ruled out"
    if any(level not in LEVELS for level in needs.supports.values()):
        errors["supports"] = "The level of a need must be from 0 to 4"
    if errors:
        raise Invalid(errors)
