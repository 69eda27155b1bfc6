"""An application can be taken back at every step until the agreement is signed, and its record stays (acceptance point 16)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from models import Answer, ApplicationStatus, AuditEvent, CaseStatus, Membership, MembershipStatus
from tests.processes.admission.desk import DECIDE
from tests.processes.applications.applicant import ASKS, MANIFEST, REPLIES, UNCLEAR, Applicant
from workflows.actions import applications
from workflows.errors import Closed, Invalid, Refused
from workflows.library import invariants

Deed = tuple[Any, ...]
SENT: Deed = ("send",)
CHECKED: Deed = ("send_and_look",)
DECIDABLE: Deed = ("come_to_decide",)
STEPS: dict[str, list[Deed]] = {
    "a draft": [],
    "sent": [SENT],
    "being refused": [("send_and_look", MANIFEST)],
    "being clarified": [("send_and_look", UNCLEAR)],
    "asked": [("send_and_look", UNCLEAR), ("do", "ask-clarification", ASKS)],
    "answered": [("send_and_look", UNCLEAR), ("do", "ask-clarification", ASKS), ("do", "answer-clarification", REPLIES)],
    "more time before asking": [SENT, ("at", "2026-04-14 09:00"), ("do", "check-completeness", UNCLEAR)],
    "more time proposed": [SENT, ("at", "2026-04-10 09:00"), ("do", "check-completeness", UNCLEAR)],
    "being checked": [CHECKED],
    "more time for the checks": [CHECKED, ("at", "2026-04-13 17:00")],
    "to be recommended": [CHECKED, ("check",)],
    "to be reported": [CHECKED, ("pass_checks",)],
    "to be decided": [DECIDABLE],
    "to be signed": [DECIDABLE, ("do", "decide-admission", DECIDE)],
}


@pytest.mark.parametrize("step", STEPS)
def test_16_it_ends_cleanly_and_keeps_its_record(draft: Applicant, step: str) -> None:
    for deed, *told in STEPS[step]:
        getattr(draft, deed)(*told)
    assert draft.waiting
    answers_before = draft.session.scalar(select(func.count()).select_from(Answer).where(Answer.case_id == draft.case.id))
    events_before = draft.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.chain == draft.case.id.hex)) or 0

    draft.withdraw()

    assert (draft.ended_as, draft.application.status, draft.case.status) == ("withdrawn", ApplicationStatus.WITHDRAWN, CaseStatus.CLOSED)
    assert draft.waiting == [] and invariants.broken(draft.session) == []
    assert draft.session.scalar(select(func.count()).select_from(Answer).where(Answer.case_id == draft.case.id)) == answers_before
    assert (draft.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.chain == draft.case.id.hex)) or 0) > events_before
    asked = draft.events("application:withdrawal_asked")[0]
    assert asked.text is not None and asked.text.words == {"because": "We found other work."}


def test_an_admission_that_was_not_signed_ends_with_the_withdrawal(draft: Applicant) -> None:
    draft.come_to_decide()
    draft.do("decide-admission", DECIDE)

    draft.withdraw()

    membership = draft.session.scalars(select(Membership).where(Membership.case_id == draft.case.id)).one()
    assert membership.status is MembershipStatus.WITHDRAWN


def test_what_is_signed_is_no_application_any_more(draft: Applicant) -> None:
    draft.come_to_decide()
    draft.admit()

    with pytest.raises(Closed):
        draft.withdraw()


def test_it_is_withdrawn_once(draft: Applicant) -> None:
    draft.withdraw()

    with pytest.raises(Closed):
        draft.withdraw()


def test_a_reason_is_needed(draft: Applicant) -> None:
    with pytest.raises(Invalid) as refused:
        draft.withdraw(because=" ")

    assert refused.value.errors == {"because": "Enter why the application is withdrawn"}


def test_a_stranger_cannot_withdraw_it(draft: Applicant) -> None:
    with pytest.raises(Refused):
        applications.withdraw(draft.session, draft.application, because="No.", by=draft.person("bridget.nolan"))

    assert draft.waiting == ["complete-application"]


def test_the_team_hears_of_what_it_had_begun_to_look_at(draft: Applicant) -> None:
    draft.send()

    draft.withdraw()

    assert "raj.patel@westhampton.example.gov.uk" in draft.mails("application:withdrawn")
