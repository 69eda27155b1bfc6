"""A process owner's change from end to end: problems where they are, versions side by side, cases that move and stay, and the whole way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from time import monotonic

from playwright.sync_api import Locator, Page, expect

from models import clock
from tests.support import factories, pages
from tests.support import room_booking as rooms
from tests.support.server import Site
from workflows.actions import agreeing, definitions, process_drafts
from workflows.enqueue import Tools
from workflows.jobs.runner import run_once
from workflows.library import definitions as library
from workflows.library import outline
from workflows.library.outline import New
from workflows.queries import processes

Open = Callable[..., Page]
DRAFT = f"/processes/{rooms.KEY}/draft"
# What ux.md allows a page to say something in is a second. This machine may be doing other things, so the tests allow three.
SOON = 3.0
FIRST_LOOK = 20_000  # milliseconds: the process that finds problems has to begin
JOB_TOLD = 10_000  # milliseconds: a job's page looks again every few seconds
SAVED = re.compile("^Draft saved ")


def work_off(site: Site, page: Page) -> None:
    """Do what a click asked for, as the runner of a real service does, once its page is there."""
    page.wait_for_url("**/jobs/**")
    run_once(site.engine, Tools(uploads=site.settings.uploads), clock.now())


def begun(site: Site, open_page: Open) -> Page:
    """The diagram of a draft of the room booking, as its owner sees it."""
    rooms.deploy(site)
    page = open_page(site, rooms.OWNER)
    page.goto(DRAFT)
    page.get_by_role("button", name="Begin a draft").click()
    expect(page.locator("[data-diagram][data-ready=yes]")).to_be_visible()
    expect(page.locator("[data-problems]")).to_have_text("No problems found.", timeout=FIRST_LOOK)
    return page


def soon(page: Page, words: str | re.Pattern[str]) -> None:
    """Wait for words among the problems, and see that they did not take long."""
    began = monotonic()
    expect(page.locator("[data-problems]")).to_contain_text(words)
    assert monotonic() - began < SOON


def test_a_draft_with_an_error_says_where_and_nothing_goes_on_until_it_is_mended(empty_site: Site, open_page: Open) -> None:
    page = begun(empty_site, open_page)
    page.locator(f"[data-element-id={rooms.CHECK}] .djs-hit").first.click()
    page.locator(".djs-context-pad [data-action='append.append-task']").click()
    page.keyboard.press("Escape")
    soon(page, "no flow leaves it")
    expect(page.locator(".djs-element.dps-has-error").first).to_be_attached()
    expect(page.locator("[data-saved-line]")).to_have_text(SAVED)

    for place in ("try", "simulate"):
        page.goto(f"{DRAFT}/{place}")
        expect(page.get_by_text("so it cannot be tried")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Start the walk|Simulate"))).to_have_count(0)
        expect(page.get_by_role("link", name="Go to step")).to_be_visible()
    pages.check(page)
    page.goto(f"{DRAFT}/review")
    expect(page.get_by_text("it cannot be sent, agreed or deployed")).to_be_visible()
    expect(page.get_by_role("button", name="Send for agreement")).to_have_count(0)
    pages.check(page)
    page.get_by_role("link", name="Go to step").last.click()
    page.get_by_role("link", name="See it in the diagram").click()

    expect(page.locator("[data-diagram][data-ready=yes]")).to_be_visible()
    page.locator(".djs-context-pad [data-action='delete']").click()
    soon(page, "No problems found.")


def test_what_changed_is_told_in_words_and_marked_on_both_drawings(empty_site: Site, open_page: Open) -> None:
    with empty_site.writing() as session:
        by = factories.person(session, rooms.OWNER)
        before = dict(library.latest(session, "inspection").files)
        definitions.make_version(session, "inspection", changed(before), by=by, note="Visits are told apart")
    page = open_page(empty_site, rooms.OWNER)
    page.goto("/processes/inspection/compare")

    expect(row(page, "Plan the day")).to_contain_text("was Plan the visit, now Plan the day")
    expect(row(page, "Read it again")).to_contain_text("after “Write down the findings”")
    expect(row(page, "Tell Ofsted")).to_contain_text("it stood after “Is Ofsted to be told?”")
    expect(row(page, "Where can one park?")).to_contain_text("a line of text")
    expect(row(page, "Row 3")).to_contain_text("if Major findings: was at least 3, now at least 4")
    drawings = page.get_by_role("region", name=re.compile("^Drawing"))
    expect(drawings).to_have_count(2)
    before, after = drawings.first, drawings.last
    for drawing, step, word in ((before, "Tell Ofsted", "Removed"), (after, "Read it again", "Added"), (after, "Plan the day", "Changed")):
        expect(drawing.locator("g", has_text=step).filter(has_text=word).first).to_be_attached()
    pages.check(page)


def row(page: Page, name: str) -> Locator:
    """The first line of what changed that begins with this name."""
    return page.locator("#list ~ table tr, #list ~ * tr").filter(has=page.get_by_role("rowheader", name=name)).first


def changed(before: Mapping[str, str]) -> dict[str, str]:
    """The inspection with a step renamed, one added and one gone, a question more and another value in a row of a table."""
    renamed = outline.rename(before["process.bpmn"], "plan-visit", "Plan the day")
    added = outline.add_after(renamed, "grade-visit", New("userTask", "Read it again"))
    shorter = outline.delete(added.xml, "notify-ofsted").xml
    form = json.loads(before["forms/plan-visit.json"])
    form["components"].append({"type": "textfield", "key": "parking", "label": "Where can one park?"})
    table = before["grade.dmn"].replace("<text>&gt;= 3</text>", "<text>&gt;= 4</text>", 1)
    return dict(before) | dict(added.files) | {"process.bpmn": shorter, "forms/plan-visit.json": json.dumps(form), "grade.dmn": table}


def test_cases_that_can_move_and_the_others_stay_with_the_reason(empty_site: Site, open_page: Open) -> None:
    rooms.deploy(empty_site)
    references = rooms.begin_cases(empty_site, 12, past_the_first=3)
    moving, staying = references[:9], references[9:]
    before = rooms.kept(empty_site)
    agreed(empty_site, rooms.without_the_check())
    page = open_page(empty_site, rooms.OWNER)
    page.goto(f"{DRAFT}/review")
    expect(page.get_by_text("9 can move to this change")).to_be_visible()
    pages.check(page)

    page.get_by_role("button", name="Deploy", exact=True).click()
    for reference in staying:
        expect(page.get_by_role("row", name=reference)).to_contain_text("“Check the dates”, where it stands, is no longer there")
    pages.check(page)
    page.get_by_label("Move the 9 that can move").click()
    page.get_by_role("button", name="Continue").click()
    pages.wait_until_there(page)
    expect(page.get_by_text("9 move to version 2, 3 finish on the version they are on")).to_be_visible()
    pages.check(page)
    page.get_by_role("button", name="Deploy version 2").click()
    work_off(empty_site, page)

    expect(page.get_by_text("3 of 12 were not done")).to_be_visible(timeout=JOB_TOLD)
    for reference in moving:
        expect(page.get_by_role("row", name=reference)).to_contain_text("Moved to version 2")
    for reference in staying:
        expect(page.get_by_role("row", name=reference)).to_contain_text("stays on version 1")
    pages.check(page)
    assert rooms.versions(empty_site) == dict.fromkeys(moving, 2) | dict.fromkeys(staying, 1)
    assert rooms.kept(empty_site) == before

    page.goto(f"/processes/{rooms.KEY}/migrate")
    pages.check(page)
    page.get_by_role("button", name="Undo").click()
    work_off(empty_site, page)
    expect(page.get_by_role("cell", name="Moved back to version 1")).to_have_count(9, timeout=JOB_TOLD)
    assert set(rooms.versions(empty_site).values()) == {1}
    assert rooms.kept(empty_site) == before


def agreed(site: Site, after: Mapping[str, str]) -> None:
    """A draft that says this, sent by its owner and agreed by Legal."""
    rooms.change(site, dict(after))
    with site.writing() as session:
        draft = process_drafts.going(session, rooms.KEY)
        owner, legal = (factories.person(session, name) for name in (rooms.OWNER, rooms.LEGAL))
        agreeing.send(session, draft, why="The dates check themselves", found=[], by=owner)
        agreeing.agree(session, draft, digest=process_drafts.digest_of(session, draft), found=[], by=legal)


def test_a_change_goes_the_whole_way_from_the_drawing_to_a_running_case_and_back(empty_site: Site, open_page: Open) -> None:
    page = begun(empty_site, open_page)
    legal = open_page(empty_site, rooms.LEGAL)
    (reference,) = rooms.begin_cases(empty_site, 1)
    page.locator(f"[data-element-id={rooms.CONFIRM}] .djs-hit").first.click()
    page.get_by_label("Name", exact=True).fill("Tell them the room")
    expect(page.locator("[data-saved-line]")).to_have_text(SAVED)
    expect(page.locator("[data-problems]")).to_have_text("No problems found.")

    follow(page, "Problems")
    expect(page.get_by_text("Nothing stands against this draft.")).to_be_visible()
    follow(page, "Try")
    page.get_by_role("button", name="Start the walk").click()
    for step, answer in (("Ask for a room", "The small one"), ("Check the dates", "Taken"), ("Tell them the room", "Told")):
        page.get_by_role("heading", name=step).first.wait_for()
        page.get_by_label("What was done?").fill(answer)
        page.get_by_role("button", name="Complete task").click()
    expect(page.get_by_text("Ended")).to_be_visible()
    page.get_by_label("Name of the test").fill("the small room is booked")
    page.get_by_role("button", name="Save as a test").click()
    follow(page, "Tests")
    expect(page.get_by_text("2 of 2 pass.")).to_be_visible()

    put_live(page, legal, why="Say what is done")
    page.get_by_label("Move the 1 that can move").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Deploy version 2").click()
    work_off(empty_site, page)
    expect(page.get_by_role("row", name=reference)).to_contain_text("Moved to version 2", timeout=JOB_TOLD)
    assert rooms.versions(empty_site) == {reference: 2}

    page.goto(f"/processes/{rooms.KEY}/versions/1")
    page.get_by_role("button", name="Bring back this version as a draft").click()
    put_live(page, legal, why="Nobody understood it")
    page.get_by_label("Leave all 1 on their version").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Deploy version 3").click()
    expect(page.get_by_text("Version 3 of Book a room is live")).to_be_visible()
    with empty_site.reading() as session:
        first, third = (processes.version_of(session, rooms.KEY, number) for number in (1, 3))
        assert third.files == first.files and third.agreed_by is not None and third.agreed_by.name == "Leah Stone"


def follow(page: Page, tab: str) -> None:
    """Go to another page about the draft."""
    page.get_by_role("navigation", name="Draft of Book a room").get_by_role("link", name=re.compile(f"^{tab}")).click()
    pages.wait_until_there(page)


def put_live(page: Page, other: Page, *, why: str) -> None:
    """Send the draft for agreement, let the other person agree, and come to the page that deploys it."""
    page.goto(f"{DRAFT}/review")
    page.get_by_label("Why is this process changed?").fill(why)
    page.get_by_role("button", name="Send for agreement").click()
    expect(page.get_by_text("You changed something in this draft, so another person must agree")).to_be_visible()
    other.goto(f"{DRAFT}/review")
    other.get_by_role("button", name="Agree to this change").click()
    expect(other.get_by_text("has agreed to exactly this change")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Deploy", exact=True).click()
