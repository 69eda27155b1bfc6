"""Days off as pages: previewed, added once, confirmed by another person, removed with a reason."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from models import LocalClosure, Undertaking, clock
from models.session import new_session, transaction
from tests.support.casebook import Casebook
from workflows.rules import calendar

NEXT = calendar.next_working_day(clock.today(), calendar.EW)
DAY = {"day-day": str(NEXT.day), "day-month": str(NEXT.month), "day-year": str(NEXT.year), "kind": "bank holiday", "name": "Jubilee", "source": "Royal proclamation"}


def rows(book: Casebook) -> list[LocalClosure]:
    with new_session(book.engine, writes=False) as session:
        return list(session.scalars(select(LocalClosure)))


def test_the_dates_that_would_move_are_shown_before_anything_changes(book: Casebook) -> None:
    reference = book.errand("Fetching the minutes")

    page = book.browser("administrators").post("/admin/calendars/add/check", data=DAY)

    assert page.status_code == 200 and "1 open date moves" in page.text and reference in page.text
    assert "Task: Propose" in page.text and rows(book) == []


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(book: Casebook) -> None:
    page = book.browser("administrators").post("/admin/calendars/add/check", data={**DAY, "name": "", "day-year": "2019"})

    assert page.status_code == 422 and "Enter what the day is called" in page.text and "past days are locked" in page.text
    assert 'value="Royal proclamation"' in page.text and 'value="2019"' in page.text


def test_it_is_added_once_however_often_it_is_sent(book: Casebook) -> None:
    book.errand("Fetching the minutes")
    browser = book.browser("administrators")

    first = browser.post("/admin/calendars/add", data={**DAY, "form_key": "k" * 32})
    again = browser.post("/admin/calendars/add", data={**DAY, "form_key": "k" * 32})
    third = browser.post("/admin/calendars/add", data=DAY)

    assert first.status_code == again.status_code == 303 and third.status_code == 422 and "is a day off already" in third.text
    with new_session(book.engine, writes=False) as session:
        assert len(session.scalars(select(Undertaking)).all()) == 1
    assert [each.day for each in rows(book)] == [NEXT]


def test_another_person_confirms_it_and_it_is_removed_with_a_reason(book: Casebook) -> None:
    browser = book.browser("administrators")
    browser.post("/admin/calendars/add", data=DAY)

    assert browser.post(f"/admin/calendars/{NEXT}/confirm").status_code == 403
    assert book.browser("service-improvement").post(f"/admin/calendars/{NEXT}/confirm").status_code == 303
    assert "Not confirmed" not in browser.get("/admin/calendars").text
    assert browser.post(f"/admin/calendars/{NEXT}/remove", data={"because": "no"}).status_code == 422
    assert browser.post(f"/admin/calendars/{NEXT}/remove", data={"because": "It was never proclaimed"}).status_code == 303
    assert rows(book) == []


def test_a_past_day_is_locked(book: Casebook) -> None:
    with transaction(book.engine) as session:
        session.add(LocalClosure(day=date(2020, 1, 2), reason="Snow", kind="council closure", source="x", set_at=clock.now()))
    browser = book.browser("administrators")

    assert "Past days are locked" in browser.get("/admin/calendars").text
    assert browser.post("/admin/calendars/2020-01-02/remove", data={"because": "It was never proclaimed"}).status_code == 403


def test_only_administrators_change_calendars(book: Casebook) -> None:
    for name in ("audit", "service-improvement"):
        browser = book.browser(name)
        assert browser.get("/admin/calendars").status_code == 200 and "Add a day off" not in browser.get("/admin/calendars").text
        assert browser.get("/admin/calendars/add").status_code == 403
        assert browser.post("/admin/calendars/add", data=DAY).status_code == 403
    assert book.browser("administrators").get("/admin/calendars/not-a-day/remove").status_code == 404
