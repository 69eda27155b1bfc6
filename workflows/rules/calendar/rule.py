"""The rule a caller hands to the calendar: how many days of which kind, and which law or policy says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from workflows.rules.calendar.working_days import CALENDAR_NAMES, CalendarName

Unit = Literal["clear_calendar", "clear_working", "working", "calendar", "previous_month_end"]
UNITS: tuple[Unit, ...] = get_args(Unit)

# A slip in a parameter must not make the calendar walk for ever; ten years is longer than any period here.
LONGEST = 3660


@dataclass(frozen=True)
class Rule:
    """One period as law or policy sets it.

    `{count}` in the sentence becomes the number, so that the two cannot differ. `start_day` and `end_day` are
    the words for the ends that a period leaves out. `counts_start_day` is for periods "beginning with the day
    on which", where the day of the event is day 1. Raises ValueError for what makes no sense.
    """

    id: str
    sentence: str
    count: int
    unit: Unit
    legal_basis: str
    legal_url: str
    confirmed: bool
    calendar: CalendarName | None = None
    counts_start_day: bool = False
    version: str = "1"
    owner: str = ""
    start_day: str = ""
    end_day: str = "day of decision"

    def __post_init__(self) -> None:
        if not self.id or not self.sentence:
            raise ValueError("A rule needs an id and a sentence")
        if type(self.count) is not int or not 0 <= self.count <= LONGEST:
            raise ValueError(
                f"Rule {self.id}: the count must be a whole number from 0 to {LONGEST}, not {self.count!r}"
            )
        if self.unit not in UNITS:
            raise ValueError(f"Rule {self.id}: the unit must be one of {', '.join(UNITS)}, not {self.unit!r}")
        if self.legal_url and not self.legal_url.startswith("https://"):
            raise ValueError(f"Rule {self.id}: the link must start with https://")
        self._check_calendar()

    def _check_calendar(self) -> None:
        if self.calendar is not None and self.calendar not in CALENDAR_NAMES:
            raise ValueError(f"Rule {self.id}: there is no calendar {self.calendar!r}")
        if self.calendar is None and self.unit in ("clear_working", "working"):
            raise ValueError(f"Rule {self.id}: working days need a calendar")
        if self.counts_start_day and self.unit not in ("working", "calendar"):
            raise ValueError(f"Rule {self.id}: clear days never count the day of the event")
        if self.counts_start_day and self.unit == "working" and self.calendar != "UK_ANY":
            raise ValueError(
                f"Rule {self.id}: working days that count the day of the event are those of UK_ANY"
            )

    @property
    def first_day(self) -> str:
        """What the day at the start is called where it is left out."""
        return self.start_day or (
            "day of publication" if self.unit.startswith("clear_") else "day of the event"
        )

    @property
    def words(self) -> str:
        """The rule in one sentence, with its number in place."""
        return self.sentence.replace("{count}", str(self.count))


def expect(
    rule: Rule, unit: Unit, *, calendar: CalendarName | None = None, counts_start_day: bool = False
) -> None:
    """Refuse, with ValueError, to count by a rule that was written for another kind of day."""
    if rule.unit != unit:
        raise ValueError(f"Rule {rule.id} counts {rule.unit} days, not {unit} days")
    if calendar is not None and rule.calendar != calendar:
        raise ValueError(f"Rule {rule.id} needs the calendar {calendar}, not {rule.calendar}")
    if rule.counts_start_day != counts_start_day:
        raise ValueError(
            f"Rule {rule.id} {'counts' if rule.counts_start_day else 'does not count'} the day of the event"
        )
