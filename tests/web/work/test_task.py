"""Doing a task: its page, drafts, completing, the check page, and what comes next."""

from __future__ import annotations

import io
import re

import pytest

from models import Draft, TaskStatus, User, clock
from models.session import new_session
from tests.web.work import factories
from tests.web.work.conftest import Office
from tests.web.work.factories import ANSWERS


def drafts(office: Office) -> list[Draft]:
    with new_session(office.engine, writes=False) as session:
        return list(session.query(Draft))


def test_looking_at_a_task_changes_nothing(office: Office) -> None:
    task = office.start()

    page = office.browser(office.rowan).get(f"/tasks/{task.id}").text

    after = office.task(task.id)
    assert "Not assigned. It will be yours when you start." in page
    assert (after.status, after.assignee_id, after.revision) == (TaskStatus.READY, None, task.revision)
    assert office.count(task, "task:claimed") == 0


def test_the_page_has_the_form_the_due_date_the_stages_and_the_case(office: Office) -> None:
    task = office.start(title="Insurance of Elm Lodge")

    page = office.browser(office.rowan).get(f"/tasks/{task.id}?list=unassigned").text

    assert page.count("<h1") == 1
    assert "Check the insurance – KD-2026-0001 – DPS Casework</title>" in page
    assert "Thu 5 Mar" in page
    assert "3 working days left" in page
    assert page.count('aria-current="step"') == 1
    assert "You are here" in page
    assert "Insurance of Elm Lodge" in page
    assert 'name="revision"' in page


def test_the_first_change_makes_the_task_mine_and_keeps_what_is_typed(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)

    answer = browser.post(f"/tasks/{task.id}/draft", data={"notes": "Half a sent", "_draft_seen": ""}, headers={"Accept": "application/json"})

    assert answer.json is not None
    assert answer.json["message"] == "Draft saved at 10:40am"
    assert office.task(task.id).assignee_id == office.rowan.id
    page = browser.get(f"/tasks/{task.id}").text
    assert "Half a sent" in page
    assert "Draft saved at 10:40am" in page
    assert "You have a draft from 2 March 2026, 10:40am" in page


def test_others_are_told_who_started_it(office: Office) -> None:
    task = office.start()
    office.browser(office.sam).post(f"/tasks/{task.id}/draft", data={"notes": "mine"})
    browser = office.browser(office.rowan)

    state = browser.get(f"/tasks/{task.id}/state").json
    page = browser.get(f"/tasks/{task.id}").text

    assert state is not None
    assert state["message"] == "Sam Lee started this task at 10:40am."
    assert "This task is with Sam Lee." in page
    assert "mine" not in re.sub(r"<[^>]+>", "", page.split("dps-columns")[1])


def test_two_tabs_of_one_person_do_not_overwrite_each_other(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)
    address, wants_json = f"/tasks/{task.id}/draft", {"Accept": "application/json"}
    first = browser.post(address, data={"notes": "tab one", "_draft_seen": ""}, headers=wants_json)
    assert first.json is not None

    with clock.held(clock.read_instant("2026-03-02 10:41")):
        second = browser.post(address, data={"notes": "tab two", "_draft_seen": ""}, headers=wants_json)
        again = browser.post(address, data={"notes": "tab one more", "_draft_seen": first.json["seen"]}, headers=wants_json)
        kept = browser.post(address, data={"notes": "tab two", "_draft_seen": "keep"}, headers=wants_json)

    assert second.status_code == 409
    assert second.json is not None
    assert second.json["elsewhere"]
    assert "another tab at 10:40am" in second.json["words"]
    assert (again.status_code, kept.status_code) == (200, 200)
    assert [draft.values["notes"] for draft in drafts(office)] == [["tab two"]]


def test_save_and_come_back_later_works_without_a_script(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)

    answer = browser.post(f"/tasks/{task.id}", data={"notes": "Not yet", "_do": "later"}, follow_redirects=True)

    assert "Your draft of ‘Check the insurance’ for KD-2026-0001 is saved" in answer.text
    assert office.task(task.id).status is TaskStatus.CLAIMED
    assert "Not yet" in browser.get(f"/tasks/{task.id}").text


def test_a_draft_is_discarded_only_after_asking(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)
    browser.post(f"/tasks/{task.id}/draft", data={"notes": "Away with it"})

    asked = browser.get(f"/tasks/{task.id}/discard")
    assert "The task stays yours" in asked.text
    assert len(drafts(office)) == 1
    browser.post(f"/tasks/{task.id}/discard")

    assert drafts(office) == []
    assert office.task(task.id).assignee_id == office.rowan.id


def test_what_is_wrong_is_said_in_the_summary_and_at_the_field_and_nothing_typed_is_lost(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)

    answer = browser.post(f"/tasks/{task.id}", data={"insurer": "Meridian Mutual", "ends": ["31", "2", "2026"]})

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    for words, anchor in (("Select whether you have seen the certificate", "#seen"), ("Enter your notes", "#notes")):
        assert f'<a href="{anchor}">{words}</a>' in answer.text
        assert answer.text.count(words) == 2
    assert "must be a real date" in answer.text
    assert 'value="Meridian Mutual"' in answer.text
    assert office.task(task.id).status is TaskStatus.READY


def test_completing_without_opening_claims_and_completes_at_once(office: Office) -> None:
    task = office.start()

    answer = office.browser(office.rowan).post(f"/tasks/{task.id}", data=ANSWERS)

    assert answer.status_code == 303
    assert office.task(task.id).completed_by_id == office.rowan.id
    assert office.task(task.id).assignee_id == office.rowan.id
    assert office.count(task, "task:completed") == 1


def test_the_follow_up_of_the_same_case_comes_next_and_is_announced(office: Office) -> None:
    task, other = office.start(1), office.start(2, due="2026-03-03")
    browser = office.browser(office.rowan)

    answer = browser.post(f"/tasks/{task.id}?list=unassigned", data={**ANSWERS, "_open_next": "yes", "_asked_next": "1"})

    assert str(office.step(task, "sign").id) in answer.location
    page = browser.get(answer.location).text
    assert "You completed ‘Check the insurance’ for KD-2026-0001." in page
    assert "This task of the same case comes next." in page
    assert f"/tasks/{task.id}" in page
    assert str(other.id) not in answer.location


def test_without_a_follow_up_the_next_of_the_list_opens_and_then_the_list(office: Office) -> None:
    with office.writing() as session:
        owner = session.get_one(User, office.sam.id)
        office_tasks = [factories.started(session, owner, number, due=f"2026-03-0{number + 2}") for number in (1, 2)]
    browser = office.browser(office.rowan)
    first = office.step(office_tasks[0], "check")
    browser.post(f"/tasks/{first.id}", data=ANSWERS)
    sign = office.step(first, "sign")

    checked = browser.post(f"/tasks/{sign.id}?list=unassigned", data={**ANSWERS, "_checked": "yes", "_open_next": "yes"})
    done = browser.get(checked.location).text

    assert f"/tasks/{sign.id}/done" in checked.location
    assert "Sign the check is done" in done
    assert "The provider is told." in done
    assert str(office_tasks[1].id) in done


def test_the_habit_of_opening_the_next_is_remembered(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)

    answer = browser.post(f"/tasks/{task.id}?list=unassigned", data={**ANSWERS, "_asked_next": "1"})

    assert answer.location.startswith("/work?list=unassigned")
    page = browser.get(f"/tasks/{office.step(task, 'sign').id}").text
    assert 'name="_open_next" value="yes">' in page


def test_a_significant_task_is_shown_once_more_before_it_is_sent(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)
    browser.post(f"/tasks/{task.id}", data=ANSWERS)
    sign = office.step(task, "sign")

    checked = browser.post(f"/tasks/{sign.id}", data=ANSWERS)
    changing = browser.post(f"/tasks/{sign.id}", data={**ANSWERS, "_checked": "yes", "_do": "change"})

    assert "Check before you send" in checked.text
    assert "The certificate is in order." in checked.text
    assert office.task(sign.id).status is TaskStatus.CLAIMED
    assert 'name="seen"' in changing.text
    assert "checked" in changing.text
    assert browser.post(f"/tasks/{sign.id}", data={**ANSWERS, "_checked": "yes"}).location.endswith("/done")


def test_who_did_the_check_is_told_before_starting_that_they_may_not_countersign(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)
    browser.post(f"/tasks/{task.id}", data=ANSWERS)
    browser.post(f"/tasks/{office.step(task, 'sign').id}", data={**ANSWERS, "_checked": "yes"})
    last = office.step(task, "countersign")

    page = browser.get(f"/tasks/{last.id}").text
    forged = browser.post(f"/tasks/{last.id}", data=ANSWERS)

    assert "You cannot do this: you completed “Check the insurance”." in page
    assert 'name="notes"' not in page
    assert forged.status_code == 403
    assert office.task(last.id).status is TaskStatus.READY


def test_someone_of_another_team_reads_the_task_and_cannot_do_it(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.leah)

    page = browser.get(f"/tasks/{task.id}")
    forged = [browser.post(f"/tasks/{task.id}{path}", data=ANSWERS).status_code for path in ("", "/draft", "/assign", "/reassign")]

    assert "This task is for another team." in page.text
    assert forged == [403, 403, 403, 403]
    assert office.task(task.id).status is TaskStatus.READY


def test_putting_back_shares_the_draft_only_when_asked(office: Office) -> None:
    task = office.start()
    rowan, sam = office.browser(office.rowan), office.browser(office.sam)
    for shares in (False, True):
        rowan.post(f"/tasks/{task.id}/draft", data={"notes": "Rang the broker"})
        rowan.post(f"/tasks/{task.id}/put-back", data={"notes": "Rang the broker", **({"_share": "yes"} if shares else {})})

        assert office.task(task.id).status is TaskStatus.READY
        assert ("Rang the broker" in sam.get(f"/tasks/{task.id}").text) is shares


def test_a_task_is_given_to_a_colleague_of_the_team_only(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)
    browser.post(f"/tasks/{task.id}/assign")

    page = browser.get(f"/tasks/{task.id}/reassign").text
    nobody = browser.post(f"/tasks/{task.id}/reassign", data={"to": ""})
    stranger = browser.post(f"/tasks/{task.id}/reassign", data={"to": str(office.leah.id)})
    given = browser.post(f"/tasks/{task.id}/reassign", data={"to": str(office.sam.id), "reason": "I am away"}, follow_redirects=True)

    assert "Sam Lee" in page
    assert "Leah Stone" not in page
    assert (nobody.status_code, stranger.status_code) == (422, 422)
    assert "Select who to give it to" in nobody.text
    assert "Assigned to Sam Lee. ‘Check the insurance’ is in their work" in given.text
    assert office.task(task.id).assignee_id == office.sam.id


def test_a_comment_keeps_what_stands_in_the_form(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)

    added = browser.post(f"/tasks/{task.id}/comments", data={"_comment": "Rang the broker", "notes": "Half a thought"}, follow_redirects=True)
    empty = browser.post(f"/tasks/{task.id}/comments", data={"_comment": " ", "notes": "Half a thought more"})

    assert "Your comment is added" in added.text
    assert "Rang the broker" in added.text
    assert "Half a thought" in added.text
    assert empty.status_code == 422
    assert "Enter a comment" in empty.text
    assert "Half a thought more" in empty.text


def test_a_document_is_added_beside_the_form_and_a_wrong_one_is_refused(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)
    address = f"/tasks/{task.id}/documents"

    added = browser.post(address, data={"_file": (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "Certificate.pdf")}, follow_redirects=True)
    wrong = browser.post(address, data={"_file": (io.BytesIO(b"MZ"), "virus.exe"), "notes": "kept"})
    none = browser.post(address, data={})

    assert "Your document is added" in added.text
    assert "Certificate, 1 KB, for this task" in re.sub(r"<[^>]+>", "", added.text)
    assert wrong.status_code == 422
    assert "The selected file must be" in wrong.text
    assert "kept" in wrong.text
    assert "Select a file" in none.text


def test_a_completed_task_shows_what_was_sent(office: Office) -> None:
    task = office.start()
    browser = office.browser(office.rowan)
    browser.post(f"/tasks/{task.id}", data=ANSWERS)

    page = browser.get(f"/tasks/{task.id}").text

    assert "Completed 2 March 2026, 10:40am by Rowan Ashdown" in page
    assert "The certificate is in order." in page
    assert "Done in time" in page
    assert 'name="notes"' not in page


HOSTILE = [
    "{{7*7}}", "${7*7}", "<%=7*7%>", "#{7*7}", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>",
    "javascript:alert(1)", "</textarea><script>alert(1)</script>", "&lt;script&gt;", "{% raw %}{% endraw %}", "<iframe srcdoc='<script>'>",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_field_comes_back_as_text_everywhere(office: Office, text: str) -> None:
    task = office.start(title=text)
    browser = office.browser(office.rowan)
    typed = {"insurer": text, "notes": text, "ends": [text, text, text]}

    pages = [
        browser.post(f"/tasks/{task.id}", data=typed),
        browser.post(f"/tasks/{task.id}/comments", data={**typed, "_comment": text}, follow_redirects=True),
        browser.post(f"/tasks/{task.id}", data={"seen": "yes", "insurer": text, "notes": text, "ends": ["1", "4", "2026"]}, follow_redirects=True),
        browser.get(f"/tasks/{task.id}"),
        browser.get("/work?list=unassigned"),
        browser.get("/work", query_string={"q": text, "team": text, "kind": text, "list": "team"}),
        browser.post(f"/tasks/{task.id}", data=typed),
    ]

    for page in pages:
        body = page.text.split("<main")[1]
        assert page.status_code < 500
        assert "49" not in re.sub(r'(value|href|id|for)="[^"]*"', "", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", body))
        if text.startswith("<") or ">" in text:
            assert text not in body.replace("&#34;", "").replace("javascript:", "")
