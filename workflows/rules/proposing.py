"""What is known of a key decision about a contract's end before anybody writes it: the values a draft of the proposal begins with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from models import Contract, ExtensionOption
from workflows.rules import calendar, words

LONGEST_TITLE = 150
Values = dict[str, list[str]]


def extension(contract: Contract, option: ExtensionOption, *, today: date, lawful_from: date) -> Values:
    """The draft of a decision to use an option, as the form of the proposal takes it. `lawful_from` is the first day for which a
    notice published today gives enough notice; the month it is due in is the first that begins no earlier.
    """
    months, until = option.months, calendar.add_months(contract.ends_on, option.months)
    ended = today > contract.ends_on
    first = f"Its term {'ended' if ended else 'ends'} on {words.short_day(contract.ends_on)}."
    values = _both(contract, f"Extending {_lower(contract.title)}", lawful_from) | {
        "summary": [f"{_begins(contract)} {first} The contract has an option of {_length(months)} that has not been used."],
        "proposal": [f"Use the option of {_length(months)} in the contract, so that it runs until {words.short_day(until)}."],
        "extends_after_expiry": ["yes" if ended else "no"],
        "value_total": _value(contract, until),
    }
    return values | {"term_ended": _parts(contract.ends_on), "extension_until": _parts(until)} if ended else values


def replacement(contract: Contract, *, today: date, lawful_from: date) -> Values:
    """The draft of a decision to set up what follows a contract."""
    ended = "ended" if today > contract.ends_on else "ends"
    return _both(contract, f"Replacing {_lower(contract.title)}", lawful_from) | {
        "summary": [f"{_begins(contract)} Its term {ended} on {words.short_day(contract.ends_on)} and it is not extended."],
        "proposal": ["Set up a new list under the Procurement Act 2023."],
        "extends_after_expiry": ["no"],
    }


def makers(director: str) -> Values:
    """Who decides: the lead director of the team that owns the contract, as an officer."""
    return {"maker_type": ["officer"], "maker": [director], "lead_director": [director]} if director else {}


def _both(contract: Contract, title: str, lawful_from: date) -> Values:
    due = lawful_from if lawful_from.day == 1 else calendar.add_months(calendar.first_of_month(lawful_from), 1)
    return {
        "title": [title[:LONGEST_TITLE]], "contact": [contract.owner_key], "executive": ["yes"], "treasury": ["no"], "scope": ["all_divisions"],
        "two_or_more_divisions": ["yes"], "restriction": ["open"], "due_month": [str(due.month)], "due_year": [str(due.year)],
    }  # fmt: skip


def _begins(contract: Contract) -> str:
    return f"The contract for {_lower(contract.title)} began on {words.short_day(contract.starts_on)}."


def _lower(title: str) -> str:
    """A title in the middle of a sentence; one that begins with letters that stand for words keeps them."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _length(months: int) -> str:
    years, rest = divmod(months, 12)
    if rest or not years:
        return f"{months} month{'' if months == 1 else 's'}"
    return f"{years} year{'' if years == 1 else 's'}"


def _value(contract: Contract, until: date) -> list[str]:
    """The cost of the whole term with the extension, by the yearly value; nothing when that is not known."""
    if contract.annual_value is None:
        return [""]
    whole = (until.year - contract.starts_on.year) * 12 + until.month - contract.starts_on.month + (1 if until.day >= contract.starts_on.day else 0)
    return [f"{contract.annual_value * Decimal(whole) / 12:.2f}"]


def _parts(day: date) -> list[str]:
    return [str(day.day), str(day.month), str(day.year)]
