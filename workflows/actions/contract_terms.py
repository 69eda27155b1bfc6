"""Watching a contract's end: the next reminder, giving it to whoever must hear, and what they answer."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, Contract, Milestone, User, clock
from workflows.actions import audit, contracts, mail
from workflows.actions.operating import Work, operation
from workflows.errors import Invalid, Refused
from workflows.queries import lists as list_queries
from workflows.queries import parameters
from workflows.rules import calendar
from workflows.rules.calendar import date_words

AT = time(9)
ENDED = "ended"
STATUTORY = ("s151_officer", "monitoring_officer")
LATE_MONTHS = 1  # from here on the statutory officers hear as well when no decision has been started


@operation("contracts.plan_reminder", gives=("remind_at", "watch"))
def plan_reminder(work: Work) -> dict[str, Any]:
    """When the next reminder of a contract's end is due; the watch is over once the contract is terminated, or has ended and that was seen."""
    contract = _contract(work)
    if contract.terminated_on is not None or _was_seen(work.session, contract):
        return {"remind_at": None, "watch": "over"}
    return {"remind_at": next_reminder(work.session, contract, after=work.now).isoformat(), "watch": "on"}


def _was_seen(session: Session, contract: Contract) -> bool:
    if clock.today() <= contract.ends_on:
        return False
    query = select(Milestone).where(Milestone.contract_id == contract.id, Milestone.for_end == contract.ends_on)
    return any(each.kind.startswith(ENDED) and each.acknowledged_at is not None for each in session.scalars(query))


def next_reminder(session: Session, contract: Contract, *, after: datetime) -> datetime:
    """The aware moment of the next reminder after a moment: a rung of the ladder, the end of what was put off, the end, then each month."""
    known = {each.kind: each for each in list_queries.milestones(session, contract) if each.for_end == contract.ends_on}
    days = [rung.on for rung in list_queries.ladder(session, contract) if rung.key not in known]
    days += [each.put_off_until for each in known.values() if each.put_off_until is not None and each.acknowledged_at is None]
    over = contract.ends_on + timedelta(days=1)
    months = 1 + max(0, (clock.today().year - over.year) * 12 + clock.today().month - over.month)
    days += [calendar.add_months(over, count) for count in range(months + 1)]
    moments = sorted(calendar.london_instant(day, at=AT) for day in days)
    return next(moment for moment in moments if moment > after)


@operation("contracts.remind", gives=("next_at", "milestone", "regime", "unused", "after_end", "after_notice", "after_freeze"))
def remind(work: Work) -> dict[str, Any]:
    """Give the reminder that is due: to the owner, to the lead director when nothing was started in time, at last to the statutory officers.

    Gives what the table of extensions looks at, and when the reminder after this one is due.
    """
    contract = _contract(work)
    key, told = _rung(work.session, contract)
    milestone = _milestone(work, contract, key)
    _write(work, contract, told)
    audit.record(work.session, "contract:reminded", case=work.case, by=None, detail={"contract": contract.id.hex, "rung": told})
    return {
        "next_at": next_reminder(work.session, contract, after=work.now).isoformat(), "milestone": str(milestone.id),
    } | facts(work.session, contract)  # fmt: skip


def facts(session: Session, contract: Contract) -> dict[str, Any]:
    """What the table of extensions (D-18) looks at, as it is today."""
    term, today = list_queries.term_of(contract), clock.today()
    return {
        "regime": contract.regime.value, "unused": term.unused_months > 0, "after_end": today > term.ends_on, "after_notice": today > term.notice_by,
        "after_freeze": today > list_queries.law_days(session).frozen_after,
    }  # fmt: skip


def _rung(session: Session, contract: Contract) -> tuple[str, str]:
    """The key and the words of the reminder that is due today: the lowest rung reached, or how long ago the term ended."""
    today = clock.today()
    if today > contract.ends_on:
        months = (today.year - contract.ends_on.year) * 12 + today.month - contract.ends_on.month
        return f"{ENDED}-{months}", f"The term ended on {date_words(contract.ends_on)}"
    reached = [rung for rung in list_queries.ladder(session, contract) if rung.on <= today]
    key = reached[-1].key if reached else "early"
    return key, f"The term ends on {date_words(contract.ends_on)}"


def _milestone(work: Work, contract: Contract, key: str) -> Milestone:
    query = select(Milestone).where(Milestone.contract_id == contract.id, Milestone.kind == key, Milestone.for_end == contract.ends_on)
    found = work.session.scalar(query)
    if found is None:
        found = Milestone(contract_id=contract.id, kind=key, for_end=contract.ends_on, due_on=clock.today())
        work.session.add(found)
    found.reminded_at, found.put_off_until = work.now, None
    work.session.flush()
    return found


def _write(work: Work, contract: Contract, told: str) -> None:
    of_list = contract.purchasing_list
    link = f"/preferred-list/lists/{of_list.reference}/term" if of_list is not None else f"/cases/{work.case.reference}"
    subject = f"{told}: {contract.title}"
    for group_key in [contract.owner_key, *_above(work.session, contract)]:
        mail.to_group(work.session, group_key, kind="contract_reminder", case=work.case, subject=subject, link=link, body=f"{told}.")


def _above(session: Session, contract: Contract) -> list[str]:
    """Who else must hear because no key decision about the term is under way, the nearer the end the more (D-19)."""
    if list_queries.open_decision(session, contract) is not None:
        return []
    today, above = clock.today(), []
    director = list_queries.lead_director(session, contract)
    months = int(parameters.value(session, "term_escalation_months"))
    if director is not None and today >= calendar.add_months(contract.ends_on, -months):
        above.append(director.key)
    if today >= calendar.add_months(contract.ends_on, -LATE_MONTHS):
        above += session.scalars(select(CandidateGroup.key).where(CandidateGroup.role.in_(STATUTORY)).order_by(CandidateGroup.key)).all()
    return above


@operation("contracts.answer_reminder")
def answer_reminder(work: Work) -> None:
    """Write down what the owner says: that they know, that it is put off with a reason, or that they open the key decision now."""
    contract, by = _contract(work), _person(work)
    milestone = work.session.get_one(Milestone, uuid.UUID(str(work.data["milestone"])))
    choice = work.answers["answer"]
    if choice == "put_off":
        _put_off(work, milestone)
        return
    if choice in OPENS:
        contracts.open_decision(work.session, contract, extend=OPENS[choice], by=by)
    milestone.acknowledged_at, milestone.acknowledged_by_id = work.now, by.id
    work.session.flush()


OPENS = {"extend": True, "replace": False}


def _put_off(work: Work, milestone: Milestone) -> None:
    """Put a reminder off, with a reason and for ten working days at most (D-19)."""
    until = date.fromisoformat(str(work.answers["put_off_until"]))
    rule = parameters.rule(work.session, "term_put_off_days")
    last = calendar.reckon(rule, clock.today(), event="Put off", closures=parameters.closures(work.session)).on
    if not clock.today() < until <= last:
        raise Invalid({"put_off_until": f"The day must be after today and not after {date_words(last)}"})
    milestone.put_off_until, milestone.put_off_because = until, str(work.answers["put_off_because"]).strip()
    work.session.flush()
    told = {"because": milestone.put_off_because}
    audit.record(work.session, "contract:reminder_put_off", case=work.case, by=work.by, detail={"until": until.isoformat()}, text=told)


def _contract(work: Work) -> Contract:
    return list_queries.contract_by_id(work.session, str(work.data["contract_id"]))


def _person(work: Work) -> User:
    if work.by is None:
        raise Refused("Only a person can answer a reminder")
    return work.by
