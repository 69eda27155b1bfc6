"""The list of decisions and its filters; what was asked for is all in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.db import db
from webapp.public import bp
from workflows.errors import NotFound
from workflows.queries import public
from workflows.queries.public import Listed, Wanted
from workflows.rules import status, words

LONGEST_WORDS = 100
MOST_PAGES = 10_000
DATES = {"since": "The first date", "until": "The last date"}
PARTS = ("day", "month", "year")


@dataclass(frozen=True)
class Row:
    """A decision in the list."""

    reference: str
    title: str
    href: str
    status: status.Status
    when: str


@bp.get("/decisions")
def list_decisions() -> ResponseReturnValue:
    """Decisions and notices, the latest first; a reference leads straight to its decision."""
    typed = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST_WORDS]
    if typed:
        try:
            found = public.by_reference(db.session, typed)
            return redirect(url_for("public.show_decision", slug=found.slug))
        except NotFound:
            pass  # words, or a reference that nobody may know: both are looked for in the list
    dates, errors = _dates()
    chosen = request.args.get("status", "")
    chosen = chosen if chosen in public.STATUSES else ""
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    result = None if errors else public.listed(db.session, Wanted(typed, chosen, dates.get("since"), dates.get("until")), page=page)
    answer = render_template(
        "public/decisions.html",
        result=result,
        rows=[_row(each) for each in result.rows] if result else [],
        typed=typed,
        chosen=chosen,
        statuses=[{"value": "", "text": "All", "selected": not chosen}, *_options(chosen)],
        dates={name: _parts(name) for name in DATES},
        filters_on=sum((bool(chosen), *(any(_parts(name).values()) for name in DATES))),
        errors=errors,
        problems=[{"text": text, "href": f"#{name}-day"} for name, text in errors.items()],
        next_href=_page_href(page + 1) if result and result.has_more else "",
        previous_href=_page_href(page - 1) if page > 1 else "",
    )
    return (answer, 422) if errors else answer


def _row(found: Listed) -> Row:
    decision = found.decision
    due = words.period(decision.due_from, decision.due_to)
    made = found.record
    when = f"Decided {words.short_day(made.made_on)}" if made is not None else f"Due {due}"
    return Row(
        reference=decision.public_reference,
        title=decision.title,
        href=url_for("public.show_decision", slug=decision.slug),
        status=status.status_of(decision, made, found.call_ins),
        when=when,
    )


def _options(chosen: str) -> list[dict[str, Any]]:
    return [{"value": key, "text": text, "selected": key == chosen} for key, text in public.STATUSES.items()]


def _parts(name: str) -> dict[str, str]:
    return {part: request.args.get(f"{name}-{part}", "").strip()[:10] for part in PARTS}


def _dates() -> tuple[dict[str, date], dict[str, str]]:
    """The dates of the filter, and a message for each that is not one."""
    found: dict[str, date] = {}
    errors: dict[str, str] = {}
    for name, label in DATES.items():
        parts = _parts(name)
        if not any(parts.values()):
            continue
        try:
            found[name] = _date(parts)
        except ValueError:
            errors[name] = f"{label} must be a real date, such as 28 9 2020"
    if not errors and len(found) == 2 and found["until"] < found["since"]:
        errors["until"] = "The last date must be the same as or after the first date"
    return found, errors


def _date(parts: dict[str, str]) -> date:
    if not all(value.isascii() and value.isdigit() for value in parts.values()):
        raise ValueError("A date is made of numbers")
    return date(int(parts["year"]), int(parts["month"]), int(parts["day"]))


def _page_href(page: int) -> str:
    asked = {name: value for name, value in request.args.items() if value and name != "page"}
    return f"{url_for('public.list_decisions')}?{urlencode(asked | {'page': page})}"
