"""The page of a suspension and of its tasks: what is held, and who lives there only for those who may know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from models import clock
from tests.processes.membership.harbour import Harbour, build
from tests.processes.membership.test_suspending import report
from tests.support import declaring
from tests.support.clients import client_for


@pytest.fixture
def harbour(app: Flask) -> Iterator[Harbour]:
    made = build(app.extensions["dps_engine"])
    made.place_young_person("YP-204417")
    report(made)
    yield made
    clock.release()


def page_for(app: Flask, harbour: Harbour, name: str, address: str) -> str:
    with harbour.reading() as session:
        person = harbour.person(session, name)
    answer = client_for(app, person).get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def test_the_case_says_what_is_held_and_how_many_were_seen(app: Flask, harbour: Harbour) -> None:
    page = page_for(app, harbour, "amara.osei", f"/cases/{harbour.cases()[0].reference}")

    for words in ("New placements on hold", "All premises", "0 of 1", "Check the welfare of a young person"):
        assert words in page


def test_who_lives_there_is_told_to_social_work_and_not_to_commissioning(app: Flask, harbour: Harbour) -> None:
    address = f"/cases/{harbour.cases()[0].reference}"

    assert "YP-204417" in page_for(app, harbour, "tess.warrick", address)
    for tab in ("", "/timeline", "/process"):
        assert "YP-204417" not in page_for(app, harbour, "amara.osei", f"{address}{tab}")


def test_the_task_says_which_young_person_is_meant(app: Flask, harbour: Harbour) -> None:
    with harbour.writing() as session:
        task = harbour.task(session, "check-welfare")
        task_id = task.id
        declaring.declare_none(session, task.case, harbour.person(session, "tess.warrick"))

    page = page_for(app, harbour, "tess.warrick", f"/tasks/{task_id}")

    assert "1 of 1 is YP-204417" in page and "How is the young person?" in page


def test_the_provider_answers_in_its_own_area(app: Flask, harbour: Harbour) -> None:
    harbour.complete("confirm-status")
    harbour.complete("tell-provider")
    with harbour.reading() as session:
        task_id = harbour.task(session, "make-representations").id

    page = page_for(app, harbour, "amy", f"/provider/tasks/{task_id}")

    assert "What do you want the council to consider?" in page and "YP-" not in page
