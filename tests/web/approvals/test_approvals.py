"""Deciding and signing off: who sees what, the exact words before the signature, and what may not be signed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from models import AuditEvent, ConsultationStatus, DecisionRecord, DecisionState, GroupMembership, Report, TaskStatus, UserTask, clock
from tests.support.stage import DECIDES, WebStage, fields
from workflows.queries import consultations, decisions

StageAt = Callable[[str], WebStage]
SENT = {**DECIDES, "representations_considered": "yes"}


def post_check(stage: WebStage, name: str = "helen.ashdown", **changes: Any) -> Any:
    task_id = stage.task_id("decide")
    browser = stage.browser(name)
    page = browser.get(f"/approvals/{task_id}").text
    return browser, browser.post(f"/approvals/{task_id}/check", data={**fields(page), **SENT, **changes})


def sign(stage: WebStage, name: str = "helen.ashdown", **changes: Any) -> Any:
    task_id = stage.task_id("decide")
    browser, checked = post_check(stage, name, **changes)
    return browser.post(f"/approvals/{task_id}/sign", data=fields(checked.text))


def digest(stage: WebStage) -> str:
    """The report as it is, by its digest."""
    looking = stage.look()
    report = decisions.newest_report(looking.session, looking.decision)
    assert report is not None
    return report.digest


def last_event(stage: WebStage) -> str:
    looking = stage.look()
    kinds = select(AuditEvent.kind).where(AuditEvent.chain == stage.case_id.hex).order_by(AuditEvent.sequence.desc())
    return str(looking.session.scalars(kinds).first())


def test_the_list_says_what_waits_and_that_it_can_be_decided_today(stage_at: StageAt) -> None:
    page = stage_at("decide").browser("helen.ashdown").get("/approvals").text

    assert "Extending the purchasing system for 16+ accommodation" in page
    assert "Can be decided today" in page


def test_nothing_waits_for_somebody_else(stage_at: StageAt) -> None:
    page = stage_at("decide").browser("raj.patel").get("/approvals").text

    assert "Nothing is waiting for you." in page


def test_the_author_sees_on_the_list_and_the_page_that_they_cannot_sign(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    browser = stage.browser("amara.osei")

    listed = browser.get("/approvals").text
    page = browser.get(f"/approvals/{stage.task_id('decide')}").text

    assert "You cannot sign this: you wrote the report" in listed
    assert "You cannot sign this: you wrote the report" in page
    assert "/check" not in page


def test_the_page_holds_the_whole_file(stage_at: StageAt) -> None:
    stage = stage_at("decide")

    page = stage.browser("helen.ashdown").get(f"/approvals/{stage.task_id('decide')}").text

    for words in ("All 9 checks are met", "Tuesday 27 October 2020", "How we worked this out", "If we do not", "£2,400,000 (key)", "Options rejected",
                  "Some risk of challenge", "Keep the list open.", "Harbour Homes Ltd", "Signed off", "Changed since version 1 of the report"):  # fmt: skip
        assert words in page or words.lower() in page.lower(), words


def test_following_the_link_changes_nothing(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    task_id = stage.task_id("decide")
    before = stage.look().session.scalars(select(AuditEvent.digest)).all()
    browser = stage.browser("helen.ashdown")

    for path in ("", "/check", "/sign", "/signed"):
        browser.get(f"/approvals/{task_id}{path}")
        browser.open(f"/approvals/{task_id}{path}", method="HEAD")

    assert stage.look().session.scalars(select(AuditEvent.digest)).all() == before
    assert stage.look().session.get_one(UserTask, task_id).status is TaskStatus.READY


def test_a_decision_is_signed_in_the_words_that_were_checked(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    task_id = stage.task_id("decide")
    browser, checked = post_check(stage)
    assert checked.status_code == 200
    assert "You sign exactly these" in checked.text

    answer = browser.post(f"/approvals/{task_id}/sign", data=fields(checked.text))

    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Decision signed" in page
    assert "Call-in will end 7 working days after publication" in page
    record = stage.look().session.scalars(select(DecisionRecord)).one()
    for words in (record.decision_text, record.reasons, record.alternatives_rejected, record.maker_name, record.maker_title):
        assert words in checked.text


def test_signing_twice_signs_once(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    task_id = stage.task_id("decide")
    browser, checked = post_check(stage)
    sent = fields(checked.text)

    first = browser.post(f"/approvals/{task_id}/sign", data=sent)
    second = browser.post(f"/approvals/{task_id}/sign", data=sent)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(stage.look().session.scalars(select(DecisionRecord)).all()) == 1


def test_a_missing_answer_leads_back_to_the_form_with_what_was_typed(stage_at: StageAt) -> None:
    _, answer = post_check(stage_at("decide"), reasons="")

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert 'href="#reasons"' in answer.text
    assert "The extension is used until 31 March 2022." in answer.text


def test_changing_the_words_leads_back_to_the_form(stage_at: StageAt) -> None:
    _, answer = post_check(stage_at("decide"), change="yes")

    assert answer.status_code == 200
    assert "More young people find a safe home." in answer.text
    assert "Sign decision" not in answer.text


def test_a_report_that_changed_after_the_check_is_shown_and_asked_again(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    task_id = stage.task_id("decide")
    browser, checked = post_check(stage)
    with stage.writing() as writing:
        old = writing.session.scalars(select(Report).order_by(Report.version.desc())).first()
        assert old is not None
        writing.session.add(
            Report(
                decision_id=old.decision_id, version=old.version + 1, content=old.content | {"risk": "A provider has objected."}, digest="e" * 64,
                is_material_change=False, what_changed="", written_by_id=old.written_by_id, written_at=clock.now(),
            )
        )  # fmt: skip

    answer = browser.post(f"/approvals/{task_id}/sign", data=fields(checked.text))

    assert answer.status_code == 409
    assert "The report changed while you were reading it" in answer.text
    assert "What changed in the report" in answer.text
    assert "Risk</h3>" in answer.text
    assert stage.look().session.scalars(select(DecisionRecord)).all() == []
    assert fields(answer.text)["report_digest"] == "e" * 64


def make_maker(stage: WebStage, name: str) -> None:
    with stage.writing() as writing:
        person = writing.person(name)
        person.memberships.append(GroupMembership(group_key="executive-director-children", starts_on=date(2020, 1, 1), ends_on=None))


@pytest.mark.parametrize("step", ["check", "sign"])
@pytest.mark.parametrize("name", ["amara.osei", "raj.patel", "tom.birch"])
def test_a_forged_post_is_refused_and_remembered(stage_at: StageAt, name: str, step: str) -> None:
    stage = stage_at("decide")
    if name == "tom.birch":
        with stage.writing() as writing:
            writing.acts_for("amara.osei", name)
    make_maker(stage, name)

    answer = stage.browser(name).post(f"/approvals/{stage.task_id('decide')}/{step}", data={**SENT, "report_digest": digest(stage)})

    assert answer.status_code == 403
    assert "You cannot sign this" in answer.text
    assert last_event(stage) == "decision:signing_refused"
    assert stage.look().session.scalars(select(DecisionRecord)).all() == []


def test_a_key_decision_stays_with_the_named_officer_when_they_are_away(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    with stage.writing() as writing:
        writing.acts_for("helen.ashdown", "david.orme")
    browser = stage.browser("david.orme")

    listed = browser.get("/approvals").text
    answer = browser.post(f"/approvals/{stage.task_id('decide')}/sign", data=SENT)

    assert "for Helen Ashdown" in listed
    assert "Only the named officer can sign a key decision" in listed
    assert answer.status_code == 403


def silence_legal(stage: WebStage) -> None:
    with stage.writing() as writing:
        request = next(one for one in consultations.current(writing.session, writing.decision) if one.consultee_key == "legal")
        request.status, request.response = ConsultationStatus.ASKED, None


def test_a_failed_check_leaves_reading_sending_back_and_moving(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    silence_legal(stage)

    page = stage.browser("helen.ashdown").get(f"/approvals/{stage.task_id('decide')}").text

    assert "Waiting for advice from Legal" in page
    assert "What to do now" in page
    assert re.findall(r'name="decision"[^>]*value="(\w+)"|value="(\w+)"[^>]*name="decision"', page)
    assert 'value="send_back"' in page
    assert 'value="defer"' in page
    assert 'value="approve"' not in page
    assert 'id="decision_text"' not in page


def test_a_post_before_the_law_allows_it_is_refused_and_remembered(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    silence_legal(stage)

    answer = stage.browser("helen.ashdown").post(f"/approvals/{stage.task_id('decide')}/sign", data={**SENT, "report_digest": digest(stage)})

    assert answer.status_code == 403
    assert "Waiting for advice from Legal" in answer.text
    assert last_event(stage) == "decision:signing_refused"


def test_signing_before_the_first_lawful_date_is_impossible_in_the_page_and_by_post(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    browser = stage.browser("helen.ashdown")
    task_id = stage.task_id("decide")

    with clock.held(clock.read_instant("2020-10-26 09:00")):
        browser = stage.browser("helen.ashdown")
        page = browser.get(f"/approvals/{task_id}").text
        answer = browser.post(f"/approvals/{task_id}/sign", data={**SENT, "report_digest": digest(stage)})

    assert "No. This cannot be decided until Sunday 1 November 2020" in page
    assert 'value="approve"' not in page
    assert answer.status_code == 403


def test_a_decision_is_sent_back_with_its_reason(stage_at: StageAt) -> None:
    stage = stage_at("decide")

    answer = sign(stage, decision="send_back", return_because="Say more about the cost")

    assert answer.status_code == 303
    assert "Sent back to the author" in stage.browser("helen.ashdown").get(answer.location).text
    assert stage.look().task("complete-report").candidate_group == "children-commissioning"


def test_a_decision_is_moved_to_a_later_month(stage_at: StageAt) -> None:
    stage = stage_at("decide")

    answer = sign(stage, decision="defer", new_due_month="2", new_due_year="2021", defer_because="Waiting for the budget")

    assert answer.status_code == 303
    assert stage.look().decision.due_from == date(2021, 2, 1)


def test_an_officer_signs_off_on_the_same_page(stage_at: StageAt) -> None:
    stage = stage_at("sign-off")
    task_id = stage.task_id("sign-off", "section-151-officer")
    browser = stage.browser("sunita.rao")

    page = browser.get(f"/approvals/{task_id}").text
    checked = browser.post(f"/approvals/{task_id}/check", data={**fields(page), "sign_off": "approve"})
    answer = browser.post(f"/approvals/{task_id}/sign", data=fields(checked.text))

    assert "Your sign-off" in page
    assert answer.status_code == 303
    assert "Signed off" in browser.get(answer.location).text


def test_a_report_sent_back_by_an_officer_needs_a_reason(stage_at: StageAt) -> None:
    stage = stage_at("sign-off")
    task_id = stage.task_id("sign-off", "section-151-officer")
    browser = stage.browser("sunita.rao")
    page = browser.get(f"/approvals/{task_id}").text

    answer = browser.post(f"/approvals/{task_id}/sign", data={**fields(page), "sign_off": "return"})

    assert answer.status_code == 422
    assert "Enter what must change before you can sign this off" in answer.text


def test_what_was_signed_stays_readable(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")
    task = stage.look().session.scalars(select(UserTask).where(UserTask.bpmn_id == "decide")).one()

    page = stage.browser("helen.ashdown").get(f"/approvals/{task.id}").text

    assert "Helen Ashdown completed this" in page
    assert "What do you decide?" not in page
    assert stage.look().decision.state is DecisionState.DECIDED


def test_a_second_decision_on_the_same_task_is_told_who_was_faster(stage_at: StageAt) -> None:
    stage = stage_at("decide")
    browser, checked = post_check(stage)
    sent = fields(checked.text) | {"form_key": "another"}
    task_id = stage.task_id("decide")
    browser.post(f"/approvals/{task_id}/sign", data=fields(checked.text))

    answer = browser.post(f"/approvals/{task_id}/sign", data=sent)

    assert answer.status_code == 409
    assert "completed this task" in answer.text


def test_a_mail_about_a_case_leads_to_its_approval(stage_at: StageAt) -> None:
    stage = stage_at("decide")

    answer = stage.browser("helen.ashdown").get(f"/approvals/case/{stage.look().case.reference}")

    assert answer.location == f"/approvals/{stage.task_id('decide')}"
