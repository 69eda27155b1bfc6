"""The audit trail of the whole council, and whether its chain is whole."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from webapp.admin import bp, frame
from webapp.db import db
from workflows.actions import audit as audit_actions
from workflows.queries import event_words, timeline

A_PAGE = 50


@bp.get("/admin/audit")
def audit() -> ResponseReturnValue:
    """Who did what and when, filtered by the address; with `check=yes` the whole chain is read and checked."""
    errors: dict[str, str] = {}
    wanted = timeline.Wanted(
        group=_group(), person=request.args.get("person", "").strip()[:200], since=_day("since", errors), until=_day("until", errors)
    )
    found = timeline.everything(db.session, wanted, after=request.args.get("after", "")[:80], limit=A_PAGE + 1) if not errors else []
    return frame.page(
        "admin/audit.html",
        place="audit",
        rows=_rows(found[:A_PAGE]),
        groups=[{"value": key, "text": name, "selected": key == wanted.group} for key, name in {"": "Everything", **event_words.GROUP_NAMES}.items()],
        typed={name: request.args.get(name, "") for name in ("person", "since", "until")},
        errors=errors,
        problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
        next_href=_next(found[A_PAGE - 1]) if len(found) > A_PAGE else "",
        is_filtered=any(request.args.get(name) for name in ("kind", "person", "since", "until")),
        verdict=audit_actions.verify(db.session) if request.args.get("check") == "yes" else None,
        check_href=url_for("admin.audit", check="yes"),
    )


def _group() -> str:
    sent = request.args.get("kind", "")
    return sent if sent in event_words.GROUP_NAMES else ""


def _day(name: str, errors: dict[str, str]) -> date | None:
    sent = request.args.get(name, "").strip()
    if not sent:
        return None
    try:
        return date.fromisoformat(sent)
    except ValueError:
        errors[name] = f"The {'first' if name == 'since' else 'last'} day must be a real date, such as 2020-11-12"
        return None


def _next(last: timeline.Placed) -> str:
    kept: dict[str, Any] = {name: request.args[name] for name in ("kind", "person", "since", "until") if request.args.get(name)}
    return url_for("admin.audit", after=f"{last.chain}~{last.told.id}", **kept)


def _rows(found: list[timeline.Placed]) -> list[dict[str, Any]]:
    ids = {placed.chain: uuid.UUID(placed.chain) for placed in found if placed.chain != timeline.ADMINISTRATION}
    links = frame.CaseLinks(ids.values())
    return [_row(placed, links, ids.get(placed.chain)) for placed in found]


def _row(placed: timeline.Placed, links: frame.CaseLinks, case_id: uuid.UUID | None) -> dict[str, Any]:
    told = links.may_see(case_id)
    case = links.of(case_id)
    return {
        "title": placed.told.title if told else placed.told.group,
        "text": placed.told.text if told else "",
        "by": placed.told.by,
        "at": placed.told.at,
        "case": {"text": case["text"] or "Administration", "href": f"{case['href']}/timeline#event-{placed.told.id}" if case["href"] else ""},
        "place": f"{placed.told.id}",
    }
