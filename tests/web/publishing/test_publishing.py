"""Publishing a notice and a record as previewed, what blocks it, correcting openly, and the register of call-ins."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from models import DecisionRecord, Notice, PageRevision, clock
from tests.support.stage import WebStage, fields
from workflows.actions import call_ins

StageAt = Callable[[str], WebStage]
NOTICE = {
    "documents_list": "Report of the Executive Director",
    "documents_address": "Democratic Services, County Hall",
    "other_documents": "yes",
    "request_procedure": "Write to Democratic Services",
    "no_exempt_text": "yes",
}
TODAY = {"2020-09-28": ["28", "9", "2020"], "2020-11-12": ["12", "11", "2020"]}


def day(name: str, text: str) -> dict[str, list[str]]:
    """A date as its three inputs."""
    return {name: TODAY[text]}


def open_preview(stage: WebStage, step: str, name: str = "ines.marlow") -> tuple[Any, str, str]:
    task_id = stage.task_id(step)
    browser = stage.browser(name)
    return browser, f"/publishing/{task_id}", browser.get(f"/publishing/{task_id}").text


def publish_notice(stage: WebStage, **changes: Any) -> Any:
    browser, url, page = open_preview(stage, "publish-notice")
    days = {**day("website_on", "2020-09-28"), **day("offices_on", "2020-09-28")}
    return browser.post(f"{url}/publish", data={**fields(page), **NOTICE, **days, **changes})


def test_the_desk_counts_what_waits(stage_at: StageAt) -> None:
    page = stage_at("publish-notice").browser("ines.marlow").get("/publishing").text

    assert re.search(r"Ready to publish\s*<span>1</span>", page)
    assert "Publish the notice" in page


def test_an_empty_desk_says_so(stage_at: StageAt) -> None:
    browser = stage_at("give-advice").browser("ines.marlow")

    assert "Nothing to publish." in browser.get("/publishing").text
    assert "Nothing can be called in now." in browser.get("/publishing?show=call-in").text
    assert "No request." in browser.get("/publishing/call-ins").text


def test_the_desk_is_for_those_who_publish(stage_at: StageAt) -> None:
    assert stage_at("publish-notice").browser("raj.patel").get("/publishing").status_code == 403


def test_the_preview_is_the_public_page(stage_at: StageAt) -> None:
    stage = stage_at("publish-notice")

    _, _, page = open_preview(stage, "publish-notice")
    publish_notice(stage)
    public = stage.app.test_client().get(f"/decisions/{stage.look().decision.slug}").text

    assert "First day it can lawfully be decided: Tuesday 27 October 2020" in page
    assert page.count("<h1") == 1
    preview = page.split('id="preview"', 1)[1]
    for words in ("Due to be decided in November 2020. You can comment until 31 October 2020.", "Tuesday 27 October 2020", "Best start in life"):
        assert words in preview
        assert words in public


def test_a_prepared_notice_is_published_with_its_statements(stage_at: StageAt) -> None:
    stage = stage_at("publish-notice")

    answer = publish_notice(stage)

    assert answer.status_code == 303
    page = stage.browser("ines.marlow").get(answer.location).text
    assert "It can be decided from Tuesday 27 October 2020" in page
    notice = stage.look().session.scalars(select(Notice)).one()
    assert notice.content["documents"] == "Report of the Executive Director"


def test_a_missing_statement_blocks_publication(stage_at: StageAt) -> None:
    stage = stage_at("publish-notice")

    answer = publish_notice(stage, request_procedure="", no_exempt_text="")

    assert answer.status_code == 422
    assert 'href="#request_procedure"' in answer.text
    assert stage.look().session.scalars(select(Notice)).all() == []


def test_updating_the_preview_publishes_nothing(stage_at: StageAt) -> None:
    stage = stage_at("publish-notice")

    answer = publish_notice(stage, preview="yes", documents_list="An entirely new list")

    assert answer.status_code == 200
    assert answer.text.count("An entirely new list") >= 2
    assert stage.look().session.scalars(select(Notice)).all() == []


def test_an_officer_as_lead_member_blocks_publication_in_the_page_and_by_post(stage_at: StageAt) -> None:
    stage = stage_at("publish-notice")
    with stage.writing() as writing:
        writing.decision.lead_member = "Helen Ashdown"

    _, _, page = open_preview(stage, "publish-notice")
    answer = publish_notice(stage)

    assert "An officer decides, but Helen Ashdown is entered as lead member" in page
    assert "Publish now" not in page
    assert "to put it right" in page
    assert answer.status_code == 403
    assert stage.look().session.scalars(select(Notice)).all() == []


def test_a_phone_number_and_a_private_mail_address_are_pointed_out(stage_at: StageAt) -> None:
    stage = stage_at("publish-notice")
    with stage.writing() as writing:
        writing.decision.summary += " Ring Amara on 07700 900123 or write to amara@gmail.com. It costs 1,200,000 from 2020 to 2022."

    _, _, page = open_preview(stage, "publish-notice")

    assert "07700 900123 looks like a personal phone number" in page
    assert "amara@gmail.com is a private e-mail address" in page
    assert "Publish now" in page


def test_a_record_is_published_as_it_was_signed_and_call_in_begins(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")
    browser, url, page = open_preview(stage, "publish-record")

    answer = browser.post(f"{url}/publish", data={**fields(page), **day("published_on", "2020-11-12"), "offices_too": "yes", "urgent_exemption": "no"})

    assert "The words are exactly those that were signed" in page
    assert "Councillors can call it in until" in page
    assert "Monday 23 November 2020" in page
    assert answer.status_code == 303
    record = stage.look().session.scalars(select(DecisionRecord)).one()
    assert (record.call_in_last_day, record.effective_from) == (clock.read_instant("2020-11-23").date(), clock.read_instant("2020-11-24").date())
    assert "In call-in" in browser.get("/publishing?show=call-in").text


def test_words_that_differ_from_the_signed_ones_block_publication(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")
    with stage.writing() as writing:
        writing.session.scalars(select(DecisionRecord)).one().reasons = "Other reasons"

    _, _, page = open_preview(stage, "publish-record")

    assert "The words are not those that were signed" in page
    assert "Publish now" not in page


def test_the_monitoring_officer_looks_but_does_not_publish_for_others(stage_at: StageAt) -> None:
    _, _, page = open_preview(stage_at("publish-record"), "publish-record", "martin.quayle")

    assert "This task is for another team" in page
    assert "Publish now" not in page


def correction(stage: WebStage, step: str = "", **changes: str) -> Any:
    browser = stage.browser("ines.marlow")
    url = f"/publishing/{stage.look().decision.slug}/correct"
    page = browser.get(url).text
    said = {"reason": "The sum was wrong", "restarts_clock": "no"} | changes
    return browser.post(url + step, data={**fields(page), **said})


def test_a_correction_shows_before_and_after_and_then_stands_on_the_public_page(stage_at: StageAt) -> None:
    stage = stage_at("draft-report")

    checked = correction(stage, "/check", proposal="Use the extension for one year.")
    done = correction(stage, proposal="Use the extension for one year.")

    assert checked.status_code == 200
    assert "Before" in checked.text
    assert "Use the two-year extension that the contract allows" in checked.text
    assert "<ins>" in checked.text
    assert done.status_code == 303
    notice = stage.look().session.scalars(select(Notice).order_by(Notice.version.desc())).first()
    assert notice is not None
    assert (notice.version, notice.restarts_clock) == (2, False)
    assert notice.content["proposal"] == "Use the extension for one year."
    assert stage.look().session.scalars(select(PageRevision).order_by(PageRevision.at.desc())).first().reason == "The sum was wrong"  # type: ignore[union-attr]


def test_a_correction_needs_a_reason_a_change_and_a_word_about_the_clock(stage_at: StageAt) -> None:
    answer = correction(stage_at("draft-report"), reason="", restarts_clock="")

    assert answer.status_code == 422
    for message in ("Enter why the notice is corrected", "Select whether the clock starts again", "Change at least one part of the notice"):
        assert answer.text.count(message) == 2


def test_a_new_clock_past_the_due_month_is_told_before_and_refused(stage_at: StageAt) -> None:
    stage = stage_at("draft-report")

    with clock.held(clock.read_instant("2020-11-05 09:00")):
        checked = correction(stage, "/check", proposal="Something else.", restarts_clock="yes")
        answer = correction(stage, proposal="Something else.", restarts_clock="yes")

    assert "This is after the month in which the decision is due" in checked.text
    assert answer.status_code == 422
    assert len(stage.look().session.scalars(select(Notice)).all()) == 1


def test_those_who_only_look_do_not_correct(stage_at: StageAt) -> None:
    stage = stage_at("draft-report")

    answer = stage.browser("ewan.tait").get(f"/publishing/{stage.look().decision.slug}/correct")

    assert answer.status_code == 403


def test_the_register_and_the_task_show_which_rules_a_request_meets(stage_at: StageAt) -> None:
    stage = stage_at("publish-record")
    with stage.writing() as writing:
        writing.complete("publish-record", "ines.marlow", {"published_on": "2020-11-12", "offices_too": True, "urgent_exemption": "no"})
    with clock.held(clock.read_instant("2020-11-16 10:00")):
        with stage.writing() as writing:
            call_ins.request(
                writing.session, writing.decision, answers={"requesters": ["A Hollis", "N Farouk"], "reasons": "The cost was not explained"},
                by=writing.person("peter.hollis"),
            )  # fmt: skip
        browser = stage.browser("martin.quayle")
        register = browser.get("/publishing/call-ins").text
        task_id = stage.task_id("judge-call-in")
        task = browser.get(f"/tasks/{task_id}").text

    for page in (register, task):
        assert "2 councillors ask; 4 are needed" in page
        assert "The cost was not explained" in page
    assert "To be judged" in register
    assert f"/tasks/{task_id}" in register
