"""Where a key decision stands: a sentence, a tag and a life bar for each state the public can meet."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models import CallIn, CallInStatus, DecisionOutcome, DecisionRecord, DecisionState, KeyDecision, NoticeRoute, clock
from workflows.rules.status import Stage, comments_are_open, life_bar, status_of

AT = clock.read_instant


def decision(state: DecisionState, **changes: Any) -> KeyDecision:
    values: dict[str, Any] = {
        "state": state,
        "due_from": date(2020, 11, 1),
        "due_to": date(2020, 11, 30),
        "due_is_month": True,
        "moved_from": "",
        "moved_because": "",
        "route": NoticeRoute.NORMAL,
        "impracticable_because": "",
        "representations_close_at": AT("2020-10-31 23:59"),
        "withdrawn_because": "",
    }
    return KeyDecision(**(values | changes))


def record(**changes: Any) -> DecisionRecord:
    values: dict[str, Any] = {
        "outcome": DecisionOutcome.APPROVED,
        "reasons": "More providers can join.",
        "made_on": date(2020, 11, 12),
        "published_on": date(2020, 11, 12),
        "can_be_called_in": True,
        "call_in_last_day": date(2020, 11, 23),
        "call_in_closes_at": AT("2020-11-23 23:59"),
        "effective_from": date(2020, 11, 24),
    }
    return DecisionRecord(**(values | changes))


def call_in(**changes: Any) -> CallIn:
    values: dict[str, Any] = {"status": CallInStatus.VALID, "received_at": AT("2020-11-16 11:00"), "meeting_on": None, "closed_at": None}
    return CallIn(**(values | changes))


def names(stages: list[Stage]) -> list[tuple[str, str]]:
    return [(stage.name, stage.state) for stage in stages]


STATES = [
    (DecisionState.DRAFT, "2020-09-14", "This proposal is not public yet.", "Draft", "grey"),
    (
        DecisionState.NOTICE_PUBLISHED,
        "2020-10-01",
        "Due to be decided in November 2020. You can comment until 31 October 2020.",
        "Comments open",
        "blue",
    ),
    (
        DecisionState.NOTICE_PUBLISHED,
        "2020-11-02",
        "Due to be decided in November 2020. Comments closed on 31 October 2020.",
        "Waiting for decision",
        "purple",
    ),
    (DecisionState.DECIDED, "2020-11-12 11:00", "Decided on 12 November 2020. The record is about to be published.", "Decided", "purple"),
    (
        DecisionState.CALL_IN_OPEN,
        "2020-11-13",
        "Approved on 12 November 2020. Councillors can call it in until 11:59pm on Monday 23 November 2020. "
        "If they do not, it takes effect on Tuesday 24 November 2020.",
        "Approved, can be called in",
        "teal",
    ),
    (DecisionState.IN_EFFECT, "2020-11-25", "Approved on 12 November 2020, in effect since 24 November 2020.", "In effect", "green"),
    (DecisionState.NOT_APPROVED, "2020-11-13", "Not approved on 12 November 2020 because more providers can join.", "Not approved", "grey"),
]


@pytest.mark.parametrize(("state", "moment", "sentence", "tag", "colour"), STATES)
def test_each_state_has_its_sentence_and_tag(state: DecisionState, moment: str, sentence: str, tag: str, colour: str) -> None:
    status = status_of(decision(state), record(), at=AT(moment))

    assert (status.sentence, status.tag, status.colour) == (sentence, tag, colour)


def test_a_moved_decision_says_from_when_to_when_and_why() -> None:
    moved = decision(
        DecisionState.NOTICE_PUBLISHED,
        moved_from="November 2020",
        moved_because="The review is not finished.",
        due_from=date(2021, 1, 1),
        due_to=date(2021, 1, 31),
        representations_close_at=AT("2020-12-31 23:59"),
    )

    status = status_of(moved, None, at=AT("2020-11-20"))

    assert status.sentence == "Moved from November 2020 to January 2021 because the review is not finished. You can comment until 31 December 2020."
    assert (status.tag, status.colour) == ("Moved", "yellow")


def test_a_called_in_decision_says_when_and_until_which_meeting() -> None:
    status = status_of(decision(DecisionState.CALLED_IN), record(), [call_in(meeting_on=date(2020, 12, 1))], at=AT("2020-11-20"))

    assert status.sentence == (
        "Approved on 12 November 2020, then called in on 16 November 2020. It is on hold until the scrutiny committee meets on 1 December 2020."
    )
    assert (status.tag, status.colour) == ("Called in", "orange")


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        (call_in(), "the scrutiny committee has met"),
        (call_in(meeting_on=date(2020, 11, 19)), "what the scrutiny committee said on 19 November 2020 is published"),
        (call_in(status=CallInStatus.REFERRED_TO_COUNCIL), "the full council has met"),
    ],
)
def test_what_a_called_in_decision_waits_for(asked: CallIn, until: str) -> None:
    status = status_of(decision(DecisionState.CALLED_IN), record(), [asked], at=AT("2020-11-20"))

    assert status.sentence.endswith(f"It is on hold until {until}.")


def test_a_request_that_nobody_has_looked_at_holds_the_decision() -> None:
    status = status_of(decision(DecisionState.CALL_IN_OPEN), record(), [call_in(status=CallInStatus.RECEIVED)], at=AT("2020-11-17"))

    assert "A request to call it in is being checked, so it is on hold." in status.sentence


def test_after_the_deadline_nobody_is_told_that_call_in_is_open() -> None:
    status = status_of(decision(DecisionState.CALL_IN_OPEN), record(), at=AT("2020-11-24 00:00"))

    assert "The call-in period ended at 11:59pm on Monday 23 November 2020" in status.sentence
    assert status.tag == "Approved"


def test_a_decision_that_stands_but_is_not_yet_in_effect_says_from_when() -> None:
    status = status_of(decision(DecisionState.IN_EFFECT), record(), at=AT("2020-11-20"))

    assert status.sentence == "Approved on 12 November 2020, in effect from 24 November 2020."


def test_carried_out_and_withdrawn_say_when_and_why() -> None:
    done = decision(DecisionState.CARRIED_OUT, implemented_on=date(2020, 11, 30))
    gone = decision(DecisionState.WITHDRAWN, withdrawn_at=AT("2020-10-12 10:00"), withdrawn_because="Providers asked for more time")

    assert status_of(done, record(), at=AT("2020-12-01")).sentence == "Carried out on 30 November 2020."
    assert status_of(gone, None, at=AT("2020-12-01")).sentence == "Withdrawn on 12 October 2020 because providers asked for more time."


@pytest.mark.parametrize("route", [NoticeRoute.GENERAL_EXCEPTION, NoticeRoute.SPECIAL_URGENCY])
def test_an_urgent_route_adds_its_reason_to_every_state(route: NoticeRoute) -> None:
    urgent = decision(DecisionState.CALL_IN_OPEN, route=route, impracticable_because="Ofsted closes the home on 30 November.")

    status = status_of(urgent, record(), at=AT("2020-11-13"))

    assert status.sentence.endswith("28 days' notice was not given because Ofsted closes the home on 30 November.")
    assert status.is_urgent


def test_the_reason_is_not_asked_for_on_the_normal_route() -> None:
    status = status_of(decision(DecisionState.NOTICE_PUBLISHED, impracticable_because="Kept from an earlier try"), None, at=AT("2020-10-01"))

    assert "28 days" not in status.sentence
    assert not status.is_urgent


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2020, 11, 1), date(2020, 11, 30), "Due to be decided in November 2020."),
        (date(2020, 11, 12), date(2020, 11, 12), "Due to be decided on Thursday 12 November 2020."),
        (date(2020, 11, 16), date(2020, 12, 4), "Due to be decided between 16 November 2020 and 4 December 2020."),
    ],
)
def test_the_due_period_keeps_its_precision(first: date, last: date, words: str) -> None:
    status = status_of(decision(DecisionState.NOTICE_PUBLISHED, due_from=first, due_to=last), None, at=AT("2020-11-02"))

    assert status.sentence.startswith(words)


@pytest.mark.parametrize(
    ("state", "moment", "is_open"),
    [
        (DecisionState.NOTICE_PUBLISHED, "2020-10-31 23:59", True),
        (DecisionState.NOTICE_PUBLISHED, "2020-11-01 00:00", False),
        (DecisionState.AWAITING_DECISION, "2020-10-01", True),
        (DecisionState.WITHDRAWN, "2020-10-01", False),
        (DecisionState.DECIDED, "2020-10-01", False),
        (DecisionState.DRAFT, "2020-10-01", False),
    ],
)
def test_comments_are_open_only_while_something_is_to_be_decided(state: DecisionState, moment: str, is_open: bool) -> None:
    assert comments_are_open(decision(state), at=AT(moment)) is is_open


def test_the_life_bar_of_an_approved_decision_stands_at_call_in() -> None:
    stages = life_bar(decision(DecisionState.CALL_IN_OPEN), record(), noticed_on=AT("2020-09-28 09:30"), at=AT("2020-11-13"))

    assert names(stages) == [
        ("Notice published", "done"),
        ("Comments closed", "done"),
        ("Decided", "done"),
        ("Call-in period", "now"),
        ("In effect", "to come"),
        ("Carried out", "to come"),
    ]
    assert [stage.when for stage in stages[:5]] == [
        "28 September 2020",
        "31 October 2020",
        "12 November 2020",
        "To 23 November 2020",
        "24 November 2020",
    ]


def test_the_life_bar_of_a_decision_on_hold_gives_no_day_of_effect() -> None:
    stages = life_bar(decision(DecisionState.CALLED_IN), record(effective_from=date(2020, 11, 24)), noticed_on=AT("2020-09-28"), at=AT("2020-11-20"))

    assert [(stage.name, stage.when) for stage in stages[3:5]] == [("Called in", "On hold"), ("In effect", "")]


def test_the_life_bar_of_a_withdrawn_decision_ends_where_it_stopped() -> None:
    withdrawn = decision(DecisionState.WITHDRAWN, withdrawn_at=AT("2020-11-05 10:00"), withdrawn_because="Not needed")

    stages = life_bar(withdrawn, None, noticed_on=AT("2020-09-28 09:30"), at=AT("2020-11-06"))

    assert names(stages) == [("Notice published", "done"), ("Comments closed", "done"), ("Withdrawn", "done")]


def test_the_life_bar_leaves_out_what_cannot_happen() -> None:
    waived = record(can_be_called_in=False, call_in_last_day=None, call_in_closes_at=None, effective_from=date(2020, 11, 12))
    urgent = decision(DecisionState.IN_EFFECT, route=NoticeRoute.SPECIAL_URGENCY, representations_close_at=AT("2020-11-11 16:00"))
    refused = decision(DecisionState.NOT_APPROVED)

    assert [name for name, _ in names(life_bar(urgent, waived, noticed_on=AT("2020-11-11"), at=AT("2020-11-13")))] == [
        "Notice published",
        "Decided",
        "In effect",
        "Carried out",
    ]
    assert names(life_bar(refused, record(), noticed_on=AT("2020-09-28"), at=AT("2020-11-13")))[-1] == ("Not approved", "done")


@pytest.mark.parametrize("state", list(DecisionState))
def test_the_life_bar_is_never_at_two_places_at_once(state: DecisionState) -> None:
    stages = life_bar(decision(state), record(), noticed_on=AT("2020-09-28"), at=AT("2020-11-13"))

    assert [stage.state for stage in stages].count("now") <= 1
