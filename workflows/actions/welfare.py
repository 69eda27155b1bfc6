"""Welfare checks: that somebody looks after each placed young person when something happens to their provider."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Case, Membership, User, WelfareCheck, clock
from workflows.actions import audit, mail
from workflows.actions.operating import Work, operation
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.queries import placements

TEAM = "social-work"
PROTECTS = "safeguarding"
AT_RISK = "at_risk"


def open_checks(
    session: Session, case: Case, *, provider_id: uuid.UUID, due_at: datetime, premises_id: uuid.UUID | None = None
) -> list[WelfareCheck]:
    """One check for each placement with a provider, or in one of its premises, that lasts today; a placement that has one in this case
    keeps it. `due_at` is aware. The social workers are told when there is anything new.
    """
    known = {check.placement_id for check in placements.checks_of(session, case.id)}
    staying = placements.staying_with(session, provider_id=provider_id, on=clock.today(), premises_id=premises_id)
    made = [
        WelfareCheck(placement_id=each.id, case_id=case.id, due_at=due_at, done_at=None, done_by_id=None, opened_at=clock.now())
        for each in staying
        if each.id not in known
    ]
    session.add_all(made)
    session.flush()
    if made:
        words = f"Welfare checks wanted: {case.reference}"
        mail.to_group(session, TEAM, kind="welfare:asked", case=case, subject=words, link=f"/cases/{case.reference}")
        audit.record(session, "welfare:opened", case=case, by=None, detail={"checks": len(made), "due_at": due_at})
    return list(placements.checks_of(session, case.id))


def record(session: Session, check: WelfareCheck, *, outcome: str, by: User) -> None:
    """Say that a check was made and how the young person is. Invalid without an outcome; Conflict when it was made already.

    Somebody at risk is Safeguarding's to know at once.
    """
    session.refresh(check, with_for_update={"of": WelfareCheck})
    if check.done_at is not None:
        raise Conflict("This check has been made already")
    if not outcome.strip():
        raise Invalid({"outcome": "Select how the young person is"})
    check.done_at, check.done_by_id, check.outcome = clock.now(), by.id, outcome.strip()
    session.flush()
    case = session.get_one(Case, check.case_id)
    audit.record(session, "welfare:made", case=case, by=by, detail={"check": check.id.hex})
    if outcome == AT_RISK:
        words = f"A welfare check found somebody at risk: {case.reference}"
        mail.to_group(session, PROTECTS, kind="welfare:at_risk", case=case, subject=words, link=f"/cases/{case.reference}")


@operation("welfare.open", gives=("welfare_checks",))
def open_for_case(work: Work) -> dict[str, Any]:
    """Open the checks of a suspension case, due at the instant `welfare_due_at`, and give those not made as a list for one task each."""
    membership = work.session.get_one(Membership, uuid.UUID(str(work.data["membership_id"])))
    premises = work.data.get("premises_id")
    checks = open_checks(
        work.session, work.case, provider_id=membership.provider_id, due_at=datetime.fromisoformat(str(work.data["welfare_due_at"])),
        premises_id=uuid.UUID(str(premises)) if premises else None,
    )  # fmt: skip
    # The label of a task is read by many: which number is which reference is told only to those who may know of placements.
    numbered = [(check, f"{number} of {len(checks)}") for number, check in enumerate(checks, 1)]
    return {"welfare_checks": [{"id": str(check.id), "name": label} for check, label in numbered if check.done_at is None]}


@operation("welfare.record")
def record_by_task(work: Work) -> None:
    """Keep the outcome of one check; the item of the task names it. NotFound for a check of another case."""
    if work.by is None:
        raise Refused("A welfare check is made by a person")
    check = work.session.get(WelfareCheck, uuid.UUID(str(work.data["welfare_check"]["id"])))
    if check is None or check.case_id != work.case.id:
        raise NotFound("There is no such check")
    record(work.session, check, outcome=str(work.answers.get("outcome") or ""), by=work.by)
