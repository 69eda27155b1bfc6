"""Reminders: each stage once, at its time, to whoever it concerns then; never for what is done."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from models import AuditEvent, CandidateGroup, Case, GroupKind, GroupMembership, OutboxMail, Parameter, TaskReminder, TaskStatus, UserTask, clock
from models.session import new_session
from tests.support.town import Town
from workflows.actions import audit, reminders, tasks
from workflows.jobs.sweeping import sweep_timers
from workflows.queries import event_words, timeline

MONDAY = "2026-03-02 09:00"
USUAL = {"first_reminder_percent": 50, "second_reminder_percent": 80, "escalate_manager_days": 1, "escalate_monitoring_days": 3}


def a_task(town: Town, *, legal: str = "", words: str = "", manager: str | None = "head") -> UserTask:
    """A task of five working days, begun on a Monday at nine, due on the next Monday at five."""
    for key, value in USUAL.items():
        town.session.add(Parameter(key=key, label=key, value=value, valid_from=clock.today()))
    town.session.add(Parameter(key="escalation_fallback_group", label="Fallback", value="officer", valid_from=clock.today()))
    for key, name, role in (("head", "Head of Visits", "qa_manager"), ("officer", "Monitoring Officer", "monitoring_officer")):
        town.session.add(CandidateGroup(key=key, name=name, kind=GroupKind.POST, role=role, email=f"{key}@example.gov.uk"))
    town.session.flush()
    town.session.get_one(CandidateGroup, "visitors").manager_key = manager
    task = town.task(town.visit(), "plan")
    task.properties = {**task.properties, **({"legalBasis": legal} if legal else {}), **({"escalation": words} if words else {})}
    town.session.commit()
    return task


def passes(town: Town, until: str) -> None:
    """Let time pass in steps of an hour, as the runner would see it."""
    town.session.commit()
    engine, end, now = town.session.get_bind(), clock.read_instant(until), clock.now()
    while now < end:
        now = min(now + timedelta(hours=1), end)
        clock.hold(now)
        sweep_timers(engine, now)  # type: ignore[arg-type]
    town.session.expire_all()


def mails(town: Town) -> list[tuple[str, str]]:
    found = town.session.scalars(select(OutboxMail).where(OutboxMail.kind.like("task:%")).order_by(OutboxMail.created_at, OutboxMail.to_address))
    return [(mail.to_address, mail.subject) for mail in found]


def stages(town: Town) -> list[str]:
    return list(town.session.scalars(select(TaskReminder.stage).order_by(TaskReminder.at)))


def test_each_stage_goes_once_at_its_time_to_whom_it_concerns(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        task = a_task(town, legal="SI 2012/2089")
        case = town.session.get_one(Case, task.case_id)

        passes(town, "2026-03-13 12:00")

    assert stages(town) == ["50%", "80%", "manager+1", "officer+3"]
    assert mails(town) == [
        *((f"{name}@example.gov.uk", f"3 working days left: Plan the visit, {case.reference}") for name in ("ann", "ben", "dov")),
        *((f"{name}@example.gov.uk", f"Due soon: Plan the visit, {case.reference}") for name in ("ann", "ben", "dov")),
        ("head@example.gov.uk", f"Overdue by 1 working day: Plan the visit, {case.reference}"),
        ("officer@example.gov.uk", f"Overdue by 3 working days: Plan the visit, {case.reference}"),
    ]
    told = [each.title for each in timeline.events_of(town.session, case) if each.kind.startswith("task:")]
    assert "Visitors reminded, 50% of the time is gone: Plan the visit" in told
    assert "Monitoring Officer told that a task is overdue: Plan the visit" in told
    assert audit.verify(town.session).ok


def test_a_step_without_a_law_is_not_told_to_the_monitoring_officer(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        a_task(town)
        passes(town, "2026-03-20 12:00")

    assert stages(town) == ["50%", "80%", "manager+1"]


def test_what_is_done_is_never_reminded_of(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        task = a_task(town)
        tasks.complete(town.session, task, answers={"note": "x"}, by=town.people["ann"])
        passes(town, "2026-03-13 12:00")

    assert stages(town) == [] and mails(town) == []


def test_what_the_process_took_away_is_never_reminded_of(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        task = a_task(town)
        task.status = TaskStatus.CANCELLED
        passes(town, "2026-03-20 12:00")

    assert stages(town) == []


def test_reminders_follow_the_due_date_and_whoever_has_the_task(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        task = a_task(town)
        tasks.claim(town.session, task, by=town.people["ben"])
        task.due_at = clock.read_instant("2026-03-30 17:00")
        reminders.look_again(town.session, task)

        passes(town, "2026-03-13 12:00")
        assert stages(town) == []
        passes(town, "2026-03-17 12:00")

    assert stages(town) == ["50%"]
    assert [address for address, _ in mails(town)] == ["ben@example.gov.uk"]


def test_the_words_of_the_step_go_before_the_usual_ones(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        a_task(town, words="80% officer+0")
        passes(town, "2026-03-13 12:00")

    assert stages(town) == ["80%", "officer+0"]


def test_silence_can_be_asked_for(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        a_task(town, words="none")
        passes(town, "2026-03-20 12:00")

    assert stages(town) == []


def test_where_there_is_no_manager_the_fallback_hears_of_it_and_why(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        a_task(town, manager=None)
        passes(town, "2026-03-11 12:00")

    mail = town.session.scalars(select(OutboxMail).where(OutboxMail.kind == "task:overdue")).one()
    assert mail.to_address == "officer@example.gov.uk"
    assert "Visitors has no manager, so this comes to you." in mail.body


def test_a_vacant_post_without_a_mailbox_is_not_written_to(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        a_task(town)
        town.session.get_one(CandidateGroup, "head").email = ""
        passes(town, "2026-03-11 12:00")

    mail = town.session.scalars(select(OutboxMail).where(OutboxMail.kind == "task:overdue")).one()
    assert mail.to_address == "officer@example.gov.uk" and "Nobody holds the post Head of Visits" in mail.body


def test_the_holder_of_the_managers_post_is_who_hears_of_it(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        a_task(town)
        town.session.execute(delete(GroupMembership).where(GroupMembership.user_id == town.people["cat"].id))
        town.session.add(GroupMembership(user_id=town.people["cat"].id, group_key="head", starts_on=clock.today(), ends_on=None))
        passes(town, "2026-03-11 12:00")

    assert mails(town)[-1][0] == "cat@example.gov.uk"


def test_after_an_outage_one_reminder_goes_and_not_three(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        a_task(town)
        engine, later = town.session.get_bind(), clock.read_instant("2026-03-10 12:00")
        clock.hold(later)
        sweep_timers(engine, later)  # type: ignore[arg-type]
        sweep_timers(engine, later)  # type: ignore[arg-type]

    assert sorted(stages(town)) == ["50%", "80%", "manager+1"]
    assert [address for address, _ in mails(town)] == ["head@example.gov.uk"]


def test_two_workers_send_it_once(town: Town) -> None:
    with clock.held(clock.read_instant(MONDAY)):
        task = a_task(town)
        clock.hold(clock.read_instant("2026-03-05 12:00"))
        task_id, now = task.id, clock.now()
        town.session.commit()
        for _ in range(2):
            with new_session(town.session.get_bind()) as session:  # type: ignore[arg-type]
                reminders.look(session, task_id, now)
                session.commit()

    assert stages(town) == ["50%"] and len(mails(town)) == 3


def test_the_events_have_words() -> None:
    for kind in ("task:reminded", "task:overdue_told"):
        assert event_words.kind_of(kind).group == "tasks"
    assert AuditEvent.__tablename__ == "audit_event"
