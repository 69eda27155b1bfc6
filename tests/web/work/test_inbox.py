"""The lists of tasks: their order, their numbers, their pages, and taking the next one."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import event

from models import CandidateGroup, Delegation, GroupKind, GroupMembership, TaskStatus, User, clock
from tests.support.clients import client_for
from tests.web.work import factories
from tests.web.work.conftest import Office

MORNING = "2026-03-02 10:40"


def references(page: str) -> list[str]:
    """The references in the order of the page's rows."""
    return re.findall(r'data-label="Case">(KD-\d+-\d+)', page)


def test_overdue_comes_first_then_the_soonest_and_ties_go_by_reference(office: Office) -> None:
    for number, due in ((3, "2026-03-09"), (1, "2026-03-09"), (2, "2026-02-27"), (4, "2026-03-05")):
        office.start(number, due=due)

    page = office.browser(office.rowan).get("/work?list=unassigned").text

    assert references(page) == ["KD-2026-0002", "KD-2026-0004", "KD-2026-0001", "KD-2026-0003"]
    assert "Overdue by 1 working day" in page
    assert "Fri 27 Feb" in page
    assert "3 working days left" in page


def test_an_empty_list_names_the_number_unassigned_and_offers_the_next(office: Office) -> None:
    office.start(1)
    office.start(2)

    page = office.browser(office.rowan).get("/work").text

    assert "You have no tasks. 2 tasks are unassigned in your teams." in page
    assert page.count("Take next task") == 2


def test_nothing_at_all_is_said_in_words(office: Office) -> None:
    browser = office.browser(office.leah)

    assert "You have no tasks." in browser.get("/work").text
    assert "Nothing is unassigned in your teams." in browser.get("/work?list=unassigned").text
    assert "You are not waiting for anyone." in browser.get("/work?list=waiting").text
    assert "You have not completed a task yet." in browser.get("/work?list=done").text


def test_another_teams_tasks_are_on_no_list(office: Office) -> None:
    office.start(1, title="A secret of quality")

    pages = [office.browser(office.leah).get(f"/work?list={name}").text for name in ("mine", "unassigned", "team", "waiting", "done")]

    assert not any("A secret of quality" in page for page in pages)


def test_the_owner_of_a_case_sees_what_waits_on_others(office: Office) -> None:
    with office.writing() as session:
        of = factories.case(session, session.get_one(User, office.rowan.id))
        factories.task(session, of, group="legal-team", name="Give legal advice")

    page = office.browser(office.rowan).get("/work?list=waiting").text

    assert "Give legal advice" in page
    assert "With Legal Team" in page


def test_a_long_list_is_read_page_by_page_in_order_and_without_gaps(office: Office) -> None:
    with office.writing() as session:
        owner = session.get_one(User, office.sam.id)
        for number in range(1, 61):
            due = clock.now() + timedelta(hours=number % 3)
            factories.task(session, factories.case(session, owner, number), due=due)
    browser, address, seen = office.browser(office.rowan), "/work?list=unassigned", []

    while address:
        page = browser.get(address).text
        seen.append(references(page))
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else ""
        previous = re.search(r'href="([^"]+)" rel="prev"', page)

    assert [len(each) for each in seen] == [25, 25, 10]
    assert len({each for page_seen in seen for each in page_seen}) == 60
    assert previous is not None
    assert references(browser.get(previous[1].replace("&amp;", "&")).text) == seen[1]


def test_a_made_up_cursor_is_ignored(office: Office) -> None:
    office.start(1)
    browser = office.browser(office.rowan)

    for cursor in ("x", "~", "2026-01-01~abc", "2026-01-01T00:00:00~" + "0" * 32, "9" * 5000):
        answer = browser.get("/work", query_string={"list": "unassigned", "after": cursor})
        assert references(answer.text) == ["KD-2026-0001"]


def test_the_filter_narrows_by_words_team_and_kind_and_says_so_when_nothing_is_left(office: Office) -> None:
    office.start(1, title="Elm Lodge")
    office.start(2, title="100% Oak_House")
    browser = office.browser(office.rowan)

    assert references(browser.get("/work?list=unassigned&q=oak_").text) == ["KD-2026-0002"]
    assert references(browser.get("/work?list=unassigned&q=%25+oak").text) == ["KD-2026-0002"]
    assert references(browser.get("/work?list=unassigned&q=kd-2026-0001&team=quality&kind=key-decision").text) == ["KD-2026-0001"]
    assert "matches the filter" in browser.get("/work?list=unassigned&team=legal-team").text


def test_a_page_takes_three_statements_whatever_it_holds(office: Office) -> None:
    """Besides the two that find out who asks."""
    for number in range(1, 6):
        office.start(number)
    browser, statements = office.browser(office.rowan), []
    browser.get("/work?list=team")
    event.listen(office.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    browser.get("/work?list=team")

    asked = [each for each in statements if each.startswith("SELECT") and "login_session" not in each and not each.startswith("SELECT group_membership")]
    assert len(asked) == 3


def test_take_next_gives_two_people_different_tasks_most_urgent_first(office: Office) -> None:
    urgent, other = office.start(2, due="2026-03-03"), office.start(1, due="2026-03-09")

    first = office.browser(office.rowan).post("/work/next")
    second = office.browser(office.sam).post("/work/next")
    third = office.browser(office.sam).post("/work/next", follow_redirects=True)

    assert str(urgent.id) in first.location
    assert str(other.id) in second.location
    assert office.task(urgent.id).assignee_id == office.rowan.id
    assert "There is no unassigned task" in third.text


def test_work_of_an_absent_colleague_is_there_in_their_name(office: Office) -> None:
    with office.writing() as session:
        owner = session.get_one(User, office.leah.id)
        factories.task(session, factories.case(session, owner, 1), group="legal-team", name="Advise", assignee=owner)
        factories.task(session, factories.case(session, owner, 2), group="legal-team", name="Advise again")
        session.add(
            Delegation(
                from_user_id=office.leah.id, to_user_id=office.rowan.id, starts_on=clock.today(), ends_on=clock.today(), reason="",
                authorised_by_id=office.leah.id, created_at=clock.now(), ended_at=None,
            )
        )  # fmt: skip
    browser = office.browser(office.rowan)

    assert "for Leah Stone" in browser.get("/work").text
    assert "for Leah Stone" in browser.get("/work?list=unassigned").text


def test_teams_show_what_is_unassigned_and_overdue(office: Office) -> None:
    office.start(1, due="2026-02-20")
    office.start(2)

    page = office.browser(office.rowan).get("/work").text

    assert "2 unassigned" in page
    assert "<strong>1 overdue</strong>" in page


def test_four_eyes_are_told_in_the_list(office: Office) -> None:
    task = office.start(1)
    browser = office.browser(office.rowan)
    browser.post(f"/tasks/{task.id}", data=factories.ANSWERS)
    sign = office.step(task, "sign")
    browser.post(f"/tasks/{sign.id}", data={**factories.ANSWERS, "_checked": "yes"})

    page = browser.get("/work?list=unassigned").text

    assert "You cannot do this: you completed “Check the insurance”" in page


def test_a_person_in_two_teams_sees_whose_each_task_is(office: Office) -> None:
    with office.writing() as session:
        session.add(CandidateGroup(key="finance", name="Finance", kind=GroupKind.TEAM, role="finance_officer", manager_key=None))
        session.add(GroupMembership(user_id=office.rowan.id, group_key="finance", starts_on=clock.today(), ends_on=None))
        owner = session.get_one(User, office.sam.id)
        factories.task(session, factories.case(session, owner, 1), group="finance", name="Look at the money")
    office.start(2)

    page = client_for(office.app, office.rowan).get("/work?list=unassigned").text

    assert re.search(r"Look at the money.*?Finance", page, re.S)
    assert page.count("unassigned,") == 2


def test_done_shows_what_i_completed_newest_first(office: Office) -> None:
    browser = office.browser(office.rowan)
    for number, at in ((1, "2026-03-02 11:00"), (2, "2026-03-02 11:20")):
        task = office.start(number)
        with clock.held(clock.read_instant(at)):
            browser.post(f"/tasks/{task.id}", data=factories.ANSWERS)
            assert office.task(task.id).status is TaskStatus.COMPLETED

    page = browser.get("/work?list=done").text

    assert references(page) == ["KD-2026-0002", "KD-2026-0001"]
