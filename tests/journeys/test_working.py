"""A day at the work list: clicks, drafts, two people at once, double presses, lost connections, and all of it without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from models import AuditEvent, LoginSession, TaskStatus, UserTask, clock
from tests.journeys.steps import HALF_WAY, PROPOSAL, Walk, fill
from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site

ROUTE = {"can_wait_28": "yes"}


def two_waiting(site: Site, page: Page) -> list[Walk]:
    """Two proposals of the same author that wait for the choice of their route."""
    walks = []
    for _ in range(2):
        walk = Walk(site, page)
        walk.start()
        walk.do("propose", {**PROPOSAL, "due_month": "7", "due_year": "2027"})
        walks.append(walk)
    return walks


def assign_all(site: Site, name: str = "") -> None:
    """Give every task that waits to one person, or to nobody."""
    person = site.person(name) if name else None
    with site.writing() as session:
        for task in session.scalars(select(UserTask).where(UserTask.status.in_((TaskStatus.READY, TaskStatus.CLAIMED)))):
            task.status = TaskStatus.CLAIMED if person else TaskStatus.READY
            task.assignee_id, task.claimed_at = (person.id, clock.now()) if person else (None, None)


def completed(site: Site, name: str) -> int:
    """How many tasks with this id in the diagram are completed, with as many audit events."""
    with site.reading() as session:
        tasks = session.scalar(select(func.count()).select_from(UserTask).where(UserTask.bpmn_id == name, UserTask.status == TaskStatus.COMPLETED)) or 0
        events = [row.detail for row in session.scalars(select(AuditEvent).where(AuditEvent.kind == "task:completed"))]
    assert sum(name in str(detail) for detail in events) == tasks
    return tasks


def test_the_first_task_takes_two_presses_and_each_further_one_more(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    two_waiting(empty_site, page)
    assign_all(empty_site, "amara.osei")

    browsers.sign_in(page, empty_site, "amara.osei")
    page.goto("/work")
    page.locator("[data-task-list] a[data-task]").first.click()
    fill(page, ROUTE)
    page.get_by_role("button", name="Complete task").click()
    expect(page.locator(".moj-alert")).to_contain_text("You completed")
    fill(page, ROUTE)
    page.get_by_role("button", name="Complete task").click()
    page.wait_for_load_state()

    assert completed(empty_site, "choose-route") == 2


def test_focus_lands_on_the_heading_of_the_next_task(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    two_waiting(empty_site, page)

    browsers.sign_in(page, empty_site, "amara.osei")
    page.goto("/work")
    page.locator("[data-take-next]").click()
    fill(page, ROUTE)
    page.get_by_role("button", name="Complete task").click()
    expect(page.locator(".moj-alert")).to_contain_text("You completed")

    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_the_list_is_in_the_order_of_the_days(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(unchanged_site, "amara.osei")

    for name in ("mine", "team", "unassigned"):
        page.goto(f"/work?list={name}")
        days = [time.get_attribute("datetime") for time in page.locator("[data-task-list] time").all()]
        assert days == sorted(day or "" for day in days)


def test_opening_a_task_changes_nothing(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    walk = Walk(site, page).take_up(HALF_WAY)
    before = Walk.all_tasks(site)

    walk.open("give-advice", by="leah.stone", of="legal")
    page.reload()

    assert Walk.all_tasks(site) == before


def test_the_first_key_assigns_the_task_and_saves_a_draft(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = Walk(empty_site, page)
    walk.start()

    walk.open("propose", by="amara.osei")
    page.get_by_label("What is proposed").press_sequentially("Homes")

    expect(page.locator("[data-assignee]")).to_have_text("Assigned to you", timeout=3_000)
    expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved at", timeout=6_000)
    page.reload()
    expect(page.get_by_label("What is proposed")).to_have_value("Homes")
    expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved at")
    pages.check(page)


def test_a_colleague_who_has_it_open_hears_of_it(empty_site: Site, open_page: Callable[..., Page]) -> None:
    first, second = open_page(empty_site), open_page(empty_site)
    walk = Walk(empty_site, first)
    walk.start()
    walk.page = second
    walk.open("propose", by="tom.birch")

    walk.page = first
    walk.open("propose", by="amara.osei")
    first.get_by_label("What is proposed").press_sequentially("Homes")

    expect(second.locator("[data-task-watch]")).to_contain_text("Amara Osei", timeout=15_000)


def test_a_lost_connection_is_told_and_mended(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = Walk(empty_site, page)
    walk.start()
    walk.open("propose", by="amara.osei")

    page.route("**/draft", lambda route: route.abort())
    page.get_by_label("What is proposed").press_sequentially("Homes")
    expect(page.locator("[data-draft-status]")).to_contain_text("Not saved", timeout=5_000)
    expect(page.get_by_label("What is proposed")).to_have_value("Homes")
    page.unroute("**/draft")

    expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved at", timeout=8_000)


def test_two_people_complete_the_same_task_and_the_second_keeps_their_words(empty_site: Site, open_page: Callable[..., Page]) -> None:
    first, second = open_page(empty_site, java_script_enabled=False), open_page(empty_site, java_script_enabled=False)
    walk = Walk(empty_site, first)
    walk.start()
    walk.do("propose", {**PROPOSAL, "due_month": "7", "due_year": "2027"})
    walk.page = second
    task = walk.open("choose-route", by="tom.birch")
    walk.page = first
    walk.do("choose-route", ROUTE, by="amara.osei")

    said = "The lease ends in my words"
    fill(second, {"can_wait_28": "no", "can_wait_5": "yes", "impracticable_because": said})
    second.get_by_role("button", name="Complete task").click()

    expect(second.locator("main")).to_contain_text("Amara Osei")
    expect(second.locator("main")).to_contain_text(said)
    assert walk.is_done(task.id)
    assert completed(empty_site, "choose-route") == 1


def test_the_words_of_a_conflict_can_be_copied(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site, permissions=["clipboard-read", "clipboard-write"])
    walk = Walk(empty_site, page)
    walk.start()
    walk.do("propose", {**PROPOSAL, "due_month": "7", "due_year": "2027"})
    walk.open("choose-route", by="tom.birch")
    page.route("**/draft", lambda route: route.abort())
    fill(page, {"can_wait_28": "no", "can_wait_5": "yes", "impracticable_because": "In my own words"})
    other = open_page(empty_site)
    walk.page = other
    walk.do("choose-route", ROUTE, by="amara.osei")

    page.get_by_role("button", name="Complete task").click()
    pages.check(page)
    page.get_by_role("button", name="Copy my answers").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "In my own words" in page.evaluate("navigator.clipboard.readText()")


def test_a_double_press_completes_once(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = Walk(empty_site, page)
    walk.start()
    walk.do("propose", {**PROPOSAL, "due_month": "7", "due_year": "2027"})

    walk.open("choose-route", by="amara.osei")
    fill(page, ROUTE)
    page.get_by_role("button", name="Complete task").dblclick()
    expect(page.locator(".moj-alert")).to_contain_text("You completed")

    assert completed(empty_site, "choose-route") == 1


def test_a_hundred_double_posts_have_one_effect_each(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site, java_script_enabled=False)
    walk = Walk(empty_site, page)
    walk.start()
    walk.do("propose", {**PROPOSAL, "due_month": "7", "due_year": "2027"})
    walk.open("choose-route", by="amara.osei")
    hidden = {field.get_attribute("name"): field.get_attribute("value") for field in page.locator("#task-form input[type=hidden]").all()}
    body = {str(name): value or "" for name, value in hidden.items()} | ROUTE | {"_do": "complete"}
    action = page.locator("#task-form").get_attribute("action") or ""

    answers = {page.request.post(action, form=body, headers={"Origin": empty_site.address}).status for _ in range(100)}

    assert answers == {200}
    assert completed(empty_site, "choose-route") == 1


def test_going_back_to_a_task_that_is_done_shows_what_was_sent(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = Walk(empty_site, page)
    walk.start()
    walk.do("propose", {**PROPOSAL, "due_month": "7", "due_year": "2027"})
    task = walk.open("choose-route", by="amara.osei")
    fill(page, ROUTE)
    page.get_by_role("button", name="Complete task").click()
    page.wait_for_url(lambda url: str(task.id) not in url)

    page.go_back()

    expect(page.get_by_role("button", name="Complete task")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Amara Osei")
    pages.check(page)
    assert completed(empty_site, "choose-route") == 1


def test_a_task_is_done_without_scripts(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site, java_script_enabled=False)
    walk = Walk(empty_site, page)
    walk.start()
    walk.open("propose", by="amara.osei")

    fill(page, {"title": "Homes near schools"})
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_text("is saved")).to_be_visible()
    walk.do("propose", {**PROPOSAL, "due_month": "7", "due_year": "2027"})

    assert ("choose-route", "children-commissioning") in walk.waiting()


def test_two_people_who_take_the_next_task_get_different_ones(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    two_waiting(empty_site, page)
    assign_all(empty_site)
    other = open_page(empty_site, "tom.birch")
    browsers.sign_in(page, empty_site, "amara.osei")

    for each in (page, other):
        each.goto("/work")
        each.locator("[data-take-next]").click()
        each.wait_for_url("**/tasks/**")

    assert page.url.partition("?")[0] != other.url.partition("?")[0]


def test_an_empty_list_says_how_many_wait_unassigned(unchanged_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(unchanged_site, "leah.stone")

    page.goto("/work")

    expect(page.locator(".dps-empty")).to_contain_text("unassigned")
    pages.check(page)


def test_a_session_that_ends_while_typing_loses_no_word(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = Walk(empty_site, page)
    walk.start()
    walk.do("propose", {**PROPOSAL, "due_month": "7", "due_year": "2027"})
    walk.open("choose-route", by="amara.osei")
    page.route("**/draft", lambda route: route.abort())
    fill(page, {"can_wait_28": "no", "can_wait_5": "yes", "impracticable_because": "Kept through the night"})

    with empty_site.writing() as session:
        session.execute(update(LoginSession).values(last_seen_at=clock.now() - timedelta(hours=1)))
    page.get_by_role("button", name="Complete task").click()
    pages.check(page)
    expect(page.locator("main")).to_contain_text("What you typed is kept")
    page.get_by_role("button", name="Commissioning Manager").click()
    page.locator("main form button.govuk-button").first.click()
    page.wait_for_load_state()

    expect(page.locator("[name=impracticable_because]")).to_have_value("Kept through the night")


def test_shortcuts_never_take_letters_from_what_is_typed(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    walk = Walk(empty_site, page)
    walk.start()
    walk.open("propose", by="amara.osei")
    field = page.locator("textarea[name=summary]")

    field.press_sequentially("jk/?t")

    expect(field).to_have_value("jk/?t")
    assert page.url.startswith(f"{empty_site.address}/tasks/")
