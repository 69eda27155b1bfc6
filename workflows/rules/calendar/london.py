"""Between London dates and moments in UTC, also on the two nights a year when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from models.clock import LONDON
from workflows.rules.calendar.working_days import plain_date

END_OF_DAY = time.max


def london_instant(day: date, *, at: time = time(0)) -> datetime:
    """The aware UTC moment of a London date and time of day (midnight at its start unless told).

    A time that the clocks skip (1:30am on 29 March 2026) becomes the first moment after the gap; of a time
    that comes twice (1:30am on 25 October 2026) the later is taken, so that no period gets shorter. Raises
    ValueError when `at` has a zone.
    """
    plain_date(day)
    if at.tzinfo is not None:
        raise ValueError("A London time of day must come without a time zone")
    moment = datetime.combine(day, at.replace(fold=1), tzinfo=LONDON).astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None, fold=0) == datetime.combine(day, at.replace(fold=0)):
        return moment
    return _end_of_gap(day, at)


def _end_of_gap(day: date, at: time) -> datetime:
    # London clocks jump a whole hour, on the hour: read with the offset of before, it begins as the gap ends.
    before = datetime.combine(day, at.replace(fold=0), tzinfo=LONDON).astimezone(UTC)
    return before.replace(minute=0, second=0, microsecond=0)


def london_date(instant: datetime) -> date:
    """The London date of an aware moment. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("A moment needs a time zone")
    return instant.astimezone(LONDON).date()
