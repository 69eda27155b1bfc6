"""A real browser: Debian's own Chromium, told to stay quiet and off the network, and signed in as whom a test wants."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page

from tests.support.clients import client_for
from tests.support.server import Site

# The one without a window of its own does the same with about half the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
# What gives an answer at once, about whatever part of the page has come. `expect` asks again by itself and needs no help.
LOOKS = {
    Page: ("content", "evaluate", "screenshot", "title"),
    Locator: (
        "all", "all_inner_texts", "all_text_contents", "bounding_box", "count", "evaluate_all", "inner_text", "input_value", "is_checked",
        "is_disabled", "is_enabled", "is_visible", "get_attribute", "text_content",
    ),
}  # fmt: skip
# What may lead to another page; the driver waits only until its first byte has come.
LEADS_ON = {Page: ("click", "go_back", "press"), Locator: ("check", "click", "dblclick", "press", "select_option", "uncheck")}


def launch_arguments() -> dict[str, Any]:
    """How to start the browser. Without one the test is skipped, or fails where nothing may be skipped (CI)."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        give_up("There is no Chromium on this machine: apt-get install chromium-headless-shell")
    return {"executable_path": found, "args": list(QUIET)}


@contextmanager
def whole_pages() -> Iterator[None]:
    """While this lasts, nothing looks at a page that has come in part: each look, and each click, waits until the page is loaded."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, names in LOOKS.items():
            for name in names:
                patch.setattr(owner, name, _when_whole(getattr(owner, name), before=True))
        for owner, names in LEADS_ON.items():
            for name in names:
                patch.setattr(owner, name, _when_whole(getattr(owner, name), before=False))
        yield


def _when_whole(do: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    @wraps(do)
    def waiting(of: Page | Locator, *args: Any, **options: Any) -> Any:
        page = of if isinstance(of, Page) else of.page
        if before:
            page.wait_for_load_state()
            return do(of, *args, **options)
        done = do(of, *args, **options)
        if not page.is_closed():
            page.wait_for_load_state()
        return done

    return waiting


def give_up(reason: str) -> None:
    """Skip on a developer's machine; fail on a build server, where a missing program would hide missing tests."""
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def sign_in(page: Page, site: Site, name: str) -> None:
    """Make this browser that of a demo person, as if they had just signed in."""
    client = client_for(site.app, site.person(name))
    client.get("/session")
    cookie = client.get_cookie(site.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "domain": urlsplit(site.address).hostname, "path": "/", "httpOnly": True}]
    )


def sign_out(page: Page) -> None:
    """Make this browser that of nobody."""
    page.context.clear_cookies()


def become(page: Page, site: Site, name: str) -> None:
    """Make this browser that of a demo person, or of nobody when there is no name."""
    if name:
        sign_in(page, site, name)
    else:
        sign_out(page)
