"""What only some may read is kept from everyone else, on every page that could show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from models import AuditEvent, UserTask
from tests.support.stage import Stage, WebStage, standing_at, web_standing_at
from workflows.actions import audit
from workflows.errors import NotFound
from workflows.queries import tasks as task_queries

SECRET = "The bids were 14 and 17 pounds"
ADVICE = {"response": "object", "comments": SECRET, "implications": f"{SECRET} as well", "is_exempt": True}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Callable[[str], WebStage]]:
    with ExitStack() as open_ones:
        yield lambda step: open_ones.enter_context(web_standing_at(step, tmp_path))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with standing_at("give-advice", tmp_path) as opened:
        yield opened


def test_exempt_advice_is_on_no_page_of_the_case_for_another_team(at: Callable[[str], WebStage]) -> None:
    web = at("give-advice")
    with web.writing() as writing:
        task_id, reference = writing.task("give-advice", "procurement").id, writing.case.reference
        writing.complete("give-advice", "raj.patel", ADVICE, group="procurement")
    pages = [f"/cases/{reference}{tab}" for tab in ("", "/consultations", "/answers", "/timeline", "/process")]
    pages += [f"/tasks/{task_id}", f"/search?q={SECRET[:8]}", "/decisions"]

    stranger, officer = web.browser("bea.lindqvist"), web.browser("martin.quayle")

    for page in pages:
        assert SECRET not in stranger.get(page).text, page
    for page in (f"/cases/{reference}/consultations", f"/cases/{reference}/answers", f"/tasks/{task_id}"):
        assert SECRET in officer.get(page).text, page


def test_whoever_decides_about_an_objection_can_read_it_though_it_is_exempt(at: Callable[[str], WebStage]) -> None:
    web = at("give-advice")
    with web.writing() as writing:
        reference = writing.case.reference
        writing.complete("give-advice", "raj.patel", ADVICE, group="procurement")

    assert SECRET in web.browser("david.orme").get(f"/cases/{reference}/consultations").text


def test_who_acts_for_a_colleague_sees_the_restricted_case_they_work_on_and_nobody_else_does(stage: Stage) -> None:
    stage.case.is_restricted = True
    task = stage.task("give-advice", "procurement")
    with pytest.raises(NotFound):
        task_queries.task_for(stage.session, stage.person("kofi.mensah"), task.id)

    stage.acts_for("raj.patel", "kofi.mensah")

    assert task_queries.task_for(stage.session, stage.person("kofi.mensah"), task.id).id == task.id
    with pytest.raises(NotFound):
        task_queries.task_for(stage.session, stage.person("bea.lindqvist"), task.id)


def test_why_personal_words_were_removed_is_not_inside_the_chain_either(stage: Stage) -> None:
    chain, sequence = audit.record(stage.session, "comment:added", case=stage.case, by=None, text={"body": "Personal"})

    audit.remove_text(stage.session, chain=chain, sequence=sequence, because="Jo Smith asked for it", by=stage.person("priya.nair"))

    event = stage.session.scalars(select(AuditEvent).where(AuditEvent.kind == "audit:text_removed")).one()
    assert "Jo Smith" not in str(event.detail)
    assert event.text is not None
    assert event.text.words == {"because": "Jo Smith asked for it"}
    assert audit.verify(stage.session).ok


def test_what_people_wrote_is_not_inside_the_chain(stage: Stage) -> None:
    stage.complete("give-advice", "raj.patel", ADVICE, group="procurement")

    details = [str(event.detail) for event in stage.session.scalars(select(AuditEvent))]
    labels = {task.label for task in stage.session.scalars(select(UserTask))}
    assert not [detail for detail in details if SECRET in detail]
    assert labels <= {"", "Procurement", "Legal", "Finance"}
