"""Whether the folders that came with the service still say what the live versions say, for those who look after processes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from flask import current_app

from webapp.settings import Settings
from workflows.library import drift
from workflows.queries.processes import Listed
from workflows.rules import drafting

Stamp = tuple[tuple[str, int, int], ...]

may_see = drafting.may_look


def of(listed: Sequence[Listed]) -> dict[str, drift.Drift]:
    """The processes that differ from their folders, by key; nothing when there are no folders on this machine."""
    settings: Settings = current_app.extensions["dps_settings"]
    shipped = _shipped(settings.library, _stamp(settings.library))
    if not shipped:
        return {}
    return {each.key: each for each in drift.found(shipped, {each.live.key: each.live.files for each in listed})}


def _stamp(root: Path) -> Stamp:
    """What changes when a file of a folder changes: cheaper to ask for than to read them all."""
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path in sorted(root.rglob("*")) if (stat := path.stat()))


@lru_cache(maxsize=4)
def _shipped(root: Path, _stamp_of_root: Stamp) -> dict[str, dict[str, str]]:
    return drift.shipped_under(root)
