"""The daily mail on both databases: once a working day however many runners there are, and with nothing in it that is done or taken back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from models import Case, Job, JobStatus, LocalClosure, OutboxMail, Parameter, TaskStatus, User, UserTask, clock
from models.session import new_session
from tests.support import factories
from tests.support.databases import Database
from tests.support.letterbox import Letterbox, serving, text_of
from tests.web.work import factories as tasks
from workflows.actions import delegations, mail, users
from workflows.enqueue import Tools
from workflows.jobs import digests, sending
from workflows.jobs.working_off import work_off
from workflows.queries import mail_about

MONDAY = "2026-03-02 00:10"
assert sending  # registers the job that sends


@dataclass
class Desk:
    """A session and three people of one team, with nothing to do yet."""

    session: Session
    engine: Engine
    rowan: User
    sam: User
    case: Case

    def task(self, name: str, *, due: str, holder: User | None = None, case: Case | None = None) -> UserTask:
        """An open task, with a label that stands for a young person."""
        due_at = clock.read_instant(due)
        return tasks.task(self.session, case or self.case, name=name, label="YP-77", group="commissioners", assignee=holder, due=due_at)

    def day(self, tools: Tools, *, at: str = "2026-03-02 08:00") -> None:
        """The night's look and the daily mail's time of a day."""
        self.session.commit()
        with clock.held(clock.read_instant(f"{at[:10]} 00:10")):
            digests_planned(self.engine, tools)
        with clock.held(clock.read_instant(at)):
            for _ in range(3):
                work_off(self.engine, tools, clock.now())
        self.session.expire_all()

    def digests(self) -> list[OutboxMail]:
        """Every daily mail there is."""
        return list(self.session.scalars(select(OutboxMail).where(OutboxMail.kind == "digest").order_by(OutboxMail.created_at)))


def digests_planned(engine: Engine, tools: Tools) -> None:
    """The look of one night, as the runner takes it."""
    with new_session(engine) as session:
        digests.plan(session, tools)
        session.commit()


@contextmanager
def at_work(database: Database) -> Iterator[Desk]:
    """The desk on a Monday before dawn."""
    with clock.held(clock.read_instant(MONDAY)), new_session(database.engine) as session:
        rowan, sam = (factories.officer(session, name, "commissioners") for name in ("Rowan Ashdown", "Sam Reed"))
        session.add(Parameter(key="mail_digest_at", label="Daily mail", value="08:00", unit="time_of_day", valid_from=clock.today()))
        yield Desk(session, database.engine, rowan, sam, factories.case(session, rowan, title="Elm Lodge"))


def test_it_holds_what_is_to_be_done_today_and_who_for(database: Database) -> None:
    letterbox = Letterbox()
    with at_work(database) as desk, serving(letterbox) as tools:
        desk.task("Overdue one", due="2026-02-27 17:00", holder=desk.rowan)
        desk.task("Today's one", due="2026-03-02 17:00", holder=desk.rowan)
        desk.task("Theirs", due="2026-03-04 17:00", holder=desk.sam)
        desk.task("Nobody's", due="2026-03-05 17:00")
        delegations.add(desk.session, desk.sam, to=desk.rowan, starts_on=clock.today(), ends_on=clock.today(), by=desk.sam)
        desk.session.execute(delete(OutboxMail))
        desk.session.execute(delete(Job))
        desk.day(tools)

    mine = next(each for each in letterbox.kept if each["To"] == "rowan.ashdown@example.gov.uk")
    said = text_of(mine)
    assert mine["Subject"] == "Your work today: 3 tasks, 1 due today, 1 overdue"
    assert said.index("Overdue one: Elm Lodge") < said.index("Today's one: Elm Lodge") < said.index("Theirs: Elm Lodge")
    assert "(due 4 March 2026, for Sam Reed)" in said
    assert "1 task unassigned in Commissioners" in said
    assert "YP-77" not in said
    assert said.count("https://casework.example.gov.uk/settings/mail") == 1


def test_nothing_done_or_taken_back_between_writing_and_sending_is_in_it(database: Database) -> None:
    letterbox = Letterbox(rcpt="451 Later")
    with at_work(database) as desk, serving(letterbox) as tools:
        done = desk.task("Done one", due="2026-03-02 17:00", holder=desk.rowan)
        desk.task("Left one", due="2026-03-02 17:00", holder=desk.rowan)
        users.choose_mail(desk.session, desk.rowan, choices={"advice": "digest"})
        mail.to_person(desk.session, desk.rowan, kind="admission:advice", case=desk.case, subject="Advise on this", link="/x", about=mail_about.task(done.id))
        desk.day(tools)
        letterbox.rcpt = "250 OK"
        done.status, done.completed_at, done.completed_by_id = TaskStatus.COMPLETED, clock.now(), desk.rowan.id
        desk.session.commit()
        with clock.held(clock.read_instant("2026-03-02 08:05")):
            work_off(desk.engine, tools, clock.now())
        desk.session.expire_all()
        held = desk.session.scalars(select(OutboxMail).where(OutboxMail.is_for_digest)).one()

    (arrived,) = [each for each in letterbox.kept if each["To"] == "rowan.ashdown@example.gov.uk"]
    assert "Left one" in text_of(arrived)
    assert not [word for word in ("Done one", "Advise on this") if word in text_of(arrived)]
    assert held.not_sent_because == mail_about.DONE


def test_what_waited_for_it_goes_with_it_once(database: Database) -> None:
    letterbox = Letterbox()
    with at_work(database) as desk, serving(letterbox) as tools:
        users.choose_mail(desk.session, desk.rowan, choices={"news": "digest", "tasks": "never"})
        for subject in ("One thing", "Another"):
            mail.to_person(desk.session, desk.rowan, kind="thread:message", case=desk.case, subject=subject, link="/x")
        desk.day(tools)
        desk.day(tools, at="2026-03-03 08:00")
        waited = desk.session.scalars(select(OutboxMail).where(OutboxMail.is_for_digest)).all()
        (digest,) = [each for each in desk.digests() if each.to_user_id == desk.rowan.id]

    (arrived,) = [each for each in letterbox.kept if each["To"] == "rowan.ashdown@example.gov.uk"]
    assert arrived["Subject"] == "Today: 2 things to know"
    assert {each.with_id for each in waited} == {digest.id}
    assert all(each.sent_at is not None for each in waited)


def test_who_changes_their_mind_to_never_gets_nothing_that_still_waits(database: Database) -> None:
    letterbox = Letterbox()
    with at_work(database) as desk, serving(letterbox) as tools:
        users.choose_mail(desk.session, desk.rowan, choices={"news": "digest", "tasks": "never"})
        mail.to_person(desk.session, desk.rowan, kind="thread:message", case=desk.case, subject="One thing", link="/x")
        users.choose_mail(desk.session, desk.rowan, choices={"news": "never"})
        desk.day(tools)
        because = {each.not_sent_because for each in desk.session.scalars(select(OutboxMail).where(OutboxMail.to_user_id == desk.rowan.id))}

    assert letterbox.kept == []
    assert because == {mail_about.NOT_WANTED, mail_about.NOTHING_LEFT}


@pytest.mark.parametrize("day", ["2026-02-28", "2026-03-01", "2026-04-03"])
def test_there_is_none_on_a_day_without_work(database: Database, day: str) -> None:
    with at_work(database) as desk:
        desk.task("One", due=f"{day} 17:00", holder=desk.rowan)
        desk.day(Tools(), at=f"{day} 08:00")

        assert desk.digests() == []


def test_there_is_none_on_a_day_the_council_is_closed(database: Database) -> None:
    with at_work(database) as desk:
        desk.task("One", due="2026-03-02 17:00", holder=desk.rowan)
        desk.session.add(LocalClosure(day=clock.today(), reason="Snow"))
        desk.day(Tools())

        assert desk.digests() == []


@pytest.mark.parametrize(("day", "utc"), [("2026-03-27", 8), ("2026-03-30", 7), ("2026-10-23", 7), ("2026-10-26", 8)])
def test_it_goes_at_eight_in_london_on_both_sides_of_a_clock_change(database: Database, day: str, utc: int) -> None:
    with at_work(database) as desk, clock.held(clock.read_instant(f"{day} 00:10")):
        digests.plan(desk.session, Tools())

        run_at = desk.session.scalars(select(Job.run_at).where(Job.name == digests.WRITE)).one()
        assert (run_at.hour, run_at.date().isoformat()) == (utc, day)


def test_two_runners_at_once_write_and_send_it_once(database: Database) -> None:
    letterbox = Letterbox()
    with at_work(database) as desk, serving(letterbox) as tools:
        for user in (desk.rowan, desk.sam):
            desk.task("One", due="2026-03-02 17:00", holder=user)
        desk.session.commit()
        for _ in range(2):
            digests_planned(desk.engine, tools)
        # A second job of the day, as two workers that plan at the same moment would leave it.
        with new_session(desk.engine) as session:
            session.add(Job(name=digests.WRITE, args={"on": "2026-03-02"}, run_at=clock.now(), enqueued_at=clock.now(), started_at=None,
                            finished_at=None, ticket=None))  # fmt: skip
            session.commit()
        with clock.held(clock.read_instant("2026-03-02 08:00")):
            for _ in range(4):
                run_two(desk.engine, tools)
                with clock.held(clock.now() + timedelta(minutes=5)):
                    run_two(desk.engine, tools)
        desk.session.expire_all()

        assert len(desk.digests()) == 2
        assert all(each.sent_at is not None for each in desk.digests())
        assert {job.status for job in desk.session.scalars(select(Job).where(Job.name.in_([digests.WRITE, mail.JOB])))} == {JobStatus.DONE}
    assert sorted(each["To"] for each in letterbox.kept) == ["rowan.ashdown@example.gov.uk", "sam.reed@example.gov.uk"]


def run_two(engine: Engine, tools: Tools) -> None:
    """Two workers at the same time."""
    now = clock.now()
    threads = [threading.Thread(target=work_off, args=(engine, tools, now)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_second_one_for_the_same_day_and_person_is_refused_by_the_database(database: Database) -> None:
    with at_work(database) as desk:
        desk.task("One", due="2026-03-02 17:00", holder=desk.rowan)
        desk.session.commit()
        with clock.held(clock.read_instant("2026-03-02 08:00")), new_session(desk.engine) as session:
            digests.write(session, Tools(), on="2026-03-02")
            digests.write(session, Tools(), on="2026-03-02")
            session.commit()

        assert len({each.key for each in desk.digests()}) == len(desk.digests()) == 2


def test_after_an_outage_of_the_morning_none_is_sent_in_the_afternoon(database: Database) -> None:
    with at_work(database) as desk:
        desk.task("One", due="2026-03-02 17:00", holder=desk.rowan)
        desk.day(Tools(), at="2026-03-02 13:00")

        assert desk.digests() == []
