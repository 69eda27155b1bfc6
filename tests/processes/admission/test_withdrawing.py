"""Withdrawing at each step of checking and admission that an application does not usually come to (acceptance point 16)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import Answer, ApplicationStatus, CaseStatus, DueDiligenceCheck, InterestKind, clock
from models.session import new_session, transaction
from tests.processes.admission import desk
from tests.processes.admission.desk import EXCLUSION, FINANCE, RECOMMEND, REPORT, scored
from tests.processes.applications import applicant
from tests.processes.applications.applicant import Applicant
from tests.processes.library import shipped
from workflows.actions import definitions, interests
from workflows.library import invariants

Way = Callable[[Applicant], object]
CONDITION = {
    "recommendation": "admit_conditional", "conditions": "Show the certificate", "conditions_due_on": "2026-06-30",
    "departure_reasons": "It is renewed in June.",
}  # fmt: skip
OBJECTS = {"response": "object", "comments": "Too vague.", "implications": "It cannot be enforced."}
SUPPORTS = {"response": "support", "implications": "None."}


def high_risk(found: Applicant) -> None:
    """Finance has found a high risk."""
    found.do("assess-finance", {**FINANCE, "turnover": "1000"})


def with_legal(found: Applicant) -> None:
    """Legal looks at a ground for exclusion."""
    found.do("assess-exclusion", {**EXCLUSION, "performance": "found", "performance_on": "2025-01-10"})


def apart(found: Applicant) -> None:
    """The evaluators are three points apart."""
    found.check(leave=("score-first", "score-second"))
    found.do("score-first", scored(5), by="tom.birch")
    found.do("score-second", scored(2), by="lena.hartwell")


def withdrawn_scores(found: Applicant) -> None:
    """An evaluator's conflict was found late."""
    found.check()
    interests.declare(found.session, found.case, kind=InterestKind.ACTUAL, nature="Family.", by=found.person("tom.birch"))


def advised_on(found: Applicant) -> None:
    """All three are asked for advice."""
    found.pass_checks({**RECOMMEND, **CONDITION})
    found.do("write-admission-report", REPORT, by="nils.verhoeven")


def objected_to(found: Applicant) -> None:
    """Legal objects."""
    advised_on(found)
    found.do("advise-legal", OBJECTS)
    found.do("advise-procurement", SUPPORTS)
    found.do("advise-finance", SUPPORTS)


def escalated(found: Applicant) -> None:
    """The objection lies with the Chief Executive."""
    objected_to(found)
    found.do("resolve-admission-objection", {"objection_resolution": "escalate", "resolution_text": "We could not agree."}, by="nils.verhoeven")


WAYS: dict[str, tuple[Way, set[str]]] = {
    "high risk": (high_risk, {"conclude-finance"}),
    "with Legal": (with_legal, {"assess-self-cleaning"}),
    "evaluators apart": (apart, {"moderate"}),
    "scores withdrawn": (withdrawn_scores, {"score-again"}),
    "advice asked": (advised_on, {"advise-procurement", "advise-legal", "advise-finance"}),
    "objection": (objected_to, {"resolve-admission-objection"}),
    "objection escalated": (escalated, {"settle-admission-objection"}),
}


@pytest.fixture
def checked(town_hall: Engine) -> Iterator[Applicant]:
    """A sent application whose checks have begun, in its whole process."""
    with transaction(town_hall) as session:
        for key in ("clarification", "provider-application"):
            definitions.deploy_folder(session, shipped.ROOT / key)
    with new_session(town_hall) as session, clock.held(clock.read_instant(desk.SENT)):
        found = applicant.begun(session)
        found.send_and_look()
        yield found
        session.rollback()


def rows(session: Session, found: Applicant, table: type[Answer] | type[DueDiligenceCheck]) -> int:
    """How many rows of a table the case has."""
    return session.scalar(select(func.count()).select_from(table).where(table.case_id == found.case.id)) or 0


@pytest.mark.parametrize("way", WAYS)
def test_16_it_ends_cleanly_and_keeps_its_record(checked: Applicant, way: str) -> None:
    come, waits_for = WAYS[way]
    come(checked)
    assert waits_for <= set(checked.waiting)
    before = rows(checked.session, checked, Answer), rows(checked.session, checked, DueDiligenceCheck)

    checked.withdraw()

    assert (checked.ended_as, checked.application.status, checked.case.status) == ("withdrawn", ApplicationStatus.WITHDRAWN, CaseStatus.CLOSED)
    assert checked.waiting == []
    assert invariants.broken(checked.session) == []
    assert (rows(checked.session, checked, Answer), rows(checked.session, checked, DueDiligenceCheck)) == before
