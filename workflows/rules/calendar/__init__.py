"""Which day: statutory and policy periods, working days and London instants, with how each was worked out."""

from __future__ import annotations

from workflows.rules.calendar.bank_holidays import OutsideCalendar
from workflows.rules.calendar.call_in import call_in_effective_day, call_in_last_day
from workflows.rules.calendar.counting_back import latest_publication_day
from workflows.rules.calendar.explanations import (
    Bound,
    Change,
    Deadline,
    Explanation,
    moved,
    until,
)
from workflows.rules.calendar.london import london_date, london_instant
from workflows.rules.calendar.months import add_months, first_of_month, last_of_month
from workflows.rules.calendar.notice import clear_calendar_days, clear_working_days
from workflows.rules.calendar.periods import (
    calendar_days_after,
    pa23_working_days,
    pcr_calendar_days,
    pcr_working_days,
    representations_close,
    working_days_after,
)
from workflows.rules.calendar.reckoning import reckon
from workflows.rules.calendar.rule import UNITS, Rule, Unit
from workflows.rules.calendar.words import date_words, days_left_words, time_left_words
from workflows.rules.calendar.working_days import (
    CALENDAR_NAMES,
    EW,
    PCR,
    UK_ANY,
    Calendar,
    CalendarName,
    Closure,
    LeftOut,
    find_calendar,
    is_working_day,
    next_working_day,
    previous_working_day,
    working_day_on_or_after,
    working_day_on_or_before,
    working_days_between,
)

__all__ = [
    "CALENDAR_NAMES",
    "EW",
    "PCR",
    "UK_ANY",
    "UNITS",
    "Bound",
    "Calendar",
    "CalendarName",
    "Change",
    "Closure",
    "Deadline",
    "Explanation",
    "LeftOut",
    "OutsideCalendar",
    "Rule",
    "Unit",
    "add_months",
    "calendar_days_after",
    "call_in_effective_day",
    "call_in_last_day",
    "clear_calendar_days",
    "clear_working_days",
    "date_words",
    "days_left_words",
    "find_calendar",
    "first_of_month",
    "is_working_day",
    "last_of_month",
    "latest_publication_day",
    "london_date",
    "london_instant",
    "moved",
    "next_working_day",
    "pa23_working_days",
    "pcr_calendar_days",
    "pcr_working_days",
    "previous_working_day",
    "reckon",
    "representations_close",
    "time_left_words",
    "until",
    "working_day_on_or_after",
    "working_day_on_or_before",
    "working_days_after",
    "working_days_between",
]
