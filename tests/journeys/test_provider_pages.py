"""Every page of the provider's area and of the staff's provider records: filled, empty and with errors, at two widths, for everyone to use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from models import User
from tests.support import browser as browsers
from tests.support import pages
from tests.support.filled_market import fill
from tests.support.provider_market import Market, open_market
from tests.support.server import Site, serve
from webapp.commands import database
from webapp.settings import Settings, from_environment

EMPTY = ("/provider", "/provider/messages", "/provider/organisation", "/provider/premises", "/provider/documents", "/provider/certificates",
         "/provider/people", "/provider/actions", "/provider/letters")  # fmt: skip
OWN = (*EMPTY, "/provider/organisation/change", "/provider/premises/add", "/provider/premises/PREM-0001", "/provider/premises/PREM-0001/close",
       "/provider/certificates/add", "/provider/messages/APP-2026-0001", "/provider/documents/{document}/replace",
       "/provider/documents/{document}/remove", "/provider/actions/{action}", "/provider/letters/{letter}", "/provider/tasks/{task}")  # fmt: skip
RECORDS = ("/providers", "/providers?words=sunnyside", "/providers?needs=expiring", "/providers/P-0001", "/providers/P-0001/premises",
           "/providers/P-0001/documents", "/providers/P-0001/letters", "/providers/P-0001/letters/{letter}", "/providers/P-0001/history",
           "/providers/P-0001/change", "/providers/P-0001/registration", "/providers/P-0001/registers/company", "/providers/P-0001/certificates/add",
           "/providers/P-0001/certificates/{certificate}", "/providers/import", "/cases/APP-2026-0001/messages", "/cases/APP-2026-0001",
           "/providers/P-0002", "/providers/P-0002/premises", "/providers/P-0002/history")  # fmt: skip


@dataclass(frozen=True)
class Place:
    """The running service, its market, and the ids of what was planted."""

    site: Site
    market: Market
    ids: dict[str, str]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The service with the filled market, for tests that only look."""
    settings: Settings = from_environment({"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 48}, folder=tmp_path_factory.mktemp("market"))
    database.make_ready(settings)
    with serve(settings) as site, open_market(site.app) as market:
        yield Place(site, market, fill(market, settings.uploads))


def _become(page: Page, place: Place, user: User) -> None:
    browsers.sign_in(page, place.site, user.email)


@pytest.mark.parametrize("path", OWN)
def test_a_page_of_the_providers_area_is_right(page: Page, place: Place, path: str) -> None:
    _become(page, place, place.market.amy)

    page.goto(place.site.address + path.format(**place.ids))

    pages.check(page)


@pytest.mark.parametrize("path", EMPTY)
def test_an_empty_page_of_the_providers_area_is_right(page: Page, place: Place, path: str) -> None:
    _become(page, place, place.market.dana)

    page.goto(place.site.address + path)

    pages.check(page)


@pytest.mark.parametrize("path", RECORDS)
def test_a_page_of_the_records_is_right(page: Page, place: Place, path: str) -> None:
    _become(page, place, place.market.rowan)

    page.goto(place.site.address + path.format(**place.ids))

    pages.check(page)


@pytest.mark.parametrize(
    ("path", "button"),
    [
        ("/provider/premises/add", "Save"),
        ("/provider/certificates/add", "Send certificate"),
        ("/provider/documents", "Add document"),
        ("/provider/messages/APP-2026-0001", "Send message"),
        ("/provider/people", "Send them a link"),
        ("/provider/tasks/{task}", "Send"),
    ],
)
def test_a_form_that_lacks_everything_says_so_at_each_field(page: Page, place: Place, path: str, button: str) -> None:
    _become(page, place, place.market.amy)
    page.goto(place.site.address + path.format(**place.ids))

    page.get_by_role("button", name=button, exact=True).click()

    pages.check_errors(page)
    pages.check(page)


@pytest.mark.parametrize(
    ("path", "button"),
    [("/providers/P-0001/certificates/{certificate}", "Do not accept"), ("/providers/P-0002/registration", "Save"), ("/providers/import", "Read the file"),
     ("/cases/APP-2026-0001/messages", "Send message")],
)  # fmt: skip
def test_a_form_of_the_records_that_lacks_everything_says_so(page: Page, place: Place, path: str, button: str) -> None:
    _become(page, place, place.market.sam)
    page.goto(place.site.address + path.format(**place.ids))

    page.get_by_role("button", name=button, exact=True).click()

    pages.check_errors(page)
    pages.check(page)


def test_a_conflict_page_is_right_and_its_choice_is_kept(page: Page, place: Place) -> None:
    _become(page, place, place.market.dana)
    page.goto(place.site.address + "/provider/organisation/change")
    other = page.context.new_page()
    other.goto(place.site.address + "/provider/organisation/change")
    other.get_by_label("Contact name").fill("Dana Pike")
    other.get_by_role("button", name="Save").click()
    page.get_by_label("Contact name").fill("D Pike")
    page.get_by_label("Website").fill("https://keystone.example.org")

    page.get_by_role("button", name="Save").click()

    pages.check(page)
    page.get_by_role("button", name="Save").click()
    pages.check_errors(page)
    page.get_by_label("Keep mine: D Pike").check()
    for choice in page.get_by_label("Keep mine: https://keystone.example.org").all():
        choice.check()
    page.get_by_role("button", name="Save").click()
    assert "D Pike" in page.content()
    assert "https://keystone.example.org" in page.content()


def test_what_is_typed_into_a_task_is_saved_and_there_again(page: Page, place: Place) -> None:
    _become(page, place, place.market.amy)
    page.goto(f"{place.site.address}/provider/tasks/{place.ids['task']}")

    with page.expect_response(lambda answer: answer.url.endswith("/draft")):
        page.get_by_label("Your answer").fill("Half an answer")
    page.reload()

    assert page.get_by_label("Your answer").input_value() == "Half an answer"
