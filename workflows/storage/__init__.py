"""Where the bytes of documents lie: a folder, or a bucket of an S3-compatible service. Whoever keeps or reads one need not know which.

Bytes are written before the row that names them and never changed: a transaction that fails leaves bytes without a row, which are erased
a day later, and never a row without its bytes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workflows.storage import bucket as _bucket
from workflows.storage import folder as _folder
from workflows.storage.bucket import Bucket
from workflows.storage.errors import StorageDown

Place = Path | Bucket

__all__ = ["Bucket", "Kept", "Place", "StorageDown", "erase", "kept", "put", "put_as", "read", "where"]


@dataclass(frozen=True)
class Kept:
    """Bytes that are kept: their name, and when they were written (aware)."""

    name: str
    at: datetime


def put(place: Place, content: bytes) -> str:
    """Keep the bytes under a name that nobody can guess and give that name; on return they are safe. StorageDown when they are not."""
    name = secrets.token_hex(16)
    return put_as(place, f"{name[:2]}/{name}", content)


def put_as(place: Place, name: str, content: bytes) -> str:
    """Keep the bytes under a name of the form `ab/abc…`, for those that are brought back."""
    if isinstance(place, Bucket):
        _bucket.put(place, name, content)
    else:
        _folder.put(place, name, content)
    return name


def read(place: Place, name: str) -> bytes:
    """The bytes under a name. FileNotFoundError when there are none, StorageDown when nobody can tell."""
    return _bucket.read(place, name) if isinstance(place, Bucket) else _folder.read(place, name)


def erase(place: Place, name: str) -> None:
    """Let the bytes under a name be gone; nothing happens when they are."""
    if isinstance(place, Bucket):
        _bucket.erase(place, name)
    else:
        _folder.erase(place, name)


def kept(place: Place) -> Iterator[Kept]:
    """Everything that is kept, half-written files too, in the order of the names."""
    found = _bucket.kept(place) if isinstance(place, Bucket) else _folder.kept(place)
    return (Kept(name, at) for name, at in found)


def where(place: Place) -> str:
    """The place in words, without any key."""
    return f"the bucket {place.name} at {place.address}" if isinstance(place, Bucket) else str(place)
