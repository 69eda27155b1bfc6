"""Trying and simulating a draft on its pages: nothing is written but the walk itself."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models import Case, OutboxMail, ProcessDraft, ProcessInstance, Trial, Undertaking, User, UserTask, clock
from models.session import new_session, transaction
from tests.support.casebook import Casebook, open_casebook
from webapp.workshop import gate_first, trying_shown
from workflows.actions import process_drafts
from workflows.engine import Problem
from workflows.enqueue import Tools
from workflows.jobs import simulating, undertaking
from workflows.library import definitions as library
from workflows.library import scenarios

OPEN = re.compile(r'name="step" value="([\w-]+)">\s*<input type="hidden" name="group" value="([\w-]+)"')
TRY, SIMULATE = "/processes/errand/draft/try", "/processes/errand/draft/simulate"
OWNER, MONITORING = "service-improvement", "monitoring-officer"
ERROR = Problem("dead", "no case ever comes here", "review", "Review", "Draw a way to it")


class Gate:
    """What the gate says in these tests."""

    says: list[Problem] = []
    says_quickly: list[Problem] | None = None


@pytest.fixture
def book(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Casebook:
    """The small council with a draft of the errand."""
    Gate.says, Gate.says_quickly = [], None
    for module in (gate_first.gate, trying_shown.gate):
        monkeypatch.setattr(module, "look", lambda *args, **kwargs: list(Gate.says))
        monkeypatch.setattr(module, "lint", lambda *args, **kwargs: list(Gate.says if Gate.says_quickly is None else Gate.says_quickly))
    library.forget()
    book = open_casebook(app)
    with transaction(book.engine) as session:
        process_drafts.open_draft(session, "errand", by=session.get_one(User, book.people[OWNER].id))
    return book


def begin(book: Casebook) -> TestResponse:
    return book.browser(OWNER).post(f"{TRY}/begin", data={"at": "2026-03-02 09:30", "data": "title: Fetching"})


def rows(book: Casebook) -> tuple[int, ...]:
    with new_session(book.engine, writes=False) as session:
        return tuple(session.scalar(select(func.count()).select_from(each)) or 0 for each in (Case, ProcessInstance, UserTask, OutboxMail))


def trial_of(book: Casebook) -> Trial:
    with new_session(book.engine, writes=False) as session:
        return session.scalars(select(Trial)).one()


def first_task(page: str) -> tuple[str, str]:
    # The only task that waits stands open on the page; of several one is chosen.
    found = OPEN.search(page) or re.search(r"do=([\w-]+)&amp;of=([\w-]+)", page)
    assert found, page
    return found[1], found[2]


def test_a_walk_from_its_start_to_its_end_leaves_no_row_of_a_case(book: Casebook) -> None:
    before, owner = rows(book), book.browser(OWNER)
    assert "Start the walk" in owner.get(TRY).text
    assert begin(book).status_code == 303
    for _ in range(8):
        page = owner.get(TRY).text
        if "Ended" in page:
            break
        if "What does “" in page:
            names = re.findall(r'name="(gives\.[\w]+)"', page)
            assert owner.post(f"{TRY}/declare", data={name: "yes" for name in names}).status_code == 303
            continue
        if "do=" not in page and not OPEN.search(page):
            due = re.search(r'type="hidden" name="until" value="([^"]+)"', page)
            assert due, page.partition("<main")[2]
            assert owner.post(f"{TRY}/clock", data={"until": due[1]}).status_code == 303
            continue
        step, group = first_task(page)
        form = owner.get(f"{TRY}?do={step}&of={group}").text
        answers = answers_for(form)
        answer = owner.post(f"{TRY}/complete", data={"step": step, "group": group, **answers})
        assert answer.status_code == 303, answer.text
    assert "Ended" in owner.get(TRY).text
    assert rows(book) == before and len(trial_of(book).log) >= 3
    assert not clock.is_held()

    assert owner.post(f"{TRY}/save", data={"name": ""}).status_code == 422
    assert owner.post(f"{TRY}/save", data={"name": "Fetched as asked"}).status_code == 303
    with new_session(book.engine, writes=False) as session:
        files = process_drafts.files_of(session, session.scalars(select(ProcessDraft)).one())
    assert scenarios.read(files["scenarios.yml"])[0].name == "Fetched as asked"
    assert owner.post(f"{TRY}/back").status_code == 303
    assert "Ended" not in owner.get(TRY).text


def answers_for(form: str) -> dict[str, str]:
    inside = form.partition('id="task"')[2].partition("</section>")[0]
    found = {name: "Some words" for name in re.findall(r'<(?:input|textarea)[^>]* name="([a-z][\w]*)"', inside)}
    for name, value in re.findall(r'<input[^>]* name="([a-z][\w]*)" type="radio" value="([^"]+)"', inside):
        found[name] = value
    return {name: text for name, text in found.items() if name not in ("step", "group", "csrf_token", "form_key")}


def test_what_is_typed_wrongly_is_said_at_its_field(book: Casebook) -> None:
    owner = book.browser(OWNER)
    answer = owner.post(f"{TRY}/begin", data={"at": "soon", "data": "title Fetching"})
    assert answer.status_code == 422 and 'href="#at"' in answer.text
    assert begin(book).status_code == 303
    answer = owner.post(f"{TRY}/clock", data={"until": "2026-03-01 09:00"})
    assert answer.status_code == 422 and "can only go forward" in answer.text
    answer = owner.post(f"{TRY}/message", data={"message": "Nothing"})
    assert answer.status_code == 422 and "othing waits" in answer.text
    assert owner.post(f"{TRY}/complete", data={"step": "nonsense"}).status_code == 422


def test_a_draft_with_an_error_can_be_neither_tried_nor_simulated_and_says_so(book: Casebook) -> None:
    Gate.says = [ERROR]
    owner = book.browser(OWNER)
    for page in (owner.get(TRY).text, owner.get(SIMULATE).text):
        assert "no case ever comes here" in page and "/processes/errand/draft/problems" in page
    assert begin(book).status_code == 422
    assert owner.post(SIMULATE, data={}).status_code == 422


def test_an_error_that_only_the_whole_gate_finds_is_told_too(book: Casebook) -> None:
    Gate.says, Gate.says_quickly = [ERROR], []
    owner = book.browser(OWNER)
    for answer in (begin(book), owner.post(SIMULATE, data={})):
        assert answer.status_code == 422
        assert "no case ever comes here" in answer.text and "/processes/errand/draft/problems" in answer.text


def test_a_change_of_the_draft_is_told_and_the_same_moves_can_be_walked_again(book: Casebook) -> None:
    owner = book.browser(OWNER)
    begin(book)
    with transaction(book.engine) as session:
        draft = session.scalars(select(ProcessDraft)).one()
        process_drafts.save_file(session, draft, "README.md", "# Anew\n", based_on=0, by=session.get_one(User, book.people[OWNER].id))
    assert "Walk the same moves again" in owner.get(TRY).text
    assert owner.post(f"{TRY}/again").status_code == 303
    assert OPEN.search(owner.get(TRY).text) or "What does “" in owner.get(TRY).text
    assert owner.post(f"{TRY}/restart").status_code == 303
    assert "Start the walk" in owner.get(TRY).text


def test_those_who_only_read_may_not_try(book: Casebook) -> None:
    reader = book.browser(MONITORING)
    assert reader.get(TRY).status_code == 200
    assert reader.post(f"{TRY}/begin", data={"at": "2026-03-02 09:30"}).status_code == 403
    assert reader.post(SIMULATE, data={}).status_code == 403


def test_a_simulation_is_asked_for_done_and_read(book: Casebook, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, before, begun = book.browser(OWNER), rows(book), list[object]()
    simulate = simulating.simulate
    monkeypatch.setattr(simulating, "simulate", lambda *args, plan, **more: (begun.append(plan.begins), simulate(*args, plan=plan, **more))[1])
    assert "Simulate many cases" in owner.get(SIMULATE).text
    wrong = owner.post(SIMULATE, data={"cases": "many", "a_day": "-1"})
    assert wrong.status_code == 422 and 'href="#cases"' in wrong.text and 'href="#a_day"' in wrong.text
    asked = owner.post(SIMULATE, data={"cases": "20", "compare": "yes", "seed": "5"})
    assert asked.status_code == 303
    with new_session(book.engine, writes=False) as session:
        row = session.scalars(select(Undertaking)).one()
    assert row.kind == simulating.SIMULATE
    undertaking.undertake(book.engine, Tools(), undertaking=str(row.id))
    with new_session(book.engine, writes=False) as session:
        done = session.scalars(select(Undertaking)).one()
    assert done.status.value == "done" and done.done == 40, done.error
    assert begun == [row.asked_at, row.asked_at], "live and draft are compared from one moment on"
    assert done.summary["draft"] == done.summary["live"], "the draft changes nothing"
    page = owner.get(done.summary["href"]).text
    assert "Live version and draft" in page and "Where cases wait" in page and "<svg" in page
    assert rows(book) == before
    assert owner.get("/processes/errand/draft/simulated?job=nonsense").status_code == 404
