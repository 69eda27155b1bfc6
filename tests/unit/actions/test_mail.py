"""Mail: who gets it and why, and that it is sent at most once whatever the mail server does (R21)."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from models import Case, Job, JobStatus, OutboxMail
from models.session import transaction
from tests.support.letterbox import Letterbox, serving, text_of
from tests.support.office import Office
from workflows.actions import mail
from workflows.enqueue import MailServer, Tools
from workflows.jobs import sending
from workflows.jobs.working_off import work_off
from workflows.queries import administration


def write(office: Office, **changes: Any) -> None:
    """One mail to the officer, committed."""
    mail.to_person(office.session, office.officer, kind="advice", case=office.case, subject="Advice wanted: A matter",
                   link="/consultations/1", body="By Friday.", **changes)  # fmt: skip
    office.session.commit()


def work(office: Office, tools: Tools) -> OutboxMail:
    """Let the worker have one try at everything, however late it is, and give the mail as it is then."""
    with transaction(office.engine) as session:
        for job in session.scalars(select(Job).where(Job.status == JobStatus.TODO)):
            job.run_at = job.enqueued_at
    work_off(office.engine, tools, office.case.opened_at)
    with transaction(office.engine) as session:
        return session.scalars(select(OutboxMail)).one()


def test_everyone_in_a_group_gets_a_mail_that_says_why(office: Office) -> None:
    written = mail.to_group(office.session, "commissioners", kind="advice", case=office.case, subject="Advice\nwanted", link="/x")

    assert {each.to_address for each in written} == {office.officer.email, office.colleague.email}
    assert {each.why for each in written} == {"You get this because you are in Commissioners."}
    assert {each.subject for each in written} == {"Advice wanted"}
    assert len(office.session.scalars(select(Job).where(Job.name == "mail.send")).all()) == 2


def test_a_group_without_people_gets_it_at_its_own_address(office: Office) -> None:
    office.officer.is_active = office.colleague.is_active = False
    office.officer.memberships[0].group.email = "team@example.gov.uk"

    written = mail.to_group(office.session, "commissioners", kind="advice", case=office.case, subject="Advice", link="/x")

    assert [each.to_address for each in written] == ["team@example.gov.uk"]


def test_a_restricted_case_is_not_named(office: Office) -> None:
    restricted: Case = office.case
    restricted.is_restricted = True

    (written,) = mail.to_person(office.session, office.officer, kind="advice", case=restricted, subject="A child of ours", link="/x", body="Words")

    assert written.subject == "Restricted case KD-2026-0001"
    assert "Words" not in written.body


def test_without_a_server_the_mail_stays_in_the_outbox(office: Office) -> None:
    write(office)

    kept = work(office, Tools())

    assert kept.sent_at is None
    assert kept.not_sent_because == sending.KEPT


def test_a_mail_arrives_once_with_its_link_and_its_key(office: Office) -> None:
    letterbox = Letterbox()
    with serving(letterbox) as tools:
        write(office)
        sent = work(office, tools)
        work(office, tools)

    (arrived,) = letterbox.kept
    assert sent.sent_at is not None
    assert arrived["Message-ID"].startswith(f"<{sent.id}@")
    assert arrived["Subject"] == "Advice wanted: A matter"
    assert "https://casework.example.gov.uk/consultations/1" in text_of(arrived)
    assert "By Friday." in text_of(arrived)


@pytest.mark.figure("R21 mails_to_a_bad_server_lost_sent_twice_or_not_shown")
@pytest.mark.parametrize("answers", [{"rcpt": "451 Later"}, {"data": "451 Later"}, {"rcpt": "550 Nobody here"}])
def test_a_mail_that_was_refused_is_tried_again_and_arrives_once(office: Office, answers: dict[str, str]) -> None:
    letterbox = Letterbox(**answers)  # type: ignore[arg-type]
    with serving(letterbox) as tools:
        write(office)
        assert work(office, tools).sent_at is None
        letterbox.rcpt = letterbox.data = "250 OK"
        work(office, tools)
        work(office, tools)

    assert len(letterbox.kept) == 1


@pytest.mark.figure("R21 mails_to_a_bad_server_lost_sent_twice_or_not_shown")
def test_a_mail_whose_fate_is_unknown_is_not_sent_again_and_says_so(office: Office) -> None:
    letterbox = Letterbox(drops=True)
    with serving(letterbox) as tools:
        write(office)
        first = work(office, tools)
        letterbox.drops = False
        work(office, tools)

    assert first.not_sent_because == sending.UNKNOWN
    assert len(letterbox.kept) == 1


@pytest.mark.figure("R21 mails_to_a_bad_server_lost_sent_twice_or_not_shown")
def test_a_mail_that_a_killed_worker_was_sending_is_not_sent_again(office: Office) -> None:
    letterbox = Letterbox()
    with serving(letterbox) as tools:
        write(office)
        with transaction(office.engine) as session:
            session.scalars(select(OutboxMail)).one().sending_at = office.case.opened_at
        found = work(office, tools)

    assert found.not_sent_because == sending.UNKNOWN
    assert letterbox.kept == []


@pytest.mark.figure("R21 mails_to_a_bad_server_lost_sent_twice_or_not_shown")
def test_a_server_that_is_away_holds_up_nothing_but_the_mail(office: Office) -> None:
    write(office)
    tools = Tools(mail=MailServer(host="127.0.0.1", port=1, starttls=False, seconds=1.0))

    assert work(office, tools).sending_at is None

    with transaction(office.engine) as session:
        job = session.scalars(select(Job)).one()
        assert job.status is JobStatus.TODO
        assert "NotSent" in job.last_error
    assert threading.active_count() < 50


@pytest.mark.figure("R21 mails_to_a_bad_server_lost_sent_twice_or_not_shown")
def test_a_slow_server_is_given_up_and_the_mail_goes_later_once(office: Office) -> None:
    letterbox = Letterbox(seconds=1.0)
    with serving(letterbox) as tools:
        write(office)
        impatient = replace(tools, mail=replace(tools.mail, seconds=0.3))
        assert work(office, impatient).sent_at is None
        letterbox.seconds = 0.0
        sent = work(office, tools)

    assert (sent.sent_at is not None, len(letterbox.kept)) == (True, 1)


@pytest.mark.figure("R21 mails_to_a_bad_server_lost_sent_twice_or_not_shown")
def test_after_three_tries_the_outbox_says_how_often_and_what_the_server_said(office: Office) -> None:
    letterbox = Letterbox(rcpt="451 Come back later")
    with serving(letterbox) as tools:
        write(office)
        for _ in range(3):
            found = work(office, tools)

    assert (found.tries, found.sent_at, found.not_sent_because) == (3, None, "")
    assert "451 Come back later" in found.last_error
    assert list(administration.mails(office.session, state="trying")) == [office.session.get_one(OutboxMail, found.id)]


def test_a_mail_is_plain_text_and_html_with_the_councils_name_and_no_picture(office: Office) -> None:
    letterbox = Letterbox()
    with serving(letterbox) as tools:
        mail.to_person(office.session, office.officer, kind="advice", case=office.case, subject="Advice on <b>this</b>", link="/consultations/1",
                       body="Look at http://example.org/trap\n\n<script>alert(1)</script>")  # fmt: skip
        office.session.commit()
        work(office, replace(tools, council_name="Westhampton County Council"))

    (arrived,) = letterbox.kept
    html = arrived.get_body(("html",)).get_content()
    assert arrived.get_content_type() == "multipart/alternative"
    assert arrived["From"] == "Westhampton County Council <no-reply@example.gov.uk>"
    assert "Advice on &lt;b&gt;this&lt;/b&gt;" in html
    assert not re.search(r"<(script|img|link|b)\b|style=|http://example", html)
    assert re.findall(r'href="([^"]+)"', html) == [
        "https://casework.example.gov.uk/consultations/1", "https://casework.example.gov.uk/settings/mail",
    ]  # fmt: skip
    assert "https://casework.example.gov.uk/settings/mail" in text_of(arrived)
    assert "You get this because you look after case KD-2026-0001." in text_of(arrived)


def test_a_link_that_signs_in_is_blanked_once_it_is_mailed(office: Office) -> None:
    mail.to_address(office.session, "ada@example.org", kind="sign_in_link", subject="Your link to sign in", link="/apply/link/abc", body="Open it.")
    office.session.commit()
    letterbox = Letterbox()

    with serving(letterbox) as tools:
        kept = work(office, tools)

    assert "https://casework.example.gov.uk/apply/link/abc" in text_of(letterbox.kept[0])
    assert (kept.link, kept.sent_at is not None) == ("", True)


def test_a_link_that_signs_in_stays_readable_where_no_mail_is_sent(office: Office) -> None:
    mail.to_address(office.session, "ada@example.org", kind="sign_in_link", subject="Your link to sign in", link="/apply/link/abc", body="Open it.")
    office.session.commit()

    assert work(office, Tools()).link == "/apply/link/abc"
