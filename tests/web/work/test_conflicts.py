"""Two people, two tabs, two clicks: exactly one wins, the other gets a page that says so, and nothing typed is lost."""

from __future__ import annotations

import threading

from models import KeyDecision, MakerType, TaskStatus, User, clock
from tests.support.clients import client_for
from tests.web.work import factories
from tests.web.work.conftest import Office
from tests.web.work.factories import ANSWERS
from webapp.db import writes
from workflows.errors import CannotContinue, NotYetLawful
from workflows.rules import passwords

MINE = {"seen": "no", "insurer": "Meridian <b>Mutual</b>", "notes": "Mine is a different text.", "revision": "0"}


def test_a_task_done_by_another_shows_both_answers_side_by_side(office: Office) -> None:
    task = office.start()
    office.browser(office.sam).post(f"/tasks/{task.id}", data=ANSWERS)
    browser = office.browser(office.rowan)

    with clock.held(clock.read_instant("2026-03-02 10:44")):
        answer = browser.post(f"/tasks/{task.id}", data=MINE)

    assert answer.status_code == 409
    assert '<h1 class="govuk-heading-l">Sam Lee completed this task at 10:40am</h1>' in answer.text
    assert "The certificate is in order." in answer.text
    assert "<strong>Different:</strong> Mine is a different text." in answer.text
    assert "Meridian &lt;b&gt;Mutual&lt;/b&gt;" in answer.text
    assert "Copy my answers" in answer.text
    assert office.answers(task) == 1


def test_the_refused_text_can_be_added_as_a_comment(office: Office) -> None:
    task = office.start()
    office.browser(office.sam).post(f"/tasks/{task.id}", data=ANSWERS)
    browser = office.browser(office.rowan)
    refused = browser.post(f"/tasks/{task.id}", data=MINE).text
    words = refused.split('name="_comment" value="')[1].split('"')[0]

    added = browser.post(f"/tasks/{task.id}/comments", data={"_comment": words}, follow_redirects=True)

    assert "Your comment is added" in added.text
    assert "Mine is a different text." in added.text


def test_a_task_given_away_while_typing_says_whose_it_is_now(office: Office) -> None:
    task = office.start()
    rowan = office.browser(office.rowan)
    rowan.post(f"/tasks/{task.id}/draft", data={"notes": "Half"})
    rowan.post(f"/tasks/{task.id}/reassign", data={"to": str(office.sam.id)})

    answer = rowan.post(f"/tasks/{task.id}", data=MINE)

    assert answer.status_code == 409
    assert "This task is now with Sam Lee</h1>" in answer.text
    assert "Mine is a different text." in answer.text
    assert office.task(task.id).status is TaskStatus.CLAIMED


def test_a_form_opened_before_the_task_was_put_back_is_not_taken_and_goes_back_into_the_form(office: Office) -> None:
    task = office.start()
    rowan = office.browser(office.rowan)
    rowan.post(f"/tasks/{task.id}/assign")
    rowan.post(f"/tasks/{task.id}/put-back")

    answer = rowan.post(f"/tasks/{task.id}", data=MINE)

    assert answer.status_code == 409
    assert "put back or given to someone else" in answer.text
    assert "Go back to the form with what you typed" in answer.text
    assert "Mine is a different text." in answer.text
    assert office.answers(task) == 0


def test_a_task_of_a_withdrawn_case_says_why_and_keeps_the_text(office: Office) -> None:
    task = office.start()
    with office.writing() as session:
        merged = session.merge(task)
        merged.status = TaskStatus.CANCELLED
        session.add(
            KeyDecision(
                case_id=task.case_id, public_reference="OKD9 (25/26)", slug="okd9-25-26", title="Insurance", summary="", maker_type=MakerType.OFFICER,
                maker_key="quality", lead_director_key="quality", contact_key="quality", value_total=1, due_from=clock.today(), due_to=clock.today(),
                author_id=office.sam.id, is_key=None, route=None, earliest_decision_on=None, representations_close_at=None, implemented_on=None,
                withdrawn_at=clock.now(), withdrawn_because="the provider has closed",
            )
        )  # fmt: skip
    browser = office.browser(office.rowan)

    refused = browser.post(f"/tasks/{task.id}", data=MINE)
    page = browser.get(f"/tasks/{task.id}")

    assert refused.status_code == 409
    assert "This task is not needed any more</h1>" in refused.text
    for shown in (refused, page):
        assert "The case was withdrawn: the provider has closed." in shown.text
    assert "Mine is a different text." in refused.text


def test_sending_twice_with_the_same_key_does_it_once_and_answers_alike(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)
    sent = {**ANSWERS, "form_key": "the-key-of-this-form"}

    first, second = (browser.post(f"/tasks/{task.id}", data=sent) for _ in range(2))
    with clock.held(clock.read_instant("2026-03-02 10:50")):
        late = browser.post(f"/tasks/{task.id}", data=sent, follow_redirects=True)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert office.answers(task) == 1
    assert office.count(task, "task:completed") == 1
    assert "You already did this at 10:40am. You completed ‘Check the insurance’" in late.text
    assert "&lt;a" not in late.text


def test_signing_in_again_in_the_middle_brings_the_text_back_into_the_form(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)
    with office.writing() as session:
        session.get_one(User, office.rowan.id).password_hash = passwords.store("tide ferry gravel", cheap=True)
    with clock.held(clock.read_instant("2026-03-02 12:00")):
        refused = browser.post(f"/tasks/{task.id}", data=MINE, headers={"Referer": f"http://localhost/tasks/{task.id}"})
        kept = refused.text.split('name="kept" value="')[1].split('"')[0]
        browser.post("/sign-in", data={"email": office.rowan.email, "password": "tide ferry gravel", "kept": kept})
        form = browser.post(f"/tasks/{task.id}", data={"kept": kept})

    assert refused.status_code == 401
    assert "Mine is a different text." in form.text
    assert 'value="no" checked' in form.text
    assert office.answers(task) == 0


def test_leaving_a_tab_that_another_tab_has_overtaken_says_so_and_keeps_its_text(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)
    browser.post(f"/tasks/{task.id}/draft", data={"notes": "tab one", "_draft_seen": ""})

    with clock.held(clock.read_instant("2026-03-02 10:45")):
        answer = browser.post(f"/tasks/{task.id}", data={"notes": "tab two", "_draft_seen": "", "_do": "later"})

    assert answer.status_code == 409
    assert "You saved this in another tab at 10:40am" in answer.text
    assert "tab two" in answer.text
    assert "Go back to the form with what you typed" in answer.text


def test_two_people_at_once_one_wins_and_the_other_is_told_who(office: Office) -> None:
    for number in range(1, 6):
        task = office.start(number)
        gate, answers = threading.Barrier(2), {}

        def send(user: User, task_id: object = task.id, gate: threading.Barrier = gate, answers: dict[str, tuple[int, str]] = answers) -> None:
            browser = client_for(office.app, user)
            token = browser.token()
            gate.wait()
            answer = browser.post(f"/tasks/{task_id}", data={**ANSWERS, "csrf_token": token})
            answers[user.name] = (answer.status_code, answer.text)

        threads = [threading.Thread(target=send, args=(user,)) for user in (office.rowan, office.sam)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        winner = office.task(task.id).completed_by_id
        lost = next(text for code, text in answers.values() if code == 409)
        name = "Rowan Ashdown" if winner == office.rowan.id else "Sam Lee"
        assert sorted(code for code, _ in answers.values()) == [303, 409]
        assert f"{name} completed this task at 10:40am" in lost
        assert "The certificate is in order." in lost
        assert office.answers(task) == 1


def test_bulk_assigns_what_it_can_and_names_what_it_cannot(office: Office) -> None:
    tasks = [office.start(number) for number in range(1, 11)]
    with clock.held(clock.read_instant("2026-03-02 10:41")):
        office.browser(office.sam).post(f"/tasks/{tasks[3].id}/assign")
        browser = office.browser(office.rowan)
        chosen = {"task": [str(task.id) for task in tasks], "_do": "assign"}

        none = browser.post("/work/bulk?list=team", data={"_do": "assign"})
        checked = browser.post("/work/bulk?list=team", data=chosen)
        nobody = browser.post("/work/bulk/done", data=chosen)
        done = browser.post("/work/bulk/done", data={**chosen, "to": str(office.rowan.id)})
        back = browser.post("/work/bulk/done", data={"task": [str(task.id) for task in tasks[:2]], "_do": "put_back"})

    assert (none.status_code, nobody.status_code) == (422, 422)
    assert "Select a task" in none.text
    assert "Assign 10 tasks</h1>" in checked.text
    assert "Select who to assign them to" in nobody.text
    assert "<h1 class=\"govuk-heading-l\">9 assigned. 1 not assigned</h1>" in done.text
    assert "Sam Lee started it at 10:41am" in done.text
    assert "2 put back</h1>" in back.text
    assert [office.task(task.id).assignee_id for task in tasks[:4]] == [None, None, office.rowan.id, office.sam.id]


def test_a_hidden_task_in_a_bulk_is_not_named(office: Office) -> None:
    with office.writing() as session:
        owner = session.get_one(User, office.leah.id)
        of = factories.case(session, owner, title="Secret")
        of.is_restricted = True
        hidden = factories.task(session, of, name="A secret task", group="legal-team")
    browser = office.browser(office.rowan)

    answers = [browser.post(path, data={"task": str(hidden.id), "_do": "assign", "to": str(office.rowan.id)}) for path in ("/work/bulk", "/work/bulk/done")]

    assert all("secret" not in answer.text.lower() for answer in answers)
    assert "1 not assigned" in answers[1].text


def test_a_case_that_cannot_continue_and_a_decision_too_early_have_pages_of_their_own(office: Office) -> None:
    def stuck() -> str:
        raise CannotContinue("The step “Work it out” failed: ZeroDivisionError")

    def early() -> str:
        raise NotYetLawful(["28 clear days' notice is required"])

    for path, view in (("/work/stuck", stuck), ("/work/early", early)):
        office.app.add_url_rule(path, endpoint=f"work.{view.__name__}", view_func=writes(view), methods=["POST"])
    browser = office.browser(office.rowan)

    cannot, too_early = browser.post("/work/stuck", data={"notes": "Typed"}), browser.post("/work/early", data={"notes": "Typed"})

    assert cannot.status_code == 409
    assert "This case cannot continue</h1>" in cannot.text
    assert "ZeroDivisionError" not in cannot.text
    assert too_early.status_code == 403
    assert "28 clear days&#39; notice is required" in too_early.text
    assert "Typed" in cannot.text
    assert "Typed" in too_early.text
