"""The tests' own eyes: a look at a page that comes slowly waits for the rest of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Locator

from tests.support import pages

START = b'<!doctype html><html lang="en-GB"><title>Slow</title><a href="/slow">On</a>'
LATE = b'<p id="late">The rest</p>'


class Slowly(BaseHTTPRequestHandler):
    """Answers with a page whose second half comes when it is let go."""

    let_go = threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        # A browser shows nothing of a page's first kilobytes until it knows what they are.
        self.wfile.write(START + b" " * 4096)
        self.wfile.flush()
        if self.path == "/slow":
            self.let_go.wait(5)
        self.wfile.write(LATE)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    Slowly.let_go.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slowly)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    Slowly.let_go.set()
    server.shutdown()
    server.server_close()


def test_a_look_waits_for_the_rest_of_a_page(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    late = page.locator("#late")
    unaided_click, unaided_count = cast(Any, Locator.click).__wrapped__, cast(Any, Locator.count).__wrapped__

    unaided_click(page.get_by_role("link", name="On"))
    seen_unaided = unaided_count(late)
    threading.Timer(0.3, Slowly.let_go.set).start()

    assert seen_unaided == 0, "the page came too fast for this test to show anything"
    assert late.count() == 1
    page.close()


GOOD = """<!doctype html><html lang="en-GB"><head><title>Work – Casework</title><meta name="viewport" content="width=device-width"></head><body>
<a class="govuk-skip-link" href="#main-content">Skip to main content</a><main id="main-content"><h1>Work</h1>{}</main></body></html>"""
PLANTED = {
    "axe label": '<input type="text">',
    "1280 pixels axe color-contrast": '<p style="color: #ccc; background: #fff">Pale words</p>',
    "at 360 pixels wider than the window": '<p style="width: 700px">Broad</p>',
    "the id same stands twice": '<p id="same">One</p><p id="same">Two</p>',
    "lacks one main heading": "<h1>Another</h1>",
    "lacks no empty heading": "<h2> </h2>",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_of_a_page_is_found(browser: Browser, fault: str) -> None:
    page = browser.new_page()
    page.set_content(GOOD.format(""))
    sound = pages.problems(page)
    page.set_content(GOOD.format(PLANTED[fault]))
    found = pages.problems(page)

    assert sound == []
    assert any(fault in line for line in found), found
    page.close()
