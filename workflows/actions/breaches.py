"""Broken rules: written down once for each case and rule, closed by a person with a reason, or when what went wrong has been put right."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Breach, Case, User, clock
from workflows.actions import audit
from workflows.errors import Conflict, Invalid
from workflows.library import legal
from workflows.library.legal import Checklist, Line, State
from workflows.queries import people
from workflows.rules import permissions

SHORTEST_REASON = 20
LONGEST_REASON = 2_000
PUT_RIGHT = "What had gone wrong was put right: the case keeps the rule now"


def look(session: Session, case: Case) -> list[Breach]:
    """Judge a case by its rules and write down what it broke; gives what is new. What is known already is not written again."""
    audit.lock(session, case)
    known = {each.mark: each for each in session.scalars(select(Breach).where(Breach.case_id == case.id))}
    found = legal.of_cases(session, [case.id], now=clock.now()).get(case.id, Checklist())
    groups = people.group_names(session) if found.breached else {}
    new = []
    for line in found.lines:
        before = known.get(line.mark)
        if line.judgement.state is not State.BREACHED:
            if before is not None and before.closed_at is None:
                _put_right(session, before)
        elif before is None or (before.closed_at is not None and before.closed_by_id is None):
            new.append(_write_down(session, case, found, line, groups, before))
    return new


def worth_a_look(session: Session, case_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Those of some cases for which a look would change something, or may. Nothing is written; five statements, however many they are."""
    now = clock.now()
    open_ones = set(session.scalars(select(Breach.case_id).where(Breach.case_id.in_(case_ids), Breach.closed_at.is_(None))))
    broken = {case_id for case_id, found in legal.of_cases(session, case_ids, now=now).items() if found.breached}
    return sorted(open_ones | broken)


def settle(session: Session, breach: Breach, *, because: str, by: User) -> None:
    """A person says what became of a broken rule. Refused for anyone but Legal and the Monitoring Officer.

    Invalid for a reason under 20 characters; Conflict when it was dealt with already.
    """
    permissions.check_settle_breach(by)
    audit.lock(session, breach.case)
    session.refresh(breach)
    if breach.closed_at is not None:
        raise Conflict("This has been dealt with already")
    reason = because.strip()
    if len(reason) < SHORTEST_REASON:
        raise Invalid({"because": f"Enter what was done about it, in {SHORTEST_REASON} characters or more"})
    if len(reason) > LONGEST_REASON:
        raise Invalid({"because": f"What was done about it must be {LONGEST_REASON:,} characters or fewer"})
    breach.closed_at, breach.closed_by_id, breach.closed_because = clock.now(), by.id, reason
    session.flush()
    audit.record(session, "rule:settled", case=breach.case, by=by, detail=_detail(breach), text={"because": reason})


def _write_down(session: Session, case: Case, found: Checklist, line: Line, groups: Mapping[str, str], before: Breach | None) -> Breach:
    """A new row, or the one that was closed because all was well again, open once more."""
    breach = before or Breach(case_id=case.id, instance_id=line.instance_id, process=line.key, rule_id=line.rule.id, case=case)
    breach.version, breach.words, breach.legal = line.version, line.rule.words, line.rule.legal
    breach.happened, breach.breached_at = legal.says(line.judgement, found.names, groups), line.judgement.at
    breach.found_at, breach.closed_at, breach.closed_by_id, breach.closed_because = clock.now(), None, None, ""
    session.add(breach)
    session.flush()
    audit.record(session, "rule:breached", case=case, by=None, detail=_detail(breach), text={"happened": breach.happened})
    return breach


def _put_right(session: Session, breach: Breach) -> None:
    breach.closed_at, breach.closed_by_id, breach.closed_because = clock.now(), None, PUT_RIGHT
    session.flush()
    audit.record(session, "rule:kept", case=breach.case, by=None, detail=_detail(breach))


def _detail(breach: Breach) -> dict[str, object]:
    return {"rule": breach.rule_id, "process": breach.process, "version": breach.version, "words": breach.words, "legal": breach.legal}
