"""What readers choose: at once, with the day's mail, or never; what concerns the absent; what is about something done; what goes as one mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import Case, CaseStatus, Job, JobStatus, OutboxMail, TaskStatus, User, UserTask, clock
from models.session import transaction
from tests.support import factories
from tests.support.letterbox import Letterbox, serving, text_of
from tests.support.office import Office
from tests.web.work import factories as tasks
from workflows.actions import delegations, mail, users
from workflows.enqueue import Tools
from workflows.errors import Invalid
from workflows.jobs.working_off import work_off
from workflows.queries import mail_about


def tell(office: Office, *, to: User | None = None, kind: str = "thread:message", subject: str = "News", **more: Any) -> list[OutboxMail]:
    """One mail about the office's case."""
    return mail.to_person(office.session, to or office.officer, kind=kind, case=more.pop("case", office.case), subject=subject, link="/x", **more)


def choose(office: Office, **choices: str) -> None:
    """What the officer chooses."""
    users.choose_mail(office.session, office.officer, choices=choices)


def work(office: Office, tools: Tools) -> None:
    """Let every job have its turn that is due by now."""
    office.session.commit()
    work_off(office.engine, tools, clock.now())
    office.session.expire_all()


def a_task(office: Office, *, holder: User | None = None) -> UserTask:
    """An open task of the commissioners."""
    tasks.definition(office.session)
    return tasks.task(office.session, office.case, group="commissioners", name="Check", assignee=holder)


def test_who_wants_no_such_mail_gets_none_and_who_wants_it_daily_gets_it_later(office: Office) -> None:
    choose(office, news="never")
    assert tell(office) == []

    choose(office, news="digest")
    (held,) = tell(office)

    assert held.is_for_digest
    assert office.session.scalars(select(Job)).all() == []


def test_what_cannot_be_switched_off_comes_at_once_whatever_was_stored(office: Office) -> None:
    office.officer.preferences = {"mail": {"dates": "never", "news": "digest"}}

    (sent,) = tell(office, kind="consultation:reminder")

    assert not sent.is_for_digest


def test_an_answer_that_is_not_on_offer_is_refused_at_its_topic_and_changes_nothing(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        choose(office, news="hourly", tasks="never")

    assert set(refused.value.errors) == {"news"}
    assert office.officer.preferences == {}


def test_choosing_one_topic_leaves_the_others(office: Office) -> None:
    choose(office, news="never", tasks="at_once")
    choose(office, news="digest", dates="never")

    assert office.officer.preferences["mail"] == {"news": "digest", "tasks": "at_once"}


def test_a_mail_with_a_key_is_written_once_for_each_reader(office: Office) -> None:
    written = [tell(office, to=to, key="reminder:1") for to in (office.officer, office.officer, office.colleague)]

    assert [len(each) for each in written] == [1, 0, 1]


def test_the_absent_and_their_delegate_both_get_it_and_both_are_told_so(office: Office) -> None:
    away(office, office.officer, office.administrator)

    own, other = tell(office)

    assert own.why.endswith("You are away, so Val Stone got it too.")
    assert other.to_address == office.administrator.email
    assert other.why == "You get this because you act for Rowan Ashdown, who is away until 2 March 2026. Rowan Ashdown got it too."


def test_a_delegate_who_is_a_reader_anyway_gets_it_once(office: Office) -> None:
    away(office, office.officer, office.colleague)

    written = mail.to_group(office.session, "commissioners", kind="thread:message", case=office.case, subject="News", link="/x")

    assert sorted(each.to_address for each in written) == sorted([office.officer.email, office.colleague.email])


@pytest.mark.parametrize("kind", ["decision:waiting", "sign_in_link", "draft_sent", "delegation:added"])
def test_what_stays_with_the_named_person_goes_to_nobody_else(office: Office, kind: str) -> None:
    away(office, office.officer, office.colleague)

    assert [each.to_address for each in tell(office, kind=kind)] == [office.officer.email]


def away(office: Office, person: User, to: User) -> None:
    """An absence of today; what its own mails say is not looked at here."""
    delegations.add(office.session, person, to=to, starts_on=clock.today(), ends_on=clock.today(), by=person)
    office.session.query(Job).delete()
    office.session.query(OutboxMail).delete()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda office, task: set_status(task, TaskStatus.COMPLETED, office.colleague), mail_about.DONE),
        (lambda office, task: set_status(task, TaskStatus.CANCELLED), mail_about.MOVED_ON),
        (lambda office, task: set_status(task, TaskStatus.CLAIMED, office.colleague), mail_about.ELSEWHERE),
        (lambda office, task: setattr(office.officer, "is_active", False), mail_about.LEFT),
    ],
)
def test_nobody_is_written_to_about_what_is_over_by_the_time_the_mail_goes(office: Office, change: Any, words: str) -> None:
    task = a_task(office)
    tell(office, kind="task:given", about=mail_about.task(task.id))
    change(office, task)

    letterbox = Letterbox()
    with serving(letterbox) as tools:
        work(office, tools)

    assert letterbox.kept == []
    assert office.session.scalars(select(OutboxMail.not_sent_because)).all() == [words]


def set_status(task: UserTask, status: TaskStatus, who: User | None = None) -> None:
    """What the task became meanwhile."""
    task.status, task.assignee_id = status, who.id if who else None
    if status is TaskStatus.COMPLETED and who is not None:
        task.completed_at, task.completed_by_id = clock.now(), who.id


def test_a_mail_about_a_task_that_still_waits_is_sent(office: Office) -> None:
    tell(office, kind="task:given", about=mail_about.task(a_task(office).id))

    letterbox = Letterbox()
    with serving(letterbox) as tools:
        work(office, tools)

    assert len(letterbox.kept) == 1


def test_what_asks_for_something_is_not_sent_when_its_case_is_closed_and_news_is(office: Office) -> None:
    other = factories.case(office.session, office.officer, reference="KD-2026-0002")
    for case in (office.case, other):
        case.status, case.closed_at = CaseStatus.CLOSED, clock.now()
    tell(office, kind="admission:advice", case=office.case)
    tell(office, kind="application:withdrawn", case=other)

    letterbox = Letterbox()
    with serving(letterbox) as tools:
        work(office, tools)

    assert [each["Subject"] for each in letterbox.kept] == ["News"]


def test_a_mail_of_a_transaction_that_was_undone_is_never_sent(office: Office) -> None:
    tell(office)
    office.session.rollback()

    letterbox = Letterbox()
    with serving(letterbox) as tools:
        work(office, tools)

    assert letterbox.kept == []


def test_the_first_goes_at_once_and_what_follows_within_ten_minutes_goes_together(office: Office) -> None:
    letterbox, began = Letterbox(), clock.now()
    with serving(letterbox) as tools:
        tell(office, subject="First")
        work(office, tools)
        for minute, subject in ((2, "Second"), (5, "Third")):
            with clock.held(began + timedelta(minutes=minute)):
                tell(office, subject=subject)
                work(office, tools)
        assert [each["Subject"] for each in letterbox.kept] == ["First"]
        with clock.held(began + timedelta(minutes=10)):
            work(office, tools)

    assert [each["Subject"] for each in letterbox.kept] == ["First", "2 things in KD-2026-0001"]
    assert "- Second" in text_of(letterbox.kept[1])
    assert "- Third" in text_of(letterbox.kept[1])
    assert office.session.scalars(select(OutboxMail).where(OutboxMail.sent_at.is_(None))).all() == []
    assert len(office.session.scalars(select(OutboxMail).where(OutboxMail.with_id.is_not(None))).all()) == 1
    assert {job.status for job in office.session.scalars(select(Job))} == {JobStatus.DONE}


def test_mails_about_other_cases_and_reminders_wait_for_nothing(office: Office) -> None:
    other = factories.case(office.session, office.officer, reference="KD-2026-0002")
    tell(office)
    tell(office, case=other)
    tell(office, kind="welfare:at_risk")

    letterbox = Letterbox()
    with serving(letterbox) as tools:
        work(office, tools)

    assert len(letterbox.kept) == 3


def test_what_is_done_by_then_is_left_out_of_the_mail_that_goes_together(office: Office) -> None:
    task, letterbox = a_task(office), Letterbox()
    with serving(letterbox) as tools:
        tell(office, subject="First")
        work(office, tools)
        tell(office, subject="Second")
        tell(office, kind="task:given", subject="Do this", about=mail_about.task(task.id))
        set_status(task, TaskStatus.CANCELLED)
        with clock.held(clock.now() + timedelta(minutes=10)):
            work(office, tools)

    assert [each["Subject"] for each in letterbox.kept] == ["First", "Second"]


def test_the_titles_of_a_restricted_case_stay_out_of_the_mail_that_goes_together(office: Office) -> None:
    case: Case = office.case
    case.is_restricted, case.title, letterbox = True, "A child of ours", Letterbox()
    with serving(letterbox) as tools:
        for subject in ("First", "Second", "Third"):
            tell(office, subject=subject)
        office.session.commit()
        with transaction(office.engine) as session:
            for job in session.scalars(select(Job)):
                job.run_at = clock.now()
        work(office, tools)

    said = "".join(text_of(each) + str(each["Subject"]) for each in letterbox.kept)
    assert not [word for word in ("child", "Second", "Third", "Commissioners,") if word in said]
