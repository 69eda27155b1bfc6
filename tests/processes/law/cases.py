"""Ways to take the council's case to where a test of the law begins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from models import CallIn, ConsultationRequest, GroupMembership, User, clock
from tests.processes.library.council import REPORT, Council
from workflows.actions import call_ins, operating
from workflows.queries import decisions as decision_queries

FOUR = ["A. Able", "B. Baker", "C. Cole", "D. Dean"]
RECORD = {"published_on": "2026-04-02", "offices_too": True, "urgent_exemption": "no"}
UPHELD = {"valid": "yes", "judgement": "In time, with reasons."}


def perform(council: Council, name: str, *, by: str = "", answers: Mapping[str, Any] | None = None, data: Mapping[str, Any] | None = None) -> Any:
    """An operation by itself, as a diagram that asked for it at the wrong time would have it done."""
    work = operating.Work(
        session=council.session, case=council.case, instance=council.instance, element_id="anywhere", now=clock.now(), data=data or {},
        answers=answers or {}, by=council.person(by) if by else None,
    )  # fmt: skip
    return operating.perform(name, work)


def join(council: Council, name: str, group: str) -> User:
    """Let a person hold a post or belong to a team from today on."""
    user = council.person(name)
    user.memberships.append(GroupMembership(group_key=group, starts_on=clock.today(), ends_on=None))
    council.session.flush()
    council.session.expire(user)
    return user


def leave(council: Council, name: str, group: str) -> None:
    """Let a person have left a post yesterday."""
    user = council.person(name)
    for membership in user.memberships:
        if membership.group_key == group:
            membership.ends_on = date(2026, 1, 31)
    council.session.flush()


def publish_the_notice(council: Council, **changes: Any) -> None:
    """Take the case to a published notice on Monday 23 February 2026."""
    council.propose(**changes)
    council.do("choose-route", {"can_wait_28": "yes"})
    council.publish_notice("2026-02-23")


def come_to_advice(council: Council, **changes: Any) -> None:
    """Take the case to its consultation, asked on 23 February 2026 and due on 9 March."""
    publish_the_notice(council, **changes)
    council.do("draft-report", REPORT)


def request_to(council: Council, key: str) -> ConsultationRequest:
    """The newest request to a consultee."""
    return [each for each in decision_queries.requests(council.session, council.decision) if each.consultee_key == key][-1]


def call_in(council: Council, requesters: list[str] | None = None, *, by: str = "peter.hollis") -> CallIn:
    """A councillor's request on behalf of these, four unless told."""
    answers = {"requesters": requesters or FOUR, "reasons": "The cost is not clear.", "grounds": []}
    return call_ins.request(council.session, council.decision, answers=answers, by=council.person(by))
