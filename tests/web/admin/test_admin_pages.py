"""The pages of administration: what cannot continue, mail, jobs, the trail, people and policy values."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from models import AuditEvent, Incident, Job, JobStatus, OutboxMail, clock
from models.session import new_session, transaction
from tests.support.casebook import FAILING, Casebook, Shop

PAGES = ["/admin", "/admin/incidents", "/admin/mail", "/admin/jobs", "/admin/audit", "/admin/people", "/admin/parameters"]


def stuck(book: Casebook, *, restricted: bool = False) -> tuple[str, uuid.UUID]:
    """A case that cannot continue, and its incident."""
    reference = book.errand("Fetching the minutes", restricted=restricted)
    book.complete(reference, "propose", by="children-commissioning", note=FAILING)
    with new_session(book.engine, writes=False) as session:
        return reference, session.scalars(select(Incident.id)).one()


def incident(book: Casebook) -> Incident:
    """The only incident as it stands."""
    with new_session(book.engine, writes=False) as session:
        return session.scalars(select(Incident)).one()


@pytest.mark.parametrize("page", PAGES)
def test_only_administrators_auditors_and_process_owners_come_in(book: Casebook, page: str) -> None:
    answers = {name: book.browser(name).get(page).status_code for name in ("administrators", "audit", "service-improvement", "legal")}

    assert answers == {"administrators": 200, "audit": 200, "service-improvement": 200, "legal": 403}


@pytest.mark.parametrize("page", PAGES)
def test_looking_changes_nothing(book: Casebook, page: str) -> None:
    stuck(book)
    with new_session(book.engine, writes=False) as session:
        before = session.scalar(select(func.count()).select_from(AuditEvent))

    book.browser("administrators").get(page)

    with new_session(book.engine, writes=False) as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == before


def test_a_stuck_case_is_told_in_words_with_its_tries(book: Casebook) -> None:
    reference, _ = stuck(book)

    page = book.browser("administrators").get("/admin/incidents").text

    assert "Fetch it" in page
    assert "The shop did not open its door" in page
    assert f'href="/cases/{reference}"' in page
    assert "Run an errand, version 1" in page
    assert "Try again" in page


def test_a_retry_that_works_closes_the_incident_and_moves_the_case(book: Casebook) -> None:
    reference, incident_id = stuck(book)
    browser = book.browser("administrators")
    Shop.is_open = True

    answer = browser.post(f"/admin/incidents/{incident_id}/retry")
    page = browser.get("/admin/incidents").text

    assert answer.status_code == 303
    assert incident(book).closed_at is not None
    assert "The case goes on" in page
    assert "Every case can continue." in page
    assert "Going on again" in page
    assert book.open_steps(reference) == []


def test_a_retry_that_fails_stays_open_and_is_counted(book: Casebook) -> None:
    _, incident_id = stuck(book)
    browser = book.browser("service-improvement")

    browser.post(f"/admin/incidents/{incident_id}/retry")
    page = browser.get("/admin/incidents").text

    assert (incident(book).closed_at, incident(book).tries) == (None, 2)
    assert "It still cannot continue. The try is counted" in page
    assert re.search(r"<dt>Tries</dt><dd>2, last", page)


def test_an_auditor_sees_what_is_stuck_and_cannot_retry(book: Casebook) -> None:
    _, incident_id = stuck(book)
    browser = book.browser("audit")

    page = browser.get("/admin/incidents").text
    forged = browser.post(f"/admin/incidents/{incident_id}/retry")

    assert "The shop did not open its door" in page
    assert "/retry" not in page
    assert forged.status_code == 403
    assert incident(book).tries == 1


def test_a_restricted_case_is_not_told_of_in_administration(book: Casebook) -> None:
    reference, _ = stuck(book, restricted=True)
    with transaction(book.engine) as session:
        case = book.case(reference)
        session.add(
            OutboxMail(
                to_address="a@example.gov.uk", to_user_id=None, case_id=case.id, kind="test", subject="Of the secret errand", body="words",
                created_at=clock.now(), sending_at=None, sent_at=None,
            )
        )  # fmt: skip
    browser = book.browser("administrators")

    pages = {page: browser.get(page).text for page in PAGES}

    for page, words in pages.items():
        assert reference not in words, page
        assert "Fetching the minutes" not in words, page
        assert "The shop did not open its door" not in words, page
        assert "Of the secret errand" not in words, page
    assert "A restricted case" in pages["/admin/incidents"]


def test_mail_that_no_server_takes_is_kept_to_be_read(book: Casebook) -> None:
    with transaction(book.engine) as session:
        mail = OutboxMail(
            to_address="pat@example.gov.uk", to_user_id=None, case_id=None, kind="test", subject="Advice wanted", body="By <b>Friday</b>.\n\nThank you",
            link="/work", created_at=clock.now(), sending_at=None, sent_at=None, not_sent_because="Kept in the outbox: no mail server is set",
        )  # fmt: skip
        session.add(mail)
    browser = book.browser("administrators")

    listed = browser.get("/admin/mail").text
    one = browser.get(f"/admin/mail/{mail.id}").text

    assert "Nothing leaves this service: each mail is kept here to be read." in listed
    assert "Kept in the outbox: no mail server is set" in listed
    assert "By &lt;b&gt;Friday&lt;/b&gt;." in one
    assert browser.get(f"/admin/mail/{uuid.uuid4()}").status_code == 404


def test_mail_goes_on_on_the_next_page(book: Casebook) -> None:
    with transaction(book.engine) as session:
        for number in range(55):
            session.add(
                OutboxMail(
                    to_address="pat@example.gov.uk", to_user_id=None, case_id=None, kind="test", subject=f"Mail {number:02d}", body="",
                    created_at=clock.now() + timedelta(minutes=number), sending_at=None, sent_at=None,
                )
            )  # fmt: skip
    browser = book.browser("administrators")

    first = browser.get("/admin/mail").text
    found = re.search(r'href="(/admin/mail\?after=[^"]+)"', first)
    assert found is not None
    second = browser.get(found[1]).text

    assert re.findall(r">Mail (\d\d)<", first) == [f"{number:02d}" for number in range(54, 4, -1)]
    assert re.findall(r">Mail (\d\d)<", second) == ["04", "03", "02", "01", "00"]


def test_failed_jobs_come_first_with_their_cause(book: Casebook) -> None:
    with transaction(book.engine) as session:
        for status, error in ((JobStatus.DONE, ""), (JobStatus.TODO, ""), (JobStatus.FAILED, "The disk is full")):
            done = clock.now() if status is JobStatus.DONE else None
            session.add(
                Job(name="mail.send", args={}, status=status, run_at=clock.now(), last_error=error, enqueued_at=clock.now(), started_at=None, finished_at=done)
            )

    page = book.browser("administrators").get("/admin/jobs").text

    assert "The disk is full" in page
    assert page.index("Failed</strong>") < page.index("Queued</strong>")


def test_an_overdue_timer_is_marked(book: Casebook) -> None:
    with clock.held(clock.read_instant("2020-11-04 09:30")):
        reference = book.errand()
        book.complete(reference, "propose", by="children-commissioning", note="minutes")

    page = book.browser("administrators").get("/admin/jobs").text

    assert "Two weeks have passed" in page
    assert "18 November 2020, 9:30am" in page
    assert "Overdue</strong>" in page


def test_the_trail_can_be_filtered_by_kind_person_and_day(book: Casebook) -> None:
    with clock.held(clock.read_instant("2020-11-04 09:30")):
        reference = book.errand()
    with clock.held(clock.read_instant("2020-11-05 23:30")):
        book.complete(reference, "propose", by="children-commissioning", note="minutes")
    browser = book.browser("audit")

    by_kind = browser.get("/admin/audit?kind=tasks").text
    by_day = browser.get("/admin/audit?since=2020-11-05&until=2020-11-05").text
    before = browser.get("/admin/audit?until=2020-11-04").text
    by_person = browser.get("/admin/audit?person=nobody+here").text

    assert "Completed: Propose the errand" in by_kind
    assert "Case opened" not in by_kind
    assert "Completed: Propose the errand" in by_day
    assert "Case opened" not in by_day
    assert "Case opened" in before
    assert "Completed: Propose the errand" not in before
    assert "No events match these filters." in by_person


def test_a_day_that_is_none_gets_its_message(book: Casebook) -> None:
    page = book.browser("audit").get("/admin/audit?since=yesterday").text

    assert page.count("The first day must be a real date, such as 2020-11-12") == 2
    assert "<title>Error: Audit trail" in page


def test_the_trail_goes_on_on_the_next_page_without_gap_or_repeat(book: Casebook) -> None:
    with clock.held(clock.read_instant("2020-11-04 09:30")):
        for _ in range(30):
            book.errand()
    browser = book.browser("audit")

    seen: list[tuple[str, str]] = []
    address = "/admin/audit"
    while address:
        page = browser.get(address).text
        seen += re.findall(r'href="/cases/([^/"]+)/timeline#event-(\d+)"', page)
        found = re.search(r'href="(/admin/audit\?after=[^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""

    assert len(seen) == len(set(seen)) == 60


def test_a_whole_chain_is_said_to_be_whole_and_a_broken_one_is_alarmed_about(book: Casebook) -> None:
    reference = book.errand()
    browser = book.browser("audit")

    whole = browser.get("/admin/audit?check=yes").text
    with book.engine.begin() as connection:
        for trigger in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text("UPDATE audit_event SET kind = 'parrot:sighted' WHERE sequence = 1 AND chain = :chain"), {"chain": book.case(reference).id.hex})
    broken = browser.get("/admin/audit?check=yes").text

    assert "The audit trail is whole" in whole
    assert "Broken</strong>" in broken
    assert "The audit trail is NOT whole. First bad row: event 1" in broken
    assert "parrot:sighted" in broken


def test_people_stand_with_their_groups_and_their_last_sign_in(book: Casebook) -> None:
    browser = book.browser("administrators")

    page = browser.get("/admin/people?words=legal").text

    assert "Pat Legal" in page
    assert "Pat Finance" not in page[: page.index('id="groups"')]
    assert "Never" in page
    assert "finance officer" in page
    assert "0 people match “zzz”." in browser.get("/admin/people?words=zzz").text


def test_policy_values_that_nobody_confirmed_are_announced(book: Casebook) -> None:
    page = book.browser("administrators").get("/admin/parameters").text

    assert "1 value is not confirmed." in page
    assert "Time for a task" in page
    assert "5 working" in page


def test_the_overview_counts_what_needs_a_person(book: Casebook) -> None:
    stuck(book)

    page = book.browser("administrators").get("/admin").text

    assert re.search(r'class="is-problem"><strong>1</strong><a[^>]*>case cannot continue<', page)
    assert "No mail server is set." in page
