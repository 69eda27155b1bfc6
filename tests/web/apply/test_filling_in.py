"""Filling in an application: right and wrong answers are kept, the hub tells the states, and Continue leads where the person came from."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import UserTask
from tests.support.clients import public_client
from tests.web.apply.conftest import Applicant

NAMES = {"legal_name": "Harbour Homes Ltd", "legal_form": "private_company", "is_small": "yes", "is_voluntary": "no"}
NUMBERS = {"company_number": "9876543"}
CONTACT = {
    "address": "1 Quay Street\nWesthampton", "postcode": "WH1 1AA", "contact_name": "Ada Brook", "contact_email": "ada@example.org",
    "contact_phone": "01632 960001",
}  # fmt: skip
WRONG_NUMBERS = [
    ("company_number", "123456789", "Company number must be 8 characters, like 09876543 or SC123456"),
    ("charity_number", "12", "Charity number must be 6 or 7 digits, like 1234567"),
    ("vat_number", "123456789", "VAT number must be one that HMRC gives out. Check its digits"),
    ("ukprn", "9", "UK provider reference number must be 8 digits and start with 1, like 10012345"),
    ("ico_number", "123", "Data protection registration must be Z and 7 characters, like ZA123456"),
    ("duns_number", "12", "DUNS number must be 9 digits"),
]


def state_of(applicant: Applicant, key: str) -> str:
    """What the hub says of a section."""
    page = applicant.get().text
    return page.partition(f'id="{key}-status">')[2].partition("</div>")[0].replace("</strong>", "").rpartition(">")[2].strip()


def test_the_hub_begins_with_nothing_started(applicant: Applicant) -> None:
    page = applicant.get().text

    assert page.count("Not started") == 11
    assert "You have completed 0 of 12 sections." in page
    assert "Cannot start yet" in page
    assert "You can leave and come back." in page


def test_a_section_is_filled_in_looked_at_and_completed(applicant: Applicant) -> None:
    steps = [applicant.post("organisation", page, **answers) for page, answers in enumerate((NAMES, NUMBERS, CONTACT), 1)]
    begun = state_of(applicant, "organisation")
    completed = applicant.post("organisation", "check", is_completed="yes")

    assert [step.location.rpartition("/")[2] for step in steps] == ["2", "3", "check"]
    assert begun == "In progress"
    assert (completed.status_code, completed.location) == (303, applicant.path())
    assert state_of(applicant, "organisation") == "Completed"
    assert "You have completed 1 of 12 sections." in applicant.get().text


@pytest.mark.parametrize(("question", "typed", "words"), WRONG_NUMBERS)
def test_each_number_has_its_own_message_and_is_kept_as_it_was_typed(applicant: Applicant, question: str, typed: str, words: str) -> None:
    answer = applicant.post("organisation", 2, **NUMBERS | {question: typed})

    assert answer.status_code == 422
    assert f'<a href="#{question}">{words}</a>' in answer.text
    assert answer.text.count(words) == 2
    assert state_of(applicant, "organisation") == "There is a problem"
    assert words in applicant.get().text
    stored = applicant.section("organisation")
    assert stored is not None
    assert stored.values[question] == [typed]


def test_a_problem_that_is_put_right_is_gone(applicant: Applicant) -> None:
    applicant.post("organisation", 2, company_number="x")

    applicant.post("organisation", 2, **NUMBERS)

    assert state_of(applicant, "organisation") == "In progress"


def test_what_is_missing_is_no_problem_before_the_section_is_called_completed(applicant: Applicant) -> None:
    answer = applicant.post("organisation", 3, **CONTACT | {"postcode": ""})

    assert answer.status_code == 422
    assert state_of(applicant, "organisation") == "In progress"
    assert "Not provided" in applicant.get("organisation", "check").text


def test_a_section_that_is_not_whole_cannot_be_completed(applicant: Applicant) -> None:
    applicant.post("organisation", 1, **NAMES)

    answer = applicant.post("organisation", "check", is_completed="yes")

    assert answer.status_code == 422
    assert '<a href="' + applicant.path("organisation", 3) + '?from=check#postcode">Enter the postcode</a>' in answer.text
    assert state_of(applicant, "organisation") == "In progress"


def test_nothing_chosen_at_the_end_of_a_section_is_said(applicant: Applicant) -> None:
    answer = applicant.post("organisation", "check")

    assert answer.status_code == 422
    assert answer.text.count("Select whether you have completed this section") == 2


def test_any_answer_is_one_click_from_the_check_page_and_continue_returns_to_it(applicant: Applicant) -> None:
    applicant.post("organisation", 1, **NAMES)
    change = f'{applicant.path("organisation", 2)}?from=check#company_number'
    assert change in applicant.get("organisation", "check").text

    answer = applicant.browser.post(applicant.path("organisation", 2), data=NUMBERS | {"from": "check"})

    assert answer.location == applicant.path("organisation", "check")


def test_changing_an_answer_opens_a_completed_section_again(applicant: Applicant) -> None:
    for page, answers in enumerate((NAMES, NUMBERS, CONTACT), 1):
        applicant.post("organisation", page, **answers)
    applicant.post("organisation", "check", is_completed="yes")

    applicant.post("organisation", 1, **NAMES | {"trading_name": "Harbour"})

    assert state_of(applicant, "organisation") == "In progress"


def test_leaving_for_later_keeps_what_is_there(applicant: Applicant) -> None:
    answer = applicant.post("organisation", 3, address="1 Quay Street", _do="later")

    assert (answer.status_code, answer.location) == (303, applicant.path())
    assert "1 Quay Street" in applicant.get("organisation", 3).text


def test_a_question_that_an_answer_hides_is_neither_shown_nor_kept(applicant: Applicant) -> None:
    applicant.post("ofsted", 1, ofsted_status="registered", ofsted_urn="2700123", ofsted_categories=["1"], registered_manager="A Brook", has_enforcement="no")

    applicant.post("ofsted", 1, ofsted_status="not_required", ofsted_urn="2700123", has_enforcement="no")

    stored = applicant.section("ofsted")
    assert stored is not None
    assert stored.values == {"ofsted_status": "not_required", "has_enforcement": "no"}
    assert "Unique reference number" not in applicant.get("ofsted", "check").text


NOWHERE = [
    ("nothing",), ("nothing", "check"), ("organisation", 9), ("organisation", 0), ("organisation", "items", "0a0a0a0a", 1), ("premises", 1),
    ("premises", "items", "x", 1), ("premises", "items", "ABCDEF01", 1), ("premises", "items", "0a0a0a0a", "remove"),
]  # fmt: skip


@pytest.mark.parametrize("parts", NOWHERE)
def test_an_address_that_leads_nowhere_says_so(applicant: Applicant, parts: tuple[object, ...]) -> None:
    assert applicant.get(*parts).status_code == 404


def test_long_text_is_kept_and_shown(applicant: Applicant) -> None:
    words = "word " * 600 + "W" * 300

    applicant.post("methods", 1, leadership=words)

    assert words.strip() in applicant.get("methods", "check").text


def test_markup_that_is_typed_stays_text(applicant: Applicant) -> None:
    applicant.post("methods", 1, leadership="<script>alert(1)</script>{{ 7 * 7 }}")

    page = applicant.get("methods", "check").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in page


def test_a_task_of_an_application_leads_to_its_page(applicant: Applicant, stranger: Applicant) -> None:
    with applicant.reading() as session:
        task = session.scalars(select(UserTask).where(UserTask.bpmn_id == "complete-application")).one()

    assert applicant.browser.get(f"/apply/task/{task.id}").location == applicant.path()
    assert stranger.browser.get(f"/apply/task/{task.id}").status_code == 404


def test_somebody_who_was_signed_out_comes_back_by_a_link_and_finds_what_they_typed(applicant: Applicant) -> None:
    visitor = public_client(applicant.app)

    visit = visitor.get(applicant.path("organisation", 1))
    sent = visitor.post(applicant.path("organisation", 1), data={"legal_name": "Harbour Homes Ltd"})

    assert visit.location == f"/apply/account?next={applicant.path('organisation', 1)}"
    assert sent.status_code == 401
    assert "You were signed out" in sent.text
    assert "Harbour Homes Ltd" in sent.text
    assert f'href="/apply/account?next={applicant.path("organisation", 1)}"' in sent.text


def test_the_hub_says_how_long_the_council_may_take(applicant: Applicant) -> None:
    assert "We must answer within 10 working days of getting your application, or 15 working days" in applicant.get().text
