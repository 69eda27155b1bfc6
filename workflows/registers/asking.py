"""Asking a register over the network: one address from the settings, a short time, a small answer, and no way to anywhere else."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.registers.answers import KeyRefused, NotInRegister, RegisterDown, TooManyQuestions

SECONDS = 10.0
LARGEST = 40 * 1024 * 1024
USUAL_WAIT = 300


@dataclass(frozen=True, kw_only=True)
class Access:
    """How a register is reached. Without an address it is not switched on."""

    name: str
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = SECONDS


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A register that sends us elsewhere is not followed: only the address in the settings is ever asked."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        """Never follow."""


def fetch(access: Access, path: str) -> bytes:
    """What the register answers under a path. NotInRegister, KeyRefused, TooManyQuestions or RegisterDown with the words for it."""
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"{access.url}{path}", headers={"Accept": "application/json, text/csv", **access.headers})
    try:
        with opener.open(request, timeout=access.seconds) as answer:
            content = bytes(answer.read(LARGEST + 1))
    except urllib.error.HTTPError as error:
        error.close()
        raise _refusal(access, error.code, error.headers.get("Retry-After", "")) from error
    except TimeoutError as error:
        raise _too_slow(access) from error
    except OSError as error:
        raise _unreachable(access, error) from error
    if len(content) > LARGEST:
        raise RegisterDown(f"{access.name} sent more than can be read. Look at the register by hand")
    return content


def fetch_json(access: Access, path: str) -> dict[str, Any]:
    """The same as an object of JSON. RegisterDown when it is something else."""
    try:
        found = json.loads(fetch(access, path))
    except ValueError as error:
        raise RegisterDown(f"{access.name} sent something that cannot be read. Look at the register by hand") from error
    if not isinstance(found, dict):
        raise RegisterDown(f"{access.name} sent something that cannot be read. Look at the register by hand")
    return found


def _refusal(access: Access, code: int, wait: str) -> Exception:
    if code == 404:
        return NotInRegister(f"{access.name} has no entry under this number")
    if code in (401, 403):
        return KeyRefused(f"{access.name} did not accept the council's key. Ask a system administrator to look at the settings")
    if code == 429:
        seconds = int(wait) if wait.isascii() and wait.isdigit() and len(wait) < 6 else USUAL_WAIT
        return TooManyQuestions(f"{access.name} was asked too often. Try again in {_minutes(seconds)}", seconds=seconds)
    return RegisterDown(f"{access.name} is not working now (it answered {code}). Try again later, or look at the register by hand")


def _minutes(seconds: int) -> str:
    minutes = max(1, -(-seconds // 60))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def _too_slow(access: Access) -> RegisterDown:
    return RegisterDown(f"{access.name} did not answer in {access.seconds:.0f} seconds. Try again later, or look at the register by hand")


def _unreachable(access: Access, error: OSError) -> RegisterDown:
    if isinstance(getattr(error, "reason", None), TimeoutError):
        return _too_slow(access)
    return RegisterDown(f"{access.name} cannot be reached. Try again later, or look at the register by hand")
