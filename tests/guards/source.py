"""The repository as text: which files it holds, and the functions and templates in them."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NOT_OURS = frozenset({
    ".git", ".venv", ".hypothesis", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".pytest_cache", "__pycache__",
    "node_modules", "static", "var", "build", "dist",
})  # fmt: skip
CODE = ("models", "workflows", "webapp")


@dataclass(frozen=True)
class Source:
    """One file: its path below the repository and its words."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """The file as Python."""
        return ast.parse(self.text)


Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*folders: str, ending: str = "") -> list[Source]:
    """Every text file that people wrote, below these folders or everywhere, in the order of the paths."""
    found = []
    for folder in folders or (".",):
        for path in _walk(ROOT / folder):
            if path.name.endswith(ending):
                try:
                    found.append(Source(path.relative_to(ROOT).as_posix(), path.read_text()))
                except UnicodeDecodeError:
                    continue
    return sorted(found, key=lambda source: source.path)


def _walk(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.endswith(".egg-info")]
        yield from (Path(here, name) for name in names)


def functions(source: Source) -> Iterator[Function]:
    """Every function of a Python file, methods and inner ones too."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
