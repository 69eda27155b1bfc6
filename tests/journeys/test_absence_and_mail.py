"""Going away and coming back, choosing mails, and handing out a team's work on a phone and by keyboard; without scripts where it matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from models import Case, User, UserTask, clock
from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site
from tests.web.work import factories

TEAM = "children-commissioning"
PART = "Write part 1"


def plant(site: Site, holder: str, number: int = 1) -> UserTask:
    """An open task of the team on the first decision."""
    with site.writing() as session:
        case = session.scalars(select(Case).order_by(Case.reference)).first()
        assert case is not None
        person = session.get_one(User, site.person(holder).id)
        return factories.task(session, case, name=f"Write part {number}", group=TEAM, assignee=person, due=clock.now() + timedelta(days=2))


def fill_day(page: Page, name: str, day: date) -> None:
    """Type a date into its three fields."""
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        page.locator(f'[name="{name}-{part}"]').fill(str(value))


def test_somebody_goes_away_a_colleague_sees_the_work_and_it_ends(site: Site, open_page: Callable[..., Page]) -> None:
    plant(site, "amara.osei")
    page = open_page(site, "amara.osei", java_script_enabled=False)
    page.goto("/settings")
    page.get_by_role("link", name="Change when you are out of office").click()
    page.get_by_role("button", name="Add absence").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Select who acts for you")
    fill_day(page, "starts_on", clock.today())
    fill_day(page, "ends_on", clock.today() + timedelta(days=3))
    page.locator("#delegate").select_option(label="Raj Patel, Procurement Lead")
    page.locator("#message").fill("Ring Legal first.")
    page.get_by_role("button", name="Add absence").click()
    expect(page.locator("main")).to_contain_text("Raj Patel acts for you")
    expect(page.locator("main")).to_contain_text("1 of your open tasks is on their list")

    other = open_page(site, "raj.patel")
    other.goto("/work")
    row = other.locator("tr", has_text=PART)
    expect(row).to_contain_text("for Amara Osei")
    row.get_by_role("link", name=PART).click()
    expect(other.locator("main")).to_contain_text("Amara Osei")
    other.goto("/settings/out-of-office")
    expect(other.locator("main")).to_contain_text("You act for Amara Osei")
    expect(other.locator("main")).to_contain_text("Ring Legal first.")

    page.get_by_role("button", name="End it now").click()
    expect(page.locator(".moj-alert")).to_contain_text("You are back")
    other.goto("/work")
    expect(other.locator("tr", has_text=PART)).to_have_count(0)


def test_the_form_of_an_absence_tells_its_errors_at_the_fields(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site, "tom.birch")
    page.goto("/settings/out-of-office")
    page.locator("#message").fill("Kept")
    page.get_by_role("button", name="Add absence").click()

    pages.check_errors(page)
    expect(page.locator("#message")).to_have_value("Kept")
    pages.check(page)


def test_somebody_chooses_their_mails_without_scripts(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site, "amara.osei", java_script_enabled=False)
    page.goto("/settings")
    page.get_by_role("link", name="Change which mails you get").click()
    page.locator('input[name="news"][value="digest"]').check()
    page.locator('input[name="answers"][value="never"]').check()
    page.get_by_role("button", name="Save choices").click()

    expect(page.locator(".moj-alert")).to_contain_text("Your choices are saved")
    expect(page.locator('input[name="news"][value="digest"]')).to_be_checked()
    expect(page.locator('input[name="answers"][value="never"]')).to_be_checked()
    expect(page.locator("#always + dl")).to_contain_text("cannot be switched off")
    assert site.person("amara.osei").preferences["mail"]["news"] == "digest"


def test_a_lead_hands_out_work_on_a_phone(site: Site, open_page: Callable[..., Page]) -> None:
    tasks = [plant(site, "amara.osei", number) for number in (1, 2)]
    page = open_page(site, "helen.ashdown", viewport=browsers.PHONE)
    page.goto(f"/teams/{TEAM}")
    for task in tasks:
        page.locator(f'label[for="pick-{task.id}"]').click()
    page.get_by_role("button", name="Give to someone else").click()
    page.locator("#to").select_option(label="Tom Birch")
    page.get_by_role("button", name="Give to them").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("2 assigned")
    pages.check(page)


def test_a_lead_hands_out_work_by_keyboard_alone(site: Site, open_page: Callable[..., Page]) -> None:
    task = plant(site, "amara.osei")
    page = open_page(site, "helen.ashdown")
    page.goto(f"/teams/{TEAM}")
    tab_to(page, f"pick-{task.id}")
    page.keyboard.press("Space")
    expect(page.locator(f"#pick-{task.id}")).to_be_checked()
    page.get_by_role("button", name="Give to someone else").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Give away 1 task")
    tab_to(page, "to")
    page.keyboard.type("Tom")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("1 assigned")


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is on an element."""
    page.wait_for_load_state()
    for _ in range(80):
        if page.evaluate("document.activeElement.id") == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {wanted}")


def test_every_kind_of_mail_reads_well_as_html_in_the_light_and_in_the_dark(site: Site, open_page: Callable[..., Page]) -> None:
    for scheme in ("light", "dark"):
        page = open_page(site, "priya.nair", color_scheme=scheme, bypass_csp=True)
        for kind in ("digest", "consultation:asked", "sign_in_link"):
            page.goto(f"/admin/mail/kinds/{kind}/html")
            assert page.locator("img, script").count() == 0
            assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "600px"
            assert pages.axe(page) == []
