"""Documents in a folder of this machine, or of a disk that several machines share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from workflows.storage.errors import StorageDown


def put(folder: Path, name: str, content: bytes) -> None:
    """Write a file that only we can read; on return it is on the disk under its name. StorageDown, and no half file, when it cannot be."""
    try:
        _write(folder / name, content)
    except OSError as error:
        raise StorageDown(f"The folder of documents cannot be written to: {os.strerror(error.errno or 0)}") from error


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = place.with_name(f"{place.name}.part")
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _settle(place.parent)


def _settle(place: Path) -> None:
    # A new name is safe from a power cut only when its folder has been written as well.
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(folder: Path, name: str) -> bytes:
    """The bytes of a file. FileNotFoundError when there is none."""
    return (folder / name).read_bytes()


def erase(folder: Path, name: str) -> None:
    """Remove a file if it is there."""
    (folder / name).unlink(missing_ok=True)


def kept(folder: Path) -> Iterator[tuple[str, datetime]]:
    """The names of all files, and when each was written."""
    for path in sorted(folder.glob("??/*")):
        if path.is_file():
            yield f"{path.parent.name}/{path.name}", datetime.fromtimestamp(path.stat().st_mtime, UTC)
