"""How a count may be shown: one from 1 to 4 could point at a person, and totals must not let anyone work it out (cells under 5, as councils publish).

Whoever may see every case that was counted sees every count as it is. For everyone else counts are shown in bands of five, and a total or a
share is made of the bands of its parts alone: it says nothing that they do not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 5
FEW = f"fewer than {LEAST}"
NOT_SAID = "–"


@dataclass(frozen=True)
class Shown:
    """How counts are shown to one reader: as they are, or in bands."""

    is_exact: bool

    def band(self, count: int) -> tuple[int, int]:
        """The least and the most that a count may be, as far as the reader is told."""
        if self.is_exact or count == 0:
            return count, count
        least = count // LEAST * LEAST
        return max(1, least), least + LEAST - 1

    def count(self, count: int) -> str:
        """A count in words."""
        return FEW if self.is_small(count) else _words(*self.band(count))

    def total(self, parts: Sequence[int]) -> str:
        """The sum of counts that are shown beside it."""
        bands = [self.band(part) for part in parts]
        return _words(sum(least for least, _ in bands), sum(most for _, most in bands))

    def share(self, part: int, parts: Sequence[int]) -> str:
        """A part of the sum of all parts in percent; a dash where there are too few to say."""
        whole = sum(self._middle(each) for each in parts)
        return self._percent(part, whole, is_enough=sum(self.band(each)[0] for each in parts if not self.is_small(each)) >= LEAST)

    def share_of(self, part: int, whole: int) -> str:
        """The same where the whole is a count of its own."""
        return self._percent(part, self._middle(whole), is_enough=whole >= LEAST)

    def is_small(self, count: int) -> bool:
        """Whether a count is only called small."""
        return not self.is_exact and 0 < count < LEAST

    def _middle(self, count: int) -> float:
        return sum(self.band(count)) / 2

    def _percent(self, part: int, whole: float, *, is_enough: bool) -> str:
        if not is_enough or self.is_small(part):
            return NOT_SAID
        return f"{min(100, round(100 * self._middle(part) / whole))}%"


def is_enough(cases: int) -> bool:
    """Whether so many cases are enough to say how long something takes: with fewer, single cases could be recognised."""
    return cases >= LEAST


def _words(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
