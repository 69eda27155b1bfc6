"""The public page of a decision: every fact of the first demo notice under its label, in the order people know."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from models import ConsultationStatus, DecisionState, MakerType, NoticeKind, clock
from models.decisions import Notice
from tests.support.clients import Browser
from tests.web.public import factories
from tests.web.public.conftest import on
from tests.web.public.pages import details, headings, main, section, status_sentence, words

Plant = Callable[[Callable[..., Any]], Any]
PAGE = "/decisions/okd99-20-21"
LABELS = [
    "Decision type",
    "Why it is key",
    "Status",
    "Areas affected",
    "Notice first published",
    "Date of decision",
    "Published",
    "In effect from",
    "Decision maker",
    "Lead member",
    "Lead director",
    "Contact",
    "Have your say",
    "Consultation",
    "Questions about this notice",
    "Council plan priority",
    "Current term ended",
    "Extension until",
]


def test_the_page_keeps_every_fact_under_its_label_in_order(public: Browser, plant: Plant) -> None:
    def build(session: Any) -> None:
        decision = factories.approved(session)
        for key in ("procurement", "legal", "finance"):
            factories.asked(session, decision, key)

    plant(build)

    page = public.get(PAGE)
    found = details(page)

    assert list(found) == LABELS
    assert words(main(page)).count("Key decision OKD99 (20/21)") == 1
    assert headings(page)[0] == "Extending the purchasing system for 16+ accommodation"
    assert found["Decision type"].startswith("Key decision What is a key decision?")
    assert found["Why it is key"] == "Spending of more than £500,000"
    assert found["Status"] == "Approved, can be called in"
    assert found["Areas affected"] == "All divisions"
    assert found["Notice first published"].startswith(
        "Monday 28 September 2020 First day it could be decided: Tuesday 27 October 2020 How we worked this out"
    )
    assert found["Date of decision"] == "Thursday 12 November 2020 (was due November 2020)"
    assert found["Decision maker"] == "Executive Director, Children, Young People and Learning (officer)"
    assert found["Lead member"] == "None. This is a decision by an officer"
    assert found["Lead director"] == "Executive Director, Children, Young People and Learning"
    assert found["Contact"] == "Children's commissioning children-commissioning@westhampton.example.gov.uk 01632 960100"
    assert found["Have your say"] == "Comments closed on 31 October 2020. None were received."
    assert found["Consultation"] == "Procurement: answered Legal: answered Finance: answered"
    assert found["Questions about this notice"].startswith("Democratic Services")
    assert found["Council plan priority"] == "Best start in life"
    assert (found["Current term ended"], found["Extension until"]) == ("March 2020", "March 2022")


def test_the_page_tells_what_it_is_about_and_what_was_decided(public: Browser, plant: Plant) -> None:
    plant(factories.approved)

    page = public.get(PAGE)

    assert "The council finds homes for young people" in section(page, "about")
    assert "Read the full summary (3 paragraphs)" in section(page, "about")
    assert section(page, "proposal") == "Use the two-year extension that the contract allows."
    decided = section(page, "decision")
    assert decided.startswith("The two-year extension is used.")
    for label, value in (
        ("Reasons", "More providers can join."),
        ("Other options considered and rejected", "Letting the system end."),
        ("Cabinet members consulted", "The Cabinet Member for Children"),
        ("Interests declared", "None"),
    ):
        assert f"{label} {value}" in decided
    assert section(page, "background-papers") == "None"


@pytest.mark.parametrize("state", ["noticed", "approved"])
def test_nothing_is_empty_and_no_sign_of_the_old_form_is_left(public: Browser, plant: Plant, state: str) -> None:
    plant(getattr(factories, state))

    page = public.get(PAGE)
    shown = words(main(page))

    assert "Background3" not in shown
    assert ">" not in shown
    assert not re.search(r";\s*($|[A-Z])", shown)
    assert all(headings(page))
    for anchor in ("about", "proposal", "decision", "call-in", "documents", "background-papers", "history"):
        assert section(page, anchor)
    assert all(details(page).values())


def test_before_the_decision_the_page_says_so_and_invites_comments(public: Browser, plant: Plant) -> None:
    plant(factories.noticed)

    with clock.held(on("2020-10-01 09:00")):
        page = public.get(PAGE)

    assert section(page, "decision") == "No decision has been made yet."
    assert details(page)["Decision due"] == "November 2020"
    assert details(page)["Have your say"].startswith("You can comment until 11:59pm on Saturday 31 October 2020.")
    assert f'href="{PAGE}/representations/new"' in page.text
    assert details(page)["Consultation"] == "Procurement: not asked yet Legal: not asked yet Finance: not asked yet"
    assert "Report on the extension" in section(page, "documents")
    assert section(page, "background-papers") == "Not yet published"
    assert section(page, "call-in") == "Not yet. Councillors can call a decision in once it is published."


def test_the_name_of_the_decision_maker_is_on_the_page_only_while_the_notice_is_live(public: Browser, plant: Plant) -> None:
    plant(factories.noticed)
    before = public.get(PAGE).text

    plant(lambda session: factories.approved(session, number=98))
    after = public.get("/decisions/okd98-20-21")

    assert "Helen Ashdown" in before
    assert "Helen Ashdown" not in after.text
    assert "Helen Ashdown" in public.get("/decisions/okd98-20-21/notice").text
    assert "Helen Ashdown" in public.get("/decisions/okd98-20-21/record").text


@pytest.mark.parametrize(
    ("working_days", "last", "effective"),
    [(7, "Monday 23 November 2020", "Tuesday 24 November 2020"), (5, "Thursday 19 November 2020", "Friday 20 November 2020")],
)
def test_the_call_in_deadline_is_worked_out_on_the_page(public: Browser, plant: Plant, working_days: int, last: str, effective: str) -> None:
    plant(lambda session: factories.approved(session, working_days=working_days))

    page = public.get(PAGE)

    assert f"until 11:59pm on {last}. If they do not, it takes effect on {effective}." in status_sentence(page)
    assert section(page, "call-in").startswith(
        f"Councillors can ask for this decision to be looked at again until 11:59pm on {last}. No request has been made."
    )
    assert f"Counted: {working_days} days" in section(page, "call-in").replace("Counted ", "Counted: ")
    assert details(page)["In effect from"] == effective


def test_an_effective_day_that_is_no_working_day_says_so(public: Browser, plant: Plant) -> None:
    def build(session: Any) -> None:
        decision = factories.approved(session)
        factories.record_of(session, decision).effective_from = date(2020, 11, 28)

    plant(build)

    assert details(public.get(PAGE))["In effect from"] == "Saturday 28 November 2020, which is not a working day"


def test_going_on_without_advice_is_printed_with_the_reason(public: Browser, plant: Plant) -> None:
    def build(session: Any) -> None:
        decision = factories.approved(session)
        factories.asked(
            session, decision, "legal", status=ConsultationStatus.OVERRIDDEN, override_reason="Legal were asked twice and cannot answer in time."
        )

    plant(build)
    page = public.get(PAGE)

    printed = "The Monitoring Officer went on without it. Legal were asked twice and cannot answer in time."
    assert printed in section(page, "decision")
    assert "Legal: did not answer. The Monitoring Officer went on without their advice because" in details(page)["Consultation"]
    assert printed in words(main(public.get(f"{PAGE}/record")))


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2021-09-28", ""),
        ("2021-09-29", "This page is from 2020. The law may have changed since."),
        ("2026-11-24", "This page is from 2020. The law has changed since."),
    ],
)
def test_an_old_page_says_that_the_law_has_moved_on(public: Browser, plant: Plant, today: str, said: str) -> None:
    plant(factories.approved)

    with clock.held(on(today)):
        shown = words(main(public.get(PAGE)))

    assert said in shown
    assert ("This page is from" in shown) is bool(said)


def test_a_decision_by_a_cabinet_member_names_the_lead_member(public: Browser, plant: Plant) -> None:
    plant(lambda session: factories.noticed(session, maker_type=MakerType.CABINET_MEMBER, lead_member="Cabinet Member for Children"))

    assert details(public.get(PAGE))["Lead member"] == "Cabinet Member for Children"


def test_several_reasons_and_divisions_are_lists(public: Browser, plant: Plant) -> None:
    reasons = ["Expenditure > £500,000;", "Significant effect on two or more divisions"]
    plant(lambda session: factories.noticed(session, key_reasons=reasons, all_divisions=False, divisions=["Harbour", "Marsh End"]))

    found = details(public.get(PAGE))

    assert found["Why it is key"] == "Spending of more than £500,000 A significant effect on people in two or more divisions"
    assert found["Areas affected"] == "Harbour Marsh End"


def test_the_record_alone_is_complete(public: Browser, plant: Plant) -> None:
    plant(factories.approved)

    shown = words(main(public.get(f"{PAGE}/record")))

    for said in ("Record of the decision", "The two-year extension is used.", "Approved as recommended", "More providers can join.", "Letting the system end.",
                 "Thursday 12 November 2020", "Can be called in Yes"):  # fmt: skip
        assert said in shown


def test_a_record_that_differs_from_what_was_signed_does_not_claim_otherwise(public: Browser, plant: Plant) -> None:
    plant(factories.approved)

    assert "Its words are those that were signed." not in public.get(f"{PAGE}/record").text


def test_there_is_no_record_before_it_is_published(public: Browser, plant: Plant) -> None:
    def build(session: Any) -> None:
        factories.signed(session, factories.noticed(session), decision_text="Signed and secret")

    plant(build)

    assert "No decision has been made yet." in public.get(f"{PAGE}/record").text
    for path in (PAGE, f"{PAGE}/record", "/decisions"):
        assert "Signed and secret" not in public.get(path).text
    assert public.get(f"{PAGE}/report").status_code == 404
    assert status_sentence(public.get(PAGE)) == "Decided on 12 November 2020. The record is about to be published."


def test_a_reconsidered_decision_keeps_its_first_record(public: Browser, plant: Plant) -> None:
    def build(session: Any) -> None:
        decision = factories.approved(session)
        second = factories.signed(session, decision, version=2, decision_text="One year only.", response_to_concerns="We heard you.")
        factories.publish(session, decision, second, state=DecisionState.IN_EFFECT)

    plant(build)

    newest, first = public.get(f"{PAGE}/record"), public.get(f"{PAGE}/record?version=1")

    assert "One year only." in newest.text
    assert "We heard you." in newest.text
    assert "The two-year extension is used." in first.text
    assert "A later record took the place of this one" in first.text
    assert public.get(f"{PAGE}/record?version=3").status_code == 404
    assert public.get(f"{PAGE}/record?version=x").status_code == 404


def test_the_notice_states_all_that_the_law_demands(public: Browser, plant: Plant) -> None:
    plant(factories.noticed)

    shown = words(main(public.get(f"{PAGE}/notice")))

    for said in ("A key decision is to be made on behalf of the council.", "Extending the purchasing system", "Helen Ashdown, Executive Director",
                 "Decision due November 2020", "Report on the extension", "Democratic Services, County Hall, Westhampton",
                 "Other documents relevant to this matter may be submitted to the decision maker.", "Write to Democratic Services",
                 "First day it can be decided Tuesday 27 October 2020"):  # fmt: skip
        assert said in shown


def test_a_corrected_notice_says_why_and_the_first_stays_readable(public: Browser, plant: Plant) -> None:
    def build(session: Any) -> None:
        decision = factories.noticed(session)
        session.add(
            Notice(decision_id=decision.id, version=2, kind=NoticeKind.CORRECTION, website_on=date(2020, 10, 2), offices_on=date(2020, 10, 2),
                   content=factories.notice_content(decision, title="A better title"), earliest_decision_on=decision.earliest_decision_on,
                   earliest_explanation=None, representations_close_at=decision.representations_close_at, restarts_clock=False,
                   reason="The title had a slip", published_at=factories.at("2020-10-02 10:00"), published_by_id=decision.author_id)
        )  # fmt: skip
        factories.revision(session, decision, "Notice corrected", on="2020-10-02 10:00", reason="The title had a slip")

    plant(build)

    newest, first, history = (public.get(f"{PAGE}/{rest}") for rest in ("notice", "notice?version=1", "history"))

    assert "A better title" in newest.text
    assert "Why it was published again: The title had a slip" in newest.text
    assert "A better title" not in main(first)
    assert "A later notice took the place of this one" in first.text
    assert words(main(history)).index("Notice corrected") < words(main(history)).index("Notice published")
    assert "The title had a slip" in history.text
    assert section(public.get(PAGE), "history") == "1 change, last on 2 October 2020"


def test_a_page_that_never_changed_says_so(public: Browser, plant: Plant) -> None:
    plant(factories.noticed)

    assert "This page has not changed since it was published." in public.get(f"{PAGE}/history").text


def test_a_withdrawn_decision_stays_and_says_why(public: Browser, plant: Plant) -> None:
    def build(session: Any) -> None:
        decision = factories.noticed(session)
        decision.state, decision.withdrawn_at = DecisionState.WITHDRAWN, factories.at("2020-10-12 10:00")
        decision.withdrawn_because = "Providers asked for more time"

    plant(build)
    page = public.get(PAGE)

    assert page.status_code == 200
    assert status_sentence(page) == "Withdrawn on 12 October 2020 because providers asked for more time."
    assert section(page, "decision") == "No decision was made. The proposal was withdrawn."
    assert section(page, "call-in") == "Not needed."
    assert 'role="button"' not in main(page)


def test_the_page_has_one_heading_and_prints_with_its_reference(public: Browser, plant: Plant) -> None:
    plant(factories.approved)

    page = public.get(PAGE)

    assert page.text.count("<h1") == 1
    assert "<title>Extending the purchasing system for 16+ accommodation – OKD99 (20/21) – " in page.text
    assert "OKD99 (20/21). Printed 12 November 2020, 3pm" in page.text
    assert re.findall(r'<ol class="dps-stages"[^>]*>', page.text)
    assert page.text.count('aria-current="step"') == 1
