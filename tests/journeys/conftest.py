"""What every journey starts from: the service with the demo council, and a browser that notices what goes wrong unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support import browser as browsers
from tests.support.server import Site, copy_town, make_town, serve
from webapp.settings import Settings

SLOWEST = 10_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder is a journey."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return browsers.launch_arguments()


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": browsers.DESK, "locale": "en-GB", "timezone_id": "Europe/London"}


@pytest.fixture(scope="session", autouse=True)
def _whole_pages() -> Iterator[None]:
    with browsers.whole_pages():
        yield


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demo council with its cases, made once; tests get copies."""
    return make_town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def site(town: Settings, tmp_path: Path) -> Iterator[Site]:
    """The service on a copy of the demo council that this test may change."""
    with serve(copy_town(town, tmp_path)) as site:
        yield site


@pytest.fixture(scope="session")
def empty_town(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demo council without any case, made once."""
    return make_town(tmp_path_factory.mktemp("empty-town"), stories=False)


@pytest.fixture
def empty_site(empty_town: Settings, tmp_path: Path) -> Iterator[Site]:
    """The service of a council that has its people and processes and no case yet."""
    with serve(copy_town(empty_town, tmp_path)) as site:
        yield site


@pytest.fixture(scope="module")
def unchanged_site(town: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service for tests that only look."""
    with serve(copy_town(town, tmp_path_factory.mktemp("site"))) as site:
        yield site


class Unseen:
    """What a browser reports that no page shows: script errors, refused styles and scripts, failed requests."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def watch(self, page: Page) -> Page:
        """Note what goes wrong on this page from now on, and open links of our pages without waiting for long."""
        page.set_default_timeout(SLOWEST)
        page.on("pageerror", lambda error: self.found.append(f"script error: {error}"))
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("response", lambda answer: answer.status >= 500 and self.found.append(f"{answer.status} {answer.url}"))
        page.on("dialog", lambda dialog: (self.found.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return page

    def _console(self, kind: str, text: str) -> None:
        refused = "Content Security Policy" in text or "Content-Security-Policy" in text
        if refused or (kind == "error" and not text.startswith("Failed to load resource")):
            self.found.append(text)


@pytest.fixture
def unseen() -> Iterator[Unseen]:
    watcher = Unseen()
    yield watcher
    assert watcher.found == []


@pytest.fixture
def open_page(browser: Browser, browser_context_args: dict[str, Any], unseen: Unseen) -> Iterator[Callable[..., Page]]:
    """Makes pages of separate browsers: `open_page(site, "amara.osei")`, or of nobody: `open_page(site)`; takes context options."""
    contexts = []

    def make(site: Site, name: str = "", **options: Any) -> Page:
        context = browser.new_context(**{**browser_context_args, "base_url": site.address, **options})
        contexts.append(context)
        page = unseen.watch(context.new_page())
        if name:
            browsers.sign_in(page, site, name)
        return page

    yield make
    for context in contexts:
        context.close()
