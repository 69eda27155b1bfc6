"""An organisation applies: from the first question to the confirmation, with and without a script, over two browsers and two days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models import clock
from tests.journeys.steps import fill
from tests.support import pages
from tests.support import planting_apply as plant
from tests.support.server import Site, copy_town, serve
from webapp.settings import Settings

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
EMAIL = "ada.brook@harbourhomes.example.org"
ELIGIBLE = {"lives_there": "16_17", "registered": "registered", "offers": "support", "insured": "will"}
ORGANISATION = {"your_name": "Ada Brook", "legal_name": "Harbour Homes Ltd", "legal_form": "private_company", "company_number": "09876543"}
IDENTIFIERS = {
    "company_number": ("123456789", "Company number must be 8 characters, like 09876543 or SC123456"),
    "charity_number": ("12", "Charity number must be 6 or 7 digits, like 1234567"),
    "vat_number": ("123456789", "VAT number must be one that HMRC gives out. Check its digits"),
    "ukprn": ("20012345", "UK provider reference number must be 8 digits and start with 1, like 10012345"),
    "ico_number": ("123", "Data protection registration must be Z and 7 characters, like ZA123456"),
    "duns_number": ("12", "DUNS number must be 9 digits"),
}


@pytest.fixture
def site(empty_town: Settings, tmp_path: Path) -> Iterator[Site]:
    """The service of a council that has a list and no application yet."""
    with serve(copy_town(empty_town, tmp_path)) as site:
        with site.writing() as session:
            plant.open_list(session)
        yield site


def press(page: Page, name: str = "Continue") -> None:
    """Press a button and wait for the page that follows."""
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def follow_link(site: Site, page: Page, email: str = EMAIL) -> None:
    """Open the link that was mailed to an address, and press its button."""
    with site.reading() as session:
        token = plant.newest_token(session, email)
    page.goto(f"/apply/link/{token}")
    press(page)


def enter(site: Site, page: Page, email: str = EMAIL) -> None:
    """Sign in as somebody who was here before."""
    page.goto("/apply/account")
    page.get_by_label("Email address").fill(email)
    press(page, "Send me a link")
    follow_link(site, page, email)


def begin(site: Site, page: Page, *, look: Callable[[Page], None] = lambda page: None) -> str:
    """Go from the start page to the hub of a new application, and give the hub's path."""
    page.goto("/apply")
    look(page)
    page.get_by_role("button", name="Start now").click()
    for key, answer in ELIGIBLE.items():
        look(page)
        fill(page, {key: answer})
        press(page)
    look(page)
    page.get_by_label("Email address").fill(EMAIL)
    press(page, "Send me a link")
    look(page)
    follow_link(site, page)
    look(page)
    fill(page, ORGANISATION)
    press(page)
    look(page)
    page.get_by_label("Shared homes").check()
    press(page, "Start")
    look(page)
    return page.url


def upload(page: Page, hub: str) -> None:
    """Upload the one document that is chosen everywhere."""
    page.goto(f"{hub}/documents")
    page.get_by_label("Choose files").set_input_files({"name": "all.pdf", "mimeType": "application/pdf", "buffer": PDF})
    press(page, "Upload")
    expect(page.get_by_role("rowheader", name="all.pdf")).to_be_visible()


def answer(page: Page, answers: dict[str, object]) -> None:
    """Fill in one page of questions and go on; a document is chosen by its name."""
    documents = [key for key, value in answers.items() if value == "document"]
    fill(page, {key: value for key, value in answers.items() if value != "document"})
    for key in documents:
        page.locator(f'[name="{key}"]').select_option(label="all.pdf")
    press(page)


def fill_section(page: Page, hub: str, section: str, *, look: Callable[[Page], None] = lambda page: None) -> None:
    """Fill in one section from the hub and call it completed."""
    page.goto(hub)
    page.locator(f'a[aria-describedby^="{section}-status"]').click()
    if section in plant.SINGLE:
        for answers in plant.SINGLE[section]:
            look(page)
            answer(page, answers)
    for entry in plant.ENTRIES.get(section, []):
        page.locator("#add").click()
        for answers in entry:
            look(page)
            answer(page, answers)
    look(page)
    page.get_by_label("Yes", exact=True).check()
    press(page)
    expect(page.locator(f"#{section}-status")).to_have_text("Completed")


SECTIONS = (*plant.SINGLE, *plant.ENTRIES, "experience")


def send(page: Page, *, look: Callable[[Page], None] = lambda page: None) -> None:
    """From the hub with everything completed to the confirmation."""
    page.get_by_role("link", name="Check and send").click()
    look(page)
    page.get_by_role("button", name="Continue to the declaration").click()
    look(page)
    fill(page, plant.DECLARATION)
    press(page, "Send application")
    expect(page.get_by_role("heading", level=1)).to_have_text("Application sent")


def test_an_organisation_applies_and_every_page_on_the_way_is_right(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)

    hub = begin(site, page, look=pages.check)
    upload(page, hub)
    for section in SECTIONS:
        fill_section(page, hub, section, look=pages.check)
    send(page, look=pages.check)

    pages.check(page)
    sent = page.url
    expect(page.get_by_text("We must answer by")).to_be_visible()
    page.get_by_text("How we worked this out").click()
    pages.check(page)
    page.get_by_role("link", name="See where your application is").click()
    pages.check(page)
    page.goto(sent)
    expect(page.get_by_role("heading", level=1)).to_have_text("Application sent")


def test_an_organisation_applies_without_a_script(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site, java_script_enabled=False)

    hub = begin(site, page)
    upload(page, hub)
    for section in SECTIONS:
        fill_section(page, hub, section)

    expect(page.get_by_text("You have completed 11 of 12 sections.")).to_be_visible()
    send(page)


@pytest.mark.long
def test_an_application_is_typed_by_two_people_in_two_browsers_over_two_days(site: Site, open_page: Callable[..., Page]) -> None:
    clock.hold(clock.read_instant("2026-11-09 16:00"))
    ada = open_page(site)
    hub = begin(site, ada)
    upload(ada, hub)
    for section in SECTIONS[:5]:
        fill_section(ada, hub, section)
    ada.goto(f"{hub}/people")
    ada.get_by_label("Their name").fill("Ben Ford")
    ada.get_by_label("Their email address").fill("ben.ford@harbourhomes.example.org")
    press(ada, "Send them a link")

    clock.hold(clock.read_instant("2026-11-10 09:30"))
    ben = open_page(site)
    follow_link(site, ben, "ben.ford@harbourhomes.example.org")
    ben.goto(hub)
    expect(ben.get_by_text("You have completed 5 of 12 sections.")).to_be_visible()
    expect(ben.get_by_text("on Monday 9 November 2026")).to_be_visible()
    for section in SECTIONS[5:9]:
        fill_section(ben, hub, section)
    enter(site, ada)
    for section in SECTIONS[9:]:
        fill_section(ada, hub, section)
    send(ada)

    expect(ada.get_by_text("Tuesday 24 November 2026").first).to_be_visible()
    ben.goto(f"{hub}/sent")
    expect(ben.get_by_role("heading", level=1)).to_have_text("Application sent")


def test_each_number_has_its_own_message_and_the_hub_says_that_there_is_a_problem(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    hub = begin(site, page)

    page.goto(f"{hub}/organisation/2")
    fill(page, {key: typed for key, (typed, _) in IDENTIFIERS.items()})
    press(page)

    for key, (typed, words) in IDENTIFIERS.items():
        expect(page.get_by_role("alert").get_by_role("link", name=words)).to_be_visible()
        expect(page.locator(f"#{key}")).to_have_value(typed)
    pages.check_errors(page)
    pages.check(page)
    page.goto(hub)
    expect(page.locator("#organisation-status")).to_have_text("There is a problem")
    pages.check(page)


def test_files_that_cannot_be_taken_have_their_own_messages_and_the_others_are_kept(
    site: Site, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(site)
    hub = begin(site, page)
    page.goto(f"{hub}/documents")
    pages.check(page)
    files = {"policy.pdf": PDF, "notes.txt": b"words", "scan.pdf": b"%PDF-" + b"0" * (20 * 1024 * 1024)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    page.get_by_label("Choose files").set_input_files([tmp_path / name for name in files])
    press(page, "Upload")

    said = page.locator("[data-uploads]")
    expect(said).to_contain_text("policy.pdf is uploaded")
    expect(said).to_contain_text("notes.txt: The selected file must be a PDF, DOCX, XLSX, JPG or PNG")
    expect(said).to_contain_text("scan.pdf: The selected file must be smaller than 20MB")
    assert page.title().startswith("Error: ")
    pages.check(page)
    page.get_by_role("link", name="Show the files that were uploaded").click()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    pages.check(page)


def test_a_file_waits_until_it_is_checked_for_viruses(empty_town: Settings, open_page: Callable[..., Page], tmp_path: Path) -> None:
    with serve(replace(copy_town(empty_town, tmp_path), clamav="tcp://127.0.0.1:9")) as site:
        with site.writing() as session:
            plant.open_list(session)
        page = open_page(site)
        hub = begin(site, page)

        upload(page, hub)

        expect(page.get_by_role("row", name="all.pdf")).to_contain_text("Held until it is checked")
        pages.check(page)


def test_two_colleagues_in_one_section_lose_nothing(site: Site, open_page: Callable[..., Page]) -> None:
    ada, ben = open_page(site), open_page(site, java_script_enabled=False)
    hub = begin(site, ada)
    enter(site, ben)
    for page in (ada, ben):
        page.goto(f"{hub}/organisation/1")
    fill(ben, plant.SINGLE["organisation"][0])
    ben.get_by_label("Trading name").fill("Harbour")
    press(ben)

    fill(ada, plant.SINGLE["organisation"][0])
    ada.get_by_label("Trading name").fill("Quay")
    expect(ada.locator("[data-draft-status]")).to_contain_text("saved other answers here")
    press(ada)

    expect(ada.get_by_role("heading", level=1)).to_have_text("The answers changed while you were editing")
    pages.check(ada)
    ada.get_by_label("Ada Brook: Harbour").check()
    press(ada, "Keep these answers")
    ada.goto(f"{hub}/organisation/check")
    expect(ada.get_by_text("Harbour", exact=True)).to_be_visible()


def test_what_is_typed_is_saved_and_there_again(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    hub = begin(site, page)
    page.goto(f"{hub}/methods/1")

    page.locator("textarea").fill("We lead by listening.")

    expect(page.locator("[data-draft-status]")).to_contain_text("Saved at")
    page.goto(f"{hub}/methods/1")
    expect(page.locator("textarea")).to_have_value("We lead by listening.")
    page.goto(hub)
    expect(page.locator("#methods-status")).to_have_text("In progress")


def test_an_answer_is_one_click_from_the_check_page_and_continue_returns_there(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    hub = begin(site, page)
    fill_section(page, hub, "organisation")

    page.get_by_role("link", name="Organisation details").click()
    page.get_by_role("link", name="Change company number").click()
    expect(page.locator("#company_number")).to_have_value("09876543")
    page.locator("#company_number").fill("SC123456")
    press(page)

    expect(page).to_have_url(f"{hub}/organisation/check")
    expect(page.get_by_text("SC123456")).to_be_visible()


@pytest.mark.long
def test_the_other_pages_of_an_application_are_right(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site)
    hub = begin(site, page)
    fill_section(page, hub, "premises")
    words = "word " * 300 + "W" * 200
    page.goto(f"{hub}/methods/1")
    page.locator("textarea").fill(words)
    press(page)

    for path in ("/check", "/people", "/print", "/withdraw", "/methods/check", "/premises/check", "/insurance/check"):
        page.goto(f"{hub}{path}")
        pages.check(page)
    page.goto(f"{hub}/premises/check")
    page.get_by_role("link", name="Remove premises 1").click()
    pages.check(page)
    page.goto("/apply/applications")
    pages.check(page)
    for path in ("/people", "/withdraw", "/insurance/check"):
        page.goto(f"{hub}{path}")
        page.locator("main form button.govuk-button").last.click()
        pages.check(page)
        pages.check_errors(page)
