"""Having one's say: the questions, the check, the sending and the confirmation, with every mistake told and nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import AuditEvent, DecisionState, KeyDecision, Representation, clock
from models.session import new_session
from tests.support.clients import Browser, public_client
from tests.web.public import factories
from tests.web.public.conftest import on
from tests.web.public.pages import main, problems, words
from webapp.limits import limiter

Plant = Callable[[Callable[..., Any]], Any]
FORM = "/decisions/okd99-20-21/representations/new"
ANSWERS = {
    "text": "Keep the list open.\r\n\r\nYoung people need it.",
    "name": "R. Holloway",
    "contact": "01632 960114",
    "capacity": "Foster carer",
    "may_publish": "yes",
}


@pytest.fixture(autouse=True)
def october(app: Flask) -> Any:
    """While comments are open. The limit counts afresh; it has nowhere to count before an app is made."""
    limiter.reset()
    with clock.held(on("2020-10-16 19:42")):
        yield


def kept(app: Flask) -> list[Representation]:
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        return list(session.scalars(select(Representation).order_by(Representation.received_at)))


def hidden(text: str, form_of_step: str) -> dict[str, str]:
    """The hidden fields of the form on the check page that does a step."""
    form = next(form for form in re.findall(r"(?s)<form.*?</form>", text) if f'name="step" value="{form_of_step}"' in form)
    return {name: value.replace("&amp;", "&") for name, value in re.findall(r'(?s)<input type="hidden" name="(\w+)" value="(.*?)">', form)}


def test_a_comment_is_asked_for_checked_sent_and_confirmed(app: Flask, public: Browser, plant: Plant) -> None:
    plant(factories.noticed)
    form = public.get(FORM)
    check = public.post(FORM, data={**ANSWERS, "step": "check"})
    sent = public.post(FORM, data=hidden(check.text, "send"))
    page = public.get(sent.location)

    assert "You can comment until 11:59pm on Saturday 31 October 2020." in form.text
    assert check.status_code == 200
    assert "Young people need it." in words(main(check))
    assert sent.status_code == 303
    (comment,) = kept(app)
    assert sent.location == f"/decisions/okd99-20-21/representations/sent?reference={comment.reference}"
    assert comment.reference in page.text
    assert (comment.text, comment.name, comment.contact) == ("Keep the list open.\n\nYoung people need it.", "R. Holloway", "01632 960114")
    assert (comment.capacity, comment.may_publish) == ("Foster carer", True)
    assert len(comment.reference) == 10
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.kind == "representation:received"))
        assert event.detail == {"reference": comment.reference}


def test_nothing_is_stored_before_it_is_sent(app: Flask, public: Browser, plant: Plant) -> None:
    plant(factories.noticed)

    public.post(FORM, data={**ANSWERS, "step": "check"})
    changed = public.post(FORM, data={**ANSWERS, "step": "change"})

    assert kept(app) == []
    assert "Keep the list open." in changed.text
    assert "R. Holloway" in changed.text


def test_a_second_press_sends_nothing_twice(app: Flask, public: Browser, plant: Plant) -> None:
    plant(factories.noticed)
    fields = hidden(public.post(FORM, data={**ANSWERS, "step": "check"}).text, "send")

    first, second = public.post(FORM, data=fields), public.post(FORM, data=fields)

    assert first.location == second.location
    assert len(kept(app)) == 1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("text", "", "Enter what you want to say"),
        ("text", "   \r\n ", "Enter what you want to say"),
        ("text", "x" * 5001, "What you want to say must be 5,000 characters or fewer"),
        ("name", "", "Enter your name"),
        ("name", "n" * 201, "Your name must be 200 characters or fewer"),
        ("contact", "", "Enter an email address or phone number"),
        ("capacity", "c" * 201, "Your interest in this decision must be 200 characters or fewer"),
        ("may_publish", "", "Select yes if we can publish what you say"),
        ("may_publish", "perhaps", "Select yes if we can publish what you say"),
    ],
)
@pytest.mark.parametrize("step", ["check", "send"])
def test_each_mistake_is_told_at_its_field_and_the_rest_is_kept(
    app: Flask, public: Browser, plant: Plant, field: str, value: str, message: str, step: str
) -> None:
    plant(factories.noticed)

    answer = public.post(FORM, data={**ANSWERS, field: value, "step": step})

    assert answer.status_code == 422
    assert answer.text.count("<title>Error: Tell us what you think") == 1
    assert problems(answer) == [message]
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    for other in {"name", "contact", "capacity"} - {field}:
        assert ANSWERS[other] in answer.text
    assert kept(app) == []


def test_five_thousand_characters_may_have_line_ends_of_any_kind(app: Flask, public: Browser, plant: Plant) -> None:
    plant(factories.noticed)

    answer = public.post(FORM, data={**ANSWERS, "text": "\r\n".join(["x" * 49] * 100), "step": "send"})

    assert answer.status_code == 303
    assert len(kept(app)[0].text) == 4999


@pytest.mark.parametrize("hostile", ["\x00null", "<script>alert(1)</script>", "🏠 ümlaut", "a\x1b[31mred", "{{ 7*7 }}", "' OR 1=1 --", "\u202etxet"])
def test_hostile_text_is_kept_as_text(app: Flask, public: Browser, plant: Plant, hostile: str) -> None:
    plant(factories.noticed)

    check = public.post(FORM, data={**ANSWERS, "text": hostile, "name": hostile, "contact": hostile, "capacity": hostile, "step": "check"})
    sent = public.post(FORM, data={**ANSWERS, "text": hostile, "name": hostile, "step": "send"})

    assert check.status_code == 200
    assert "<script>alert" not in check.text
    assert sent.status_code == 303
    assert "\x00" not in kept(app)[0].text
    assert "\x1b" not in kept(app)[0].text


@pytest.mark.parametrize("moment", ["2020-11-01 00:00", "2020-11-12 15:00"])
def test_after_the_deadline_the_page_says_when_it_passed_and_whom_to_contact(app: Flask, public: Browser, plant: Plant, moment: str) -> None:
    plant(factories.noticed)

    with clock.held(on(moment)):
        page = public.get(FORM)
        tried = public.post(FORM, data={**ANSWERS, "step": "send"})

    assert page.status_code == 200
    said = words(main(page))
    assert "Comments closed on 31 October 2020." in said
    assert "Children's commissioning children-commissioning@westhampton.example.gov.uk" in said
    assert "<form" not in main(page)
    assert tried.status_code == 403
    assert "It was not sent." in tried.text
    assert "Young people need it." in tried.text
    assert kept(app) == []


def test_a_withdrawn_proposal_takes_no_comments(app: Flask, public: Browser, plant: Plant) -> None:
    def build(session: Any) -> None:
        decision = factories.noticed(session)
        decision.state, decision.withdrawn_at, decision.withdrawn_because = DecisionState.WITHDRAWN, factories.at("2020-10-12 10:00"), "Not needed"

    plant(build)

    assert "Comments closed when the proposal was withdrawn." in words(main(public.get(FORM)))
    assert public.post(FORM, data={**ANSWERS, "step": "send"}).status_code == 403


def test_many_comments_from_one_place_are_slowed_down_and_kept_on_the_page(app: Flask, public: Browser, plant: Plant) -> None:
    plant(factories.noticed)
    for number in range(20):
        assert public.post(FORM, data={**ANSWERS, "name": f"Person {number}", "step": "send"}).status_code == 303

    refused = public_client(app).post(FORM, data={**ANSWERS, "step": "send"})
    looking = public.get(FORM)

    assert refused.status_code == 429
    assert problems(refused) == ["Too many comments came from your network. Wait 10 minutes and send yours again"]
    assert "Young people need it." in refused.text
    assert looking.status_code == 200
    assert len(kept(app)) == 20


def test_the_confirmation_tells_nothing_and_only_to_who_has_the_reference(app: Flask, public: Browser, plant: Plant) -> None:
    plant(factories.noticed)
    plant(lambda session: factories.noticed(session, number=98))
    sent = public.post(FORM, data={**ANSWERS, "step": "send"}).location

    page = public_client(app).get(sent)

    assert page.status_code == 200
    for said in ("Keep the list open", "Holloway", "01632 960114"):
        assert said not in page.text
    assert public.get("/decisions/okd99-20-21/representations/sent?reference=0000000000").status_code == 404
    assert public.get("/decisions/okd99-20-21/representations/sent").status_code == 404
    assert public.get(sent.replace("okd99", "okd98")).status_code == 404


def test_the_page_counts_comments_and_shows_none(app: Flask, public: Browser, plant: Plant) -> None:
    plant(factories.noticed)
    for _ in range(2):
        public.post(FORM, data={**ANSWERS, "step": "send"})

    with clock.held(on("2020-11-12 15:00")):
        page = public.get("/decisions/okd99-20-21")

    assert "Comments closed on 31 October 2020. 2 were received." in words(main(page))
    assert "Keep the list open" not in page.text


def test_a_form_without_its_token_is_refused_and_changes_nothing(app: Flask, public: Browser, plant: Plant) -> None:
    plant(factories.noticed)

    answer = public.post_raw(FORM, data={**ANSWERS, "step": "send"})

    assert answer.status_code == 400
    assert kept(app) == []


def test_a_moved_decision_takes_comments_again(app: Flask, public: Browser, plant: Plant) -> None:
    plant(factories.noticed)

    with clock.held(on("2020-11-05 10:00")):
        closed = public.post(FORM, data={**ANSWERS, "step": "send"})
        plant(lambda session: setattr(session.scalars(select(KeyDecision)).one(), "representations_close_at", factories.at("2020-12-31 23:59")))
        opened = public.post(FORM, data={**ANSWERS, "step": "send"})

    assert (closed.status_code, opened.status_code) == (403, 303)
