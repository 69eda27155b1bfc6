"""Who was asked for advice, what they said, and what changed between the versions they were asked about."""

from __future__ import annotations

from datetime import timedelta

from models import ConsultationStatus, clock
from models.decisions import ConsultationRequest, Report
from models.session import transaction
from tests.support.casebook import Casebook
from tests.web.cases.conftest import Council
from tests.web.public import factories


def test_each_consultee_stands_with_answer_conditions_and_time(council: Council) -> None:
    page = council.browser("amara.osei").get(f"/cases/{council.carried_out}/consultations").text

    assert "No objection, with conditions" in page
    assert "The report states that the first term has ended" in page
    assert "Leah Stone" in page
    assert "Fri 16 Oct 2020" in page
    assert "Must answer" in page


def test_a_silent_consultee_stays_asked_however_late(council: Council) -> None:
    with clock.held(clock.now() + timedelta(days=60)):
        page = council.browser("amara.osei").get(f"/cases/{council.in_consultation}/consultations").text

    assert "Asked</strong>" in page
    assert "Overdue by" in page
    assert "How we worked this out" in page


def test_a_case_without_consultation_says_so(book: Casebook) -> None:
    reference = book.errand()

    assert "Nobody has been consulted." in book.browser("legal").get(f"/cases/{reference}/consultations").text


def test_a_second_round_shows_what_changed_since_the_first(book: Casebook) -> None:
    with transaction(book.engine) as session:
        decision = factories.noticed(session)
        reference, author = decision.case.reference, decision.author_id
        for number, words in ((1, "Buy ten places near the school"), (2, "Buy twelve places near the college")):
            report = Report(
                decision_id=decision.id, version=number, content={"recommendations": words, "background": "The same"}, digest=str(number),
                is_material_change=number == 2, what_changed="More places" if number == 2 else "", written_by_id=author, written_at=clock.now(),
            )  # fmt: skip
            session.add(report)
            session.flush()
            session.add(
                ConsultationRequest(
                    decision_id=decision.id, report_id=report.id, round=number, consultee_key="legal", is_mandatory=True, due_explanation=None,
                    status=ConsultationStatus.SUPERSEDED if number == 1 else ConsultationStatus.ASKED, asked_at=clock.now(),
                    due_at=clock.now() + timedelta(days=10), response=None, answered_at=None, answered_by_id=None, overridden_by_id=None,
                    overridden_at=None, resolved_by_id=None,
                )
            )  # fmt: skip

    page = book.browser("legal").get(f"/cases/{reference}/consultations").text

    assert page.index("Round 2") < page.index("Round 1")
    assert "What changed between version 1 and version 2 of the report" in page
    assert "The author says: More places" in page
    assert "(added)" in page
    assert "twelve" in page
    assert page.count("Recommendation") == 1
    assert "The same" not in page
