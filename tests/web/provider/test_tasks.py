"""A provider's tasks: answered with drafts and files, by one person at a time, and seen by nobody of another provider."""

from __future__ import annotations

import io
import uuid

import pytest
from sqlalchemy import select

from models import Answer, Case, Provider, ProviderDocument, TaskStatus, User, UserTask
from tests.support import asked_providers as asked
from tests.support import planting_providers as planting
from tests.support.provider_market import Market


@pytest.fixture
def task_id(market: Market) -> uuid.UUID:
    """The question that Harbour Homes is asked."""
    with market.writing() as session:
        case, provider = session.get_one(Case, market.case.id), session.get_one(Provider, market.harbour.id)
        return asked.started(session, case, provider, session.get_one(User, market.rowan.id)).id


def _step(market: Market, bpmn_id: str) -> UserTask:
    with market.reading() as session:
        return session.scalars(select(UserTask).where(UserTask.bpmn_id == bpmn_id)).one()


def test_what_waits_stands_first_on_the_start_page(market: Market, task_id: uuid.UUID) -> None:
    page = market.browser(market.amy).get("/provider").text

    assert f"/provider/tasks/{task_id}" in page
    assert "3 working days left" in page


def test_an_answer_is_sent_with_its_files_and_confirmed(market: Market, task_id: uuid.UUID) -> None:
    browser = market.browser(market.amy)

    sent = browser.post(f"/provider/tasks/{task_id}", data={"reply": "Our policy is attached.", "evidence": (io.BytesIO(planting.PDF), "policy.pdf")})

    assert sent.status_code == 303
    done = browser.get(sent.location)
    assert "Sent" in done.text
    assert "Renew your declaration" in done.text
    with market.reading() as session:
        answer = session.scalars(select(Answer)).one()
        assert answer.values == {"reply": "Our policy is attached.", "evidence": ["policy.pdf"]}
        kept = session.scalars(select(ProviderDocument)).one()
        assert (kept.task_id, kept.case_id, kept.provider_id) == (task_id, market.case.id, market.harbour.id)
    assert "Our policy is attached." in browser.get(f"/provider/tasks/{task_id}").text


def test_an_answer_that_lacks_something_is_not_sent_and_nothing_typed_is_lost(market: Market, task_id: uuid.UUID) -> None:
    answer = market.browser(market.amy).post(f"/provider/tasks/{task_id}", data={"reply": " "})

    assert answer.status_code == 422
    assert "Enter your answer" in answer.text
    assert _step(market, "answer").status is TaskStatus.READY


def test_a_draft_is_kept_shown_again_and_can_be_thrown_away(market: Market, task_id: uuid.UUID) -> None:
    browser = market.browser(market.amy)

    saved = browser.post(f"/provider/tasks/{task_id}/draft", data={"reply": "Half an answer"}, headers={"Accept": "application/json"})

    assert saved.json["message"].startswith("Draft saved at 10:40am")
    assert "Half an answer" in browser.get(f"/provider/tasks/{task_id}").text
    browser.post(f"/provider/tasks/{task_id}/discard")
    assert "Half an answer" not in browser.get(f"/provider/tasks/{task_id}").text


def test_a_significant_answer_is_looked_at_once_more_before_it_is_sent(market: Market, task_id: uuid.UUID) -> None:
    browser = market.browser(market.amy)
    browser.post(f"/provider/tasks/{task_id}", data={"reply": "Here"})
    second = _step(market, "declare")

    check = browser.post(f"/provider/tasks/{second.id}", data={"name": "Amy Lowe"})

    assert "Check before you send" in check.text
    assert _step(market, "declare").status is TaskStatus.CLAIMED
    sent = browser.post(f"/provider/tasks/{second.id}", data={"name": "Amy Lowe", "_checked": "yes"})
    assert "We will tell you what we decide." in browser.get(sent.location).text


def test_a_colleague_who_was_slower_sees_what_was_sent_and_keeps_what_was_typed(market: Market, task_id: uuid.UUID) -> None:
    market.browser(market.amy).post(f"/provider/tasks/{task_id}", data={"reply": "Amy's answer"})

    late = market.browser(market.idris).post(f"/provider/tasks/{task_id}", data={"reply": "Idris's answer"})

    assert late.status_code == 409
    assert "Amy Lowe completed this task" in late.text
    assert "Amy&#39;s answer" in late.text
    assert "Idris&#39;s answer" in late.text
    assert "/work" not in late.text
    with market.reading() as session:
        assert len(session.scalars(select(Answer)).all()) == 1


def test_a_colleague_can_answer_instead_of_who_has_begun(market: Market, task_id: uuid.UUID) -> None:
    market.browser(market.amy).post(f"/provider/tasks/{task_id}/draft", data={"reply": "Half"})
    browser = market.browser(market.idris)

    assert "Amy Lowe is answering this" in browser.get(f"/provider/tasks/{task_id}").text
    assert browser.post(f"/provider/tasks/{task_id}/take-over").status_code == 303
    assert _step(market, "answer").assignee_id == market.idris.id


def test_a_task_that_is_put_back_takes_the_draft_along_only_when_it_is_shared(market: Market, task_id: uuid.UUID) -> None:
    amy, idris = market.browser(market.amy), market.browser(market.idris)
    amy.post(f"/provider/tasks/{task_id}/draft", data={"reply": "Half an answer"})

    amy.post(f"/provider/tasks/{task_id}/put-back", data={"_share": "yes"})

    assert "Half an answer" in idris.get(f"/provider/tasks/{task_id}").text


@pytest.mark.parametrize("path", ["", "/draft", "/discard", "/put-back", "/take-over"])
def test_no_other_provider_can_do_anything_to_a_task(market: Market, task_id: uuid.UUID, path: str) -> None:
    browser = market.browser(market.dana)

    assert browser.post(f"/provider/tasks/{task_id}{path}", data={"reply": "Mine"}).status_code == 404
    assert browser.get(f"/provider/tasks/{task_id}").status_code == 404
    assert browser.get(f"/provider/tasks/{task_id}/state").status_code == 404
    assert _step(market, "answer").status is TaskStatus.READY


def test_staff_cannot_answer_for_a_provider(market: Market, task_id: uuid.UUID) -> None:
    browser = market.browser(market.rowan)

    assert "This task is for another team" in browser.get(f"/tasks/{task_id}").text
    assert browser.post(f"/tasks/{task_id}", data={"reply": "Ours"}).status_code == 403


def test_staff_see_who_the_provider_is_beside_a_task(market: Market, task_id: uuid.UUID) -> None:
    page = market.browser(market.rowan).get(f"/tasks/{task_id}").text

    assert f"Harbour Homes Ltd ({market.harbour.reference})" in page


def test_staff_find_what_was_sent_with_an_answer_on_the_case_and_beside_its_tasks(market: Market, task_id: uuid.UUID) -> None:
    market.browser(market.amy).post(f"/provider/tasks/{task_id}", data={"reply": "Here", "evidence": (io.BytesIO(planting.PDF), "rota.pdf")})
    browser = market.browser(market.rowan)

    beside = browser.get(f"/tasks/{_step(market, 'declare').id}").text

    assert "rota.pdf</a>" in beside
    assert "rota.pdf</a>" in browser.get(f"/cases/{market.case.reference}/documents").text
