"""A walk over pages that were found: some of each kind, each as it stands, and each form sent empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from playwright.sync_api import Page

from tests.support import browser as browsers
from tests.support import pages
from tests.support.crawl import Found
from tests.support.server import Site


def chosen(found: Iterable[Found], most: Mapping[str, int]) -> Iterator[Found]:
    """Pages to look at, whoever finds them first: one of each kind, or as many as `most` says of its endpoint."""
    met: Counter[str] = Counter()
    for one in found:
        if met[one.endpoint] < most.get(one.endpoint, 1):
            met[one.endpoint] += 1
            yield one


def problems_of(page: Page, site: Site, found: Iterable[Found]) -> list[str]:
    """Everything that is wrong with these pages, each opened by the person who found it."""
    wrong: list[str] = []
    for person, theirs in groupby(found, key=lambda one: one.person):
        browsers.become(page, site, person)
        for one in theirs:
            page.goto(one.url)
            wrong += pages.problems(page)
    return wrong


def problems_when_sent_empty(page: Page, site: Site, found: Iterable[Found], buttons: str) -> list[str]:
    """Everything that is wrong with what comes back when the last of the `buttons` (a selector) of each page is pressed and nothing filled in."""
    wrong: list[str] = []
    for one in found:
        browsers.become(page, site, one.person)
        page.goto(one.url)
        sending = page.locator(buttons)
        if sending.count() == 0:
            continue
        sending.last.click()
        wrong += pages.problems(page)
        if page.title().startswith("Error: "):
            wrong += pages.error_problems(page)
    return wrong
