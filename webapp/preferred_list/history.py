"""Who was on the list on a day, with the status and the categories they had then."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Membership, MembershipPeriod, PurchasingList, clock
from webapp.db import db
from webapp.preferred_list import bp
from webapp.shared import provider_words
from workflows.queries import lists, memberships
from workflows.rules import words

PARTS = ("day", "month", "year")
NOT_A_DAY = "The day must be a real date, such as 28 9 2026"


@bp.get("/preferred-list/history")
def history() -> ResponseReturnValue:
    """The list as it was on the day of `on`, or of the three parts of the form; today unless told."""
    typed = {part: request.args.get(f"on-{part}", "").strip()[:4] for part in PARTS}
    on = _asked(typed)
    error = NOT_A_DAY if on is None else "The day must be today or in the past" if on > clock.today() else ""
    day = on if on is not None and not error else None
    found = lists.lists_on(db.session, day) if day else []
    answer = render_template(
        "preferred_list/history.html", on=day, typed=_parts(day) if day else typed, error=error,
        problems=[{"text": error, "href": "#on-day"}] if error else [],
        sections=[_section(each, day) for each in found] if day else [], first=_first(day) if day and not found else "",
    )  # fmt: skip
    return (answer, 422) if error else answer


def _asked(typed: dict[str, str]) -> date | None:
    """The day that is asked for, None when it is no day."""
    if request.args.get("on"):
        typed = dict(zip(("year", "month", "day"), request.args["on"].strip()[:10].split("-"), strict=False))
    elif not any(typed.values()):
        return clock.today()
    try:
        return date(*(int(typed[part]) if typed[part].isascii() else 0 for part in ("year", "month", "day")))
    except (KeyError, ValueError):
        return None


def _parts(day: date) -> dict[str, str]:
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def _first(day: date) -> str:
    """Why there is nothing to show: the first list began later, or there is none."""
    every = lists.lists(db.session)
    first = min((each.valid_from for each in every), default=None)
    return f"The first list began on {words.short_day(first)}." if first and day < first else ""


def _section(purchasing_list: PurchasingList, day: date) -> dict[str, Any]:
    names = {category.key: category.name for category in purchasing_list.categories}
    rows = memberships.members_on(db.session, purchasing_list, day)
    return {"list": purchasing_list, "rows": [_row(member, period, names) for member, period in rows]}


def _row(member: Membership, period: MembershipPeriod, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": member.provider.name, "reference": member.provider.reference,
        "href": url_for("providers.show_provider", provider_reference=member.provider.reference),
        "categories": [names.get(key, key) for key in period.categories], "status": provider_words.MEMBERSHIP[period.status],
        "since": period.starts_at,
        "because": period.because,
    }  # fmt: skip
