"""A decision as the public would read it if it were published now: made of copies, so that nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm.attributes import set_committed_value

from models import DecisionOutcome, DecisionRecord, DecisionState, KeyDecision, Notice, NoticeRoute, PageRevision, clock
from webapp.db import db
from webapp.signed_in import person
from workflows.actions import notices, records
from workflows.queries import people, public
from workflows.queries.public import PublicDecision
from workflows.rules import calendar


@dataclass(frozen=True)
class Planned:
    """What publication would bring: the public page, the words of the document, and the date that follows from it."""

    found: PublicDecision
    notice: Notice | None = None
    record: DecisionRecord | None = None
    deadline: calendar.Deadline | None = None
    window: records.Window | None = None


def notice(decision: KeyDecision, answers: Mapping[str, Any]) -> Planned:
    """The decision with its notice published on the days that the answers say, today where they do not."""
    route = decision.route or NoticeRoute.NORMAL
    website_on, offices_on = _day(answers, "website_on"), _day(answers, "offices_on")
    earliest = notices.earliest_day(db.session, route, max(website_on, offices_on))
    closes = notices.comments_close(decision, route, published_at=clock.now(), earliest=earliest.on)
    copy = _copied(
        decision, state=DecisionState.NOTICE_PUBLISHED, earliest_decision_on=earliest.on, representations_close_at=closes,
        maker_name=people.maker_name(db.session, decision.maker_key),
    )  # fmt: skip
    planned = Notice(
        decision_id=decision.id, version=1, kind=notices.NOTICE_KINDS[route], website_on=website_on, offices_on=offices_on,
        content=notices.content_of(copy, answers), earliest_decision_on=earliest.on, earliest_explanation=earliest.explanation.to_json(),
        representations_close_at=closes, restarts_clock=True, reason=str(answers.get("reasons_published", "")), published_at=clock.now(),
        published_by_id=person().id,
    )  # fmt: skip
    found = public.gather(db.session, decision)
    found = replace(found, decision=copy, notices=[*found.notices, planned], revisions=[_revision(decision, "Notice published"), *found.revisions])
    return Planned(found, notice=planned, deadline=earliest)


def record(decision: KeyDecision, signed: DecisionRecord, answers: Mapping[str, Any], *, again: bool) -> Planned:
    """The decision with its signed record published; `again` for one that was reconsidered and so cannot be called in."""
    published_on = _day(answers, "published_on")
    refused = signed.outcome is DecisionOutcome.REFUSED
    can_be_called_in = not (again or refused or answers.get("urgent_exemption") == "yes")
    window = records.call_in_window(db.session, decision, published_on) if can_be_called_in else None
    planned = _copied(signed, published_on=published_on, published_at=clock.now(), can_be_called_in=can_be_called_in, **_dates(signed, window))
    state = DecisionState.NOT_APPROVED if refused else records.NEXT_STATE[can_be_called_in]
    found = public.gather(db.session, decision)
    found = replace(
        found, decision=_copied(decision, state=state), records=[*found.records, planned], signed=planned,
        revisions=[_revision(decision, "Decision published"), *found.revisions],
    )  # fmt: skip
    return Planned(found, record=planned, window=window)


def _dates(signed: DecisionRecord, window: records.Window | None) -> dict[str, Any]:
    if window is None:
        return {"effective_from": signed.made_on}
    return {
        "call_in_last_day": window.last_day, "call_in_closes_at": window.closes_at, "call_in_explanation": window.explanation,
        "effective_from": window.effective_from,
    }  # fmt: skip


def _day(answers: Mapping[str, Any], key: str) -> date:
    try:
        return min(date.fromisoformat(str(answers.get(key, ""))), clock.today())
    except ValueError:
        return clock.today()


def _copied(row: Any, **changes: Any) -> Any:
    """An object like a row, outside every session, with some values changed."""
    mapper = inspect(type(row))
    copy = type(row)(**{column.key: getattr(row, column.key) for column in mapper.column_attrs} | changes)
    for relation in mapper.relationships:
        set_committed_value(copy, relation.key, getattr(row, relation.key))
    return copy


def _revision(decision: KeyDecision, what: str) -> PageRevision:
    at: datetime = clock.now()
    return PageRevision(decision_id=decision.id, what=what, reason="", at=at)
