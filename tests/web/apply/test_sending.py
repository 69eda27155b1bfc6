"""Checking, declaring and sending an application, what the provider sees of it afterwards, and taking it back."""

from __future__ import annotations

import io
import uuid

import pytest
from sqlalchemy import select

from models import Application, ApplicationStatus, AuditEvent, Case, ProviderDocument, clock
from tests.support import planting_apply as plant
from tests.web.apply.conftest import Applicant, enter

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def fill_in(applicant: Applicant, *, without: str = "") -> None:
    """Fill in and complete every section, as its pages would send it."""
    applicant.browser.post(applicant.path("documents"), data={"file": (io.BytesIO(PDF), "all.pdf")}, content_type="multipart/form-data")
    with applicant.reading() as session:
        document = str(session.scalars(select(ProviderDocument)).one().id)

    def typed(answers: dict[str, object]) -> dict[str, object]:
        return {key: document if value == "document" else value for key, value in answers.items()}

    for section, pages in plant.SINGLE.items():
        for page, answers in enumerate(pages, 1):
            assert applicant.post(section, page, **typed(answers)).status_code == 303, (section, page)
    for section, entries in plant.ENTRIES.items():
        for entry in entries:
            name = uuid.uuid4().hex[:8]
            for page, answers in enumerate(entry, 1):
                assert applicant.post(section, "items", name, page, **typed(answers)).status_code == 303, (section, page)
    for section in (*plant.SINGLE, *plant.ENTRIES, "experience"):
        if section != without:
            assert applicant.post(section, "check", is_completed="yes").status_code == 303, section


def application(applicant: Applicant) -> Application:
    with applicant.reading() as session:
        return session.scalars(select(Application).join(Case, Case.id == Application.case_id).where(Case.reference == applicant.reference)).one()


def test_an_application_is_sent_and_its_confirmation_can_be_opened_again(applicant: Applicant) -> None:
    with clock.held(clock.read_instant("2026-10-27 11:00")):
        fill_in(applicant)
        checked = applicant.get("check")
        declared = applicant.get("declaration")
        sent = applicant.post("declaration", **plant.DECLARATION)
        first, again = applicant.get("sent").text, applicant.get("sent").text

    assert "Continue to the declaration" in checked.text
    assert declared.status_code == 200
    assert (sent.status_code, sent.location) == (303, applicant.path("sent"))
    assert "Application sent" in first
    assert applicant.reference in first
    assert "We must answer by <strong>Tuesday 10 November 2026</strong>" in first
    assert "How we worked this out" in first
    assert "Ada Brook, Director" in again


def test_an_application_is_sent_once(applicant: Applicant) -> None:
    fill_in(applicant)
    applicant.post("declaration", **plant.DECLARATION)

    again = applicant.post("declaration", **plant.DECLARATION)

    assert again.location == applicant.path("sent")
    with applicant.reading() as session:
        assert len(session.scalars(select(AuditEvent).where(AuditEvent.kind == "application:sent")).all()) == 1


def test_a_section_that_is_not_completed_is_named_and_nothing_is_sent(applicant: Applicant) -> None:
    fill_in(applicant, without="finance")

    checked = applicant.get("check")
    declared = applicant.get("declaration")
    sent = applicant.post("declaration", **plant.DECLARATION)

    assert "Accounts and credit check is not completed" in checked.text
    assert "Continue to the declaration" not in checked.text
    assert declared.location == applicant.path("check")
    assert sent.status_code == 422
    assert application(applicant).status is ApplicationStatus.DRAFT


@pytest.mark.parametrize("missing", sorted(plant.DECLARATION))
def test_each_part_of_the_declaration_is_needed(applicant: Applicant, missing: str) -> None:
    fill_in(applicant)

    answer = applicant.post("declaration", **{key: value for key, value in plant.DECLARATION.items() if key != missing})

    assert answer.status_code == 422
    assert f'href="#{missing}"' in answer.text
    assert application(applicant).status is ApplicationStatus.DRAFT


def test_a_document_that_was_removed_meanwhile_is_noticed_before_sending(applicant: Applicant) -> None:
    fill_in(applicant)
    with applicant.reading() as session:
        document = session.scalars(select(ProviderDocument)).one().id
    applicant.post("documents", document, "remove")

    sent = applicant.post("declaration", **plant.DECLARATION)

    assert sent.status_code == 422
    assert "Safeguarding policy and checks is not completed" in sent.text
    assert application(applicant).status is ApplicationStatus.DRAFT


def test_what_was_sent_can_be_read_and_printed_but_not_changed(applicant: Applicant) -> None:
    fill_in(applicant)
    applicant.post("declaration", **plant.DECLARATION)

    printed = applicant.get("print").text
    refused = applicant.post("organisation", 1, legal_name="Another Ltd", legal_form="llp", is_small="no", is_voluntary="no")

    assert "Harbour Homes Ltd" in printed
    assert "Change<span" not in printed
    assert "Change<span" not in applicant.get("organisation", "check").text
    assert refused.status_code == 403
    section = applicant.section("organisation")
    assert section is not None
    assert section.values["legal_name"] == "Harbour Homes Ltd"


def test_the_status_page_tells_where_it_is_and_when_the_answer_must_come(applicant: Applicant) -> None:
    fill_in(applicant)
    applicant.post("declaration", **plant.DECLARATION)

    page = applicant.get("status").text

    assert "Received" in page
    assert "Nothing has happened yet since you sent it." in page
    assert "We must answer by" in page
    assert page.count('aria-current="step"') == 1
    assert applicant.get().location == applicant.path("status")


def test_withdrawing_is_asked_first_and_needs_a_reason(applicant: Applicant) -> None:
    asked = applicant.get("withdraw")
    without = applicant.post("withdraw", because=" ")

    assert "Before you withdraw" in asked.text
    assert without.status_code == 422
    assert without.text.count("Enter why the application is withdrawn") == 2
    assert application(applicant).status is ApplicationStatus.DRAFT


@pytest.mark.parametrize("is_sent", [False, True])
def test_an_application_that_is_withdrawn_has_ended(applicant: Applicant, is_sent: bool) -> None:
    if is_sent:
        fill_in(applicant)
        applicant.post("declaration", **plant.DECLARATION)

    answer = applicant.post("withdraw", because="We sold the homes")

    assert answer.location == "/apply/applications"
    assert application(applicant).status is ApplicationStatus.WITHDRAWN
    assert applicant.get("withdraw").status_code == 403
    assert "Withdrawn" in applicant.browser.get("/apply/applications").text


def test_a_certificate_that_runs_out_before_sending_is_a_problem_again(applicant: Applicant) -> None:
    fill_in(applicant)

    with clock.held(clock.read_instant("2029-01-02 09:00")):
        again = enter(applicant.app, applicant.user, applicant.reference)
        hub = again.get().text
        sent = again.post("declaration", **plant.DECLARATION)

    assert "There is a problem" in hub
    assert "Premises 1: Gas safety certificate is out of date" in hub
    assert sent.status_code == 422
    assert application(applicant).status is ApplicationStatus.DRAFT
