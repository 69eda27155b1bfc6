"""Whether a purchasing list takes requests on a day: it stays open throughout its validity (PCR 2015 reg 34(2), (15); PA 2023 s.36(6)(a))."""

from __future__ import annotations

from datetime import date

from models import PurchasingList, Regime
from workflows.errors import Closed
from workflows.rules.calendar import date_words

# A system under the Regulations of 2015 cannot be paused: it is open throughout its validity.
NEVER_PAUSED = frozenset({Regime.PCR_R34})


def facts(purchasing_list: PurchasingList, day: date) -> dict[str, str]:
    """What the table D-1 looks at, each yes or no."""
    deadline = purchasing_list.request_deadline
    tender = purchasing_list.first_tender_on
    misses_first = deadline is not None and day > deadline and (tender is None or tender > day)
    return {
        "list_not_yet_open": _yes(day < purchasing_list.valid_from),
        "list_is_over": _yes(is_over(purchasing_list, day)),
        "first_wave_missed": _yes(misses_first),
    }


def is_over(purchasing_list: PurchasingList, day: date) -> bool:
    """Whether the list's validity has ended before a London day; its last day still counts."""
    return day > purchasing_list.valid_to


def why_not(purchasing_list: PurchasingList, day: date) -> str:
    """Why nobody can apply to the list on a day, as a sentence; nothing when one can."""
    if day < purchasing_list.valid_from:
        return f"This list opens on {date_words(purchasing_list.valid_from)}"
    if is_over(purchasing_list, day):
        return f"This list closed on {date_words(purchasing_list.valid_to)}"
    if purchasing_list.is_paused_because and purchasing_list.regime not in NEVER_PAUSED:
        return f"This list takes no applications at present: {purchasing_list.is_paused_because}"
    return ""


def takes_requests(purchasing_list: PurchasingList, day: date) -> bool:
    """Whether a provider can apply to the list on a day."""
    return not why_not(purchasing_list, day)


def check_open(purchasing_list: PurchasingList, day: date) -> None:
    """Raise Closed, with the reason, unless a provider can apply to the list on a day."""
    reason = why_not(purchasing_list, day)
    if reason:
        raise Closed(reason)


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
