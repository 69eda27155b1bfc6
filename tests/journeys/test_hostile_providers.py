"""Whatever a provider or the council typed about a provider is shown as the words it is, on every page that shows it (S12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.test_hostile_words import HOSTILE, SUMS
from tests.support import browser as browsers
from tests.support import two_providers
from tests.support.crawl import crawl
from tests.support.server import Site

PROVIDER = f"{two_providers.word('one', 'shown')}@example.org"
STARTS = {
    PROVIDER: ("/provider", "/apply"),
    "amara.osei": ("/providers", "/preferred-list", "/preferred-list/history", "/inspections", "/cases"),
    "carys.pryce": ("/inspections", "/work"),
    "": ("/providers-list",),
}
PLANTED = [two_providers.word(which, kind) for which in two_providers.NUMBERS for kind in ("shown", "name", "inside")]
LEAST_PAGES = 25


@pytest.mark.figure("S12 walks_with_hostile_words_that_were_carried_out")
@pytest.mark.long
def test_no_words_about_a_provider_are_ever_carried_out(empty_site: Site, open_page: Callable[..., Page]) -> None:
    """Dialogs, refused scripts and script errors on any page fail this test when the browser is closed."""
    with empty_site.writing() as session:
        staff = session.merge(empty_site.person("carys.pryce"))
        two_providers.plant(session, staff=staff, uploads=empty_site.settings.uploads, around=HOSTILE)
    page, worked_out, seen = open_page(empty_site), [], set()

    for person, starts in STARTS.items():
        browsers.become(page, empty_site, person)
        for found in crawl(empty_site, person, starts, most=60):
            if found.url not in seen:
                seen.add(found.url)
                page.goto(found.url)
                words = page.locator("main").inner_text()
                if SUMS.split()[0] not in words and any(word in words for word in PLANTED):
                    worked_out.append(found.url)

    assert not worked_out, worked_out
    assert len(seen) >= LEAST_PAGES
