"""A service that keeps documents as an S3-compatible one does, in memory, and refuses what is not signed with the right key."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from workflows.storage import Bucket
from workflows.storage.bucket import signed

A_PAGE = 2


@dataclass
class Fake:
    """What it holds, by name: the bytes and when they came; and the codes that it answers with before it does what it is asked."""

    bucket: Bucket
    held: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    answers_first: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    fake: Fake

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def _answer(self, code: int, body: bytes = b"") -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _do(self) -> None:
        fake, address = self.fake, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fake.asked.append(f"{self.command} {self.path}")
        at = datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        wanted = signed(fake.bucket, self.command, address.path, address.query, body, at)
        if self.headers["Authorization"] != wanted["Authorization"] or self.headers["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
            return self._answer(403)
        if fake.answers_first:
            return self._answer(fake.answers_first.pop(0))
        name = unquote(address.path).removeprefix(f"/{fake.bucket.name}").removeprefix("/")
        if not name:
            return self._answer(200, self._list(parse_qs(address.query)))
        if self.command == "PUT":
            fake.held[name] = (body, datetime.now(UTC))
            return self._answer(200)
        if self.command == "DELETE":
            fake.held.pop(name, None)
            return self._answer(204)
        return self._answer(200, fake.held[name][0]) if name in fake.held else self._answer(404)

    def _list(self, query: dict[str, list[str]]) -> bytes:
        names = sorted(self.fake.held)
        first = int(query.get("continuation-token", ["0"])[0])
        rows = "".join(
            f"<Contents><Key>{name}</Key><LastModified>{self.fake.held[name][1]:%Y-%m-%dT%H:%M:%S}.000Z</LastModified></Contents>"
            for name in names[first : first + A_PAGE]
        )
        after = f"<NextContinuationToken>{first + A_PAGE}</NextContinuationToken>" if first + A_PAGE < len(names) else ""
        return f'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{rows}{after}</ListBucketResult>'.encode()

    do_GET = do_PUT = do_DELETE = _do


@contextmanager
def serving() -> Iterator[Fake]:
    """The service on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    fake = Fake(Bucket(address=f"http://127.0.0.1:{server.server_port}", name="council", key="key", secret="secret"))
    server.RequestHandlerClass = type("Handler", (_Handler,), {"fake": fake})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
