"""Purchasing lists: set up under the law of their day, paused, and changed only where that law allows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models import ListCategory, PurchasingList, Regime, User, clock
from workflows.actions import audit, providers, references
from workflows.errors import Invalid
from workflows.queries import due_diligence
from workflows.queries import lists as list_queries
from workflows.rules import list_terms
from workflows.rules.calendar import date_words

PREFIX = "L"
LONGEST_TITLE, LONGEST_REASON = 150, 300
ADULTS = 25
# The kinds of accommodation of SI 2023/416 reg 2, for 16 and 17, and one for young people who are 18 or older, which needs no registration.
USUAL_CATEGORIES: tuple[Mapping[str, Any], ...] = (
    {"key": "self-contained", "name": "Self-contained accommodation", "ofsted_category": 1},
    {"key": "shared-ring-fenced", "name": "Shared, only for looked-after young people and care leavers", "ofsted_category": 2},
    {"key": "shared", "name": "Shared with others", "ofsted_category": 3},
    {"key": "lodgings", "name": "Supported lodgings", "ofsted_category": 4},
    {"key": "18-plus", "name": "Accommodation from 18", "ofsted_category": None, "age_from": 18, "age_to": ADULTS},
)


def create(
    session: Session,
    *,
    title: str,
    regime: Regime,
    valid_from: date,
    valid_to: date,
    by: User,
    noticed_on: date | None = None,
    notice_reference: str = "",
    request_deadline: date | None = None,
    categories: Sequence[Mapping[str, Any]] = USUAL_CATEGORIES,
) -> PurchasingList:  # fmt: skip
    """Set up a list. `noticed_on` is the day its first notice was sent, the first day of validity unless told.

    Refused for who may not; Invalid where the days or the law do not fit (SI 2024/716 reg 5). The criteria of admission are those in force.
    """
    list_terms.check_keep(by)
    _check(session, title=title, regime=regime, valid_from=valid_from, valid_to=valid_to, noticed_on=noticed_on or valid_from)
    number = references.next_number(session, PREFIX, providers.ALL_YEARS)
    made = PurchasingList(
        reference=f"{PREFIX}-{number:04d}", title=title.strip(), regime=regime, notice_reference=notice_reference.strip(), valid_from=valid_from,
        valid_to=valid_to, request_deadline=request_deadline, criteria_version=due_diligence.criteria_version(session), created_at=clock.now(),
    )  # fmt: skip
    made.categories = [ListCategory(position=place, **each) for place, each in enumerate(categories, 1)]
    session.add(made)
    session.flush()
    _record(session, "list:created", made, by=by, detail={"regime": regime.value, "from": valid_from.isoformat(), "to": valid_to.isoformat()})
    return made


def _check(session: Session, *, title: str, regime: Regime, valid_from: date, valid_to: date, noticed_on: date) -> None:
    law = list_queries.law_days(session)
    errors = {}
    if not title.strip():
        errors["title"] = "Enter what the list is called"
    elif len(title.strip()) > LONGEST_TITLE:
        errors["title"] = f"The title must be {LONGEST_TITLE} characters or fewer"
    why = list_terms.why_not_regime(regime, noticed_on=noticed_on, law=law)
    if why:
        errors["regime"] = why
    if valid_to < valid_from:
        errors["valid_to"] = "The last day must be after the first day"
    elif regime is Regime.PCR_R34 and valid_to > law.pcr_ends_on:
        errors["valid_to"] = f"A list under the 2015 regulations ends on {date_words(law.pcr_ends_on)} at the latest"
    if errors:
        raise Invalid(errors)


def pause(session: Session, purchasing_list: PurchasingList, *, because: str, by: User) -> None:
    """Take no applications for now, with the reason providers read; an empty reason takes them again. Refused for who may not.

    Source: ux 2.1, the start page; applications that were sent go on, and their clock with them (SI 2015/102 reg 34(16)).
    """
    list_terms.check_keep(by)
    if len(because.strip()) > LONGEST_REASON:
        raise Invalid({"because": f"The reason must be {LONGEST_REASON} characters or fewer"})
    if purchasing_list.is_paused_because == because.strip():
        return
    purchasing_list.is_paused_because = because.strip()
    session.flush()
    kind = "list:paused" if because.strip() else "list:reopened"
    _record(session, kind, purchasing_list, by=by, text={"because": because.strip()} if because.strip() else None)


def _record(
    session: Session,
    kind: str,
    purchasing_list: PurchasingList,
    *,
    by: User,
    detail: Mapping[str, Any] | None = None,
    text: Mapping[str, Any] | None = None,
) -> None:
    about = {"list": purchasing_list.id.hex, "reference": purchasing_list.reference}
    audit.record(session, kind, case=None, by=by, detail=about | dict(detail or {}), text=text, subject=purchasing_list.id.hex)
