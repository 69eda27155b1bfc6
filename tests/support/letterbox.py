"""A mail server for tests: it keeps what it is given, answers as told, waits, and can drop the connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from workflows.enqueue import MailServer, Tools


class Letterbox:
    """A mail server's handler that keeps what it is given, answers as told, and can drop the connection."""

    def __init__(self, *, rcpt: str = "250 OK", data: str = "250 OK", drops: bool = False, seconds: float = 0.0) -> None:
        self.rcpt, self.data, self.drops, self.seconds = rcpt, data, drops, seconds
        self.kept: list[Any] = []

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        await asyncio.sleep(self.seconds)
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if self.data.startswith("2"):
            self.kept.append(message_from_bytes(envelope.content, policy=default))
        if self.drops and server.transport is not None:
            server.transport.abort()
        return self.data


def text_of(message: Any) -> str:
    """The plain text of a mail that arrived."""
    return str(message.get_body(("plain",)).get_content())


@contextmanager
def serving(letterbox: Letterbox) -> Iterator[Tools]:
    """The letterbox on a free port, and tools that lead to it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(letterbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield Tools(mail=MailServer(host="127.0.0.1", port=port, starttls=False, seconds=5.0), public_url="https://casework.example.gov.uk")
    finally:
        controller.stop()
