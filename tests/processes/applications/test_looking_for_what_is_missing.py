"""The first look at an application: complete, to be clarified, or refused by two people, as the table of completeness says."""

from __future__ import annotations

import pytest

from models import ApplicationStatus
from tests.processes.applications.applicant import AGREES, COMPLETE, EXTENDS, LEAVES, MANIFEST, SECOND, UNCLEAR, Applicant
from workflows.errors import Invalid, Refused
from workflows.queries import applications as queries


def test_a_complete_application_goes_to_its_checks_and_nothing_is_asked(draft: Applicant) -> None:
    draft.send_and_look(COMPLETE)

    assert "check-registers" in draft.waiting and "ask-clarification" not in draft.waiting


def test_the_checks_begin_at_once_while_the_provider_is_asked(draft: Applicant) -> None:
    draft.send_and_look(UNCLEAR)

    assert {"ask-clarification", "check-registers", "assess-finance"} <= set(draft.waiting)
    assert queries.items_open(draft.session, draft.case.id) == {"finance": "missing"}


def test_with_few_days_left_more_time_is_proposed_while_the_provider_is_asked(draft: Applicant) -> None:
    draft.send()
    draft.at("2026-04-10 09:00")

    draft.do("check-completeness", UNCLEAR)

    assert {"decide-extension", "ask-clarification", "check-registers"} <= set(draft.waiting)


def test_with_no_day_left_it_is_more_time_or_nothing(draft: Applicant) -> None:
    draft.send()
    draft.at("2026-04-14 09:00")

    draft.do("check-completeness", UNCLEAR)
    assert draft.waiting == ["extend-first"]
    draft.do("extend-first", EXTENDS)

    assert {"ask-clarification", "check-registers"} <= set(draft.waiting) and "decide-extension" not in draft.waiting


def test_without_more_time_two_people_refuse_what_is_not_evidenced(draft: Applicant) -> None:
    draft.send()
    draft.at("2026-04-14 09:00")
    draft.do("check-completeness", UNCLEAR)

    draft.do("extend-first", LEAVES)
    draft.do("check-rejection", {"rejection_agreed": "yes", "rejection_reasons": "The accounts were not sent."}, by=SECOND)

    assert draft.ended_as == "closed-rejected"


def test_a_manifest_refusal_takes_two_people_and_the_provider_reads_the_reasons(draft: Applicant) -> None:
    draft.send_and_look(MANIFEST)
    assert draft.waiting == ["check-rejection"]

    draft.do("check-rejection", AGREES, by=SECOND)

    assert (draft.ended_as, draft.application.status) == ("closed-rejected", ApplicationStatus.REJECTED)
    assert draft.application.decided_at is not None and draft.case.outcome == "rejected"
    assert draft.letters() == ["acknowledgement", "rejection"]
    assert "not a legal entity" in draft.letter("rejection").body


def test_whoever_made_the_first_check_does_not_make_the_second(draft: Applicant) -> None:
    draft.send_and_look(MANIFEST)

    with pytest.raises(Refused):
        draft.do("check-rejection", AGREES, by="raj.patel")
    with pytest.raises(Refused, match="you made the first check"):
        draft.perform("applications.check_rejection", by="raj.patel", answers=AGREES)

    assert draft.application.status is ApplicationStatus.SENT


def test_a_diagram_that_refuses_without_a_second_person_is_refused(draft: Applicant) -> None:
    draft.send_and_look(MANIFEST)

    with pytest.raises(Refused, match="Two people"):
        draft.perform("applications.reject")

    assert draft.application.decided_at is None


def test_a_second_person_who_does_not_agree_has_it_looked_at_again(draft: Applicant) -> None:
    draft.send_and_look(MANIFEST)

    draft.do("check-rejection", {"rejection_agreed": "no", "look_again_at": "It is registered as a partnership."}, by=SECOND)

    assert draft.waiting == ["check-completeness"]


def test_a_refusal_without_a_reason_is_not_taken(draft: Applicant) -> None:
    draft.send()

    with pytest.raises(Invalid):
        draft.perform("applications.record_completeness", by="raj.patel", answers={**MANIFEST, "manifest_because": " "})
