"""Talking to a ClamAV daemon: a file is streamed to it (its INSTREAM command) and it says whether it knows a virus in it."""

from __future__ import annotations

import socket
import struct

CHUNK = 64 * 1024
LONGEST_ANSWER = 4096
SECONDS = 30.0


class ScannerDown(Exception):
    """The scanner did not answer, or not in a way that says anything about the file; it is worth another try."""


def finds_virus(content: bytes, *, scanner: str, seconds: float = SECONDS) -> bool:
    """Whether the daemon at `scanner` (HOST:PORT or unix:/PATH) knows a virus in these bytes. ScannerDown when it did not say."""
    try:
        with _connect(scanner, seconds) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                part = content[start : start + CHUNK]
                connection.sendall(struct.pack("!I", len(part)) + part)
            connection.sendall(struct.pack("!I", 0))
            answer = _read(connection)
    except OSError as error:
        raise ScannerDown(f"The virus scanner cannot be reached: {type(error).__name__}") from error
    return _is_found(answer)


def _connect(scanner: str, seconds: float) -> socket.socket:
    if scanner.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(seconds)
        try:
            connection.connect(scanner.removeprefix("unix:"))
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = scanner.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=seconds)


def _read(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and len(received) < LONGEST_ANSWER:
        part = connection.recv(LONGEST_ANSWER)
        if not part:
            break
        received += part
    return received.rstrip(b"\0\n").decode("utf-8", "replace")


def _is_found(answer: str) -> bool:
    """Read `stream: OK` or `stream: NAME FOUND`; everything else is no answer about the file."""
    if answer == "stream: OK":
        return False
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return True
    raise ScannerDown(f"The virus scanner answered: {answer[:200] or 'nothing'}")
