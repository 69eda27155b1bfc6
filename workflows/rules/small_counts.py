"""How a count may be shown: one from 1 to 4 could point at a person, and totals must not let anyone work it out (cells under 5, as councils publish).

Whoever may see every case that was counted sees every count as it is. For everyone else a small count is only called small, and every other
count is given to the nearest 5, so that neither a total nor another period or version gives the small one away by subtraction.
"""

from __future__ import annotations

from dataclasses import dataclass

LEAST = 5
FEW = f"fewer than {LEAST}"
NOT_SAID = "–"


@dataclass(frozen=True)
class Shown:
    """How counts are shown to one reader: as they are, or protected."""

    is_exact: bool

    def number(self, count: int) -> int | None:
        """The number that may be shown; None for a small one that may not."""
        if self.is_exact or count == 0:
            return count
        return None if count < LEAST else round(count / LEAST) * LEAST

    def count(self, count: int) -> str:
        """A count in words."""
        number = self.number(count)
        return FEW if number is None else f"{number:,}"

    def share(self, part: int, whole: int) -> str:
        """A part of a whole in percent, worked out only from numbers that may be shown; a dash where there are too few to say."""
        numbers = self.number(part), self.number(whole)
        if whole < LEAST or numbers[0] is None or not numbers[1]:
            return NOT_SAID
        return f"{min(100, round(100 * numbers[0] / numbers[1]))}%"


def is_enough(cases: int) -> bool:
    """Whether so many cases are enough to say how long something takes: with fewer, single cases could be recognised."""
    return cases >= LEAST
