"""The summary of a case: where it stands, whom it waits for, since when, and what comes next."""

from __future__ import annotations

import re

from sqlalchemy import select

from models import Case, DecisionState, KeyDecision, clock
from models.session import transaction
from tests.support.casebook import FAILING, Casebook
from tests.web.cases.conftest import Council
from tests.web.public import factories


def without_token(page: str) -> str:
    """A page without what differs from one answer to the next for anybody: the token and the time left on its body."""
    return re.sub(r"<body[^>]*>", "", page)


def test_it_says_whom_the_case_waits_for_and_since_when(book: Casebook) -> None:
    with clock.held(clock.read_instant("2020-11-04 09:30")):
        reference = book.errand()

        page = book.browser("legal").get(f"/cases/{reference}")

    assert page.status_code == 200
    assert "Waiting for Children&#39;s commissioning since 4 November 2020: propose the errand." in page.text


def test_a_case_that_waits_for_nobody_says_until_when(book: Casebook) -> None:
    with clock.held(clock.read_instant("2020-11-04 09:30")):
        reference = book.errand()
        book.complete(reference, "propose", by="children-commissioning", note="minutes")

        page = book.browser("legal").get(f"/cases/{reference}")

    assert "Nothing is to be done until 18 November 2020, 9:30am: two weeks have passed." in page.text


def test_exactly_one_stage_is_the_present_one(book: Casebook) -> None:
    reference = book.errand()

    page = book.browser("legal").get(f"/cases/{reference}")

    stages = re.search(r'<ol class="dps-stages".*?</ol>', page.text, re.DOTALL)
    assert stages is not None
    assert stages[0].count('aria-current="step"') == 1
    assert re.search(r'aria-current="step">\s*<strong>Proposal</strong>', stages[0])


def test_a_case_that_cannot_continue_says_so_first(book: Casebook) -> None:
    reference = book.errand()
    book.complete(reference, "propose", by="children-commissioning", note=FAILING)

    page = book.browser("legal").get(f"/cases/{reference}")

    assert "This case cannot continue at “Fetch it” since" in page.text
    assert "Cannot continue</strong>" in page.text


def test_the_facts_of_a_decision_stand_on_cards(book: Casebook) -> None:
    with clock.held(clock.read_instant("2020-10-10 10:00")), transaction(book.engine) as session:
        reference = factories.noticed(session).case.reference

    with clock.held(clock.read_instant("2020-10-10 10:00")):
        page = book.browser("legal").get(f"/cases/{reference}")

    assert "Tuesday 27 October 2020" in page.text
    assert "First day it can lawfully be decided" in page.text
    assert "How we worked this out" in page.text
    assert "Nobody has been consulted yet." in page.text


def test_the_short_address_leads_to_the_case_after_signing_in(book: Casebook) -> None:
    reference = book.errand()

    signed_out = book.app.test_client().get(f"/c/{reference}")
    signed_in = book.browser("legal").get(f"/c/{reference.lower()}")

    assert signed_out.status_code == 302
    assert signed_out.location.endswith(f"/sign-in?next=/c/{reference}")
    assert (signed_in.status_code, signed_in.location) == (303, f"/cases/{reference}")


def test_a_restricted_case_looks_like_a_missing_one(book: Casebook) -> None:
    reference = book.errand("A secret errand", restricted=True)
    paths = ["", "/timeline", "/documents", "/comments", "/consultations", "/process", "/answers", "/withdraw", "/defer"]

    for path in paths:
        hidden = book.browser("legal").get(f"/cases/{reference}{path}")
        missing = book.browser("legal").get(f"/cases/KD-2020-9999{path}")
        theirs = book.browser("children-commissioning").get(f"/cases/{reference}{path}")

        assert (hidden.status_code, without_token(hidden.text)) == (404, without_token(missing.text)), path
        assert theirs.status_code == 200 or path in ("/withdraw", "/defer"), path


def test_a_proposal_without_a_notice_says_until_when_it_can_be_published_in_the_words_of_the_policy(council: Council) -> None:
    with transaction(council.engine) as session:
        case = session.scalars(select(Case).where(Case.reference == council.in_consultation)).one()
        session.scalars(select(KeyDecision).where(KeyDecision.case_id == case.id)).one().state = DecisionState.DRAFT

    page = council.browser("amara.osei").get(f"/cases/{council.in_consultation}")

    assert page.status_code == 200
    assert "Last day to publish the notice" in page.text
    assert "Notice of a key decision, in force since 10 September 2012" in page.text
    assert "notice_clear_days" not in page.text
