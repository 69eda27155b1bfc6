"""A virus scanner on this machine for tests: it speaks the daemon's protocol and knows one virus, the harmless test text."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.hostile_files import TEST_VIRUS


@dataclass
class Scanner:
    """Where it listens, how many files it was sent, and what it answers instead of the truth when a test says so."""

    address: str = ""
    files: int = 0
    says: bytes = b""


@contextmanager
def scanner() -> Iterator[Scanner]:
    """A scanner on a port of this machine, gone afterwards."""
    told = Scanner()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!I", self.rfile.read(4))[0]:
                content += self.rfile.read(size)
            told.files += 1
            verdict = b"stream: Eicar-Test-Signature FOUND\0" if TEST_VIRUS in content else b"stream: OK\0"
            self.wfile.write(told.says or verdict)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        told.address = f"127.0.0.1:{server.server_address[1]}"
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
