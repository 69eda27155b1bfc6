"""The private calendar: a valid file of dates without names, behind an address that can be renewed and closed, and that no log ever holds."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from models import User, UserTask, clock
from models.session import transaction
from tests.support import factories
from tests.support.clients import client_for, public_client
from tests.web.conftest import person
from tests.web.work import factories as tasks
from webapp import logs
from workflows.actions import users


@pytest.fixture
def officer(app: Flask) -> User:
    return person(app, "Rowan Ashdown")


@pytest.fixture
def morning() -> Iterator[None]:
    with clock.held(clock.read_instant("2026-03-02 09:30")):
        yield


def address_of(app: Flask, user: User) -> str:
    """Get an address as its page shows it, without the host."""
    browser = client_for(app, user)
    browser.post("/settings/calendar")
    found = re.search(r'value="http://localhost(/calendar/[\w-]+\.ics)"', browser.get("/settings/calendar").text)
    assert found
    return found[1]


def plant(app: Flask, user: User, number: int, **more: Any) -> UserTask:
    """A task of this person in a case of its own."""
    is_restricted = more.pop("is_restricted", False)
    explanation = more.pop("explanation", None)
    with transaction(app.extensions["dps_engine"]) as session:
        owner = session.get_one(User, user.id)
        case = factories.case(session, owner, reference=f"KD-2026-{number:04}", title="Elm Lodge, 4 Hill Street", is_restricted=is_restricted)
        task = tasks.task(session, case, name="Check", label="YP-77", group="commissioning_officer", assignee=owner, **more)
        task.due_explanation = explanation
    return task


def events(app: Flask, address: str) -> list[Any]:
    """What a calendar program reads at an address."""
    return list(Calendar.from_ical(public_client(app).get(address).data).walk("VEVENT"))


def test_a_statutory_date_is_a_whole_day_and_a_service_level_a_moment_in_london(app: Flask, officer: User, morning: None) -> None:
    plant(app, officer, 1, due=clock.read_instant("2026-03-31 17:00"), explanation={"legal_basis": "SI 2012/2089 reg 9(2)"})
    plant(app, officer, 2, due=clock.read_instant("2026-04-01 17:00"))
    plant(app, officer, 3, due=clock.read_instant("2026-03-20 23:59:59"))

    found = {str(event["SUMMARY"]): event for event in events(app, address_of(app, officer))}

    assert found["Check: KD-2026-0001"].decoded("DTSTART") == date(2026, 3, 31)
    assert found["Check: KD-2026-0003"].decoded("DTSTART") == date(2026, 3, 20)
    moment = found["Check: KD-2026-0002"].decoded("DTEND")
    assert (str(moment.tzinfo), moment.hour, moment.utcoffset()) == ("Europe/London", 17, timedelta(hours=1))


def test_it_holds_references_only_and_no_restricted_case(app: Flask, officer: User, morning: None) -> None:
    plant(app, officer, 1)
    plant(app, officer, 2, is_restricted=True)

    text = public_client(app).get(address_of(app, officer)).text

    assert sorted(re.findall(r"SUMMARY:(.*)\r\n", text)) == ["A task in a restricted case", "Check: KD-2026-0001"]
    assert not [word for word in ("Elm Lodge", "Hill Street", "YP-77", "Rowan", "KD-2026-0002", "@example") if word in text]


def test_the_tasks_of_others_are_not_in_it(app: Flask, officer: User, morning: None) -> None:
    plant(app, person(app, "Sam Reed"), 1)

    assert events(app, address_of(app, officer)) == []


def test_a_renewed_address_shows_the_dates_and_the_old_one_nothing(app: Flask, officer: User) -> None:
    old = address_of(app, officer)
    new = address_of(app, officer)

    assert old != new
    assert [public_client(app).get(each).status_code for each in (old, new)] == [404, 200]


def test_nothing_tells_a_closed_address_from_one_that_never_was(app: Flask, officer: User) -> None:
    address = address_of(app, officer)
    client_for(app, officer).post("/settings/calendar/close")

    closed, unknown = public_client(app).get(address), public_client(app).get("/calendar/never-was.ics")

    assert (closed.status_code, unknown.status_code) == (404, 404)
    assert re.sub(r"\w{8,}", "", closed.text) == re.sub(r"\w{8,}", "", unknown.text)


def test_the_address_of_somebody_who_left_shows_nothing(app: Flask, officer: User) -> None:
    address = address_of(app, officer)
    with transaction(app.extensions["dps_engine"]) as session:
        users.disable(session, session.get_one(User, officer.id), by=None)

    assert public_client(app).get(address).status_code == 404


def test_a_program_is_told_how_long_it_is_fresh_and_need_not_fetch_it_twice(app: Flask, officer: User, morning: None) -> None:
    plant(app, officer, 1)
    address = address_of(app, officer)

    first = public_client(app).get(address)
    again = public_client(app).get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "private, max-age=900"
    assert (first.mimetype, first.headers["X-Robots-Tag"]) == ("text/calendar", "noindex")
    assert (again.status_code, again.data) == (304, b"")


def test_one_address_is_read_only_so_often(app: Flask, officer: User) -> None:
    address, browser = address_of(app, officer), public_client(app)

    answers = [browser.get(address).status_code for _ in range(61)]

    assert answers == [200] * 60 + [429]


def test_the_token_is_in_no_log_and_not_in_the_database(app: Flask, officer: User) -> None:
    address = address_of(app, officer)
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    stream = io.StringIO()
    logs.init_logs(stream)
    try:
        public_client(app).get(address)
        app.view_functions["account.feed"] = lambda token: (_ for _ in ()).throw(RuntimeError(f"No {token}"))
        assert public_client(app).get(address).status_code == 500
    finally:
        logs.init_logs()

    assert '"rule": "/calendar/<token>.ics"' in stream.getvalue()
    assert token not in stream.getvalue()
    raw = (app.extensions["dps_settings"].database_url).removeprefix("sqlite:///")
    with open(raw, "rb") as file:
        assert token.encode() not in file.read()
