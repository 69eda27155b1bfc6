"""Where the process folders that came with the service and the live versions in the database say different things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workflows.library import folders

Files = Mapping[str, str]


@dataclass(frozen=True)
class Drift:
    """One process that differs: the paths only the live version has, only the folder has, and both have with other content.

    `is_live` and `is_shipped` say whether there is a version and a folder at all.
    """

    key: str
    is_live: bool = True
    is_shipped: bool = True
    only_live: tuple[str, ...] = ()
    only_shipped: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What differs, as a sentence."""
        if not self.is_live:
            return "The folder was never deployed."
        if not self.is_shipped:
            return "The live version has no folder."
        count = len(self.only_live) + len(self.only_shipped) + len(self.changed)
        return f"The live version differs from its folder in {count} file{'' if count == 1 else 's'}: {', '.join(self.paths)}."

    @property
    def paths(self) -> list[str]:
        """Every path that differs."""
        return sorted({*self.only_live, *self.only_shipped, *self.changed})


def found(shipped: Mapping[str, Files], live: Mapping[str, Files]) -> list[Drift]:
    """Every process whose folder and live version differ, by key. Both are given as files by process key."""
    both = [_of(key, shipped.get(key), live.get(key)) for key in sorted({*shipped, *live})]
    return [drift for drift in both if drift is not None]


def _of(key: str, shipped: Files | None, live: Files | None) -> Drift | None:
    if shipped is None or live is None:
        return Drift(key, is_live=live is not None, is_shipped=shipped is not None)
    drift = Drift(
        key,
        only_live=tuple(sorted(set(live) - set(shipped))),
        only_shipped=tuple(sorted(set(shipped) - set(live))),
        changed=tuple(sorted(path for path in set(live) & set(shipped) if live[path] != shipped[path])),
    )
    return drift if drift.paths else None


def shipped_under(root: Path) -> dict[str, dict[str, str]]:
    """The process folders below a folder, by key; empty when there is no such folder."""
    return {path.parent.name: folders.read(path.parent) for path in sorted(root.glob("*/process.bpmn"))}
