"""The pages of long pieces of work: who sees them, how far they are, and how they are stopped."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask

from models import User, clock
from models.session import transaction
from tests.support.casebook import Casebook, open_casebook
from workflows.actions import undertakings

OWNER = "service-improvement"


@pytest.fixture
def book(app: Flask) -> Casebook:
    """The small council."""
    return open_casebook(app)


def ask(book: Casebook, *, done: int = 0, total: int = 120, name: str = OWNER) -> uuid.UUID:
    with transaction(book.engine) as session:
        row = undertakings.ask(session, "tests.nothing", "Move 120 cases", {}, total, by=session.get_one(User, book.people[name].id))
        if done:
            undertakings.begin(session, row.id)
            for number in range(1, done + 1):
                ok = number != 2
                undertakings.step(session, row.id, number, {"what": f"KD-{number}", "ok": ok, "words": "Moved" if ok else "Stays: a step is gone", "href": ""})
        return row.id


def test_one_that_runs_says_how_far_it_is_and_looks_again(book: Casebook) -> None:
    row_id = ask(book, done=40)
    answer = book.browser(OWNER).get(f"/jobs/{row_id}")

    assert "Running 40 of 120" in answer.text
    assert '<progress class="dps-progress" id="progress" max="120" value="40">' in answer.text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_time_left_is_an_estimate_once_there_is_something_to_tell(book: Casebook) -> None:
    with clock.held(clock.read_instant("2026-11-04 09:30")):
        row_id = ask(book, done=40)
    with clock.held(clock.read_instant("2026-11-04 09:32")):
        page = book.browser(OWNER).get(f"/jobs/{row_id}").text

    assert "About 4 minutes left" in page


def test_one_that_has_ended_shows_failures_first_and_looks_no_more(book: Casebook) -> None:
    row_id = ask(book, done=3)
    with transaction(book.engine) as session:
        undertakings.finish(session, row_id)
    page = book.browser(OWNER).get(f"/jobs/{row_id}").text

    assert "Done, except for 1." in page and "http-equiv" not in page
    assert page.index("KD-2") < page.index("KD-1")
    assert "1 of 3 was not done" in page


def test_one_that_could_not_go_on_says_why(book: Casebook) -> None:
    row_id = ask(book, done=1)
    with transaction(book.engine) as session:
        undertakings.fail(session, row_id, "The draft was changed meanwhile")
    page = book.browser(OWNER).get(f"/jobs/{row_id}").text

    assert "Failed at 1 of 120" in page and "The draft was changed meanwhile" in page


def test_it_is_stopped_by_who_started_it(book: Casebook) -> None:
    row_id = ask(book, done=1)
    owner = book.browser(OWNER)
    assert owner.post(f"/jobs/{row_id}/stop").status_code == 303

    page = owner.get(f"/jobs/{row_id}").text
    assert "Stops after this step" in page and ">Stop</button>" not in page.replace("\n", "")
    assert book.browser("administrators").post(f"/jobs/{row_id}/stop").status_code == 403


def test_others_do_not_learn_of_it(book: Casebook) -> None:
    row_id = ask(book)

    assert book.browser("legal").get(f"/jobs/{row_id}").status_code == 404
    assert book.browser("legal").post(f"/jobs/{row_id}/stop").status_code == 404
    assert "Move 120 cases" not in book.browser("legal").get("/jobs").text
    assert book.browser(OWNER).get(f"/jobs/{uuid.uuid4()}").status_code == 404


def test_the_list_is_ones_own_and_administrators_see_everyones(book: Casebook) -> None:
    assert "No jobs are running" in book.browser(OWNER).get("/jobs").text
    ask(book)

    assert "Move 120 cases" in book.browser(OWNER).get("/jobs").text
    assert "Pat Service improvement" in book.browser("administrators").get("/jobs").text


def test_results_are_gone_from_the_list_after_thirty_days(book: Casebook) -> None:
    with clock.held(clock.read_instant("2026-09-01 09:30")):
        ask(book)
    with clock.held(clock.read_instant("2026-10-02 09:30")):
        assert "No jobs are running" in book.browser(OWNER).get("/jobs").text
