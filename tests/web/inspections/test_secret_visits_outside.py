"""An unannounced visit stays out of calendars, and its mails and daily mails to staff name no place; an announced one is there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from models import Inspection, OutboxMail, TaskStatus, User, UserTask
from models.session import new_session, transaction
from tests.support import clients
from tests.support import planting_inspections as planting
from tests.web.inspections.conftest import Visiting
from tests.web.inspections.test_secret_visits import a_secret
from workflows.actions import task_mails
from workflows.letters import digests

PLACES = (planting.ADDRESS, planting.HOUSE, "Harbour Homes")


def give_tasks_to_inspector(visiting: Visiting) -> None:
    """Let the inspector have every open task of the case, and make the visit theirs."""
    with transaction(visiting.app.extensions["dps_engine"]) as session:
        inspector = planting.factories.person(session, planting.INSPECTOR)
        session.scalars(select(Inspection)).one().inspector_id = inspector.id
        for task in session.scalars(select(UserTask).where(UserTask.status == TaskStatus.READY)):
            task.status, task.assignee_id = TaskStatus.CLAIMED, inspector.id


def feed_of(visiting: Visiting) -> str:
    """The inspector's calendar as their program reads it."""
    browser = visiting.browser(planting.INSPECTOR)
    browser.post("/settings/calendar")
    found = re.search(r'value="http://localhost(/calendar/[\w-]+\.ics)"', browser.get("/settings/calendar").text)
    assert found
    answer = clients.public_client(visiting.app).get(found[1])
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("secret", [True, False])
def test_neither_the_feed_nor_the_file_tells_of_a_visit_that_the_provider_does_not_know_of(begun: Callable[..., Visiting], secret: bool) -> None:
    visiting = begun(a_secret) if secret else begun()
    give_tasks_to_inspector(visiting)

    feed, file = feed_of(visiting), visiting.browser(planting.INSPECTOR).get("/inspections/my-visits.ics").text

    assert feed.count("BEGIN:VEVENT") == (0 if secret else 2)
    assert file.count("BEGIN:VEVENT") == (0 if secret else 1)
    assert (visiting.reference in feed, visiting.reference in file) == (not secret, not secret)
    assert not [word for word in PLACES if word in feed + file]


@pytest.mark.parametrize("secret", [True, False])
def test_a_mail_about_its_tasks_names_the_place_only_when_it_is_known(begun: Callable[..., Visiting], secret: bool) -> None:
    visiting = begun(a_secret) if secret else begun()
    give_tasks_to_inspector(visiting)
    with new_session(visiting.app.extensions["dps_engine"]) as session:
        task = session.scalars(select(UserTask).where(UserTask.status == TaskStatus.CLAIMED)).first()
        assert task is not None
        task.case.title = f"Visit to {planting.HOUSE}"
        session.flush()
        task_mails.tell_of_given(session, task, by=planting.factories.person(session, planting.MANAGER))
        mail = session.scalars(select(OutboxMail).where(OutboxMail.kind == "task:given")).one()
        inspector = session.get_one(User, task.assignee_id)
        digest = digests.compose(session, inspector, [])

    assert digest is not None
    said = f"{mail.subject} {mail.body} {digest.sections}"
    assert visiting.reference in said
    assert (planting.HOUSE in said) is not secret
