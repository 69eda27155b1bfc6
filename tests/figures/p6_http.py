"""Figure P6: a task completed over HTTP, with permissions, audit and form token, against a page that says hello on the same server."""

from __future__ import annotations

import http.client
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from werkzeug.serving import make_server

from tests.support import databases, rounds
from tests.support.clients import Browser
from tests.support.databases import Database

MOST = {"sqlite": 8.0, "postgresql": 15.0}
TIMES = 60


def main(times: int = TIMES) -> int:
    """Print the figure's line for each database; 1 when any is short."""
    good = True
    for kind in databases.available():
        with databases.fresh(kind) as database, tempfile.TemporaryDirectory() as folder, rounds.quiet():
            ratio = measure(database, Path(folder), times)
        print(f"P6 {kind}_completion_against_hello {ratio:.1f} ratio {MOST[kind]} {'ok' if ratio <= MOST[kind] else 'short'}")
        good = good and ratio <= MOST[kind]
    return 0 if good else 1


def measure(database: Database, folder: Path, times: int) -> float:
    """The median time of a completion divided by that of the hello page, asked for in turn."""
    ring = rounds.build(database)
    with rounds.site(ring, folder) as app:
        browser = rounds.rivals(app, ring, 1)[0]
        with _served(app) as port:
            visits = [(_hello(port), _complete(port, ring, browser, number)) for number in range(times + 5)][5:]
    return statistics.median(done for _, done in visits) / statistics.median(hello for hello, _ in visits)


@contextmanager
def _served(app: Flask) -> Iterator[int]:
    app.add_url_rule("/hello", "health.hello", lambda: "hello")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()


def _hello(port: int) -> float:
    return _asked(port, "GET", "/hello", "", {}, 200)


def _complete(port: int, ring: rounds.Ring, browser: Browser, number: int) -> float:
    task = ring.task()
    fields = {"note": "seen", "more": "yes", "revision": task.revision, "form_key": f"p6-{number}", "csrf_token": browser.token()}
    cookie = browser.get_cookie("dps")
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"dps={cookie.value if cookie else ''}"}
    return _asked(port, "POST", f"/tasks/{task.id}", urlencode(fields), headers, 303)


def _asked(port: int, method: str, path: str, body: str, headers: dict[str, str], expected: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    began = time.perf_counter()
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    response.read()
    took = time.perf_counter() - began
    connection.close()
    if response.status != expected:
        raise RuntimeError(f"{method} {path} answered {response.status}")
    return took


if __name__ == "__main__":
    sys.exit(main())
