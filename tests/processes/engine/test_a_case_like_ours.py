"""The whole of what our procedures need, in one diagram, stored and loaded after every step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models import clock
from tests.unit.engine.drawing import (
    after,
    boundary,
    call,
    catch,
    chain,
    definitions,
    end,
    event_gateway,
    exclusive,
    flow,
    message,
    on_date,
    on_message,
    parallel,
    process,
    service,
    start,
    sub,
    user,
)  # fmt: skip
from tests.unit.engine.walking import Effects, Walk
from workflows import engine

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
CONSULTEES = [{"key": "legal", "name": "Legal"}, {"key": "finance", "name": "Finance"}, {"key": "procurement", "name": "Procurement"}]

CONSULTATION = definitions(
    process(
        "consultation",
        start(), service("ask", "consultations.ask"), user("give-advice", "consultee.key", routes="response"),
        boundary("remind-time", "give-advice", on_date("remind_on"), interrupts=False), service("remind", "consultations.remind"), end("reminded"),
        boundary("escalate-time", "give-advice", on_date("escalate_on")), user("decide-escalation", "'monitoring-officer'"), end("escalated"),
        end("answered"),
        chain("start", "ask", "give-advice", "answered"), chain("remind-time", "remind", "reminded"),
        chain("escalate-time", "decide-escalation", "escalated"),
    )
)  # fmt: skip

DECISION = definitions(
    message("ProposalWithdrawn"), message("DecisionDeferred"), message("CallInRequested"),
    process(
        "decision",
        start(),
        sub(
            "before-decision",
            start("begin"), user("draft-report"), service("list-consultees", "reports.draft"), call("consult", "consultation", each=("consultees", "consultee")),
            service("sum-up", "consultations.sum_up"), exclusive("objection", default="split"), user("resolve-objection"), parallel("split"),
            user("legal-check", "'legal'"), user("finance-check", "'finance'"), parallel("together"), user("decide", "decider"), exclusive("returned", default="decided"),
            boundary("decide-late", "decide", after("'P5D'"), interrupts=False), service("nudge", "decisions.nudge"), end("nudged"),
            end("decided"),
            chain("begin", "draft-report", "list-consultees", "consult", "sum-up", "objection"), flow("objection", "resolve-objection", "advice == 'objection'"),
            flow("objection", "split"), flow("resolve-objection", "draft-report"), chain("split", "legal-check", "together"),
            chain("split", "finance-check", "together"), chain("together", "decide", "returned"), flow("returned", "draft-report", "outcome == 'returned'"),
            flow("returned", "decided"), chain("decide-late", "nudge", "nudged"),
        ),
        boundary("withdraw", "before-decision", on_message("ProposalWithdrawn")), service("record-withdrawal", "decisions.withdraw"), end("withdrawn"),
        boundary("defer", "before-decision", on_message("DecisionDeferred"), interrupts=False), service("record-deferral", "decisions.defer"), end("deferral-noted"),
        event_gateway("wait"), catch("takes-effect", on_date("effective_from")), catch("called-in", on_message("CallInRequested")),
        user("judge-call-in"), user("implement"), end("implemented"),
        chain("start", "before-decision", "wait", "takes-effect", "implement", "implemented"), chain("wait", "called-in", "judge-call-in", "wait-merge", "implement"),
        '<exclusiveGateway id="wait-merge" />',
        chain("withdraw", "record-withdrawal", "withdrawn"), chain("defer", "record-deferral", "deferral-noted"),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def spec() -> engine.Spec:
    return engine.read("decision", {"process.bpmn": DECISION}, {"consultation": {"process.bpmn": CONSULTATION}})


def effects(advice: str = "support") -> Effects:
    times = {"remind_on": "2026-06-08T09:00:00+00:00", "escalate_on": "2026-06-15"}
    return {
        "reports.draft": lambda call: {"consultees": CONSULTEES, "consultation_round": call.data.get("consultation_round", 0) + 1},
        "consultations.ask": lambda call: times,
        "consultations.sum_up": lambda call: {"advice": advice if call.data["consultation_round"] == 1 else "support"},
    }


def test_three_are_asked_at_once_and_each_task_goes_to_its_consultee(spec: engine.Spec) -> None:
    with clock.held(MONDAY):
        walk = Walk(spec, effects(), decider="leader")

        walk.complete("draft-report")

    tasks = walk.run.waiting_tasks()
    assert [(task.bpmn_id, task.candidate_group, task.instance_label) for task in tasks] == [
        ("give-advice", "legal", "Legal"), ("give-advice", "finance", "Finance"), ("give-advice", "procurement", "Procurement"),
    ]  # fmt: skip
    assert {task.path for task in tasks} == {("before-decision", "consult")}
    assert len(walk.run.timers()) == 6
    assert [each.name for each in walk.run.messages()] == ["ProposalWithdrawn", "DecisionDeferred"]


@pytest.mark.parametrize("order", [("legal", "finance", "procurement"), ("procurement", "legal", "finance"), ("finance", "procurement", "legal")])
def test_an_objection_leads_to_a_second_round_which_is_whole_again(spec: engine.Spec, order: tuple[str, ...]) -> None:
    with clock.held(MONDAY):
        walk = Walk(spec, effects("objection"), decider="leader")
        walk.complete("draft-report")
        for group in order:
            walk.complete("give-advice", group, response="object")
        assert walk.waiting == ["resolve-objection"]

        walk.complete("resolve-objection")
        walk.complete("draft-report")
        for group in order[::-1]:
            assert set(walk.waiting) == {"give-advice"}
            walk.complete("give-advice", group, response="support")

    assert sorted(walk.waiting) == ["finance-check", "legal-check"]
    assert walk.done.count("answered") == 6
    assert walk.task("legal-check").data["advice"] == "support"


def test_checks_join_once_in_each_round_of_a_loop(spec: engine.Spec) -> None:
    with clock.held(MONDAY):
        walk = Walk(spec, effects(), decider="leader")
        for round_number in range(1, 4):
            walk.complete("draft-report")
            for group in ("legal", "finance", "procurement"):
                walk.complete("give-advice", group)
            first, second = ("legal-check", "finance-check") if round_number % 2 else ("finance-check", "legal-check")
            walk.complete(first, **{first.replace("-", "_"): round_number})
            assert walk.waiting == [second]
            walk.complete(second, **{second.replace("-", "_"): round_number})
            assert walk.waiting == ["decide"]
            data = walk.task("decide").data
            assert (data["legal_check"], data["finance_check"]) == (round_number, round_number)
            walk.complete("decide", outcome="returned" if round_number < 3 else "agreed", effective_from="2026-06-20")

    assert walk.waiting == []
    assert [timer.due_at for timer in walk.run.timers()] == [datetime(2026, 6, 19, 23, tzinfo=UTC)]
    assert "decided" in walk.ended_at


def test_reminders_and_escalation_belong_to_one_consultee(spec: engine.Spec) -> None:
    with clock.held(MONDAY):
        walk = Walk(spec, effects(), decider="leader")
        walk.complete("draft-report")
        walk.complete("give-advice", "legal", response="support")
        fired = walk.fire(datetime(2026, 6, 8, 9, tzinfo=UTC))
        assert fired == ["remind-time", "remind-time"]
        assert walk.waiting == ["give-advice", "give-advice"]
        walk.complete("give-advice", "finance", response="support")
        assert walk.fire(datetime(2026, 6, 14, 22, 59, tzinfo=UTC)) == []

        assert walk.fire(datetime(2026, 6, 14, 23, 0, tzinfo=UTC)) == ["escalate-time"]

        assert walk.waiting == ["decide-escalation"]
        assert walk.task("decide-escalation").data["consultee"]["key"] == "procurement"
        walk.complete("decide-escalation")
    assert sorted(walk.waiting) == ["finance-check", "legal-check"]
    assert [call.data["consultee"]["key"] for call in walk.calls if call.name == "consultations.remind"] == ["finance", "procurement"]


def test_a_withdrawal_ends_everything_inside(spec: engine.Spec) -> None:
    with clock.held(MONDAY):
        walk = Walk(spec, effects(), decider="leader")
        walk.complete("draft-report", title_of_report="First")
        walk.complete("give-advice", "legal")

        assert walk.deliver("ProposalWithdrawn", withdrawn_because="No money")

    assert walk.waiting == [] and walk.run.timers() == [] and walk.run.messages() == []
    assert walk.run.finished and walk.ended_at[-1] == "withdrawn"
    withdrawal = walk.calls[-1]
    assert withdrawal.name == "decisions.withdraw"
    assert withdrawal.data["withdrawn_because"] == "No money"
    assert withdrawal.data["title_of_report"] == "First", "what was known inside when it was interrupted is known outside"
    assert walk.run.data["withdrawn_because"] == "No money"


def test_a_deferral_can_come_twice_and_interrupts_nothing(spec: engine.Spec) -> None:
    with clock.held(MONDAY):
        walk = Walk(spec, effects(), decider="leader")
        walk.complete("draft-report")

        assert walk.deliver("DecisionDeferred", deferred_to="2026-07-01")
        assert walk.deliver("DecisionDeferred", deferred_to="2026-08-01")

    assert walk.waiting == ["give-advice"] * 3
    assert [call.data["deferred_to"] for call in walk.calls if call.name == "decisions.defer"] == ["2026-07-01", "2026-08-01"]


def to_the_gateway(spec: engine.Spec) -> Walk:
    walk = Walk(spec, effects(), decider="leader")
    walk.complete("draft-report")
    for group in ("legal", "finance", "procurement"):
        walk.complete("give-advice", group)
    walk.complete("legal-check")
    walk.complete("finance-check")
    walk.complete("decide", outcome="agreed", effective_from="2026-06-20")
    return walk


def test_a_call_in_beats_the_date_at_the_event_based_gateway(spec: engine.Spec) -> None:
    with clock.held(MONDAY):
        walk = to_the_gateway(spec)
        assert [each.name for each in walk.run.messages()] == ["CallInRequested"]

        assert walk.deliver("CallInRequested", call_in={"by": "five members"})

        assert walk.waiting == ["judge-call-in"] and walk.run.timers() == []
        assert walk.task("judge-call-in").data["call_in"] == {"by": "five members"}
        assert walk.fire(MONDAY + timedelta(days=60)) == []
        walk.complete("judge-call-in")
        walk.complete("implement")
    assert walk.run.finished and walk.ended_at[-1] == "implemented"
    assert walk.run.data["outcome"] == "agreed" and walk.run.data["consultation_round"] == 1


def test_the_date_beats_a_call_in_that_comes_too_late(spec: engine.Spec) -> None:
    with clock.held(MONDAY):
        walk = to_the_gateway(spec)

        assert walk.fire(datetime(2026, 6, 20, tzinfo=UTC)) == ["takes-effect"]

        assert walk.waiting == ["implement"]
        assert not walk.deliver("CallInRequested", call_in={})


def test_a_late_decision_is_nudged_and_still_made(spec: engine.Spec) -> None:
    with clock.held(MONDAY):
        walk = Walk(spec, effects(), decider="leader")
        walk.complete("draft-report")
        for group in ("legal", "finance", "procurement"):
            walk.complete("give-advice", group)
        walk.complete("legal-check")
        walk.complete("finance-check")
        assert walk.task("decide").candidate_group == "leader"

        assert walk.fire(MONDAY + timedelta(days=5)) == ["decide-late"]

        assert walk.waiting == ["decide"]
        walk.complete("decide", outcome="agreed", effective_from="2026-06-20")
        assert [timer.bpmn_id for timer in walk.run.timers()] == ["takes-effect"]
