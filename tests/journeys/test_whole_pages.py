"""The tests' own eyes: a look at a page that comes slowly waits for the rest of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Locator

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
