"""Posting to another system: to the machine whose number was checked, no further, and not for longer than was said."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from workflows.enqueue import System
from workflows.rules import addresses

Resolve = Callable[[str, int], list[str]]
LARGEST_ANSWER = 64 * 1024


class NotTaken(Exception):
    """The other system did not say that it took the message; it is worth another try."""


def resolve(host: str, port: int) -> list[str]:
    """The numbers of a host, as its name server gives them now."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def post(system: System, body: bytes, headers: Mapping[str, str], *, resolve: Resolve = resolve) -> None:
    """Post to a system; returns when it answered with a code of 200 to 299. NotTaken with the reason in words otherwise.

    Its name is looked up once and every number checked before anything is connected to; a redirect is not followed, the
    system's `seconds` hold for everything together, and of the answer only the code counts.
    """
    reason = addresses.wrong_form(system.address, inside=system.inside)
    if reason:
        raise NotTaken(f"The address of {system.name} {reason}")
    parts = urlsplit(system.address)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    number = _checked(system, host, port, resolve)
    connection = _Pinned(host, port, number, tls=parts.scheme == "https", seconds=system.seconds)
    try:
        with _at_most(system.seconds, connection):
            connection.request("POST", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body=body, headers=dict(headers))
            answer = connection.getresponse()
            answer.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotTaken(f"{system.name} did not answer properly: {type(error).__name__}") from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise NotTaken(f"{system.name} answered {answer.status}")


def _checked(system: System, host: str, port: int, resolve: Resolve) -> str:
    try:
        numbers = resolve(host, port)
    except OSError as error:
        raise NotTaken(f"The name of {system.name} is not known to the name server") from error
    for number in numbers:
        reason = addresses.wrong_machine(ip_address(number), inside=system.inside)
        if reason:
            raise NotTaken(f"The address of {system.name} {reason}")
    if not numbers:
        raise NotTaken(f"The name of {system.name} is not known to the name server")
    return numbers[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to one number, whatever the name would lead to a moment later; TLS is still checked against the name."""

    def __init__(self, host: str, port: int, number: str, *, tls: bool, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._number = number
        self._tls = tls

    def connect(self) -> None:
        """Connect to the number that was checked."""
        self.sock = socket.create_connection((self._number, self.port), self.timeout)
        if self._tls:
            # The handshake comes after the socket is known here, so that it can be cut off too.
            over_tls = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = over_tls
            over_tls.do_handshake()


@contextmanager
def _at_most(seconds: float, connection: http.client.HTTPConnection) -> Iterator[None]:
    """Cut the connection after so many seconds: a system that sends one letter now and then would hold us for ever."""

    def cut() -> None:
        held = connection.sock
        if held is not None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(seconds, cut)
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
