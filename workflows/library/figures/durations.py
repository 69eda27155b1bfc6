"""How long things took, in working days: half of them, and nine in ten."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from workflows.library.simulating.result import as_days, quantile
from workflows.library.working_hours import WorkingHours

K = TypeVar("K", bound=Hashable)
HALF, MOST = 0.5, 0.9


@dataclass(frozen=True)
class Days:
    """The working days within which half of them, and nine in ten, were done."""

    median: float
    slowest: float


def by_key(rows: Iterable[tuple[K, float, float]], hours: WorkingHours) -> Mapping[K, Days]:
    """The working days of each key, from rows of key, beginning and end in seconds since 1970. A working day is from nine to five in London."""
    minutes: dict[K, list[float]] = {}
    for key, begun, ended in rows:
        minutes.setdefault(key, []).append(hours.between_seconds(begun, ended))
    return {key: Days(as_days(quantile(found, HALF)), as_days(quantile(found, MOST))) for key, found in minutes.items()}
