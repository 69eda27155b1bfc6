"""The page of other systems: who may be told, what they took and what they did not, and telling them again."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from models import Case, Job, JobStatus, Webhook, clock
from models.session import new_session, transaction
from tests.support.casebook import Casebook
from tests.support.fake_receiver import SECRET
from workflows.actions import webhooks
from workflows.enqueue import System

PAGE = "/admin/webhooks"


def told(book: Casebook, reference: str, event: str = "contract.signed", *, tries: int = 0, error: str = "", given_up: bool = False) -> Webhook:
    """A message to the finance system about a case, tried so often."""
    with transaction(book.engine) as session:
        case = session.scalars(select(Case).where(Case.reference == reference)).one()
        row = webhooks.tell(session, "finance", event, {"case": reference}, case=case)
        row.tries, row.last_error = tries, error
        if given_up:
            job = session.scalars(select(Job).where(Job.name == webhooks.JOB)).one()
            job.status, job.tries, job.finished_at = JobStatus.FAILED, tries, clock.now()
        return row


def test_without_systems_and_messages_it_says_so(book: Casebook) -> None:
    page = book.browser("administrators").get(PAGE).text

    assert "No other system is set up." in page
    assert "No other system has been told anything." in page


def test_it_is_for_those_who_administer(book: Casebook) -> None:
    assert {name: book.browser(name).get(PAGE).status_code for name in ("administrators", "audit", "legal")} == {"administrators": 200, "audit": 200, "legal": 403}


def test_systems_of_the_settings_are_named_with_their_host_and_never_their_secret(book: Casebook) -> None:
    settings = book.app.extensions["dps_settings"]
    known = System(name="finance", address="https://finance.example.gov.uk/hooks/secret-path", secret=SECRET)
    book.app.extensions["dps_settings"] = replace(settings, systems={"finance": known})

    page = book.browser("administrators").get(PAGE).text

    assert "finance.example.gov.uk" in page
    assert SECRET not in page and "secret-path" not in page


def test_what_fails_shows_its_reason_and_next_try(book: Casebook) -> None:
    reference = book.errand()
    told(book, reference, tries=3, error="finance answered 503")

    page = book.browser("administrators").get(PAGE).text

    assert "Failing</strong>" in page and "finance answered 503" in page and "3 tries, next" in page
    assert f'href="/cases/{reference}"' in page
    assert "Not in the settings of this service" in page
    assert "Try again" not in page


def test_a_message_that_was_given_up_can_be_sent_again(book: Casebook) -> None:
    row = told(book, book.errand(), tries=8, error="finance answered 503", given_up=True)
    browser = book.browser("administrators")
    assert "Given up</strong>" in browser.get(PAGE).text

    answer = browser.post(f"{PAGE}/{row.id}/retry", follow_redirects=True)

    assert "The message to finance is sent again" in answer.text
    with new_session(book.engine, writes=False) as session:
        job = session.scalars(select(Job).where(Job.name == webhooks.JOB)).one()
        assert (job.status, job.tries) == (JobStatus.TODO, 0)
    assert browser.post(f"{PAGE}/{row.id}/retry").status_code == 409


def test_an_auditor_looks_and_changes_nothing(book: Casebook) -> None:
    row = told(book, book.errand(), tries=8, given_up=True)
    browser = book.browser("audit")

    assert "Try again" not in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/{row.id}/retry").status_code == 403


def test_of_a_restricted_case_nothing_is_said(book: Casebook) -> None:
    reference = book.errand("Fetching the minutes", restricted=True)
    told(book, reference, "secret.word")

    page = book.browser("service-improvement").get(PAGE).text

    assert reference not in page and "secret.word" not in page
