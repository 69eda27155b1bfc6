"""What staff see of an application: the clock, the checks, the scores, and what the provider said beside each task."""

from __future__ import annotations

from tests.processes.admission.desk import CHECKS, RECOMMEND, REGISTERS, REPORT
from tests.support import declaring
from tests.web.checking.conftest import Checking
from workflows.queries import parameters
from workflows.rules import calendar


def test_the_case_shows_the_clock_with_how_it_was_worked_out(checking: Checking) -> None:
    with checking.writing() as desk:
        rule = parameters.rule(desk.session, "application_evaluation")
        deadline = calendar.reckon(rule, calendar.london_date(desk.application.sent_at), event="Application received")
        desk.application.evaluation_explanation = deadline.explanation.to_json()

    page = checking.browser("amara.osei").get(f"/cases/{checking.reference}").text

    assert "The provider must have an answer by the end of this day" in page
    assert "Wednesday 15 April 2026" in page
    assert "How we worked this out" in page
    assert "Good Friday" in page


def test_the_clock_is_gone_once_it_is_decided(checking: Checking) -> None:
    with checking.writing() as desk:
        desk.application.decided_at = desk.application.sent_at

    page = checking.browser("amara.osei").get(f"/cases/{checking.reference}").text

    assert "The provider must have an answer" not in page


def test_the_case_shows_each_check_with_its_result_who_and_when(checking: Checking) -> None:
    with checking.writing() as desk:
        desk.do("check-registers", REGISTERS)

    page = checking.browser("amara.osei").get(f"/cases/{checking.reference}").text

    assert "Met: Raj Patel, 30 March 2026" in page
    assert "Financial standing" in page
    assert "Not started" in page


def test_an_evaluator_reads_what_the_provider_said_beside_the_scores(checking: Checking) -> None:
    with checking.writing() as desk:
        declaring.declare_none(desk.session, desk.case, desk.person("tom.birch"))

    page = checking.browser("tom.birch").get(f"/tasks/{checking.task_id('score-first')}").text

    assert "What the provider said" in page
    assert "Each young person has a key worker." in page


def test_nobody_sees_the_scores_of_one_evaluator_before_the_other_has_scored(checking: Checking) -> None:
    address = f"/cases/{checking.reference}/application"
    with checking.writing() as desk:
        desk.do("score-first", CHECKS["score-first"][0], by="tom.birch")
    before = checking.browser("lena.hartwell").get(address).text
    with checking.writing() as desk:
        desk.do("score-second", CHECKS["score-second"][0], by="lena.hartwell")
    after = checking.browser("lena.hartwell").get(address).text

    assert "Scores are shown once both evaluators have scored" in before
    assert "Leadership and management" in after


def test_the_answers_of_one_evaluator_are_kept_from_the_other_until_both_have_scored(checking: Checking) -> None:
    task_id = checking.task_id("score-first")
    with checking.writing() as desk:
        desk.do("score-first", {**CHECKS["score-first"][0], "comment_support": "Thin on evenings."}, by="tom.birch")
    before = checking.browser("lena.hartwell").get(f"/tasks/{task_id}").text
    own = checking.browser("tom.birch").get(f"/tasks/{task_id}").text
    listed = checking.browser("lena.hartwell").get(f"/cases/{checking.reference}/answers").text
    with checking.writing() as desk:
        desk.do("score-second", CHECKS["score-second"][0], by="lena.hartwell")
    after = checking.browser("lena.hartwell").get(f"/tasks/{task_id}").text

    assert "Thin on evenings." not in before
    assert "Thin on evenings." not in listed
    assert "Thin on evenings." in own
    assert "Thin on evenings." in after


def test_the_director_reads_what_was_found_beside_the_decision(checking: Checking) -> None:
    with checking.writing() as desk:
        desk.check()
        desk.do("recommend", RECOMMEND)
        desk.admit_by()
        desk.do("write-admission-report", REPORT)
        declaring.declare_none(desk.session, desk.case, desk.person("helen.ashdown"))

    page = checking.browser("helen.ashdown").get(f"/tasks/{checking.task_id('decide-admission')}").text

    assert "What was found" in page
    assert "Turnover for each pound a year" in page
    assert "2.50" in page
    assert "£10,000,000" in page


def test_a_provider_does_not_come_near_the_checks(checking: Checking) -> None:
    browser = checking.browser("avery.lark")

    for address in (f"/cases/{checking.reference}/application", f"/cases/{checking.reference}", "/interests"):
        assert browser.get(address).status_code in (403, 404), address
