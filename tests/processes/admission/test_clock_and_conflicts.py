"""The clock of the checks never pauses, and conflicts of interest keep people away, early and late."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Delegation, EvaluationScore, Interest, InterestKind, OutboxMail, TaskStatus, clock
from tests.processes.admission.desk import RECOMMEND, REGISTERS, Desk, being_checked, scored
from workflows.actions import interests, tasks
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.queries import cases
from workflows.rules import interests as rules


def acts_for(desk: Desk, absent: str, delegate: str) -> None:
    """Let one person stand in for another today."""
    desk.session.add(
        Delegation(
            from_user_id=desk.person(absent).id, to_user_id=desk.person(delegate).id, starts_on=date(2020, 1, 1), ends_on=date(2030, 1, 1),
            authorised_by_id=desk.person(absent).id, created_at=clock.now(), ended_at=None,
        )
    )  # fmt: skip
    desk.session.flush()


def test_the_head_of_procurement_is_warned_the_working_day_before_the_checks_must_end(session: Session) -> None:
    desk = being_checked(session)

    desk.at("2026-04-10 08:59")
    before = session.scalars(select(OutboxMail).where(OutboxMail.kind == "diligence:late")).all()
    desk.at("2026-04-10 09:00")
    after = session.scalars(select(OutboxMail).where(OutboxMail.kind == "diligence:late")).all()

    assert before == []
    assert "alan.frost@westhampton.example.gov.uk" in {each.to_address for each in after}


def test_checks_that_are_not_finished_two_working_days_before_the_answer_end_inconclusive(session: Session) -> None:
    desk = being_checked(session)
    desk.check(leave=("check-safeguarding",))

    desk.at("2026-04-13 16:59")
    assert desk.waiting == ["check-safeguarding"]
    desk.at("2026-04-13 17:00")

    assert desk.waiting == []
    assert desk.instance.ended_as == "inconclusive"


def test_an_extension_given_while_the_checks_run_gives_them_the_days_that_were_added(session: Session) -> None:
    desk = being_checked(session)
    desk.at("2026-04-13 10:00")
    desk.application.evaluation_due_on, desk.application.extended_at = date(2026, 4, 22), clock.now()

    desk.at("2026-04-13 17:00")
    assert "check-safeguarding" in desk.waiting
    desk.at("2026-04-20 16:59")
    assert "check-safeguarding" in desk.waiting
    desk.at("2026-04-20 17:00")

    assert desk.instance.ended_as == "inconclusive"


def test_nobody_begins_a_task_on_a_provider_before_declaring(session: Session) -> None:
    desk = being_checked(session)
    raj, task = desk.person("raj.patel"), desk.task("check-registers")

    for attempt in (
        lambda: tasks.claim(session, task, by=raj),
        lambda: tasks.save_draft(session, task, values={"company_status": ["active"]}, by=raj),
        lambda: tasks.complete(session, task, answers=desk.answers("check-registers", REGISTERS), by=raj),
    ):
        with pytest.raises(rules.NotDeclared):
            attempt()
    interests.declare(session, desk.case, kind=InterestKind.NONE, by=raj)
    tasks.claim(session, task, by=raj)

    assert task.assignee_id == raj.id


def test_declaring_the_same_twice_is_one_declaration(session: Session) -> None:
    desk = being_checked(session)
    raj = desk.person("raj.patel")

    first = interests.declare(session, desk.case, kind=InterestKind.NONE, by=raj)
    second = interests.declare(session, desk.case, kind=InterestKind.NONE, by=raj)

    assert first is second
    assert len(session.scalars(select(Interest).where(Interest.user_id == raj.id)).all()) == 1


@pytest.mark.parametrize(
    ("kind", "said", "missing"),
    [
        (InterestKind.ACTUAL, {}, {"nature"}),
        (InterestKind.POTENTIAL, {"nature": "I know the director."}, {"mitigation"}),
        (InterestKind.PERCEIVED, {}, {"nature", "mitigation"}),
    ],
)
def test_an_interest_says_what_it_is_and_what_is_proposed(session: Session, kind: InterestKind, said: dict[str, str], missing: set[str]) -> None:
    desk = being_checked(session)

    with pytest.raises(Invalid) as refused:
        interests.declare(session, desk.case, kind=kind, by=desk.person("raj.patel"), **said)

    assert set(refused.value.errors) == missing


def test_an_actual_conflict_puts_the_tasks_back_hides_the_case_and_is_in_the_register(session: Session) -> None:
    desk = being_checked(session)
    raj, task = desk.person("raj.patel"), desk.task("check-registers")
    interests.declare(session, desk.case, kind=InterestKind.NONE, by=raj)
    tasks.claim(session, task, by=raj)

    interests.declare(session, desk.case, kind=InterestKind.ACTUAL, nature="My sister is a director of it.", by=raj)

    session.refresh(task)
    assert (task.status, task.assignee_id) == (TaskStatus.READY, None)
    with pytest.raises(NotFound):
        cases.case_for(session, raj, reference=desk.case.reference)
    with pytest.raises(Refused, match="declared an interest"):
        tasks.claim(session, task, by=raj)
    told = session.scalars(select(OutboxMail).where(OutboxMail.kind == "interest:declared")).all()
    assert [each.to_address for each in told] == ["alan.frost@westhampton.example.gov.uk"]
    assert all("sister" not in f"{each.subject} {each.body}" for each in told)


def test_what_an_interest_is_stays_out_of_the_audit_trail(session: Session) -> None:
    desk = being_checked(session)

    interests.declare(session, desk.case, kind=InterestKind.ACTUAL, nature="My sister is a director of it.", by=desk.person("raj.patel"))

    events = session.scalars(select(AuditEvent).where(AuditEvent.kind == "interest:declared")).all()
    assert events
    assert all("sister" not in str(event.detail) for event in events)


def test_an_interest_in_one_case_keeps_away_from_every_case_of_the_provider(session: Session) -> None:
    first, second = being_checked(session), being_checked(session)
    second.case.provider_id = first.application.provider_id
    session.flush()
    raj = first.person("raj.patel")

    interests.declare(session, first.case, kind=InterestKind.ACTUAL, nature="Shares.", by=raj)

    with pytest.raises(Refused, match="declared an interest"):
        tasks.claim(session, second.task("check-registers"), by=raj)


def test_a_possible_interest_waits_until_somebody_else_clears_it(session: Session) -> None:
    desk = being_checked(session)
    raj, task = desk.person("raj.patel"), desk.task("check-registers")
    interest = interests.declare(
        session, desk.case, kind=InterestKind.POTENTIAL, nature="I worked there in 2015.", mitigation="A colleague reads along.", by=raj
    )
    with pytest.raises(Refused, match="cleared"):
        tasks.claim(session, task, by=raj)

    for name in ("raj.patel", "amara.osei"):
        with pytest.raises(Refused):
            interests.clear(session, interest, because="It was long ago.", by=desk.person(name))
    with pytest.raises(Invalid):
        interests.clear(session, interest, because=" ", by=desk.person("alan.frost"))
    interests.clear(session, interest, because="It was long ago.", by=desk.person("alan.frost"))
    tasks.claim(session, task, by=raj)

    assert task.assignee_id == raj.id
    with pytest.raises(Conflict):
        interests.clear(session, interest, because="Again.", by=desk.person("alan.frost"))


def test_only_the_monitoring_officer_clears_an_actual_conflict(session: Session) -> None:
    desk = being_checked(session)
    interest = interests.declare(session, desk.case, kind=InterestKind.ACTUAL, nature="A mistake.", by=desk.person("raj.patel"))

    with pytest.raises(Refused):
        interests.clear(session, interest, because="It was a mistake.", by=desk.person("alan.frost"))
    interests.clear(session, interest, because="It was a mistake.", by=desk.person("martin.quayle"))

    assert not rules.stands(interest)


def test_acting_for_somebody_with_an_interest_does_not_get_round_it(session: Session) -> None:
    desk = being_checked(session)
    task = desk.task("assess-finance")
    acts_for(desk, "owen.fairley", "amara.osei")
    interests.declare(session, desk.case, kind=InterestKind.ACTUAL, nature="Shares.", by=desk.person("owen.fairley"))
    interests.declare(session, desk.case, kind=InterestKind.NONE, by=desk.person("amara.osei"))

    with pytest.raises(Refused, match="You cannot do this for Owen Fairley"):
        tasks.claim(session, task, by=desk.person("amara.osei"))


def test_a_task_is_not_given_to_somebody_with_an_interest(session: Session) -> None:
    desk = being_checked(session)
    raj, gwen, task = desk.person("raj.patel"), desk.person("gwen.abara"), desk.task("check-registers")
    interests.declare(session, desk.case, kind=InterestKind.ACTUAL, nature="Shares.", by=gwen)
    interests.declare(session, desk.case, kind=InterestKind.NONE, by=raj)
    tasks.claim(session, task, by=raj)

    with pytest.raises(Refused, match="Gwen Abara cannot do this"):
        tasks.reassign(session, task, to=gwen, by=raj)


def test_an_evaluators_conflict_found_late_withdraws_the_scores_and_another_scores(session: Session) -> None:
    desk = being_checked(session)
    desk.check()
    assert desk.waiting == ["recommend"]

    interests.declare(session, desk.case, kind=InterestKind.ACTUAL, nature="My brother works there.", by=desk.person("lena.hartwell"))

    assert desk.waiting == ["score-again"]
    assert {score.seat for score in session.scalars(select(EvaluationScore).where(EvaluationScore.case_id == desk.case.id))} == {1}
    for name in ("lena.hartwell", "tom.birch"):
        with pytest.raises(Refused):
            desk.do("score-again", scored(3), by=name)
    desk.do("score-again", scored(3), by="nils.verhoeven")
    desk.do("recommend", RECOMMEND)
    assert desk.instance.ended_as == "passed"


def test_somebody_elses_late_conflict_is_recorded_only_by_those_who_keep_the_register(session: Session) -> None:
    desk = being_checked(session)
    desk.do("score-first", scored(), by="tom.birch")
    tom = desk.person("tom.birch")

    with pytest.raises(Refused):
        interests.declare(session, desk.case, kind=InterestKind.ACTUAL, nature="Seen at the works party.", by=desk.person("amara.osei"), of=tom)
    interests.declare(session, desk.case, kind=InterestKind.ACTUAL, nature="Seen at the works party.", by=desk.person("alan.frost"), of=tom)
    desk.check()

    assert desk.waiting == ["score-again"]
