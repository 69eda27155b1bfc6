"""The file that names the other systems of the council which webhooks may go to, with their addresses and secrets."""

from __future__ import annotations

import base64
import binascii
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from workflows.enqueue import System
from workflows.rules import addresses

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
SHORTEST_SECRET, LONGEST_SECRET = 24, 64
KEYS = frozenset({"address", "secret", "inside"})


def read(problems: list[str], given: str, place: Path, *, production: bool) -> Mapping[str, System]:
    """The systems in the file at `given`, relative to `place`; what is wrong with it is added to `problems`, a sentence each.

    Each entry is a name with `address`, `secret` (whsec_ and 24 to 64 bytes in base64) and, for the council's own network, `inside: true`.
    """
    if not given:
        return {}
    path = place / given
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problems.append(f"DPS_CONNECTORS must be a YAML file that can be read; {path.name}: {type(error).__name__}")
        return {}
    if production and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        problems.append(f"DPS_CONNECTORS: {path.name} holds secrets and can be read by everyone on this machine: run chmod o-rwx on it")
    if not isinstance(content, dict):
        problems.append(f"DPS_CONNECTORS: {path.name} must hold names of systems, each with address and secret")
        return {}
    found = {}
    for name, entry in content.items():
        wrong = _wrong(name, entry)
        problems += [f"DPS_CONNECTORS: {str(name)[:40]} {words}" for words in wrong]
        if not wrong:
            found[name] = System(name=name, address=entry["address"], secret=entry["secret"], inside=entry.get("inside", False))
    return found


def _wrong(name: Any, entry: Any) -> list[str]:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return ["must be a name of small letters, such as finance"]
    if not isinstance(entry, dict) or set(entry) - KEYS or not isinstance(entry.get("address"), str):
        return ["must have address and secret, may have inside, and nothing else"]
    if not isinstance(entry.get("inside", False), bool):
        return ["inside must be true or false"]
    form = addresses.wrong_form(entry["address"], inside=entry.get("inside", False))
    return ([f"has an address that {form}"] if form else []) + _wrong_secret(entry.get("secret"))


def _wrong_secret(secret: Any) -> list[str]:
    words = f"needs a secret: whsec_ and {SHORTEST_SECRET} to {LONGEST_SECRET} random bytes in base64"
    if not isinstance(secret, str) or not secret.startswith("whsec_"):
        return [words]
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return [words]
    return [] if SHORTEST_SECRET <= len(key) <= LONGEST_SECRET and len(set(key)) > 8 else [words]
