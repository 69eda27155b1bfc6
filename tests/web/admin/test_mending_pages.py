"""What administrators do about what cannot continue: going on without a step, giving up and trying jobs again, putting a case back."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from models import CaseReturn, Incident, Job, JobStatus, TaskStatus, UserTask
from models.session import new_session, transaction
from tests.support import factories
from tests.support.casebook import FAILING, Casebook

WHY = "The shop has closed for good, the papers were fetched by hand"


def stuck(book: Casebook) -> tuple[str, uuid.UUID]:
    reference = book.errand("Fetching the minutes")
    book.complete(reference, "propose", by="children-commissioning", note=FAILING)
    with new_session(book.engine, writes=False) as session:
        return reference, session.scalars(select(Incident.id)).one()


def failed_job(book: Casebook) -> tuple[uuid.UUID, uuid.UUID]:
    with transaction(book.engine) as session:
        job, incident = factories.job_given_up(session)
        session.flush()
        return job.id, incident.id


def test_going_on_without_a_step_is_asked_about_first_and_then_done(book: Casebook) -> None:
    reference, incident_id = stuck(book)
    browser = book.browser("administrators")

    page = browser.get(f"/admin/incidents/{incident_id}/skip").text
    empty = browser.post(f"/admin/incidents/{incident_id}/skip", data={"because": "no"})
    done = browser.post(f"/admin/incidents/{incident_id}/skip", data={"because": WHY})

    assert "You cannot undo this" in page and "No rule of the process names this step" in page
    assert empty.status_code == 422 and "Say why in at least 20 characters" in empty.text and ">no</textarea>" in empty.text
    assert done.status_code == 303
    with new_session(book.engine, writes=False) as session:
        assert session.scalars(select(Incident)).one().skipped_because == WHY
    assert "Went on without it" in browser.get("/admin/incidents").text
    assert WHY in book.browser("children-commissioning").get(f"/cases/{reference}/timeline").text


def test_auditors_look_and_do_nothing(book: Casebook) -> None:
    _, incident_id = stuck(book)
    browser = book.browser("audit")

    assert "Go on without it" not in browser.get("/admin/incidents").text
    assert browser.get(f"/admin/incidents/{incident_id}/skip").status_code == 403
    assert browser.post(f"/admin/incidents/{incident_id}/skip", data={"because": WHY}).status_code == 403


def test_a_failed_job_is_tried_again_from_either_page(book: Casebook) -> None:
    job_id, incident_id = failed_job(book)
    browser = book.browser("administrators")

    assert "Try again now" in browser.get("/admin/jobs").text and "Give up" in browser.get("/admin/incidents").text
    assert browser.post(f"/admin/incidents/{incident_id}/retry").status_code == 303
    with new_session(book.engine, writes=False) as session:
        job = session.get_one(Job, job_id)
        assert (job.status, job.tries) == (JobStatus.TODO, 0)
    assert browser.post(f"/admin/jobs/{job_id}/retry").status_code == 303


def test_a_failed_job_is_given_up_with_a_reason(book: Casebook) -> None:
    _, incident_id = failed_job(book)

    answer = book.browser("administrators").post(f"/admin/incidents/{incident_id}/skip", data={"because": WHY})

    assert answer.status_code == 303
    with new_session(book.engine, writes=False) as session:
        assert session.get_one(Incident, incident_id).closed_at is not None


def done_task(book: Casebook) -> uuid.UUID:
    with new_session(book.engine, writes=False) as session:
        return session.scalars(select(UserTask.id).where(UserTask.status == TaskStatus.COMPLETED)).one()


def test_a_case_is_put_back_and_that_is_undone(book: Casebook) -> None:
    reference, _ = stuck(book)
    browser, task_id = book.browser("administrators"), done_task(book)

    listed = browser.get(f"/admin/cases/{reference}/put-back").text
    check = browser.get(f"/admin/cases/{reference}/put-back/{task_id}").text
    empty = browser.post(f"/admin/cases/{reference}/put-back/{task_id}", data={"because": ""})
    done = browser.post(f"/admin/cases/{reference}/put-back/{task_id}", data={"because": WHY})

    assert "See what would happen" in listed
    assert "What stays" in check and "is to be done again" in check
    assert empty.status_code == 422 and "Say why" in empty.text
    assert done.status_code == 303 and book.open_steps(reference) == ["propose"]
    with new_session(book.engine, writes=False) as session:
        kept = session.scalars(select(CaseReturn.id)).one()
    assert browser.post(f"/admin/returns/{kept}/undo").status_code == 303
    with new_session(book.engine, writes=False) as session:
        assert session.scalars(select(UserTask).where(UserTask.status == TaskStatus.READY)).all() == []
    assert "Undone" in browser.get(f"/admin/cases/{reference}/put-back").text


def test_a_page_that_is_out_of_date_puts_nothing_back(book: Casebook) -> None:
    reference, _ = stuck(book)

    answer = book.browser("administrators").post(f"/admin/cases/{reference}/put-back/{done_task(book)}", data={"because": WHY, "revision": "999"})

    assert answer.status_code == 409 and book.open_steps(reference) == []


def test_others_do_not_put_cases_back(book: Casebook) -> None:
    reference, _ = stuck(book)

    assert book.browser("audit").get(f"/admin/cases/{reference}/put-back").status_code == 403
    assert book.browser("legal").get(f"/admin/cases/{reference}/put-back").status_code == 403
