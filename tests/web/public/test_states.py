"""The states a reader can meet on a decision's page: what the first sentence says, and the tag beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from models import DecisionOutcome, DecisionState, KeyDecision, NoticeRoute, UrgencyAgreement, clock
from tests.support.clients import Browser
from tests.web.public import factories
from tests.web.public.conftest import on
from tests.web.public.pages import section, status_sentence

Plant = Callable[[Callable[..., Any]], Any]


@dataclass(frozen=True)
class Case:
    """A state: how to build it, when to look, and what the first sentence and the tag must be."""

    build: Callable[..., KeyDecision]
    today: str
    sentence: str
    tag: str
    colour: str
    says: tuple[str, ...] = field(default=())


def moved(session: Any) -> KeyDecision:
    return factories.noticed(
        session, moved_from="November 2020", moved_because="The review is not finished", due_from=date(2021, 1, 1), due_to=date(2021, 1, 31),
        representations_close_at=factories.at("2020-12-31 23:59"),
    )  # fmt: skip


def called_in(session: Any) -> KeyDecision:
    decision = factories.approved(session, state=DecisionState.CALLED_IN)
    factories.call_in(session, decision, meeting_on=date(2020, 12, 1))
    return decision


def not_approved(session: Any) -> KeyDecision:
    decision = factories.noticed(session)
    record = factories.signed(session, decision, outcome=DecisionOutcome.REFUSED, reasons="The cost is too high.")
    factories.publish(session, decision, record, state=DecisionState.NOT_APPROVED)
    record.can_be_called_in, record.call_in_closes_at = False, None
    return decision


def withdrawn(session: Any) -> KeyDecision:
    decision = factories.noticed(session)
    decision.state, decision.withdrawn_at = DecisionState.WITHDRAWN, factories.at("2020-10-12 10:00")
    decision.withdrawn_because = "Providers asked for more time"
    return decision


def urgent(session: Any) -> KeyDecision:
    decision = factories.noticed(session, route=NoticeRoute.GENERAL_EXCEPTION, impracticable_because="The home closes on 30 November.")
    session.add(
        UrgencyAgreement(decision_id=decision.id, kind="informed", office="scrutiny_chair", name="Peter Hollis", agreed_on=date(2020, 9, 25),
                         recorded_at=factories.at("2020-09-25 10:00"), recorded_by_id=decision.author_id)
    )  # fmt: skip
    return decision


STATES = {
    "comments open": Case(
        factories.noticed, "2020-10-01", r"Due to be decided in November 2020\. You can comment until 31 October 2020\.", "Comments open", "blue"
    ),
    "comments closed": Case(
        factories.noticed, "2020-11-02", r"Due to be decided in November 2020\. Comments closed on 31 October 2020\.", "Waiting for decision", "purple"
    ),
    "moved": Case(moved, "2020-11-20", r"Moved from November 2020 to January 2021 because the review is not finished\..*", "Moved", "yellow"),
    "call-in open": Case(
        factories.approved, "2020-11-13",
        r"Approved on 12 November 2020\. Councillors can call it in until 11:59pm on Monday 23 November 2020\. "
        r"If they do not, it takes effect on Tuesday 24 November 2020\.", "Approved, can be called in", "teal",
    ),
    "called in": Case(
        called_in, "2020-11-20",
        r"Approved on 12 November 2020, then called in on 16 November 2020\. It is on hold until the scrutiny committee meets on 1 December 2020\.",
        "Called in", "orange",
    ),
    "in effect": Case(
        lambda session: factories.approved(session, state=DecisionState.IN_EFFECT), "2020-11-25",
        r"Approved on 12 November 2020, in effect since 24 November 2020\.", "In effect", "green",
    ),
    "carried out": Case(
        lambda session: factories.approved(session, state=DecisionState.CARRIED_OUT, implemented_on=date(2020, 11, 30)), "2020-12-01",
        r"Carried out on 30 November 2020\.", "Carried out", "green",
    ),
    "not approved": Case(not_approved, "2020-11-13", r"Not approved on 12 November 2020 because the cost is too high\.", "Not approved", "grey"),
    "withdrawn": Case(withdrawn, "2020-11-13", r"Withdrawn on 12 October 2020 because providers asked for more time\.", "Withdrawn", "grey"),
    "urgent": Case(urgent, "2020-10-01", r".* 28 days' notice was not given because the home closes on 30 November\.", "Urgent", "magenta"),
}  # fmt: skip


@pytest.mark.parametrize("name", STATES)
def test_the_first_sentence_and_the_tag_of_each_state(public: Browser, plant: Plant, name: str) -> None:
    state = STATES[name]
    plant(state.build)

    with clock.held(on(state.today)):
        page = public.get("/decisions/okd99-20-21")
        listed = public.get("/decisions")

    assert re.fullmatch(state.sentence, status_sentence(page))
    assert f'<strong class="govuk-tag govuk-tag--{state.colour}">{state.tag}</strong>' in page.text
    assert f'<strong class="govuk-tag govuk-tag--{state.colour}">{state.tag}</strong>' in listed.text


def test_a_draft_looks_like_a_page_that_does_not_exist(public: Browser, plant: Plant) -> None:
    plant(factories.draft)

    for rest in ("", "/record", "/notice", "/history", "/report", "/call-in", "/representations/new", "/representations/sent?reference=A"):
        hidden, unknown = public.get(f"/decisions/okd99-20-21{rest}"), public.get(f"/decisions/okd98-20-21{rest}")
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.text.replace("okd99", "okd98") == unknown.text.replace("okd99", "okd98")
        assert 'action="/decisions" method="get" role="search"' in hidden.text
    assert "Extending the purchasing system" not in public.get("/decisions").text
    assert public.get("/decisions?q=OKD99 (20/21)").status_code == 200


def test_an_urgent_page_prints_the_reasons_and_who_was_told(public: Browser, plant: Plant) -> None:
    plant(urgent)

    said = section(public.get("/decisions/okd99-20-21"), "urgency")

    assert "The home closes on 30 November." in said
    assert "We told the chair of the scrutiny committee on 25 September 2020." in said


def test_what_scrutiny_said_is_on_the_page(public: Browser, plant: Plant) -> None:
    plant(called_in)

    said = section(public.get("/decisions/okd99-20-21"), "call-in")

    assert "received on 16 November 2020: it was accepted. The scrutiny committee looks at the decision on 1 December 2020." in said
