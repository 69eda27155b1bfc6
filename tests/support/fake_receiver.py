"""Another system on this machine for tests: it takes webhooks, or drops, delays and lies, and checks what it gets as it should."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_" + "Zm9yLXRlc3RzLW9ubHktbm90LWEtcmVhbC1vbmU="


@dataclass
class Receiver:
    """What it got, what it did because of it (once for each id), and how it behaves towards each request, in their order."""

    url: str = ""
    behaviour: Callable[[int], str] = lambda _number: "take"
    bodies: list[Any] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    done: dict[str, Any] = field(default_factory=dict)
    forged: int = 0
    elsewhere: int = 0


class _Handler(BaseHTTPRequestHandler):
    told: Receiver

    def do_POST(self) -> None:
        told = self.told
        if self.path == "/elsewhere":
            told.elsewhere += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        does = told.behaviour(len(told.ids))
        told.ids.append(self.headers["webhook-id"])
        if does == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        try:
            content = Webhook(SECRET).verify(body, dict(self.headers))
        except WebhookVerificationError:
            told.forged += 1
            self._answer(401)
            return
        if does in ("take", "take_and_drop", "take_and_fail"):
            told.bodies.append(content)
            told.done.setdefault(self.headers["webhook-id"], content)
        self._behave(does)

    def _behave(self, does: str) -> None:
        if does == "take_and_drop":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif does == "drip":
            with suppress(OSError):
                for letter in b"HTTP/1.1 200 OK" * 20:
                    self.wfile.write(bytes([letter]))
                    time.sleep(0.1)
        elif does == "silent":
            time.sleep(3)
        elif does == "redirect":
            self._answer(302, Location=self.told.url.rsplit("/", 1)[0] + "/elsewhere")
        elif does == "nonsense":
            self.wfile.write(b"\x00\xff not http at all\r\n\r\n")
        else:
            self._answer({"take": 204, "take_and_fail": 500, "fail": 503}[does])

    def _answer(self, code: int, **headers: str) -> None:
        with suppress(OSError):
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing on the screen."""


@contextmanager
def receiver(behaviour: Callable[[int], str] = lambda _number: "take") -> Iterator[Receiver]:
    """A receiver on a free port, gone afterwards."""
    told = Receiver(behaviour=behaviour)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"told": told}))
    told.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
