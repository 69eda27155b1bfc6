"""A process owner reads a process, takes its files away, and puts what another tool made of them into a draft."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support import browser as browsers
from tests.support import pages
from tests.support.server import Site

OWNER = "jo.castell"


def test_files_go_out_and_come_back_into_a_draft(empty_site: Site, open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page(empty_site)
    browsers.become(page, empty_site, OWNER)
    page.goto(f"{empty_site.address}/processes/consultation/versions/1")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all files as a zip").click()
    download.value.save_as(tmp_path / "down.zip")
    with zipfile.ZipFile(tmp_path / "down.zip") as archive, zipfile.ZipFile(tmp_path / "up.zip", "w") as changed:
        for name in archive.namelist():
            text = archive.read(name)
            changed.writestr(name, text + b"\nMore words.\n" if name.endswith("README.md") else text)

    page.goto(f"{empty_site.address}/processes/consultation/draft/upload")
    page.get_by_role("button", name="draft").click()
    page.goto(f"{empty_site.address}/processes/consultation/draft/upload")
    pages.check(page)
    page.get_by_role("button", name="Upload").click()
    pages.check_errors(page)
    page.get_by_label("The file").set_input_files(tmp_path / "up.zip")
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_text("1 file: README.md changed.")).to_be_visible()
    expect(page.get_by_role("row", name="README.md").get_by_text("Changed")).to_be_visible()
    pages.check(page)


def test_steps_lead_from_the_drawing_to_the_list(empty_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(empty_site)
    browsers.become(page, empty_site, OWNER)
    page.goto(f"{empty_site.address}/processes/consultation")
    page.locator('.bpmn-diagram a[href*="#step-"]').first.click()

    expect(page.get_by_role("heading", name="Steps by who does them")).to_be_visible()
    page.get_by_role("navigation", name="Pages about").get_by_role("link", name="Versions").click()
    expect(page.get_by_text("Only one version.")).to_be_visible()
