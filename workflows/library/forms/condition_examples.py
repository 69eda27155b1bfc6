"""The same conditions as each of the three places writes them, for the page that explains them and for the test that they mean the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Example:
    """A condition in words, and in a form, a decision table (per input, by the value it looks at) and a diagram; with answers for which it
    holds and for which it does not."""

    words: str
    form: str
    table: Mapping[str, str]
    diagram: str
    holds_for: Mapping[str, Any]
    fails_for: Mapping[str, Any]


EXAMPLES = (
    Example("The route is urgent", '=route = "urgent"', {"route": '"urgent"'}, "route == 'urgent'", {"route": "urgent"}, {"route": "usual"}),
    Example("The route is not urgent", '=route != "urgent"', {"route": '!= "urgent"'}, "route != 'urgent'", {"route": "usual"}, {"route": "urgent"}),
    Example(
        "The route is urgent or special", '=route = "urgent" or route = "special"', {"route": '"urgent", "special"'},
        "route in ['urgent', 'special']", {"route": "special"}, {"route": "usual"},
    ),
    Example(
        "It costs 500,000 pounds or more", "=value_total >= 500000", {"value_total": ">= 500000"}, "value_total >= 500000",
        {"value_total": 500000}, {"value_total": 499999},
    ),
    Example(
        "It costs from 100 to 500 pounds", "=value_total >= 100 and value_total <= 500", {"value_total": "[100..500]"},
        "value_total >= 100 and value_total <= 500", {"value_total": 500}, {"value_total": 501},
    ),
    Example(
        "The route is urgent and it costs more than 100 pounds", '=route = "urgent" and value_total > 100',
        {"route": '"urgent"', "value_total": "> 100"}, "route == 'urgent' and value_total > 100",
        {"route": "urgent", "value_total": 101}, {"route": "urgent", "value_total": 100},
    ),
    Example(
        "The route is neither urgent nor special", '=not(route = "urgent" or route = "special")', {"route": 'not("urgent", "special")'},
        "route not in ['urgent', 'special']", {"route": "usual"}, {"route": "special"},
    ),
    Example("The box is ticked", "=restricted", {"restricted": "true"}, "restricted", {"restricted": True}, {"restricted": False}),
)  # fmt: skip
FUNCTIONS = (
    ("today()", "The date of today"),
    ("date(text)", "The date that a text such as '2026-03-31' says"),
    ("days(count), hours(count)", "A length of time"),
    ("add_days(date, count), add_months(date, count)", "The date so many days or months later"),
    ("add_workdays(date, count)", "The date so many working days later, or earlier for a negative count"),
    ("days_between(start, end), workdays_between(start, end)", "The days or working days from one date to another"),
    ("is_workday(date)", "Whether a date is a working day"),
    ("len(list)", "How many there are in a list, or letters in a text"),
    ("count(list, key, value)", "How many of a list have this value under a key"),
    ("sum(list), sum(list, key)", "The numbers of a list added up"),
    ("min(a, b), max(a, b)", "The smallest or largest of some values"),
    ("all(list), any(list)", "Whether all of a list hold, or at least one"),
    ("round(number, places), abs(number)", "A number rounded, or without its sign"),
    ("lower(text), upper(text), trim(text)", "A text in small letters, in capitals, or without spaces around it"),
    ("starts_with(text, start), ends_with(text, end)", "Whether a text begins or ends so"),
    ("contains(list, value)", "Whether a list or a text holds a value"),
    ("like(text, pattern)", "Whether a text fits a pattern in which * stands for anything"),
    ("text(value)", "A value as text"),
    ("is_set(value), coalesce(a, b)", "Whether there is a value, or the first of some that there is"),
)
