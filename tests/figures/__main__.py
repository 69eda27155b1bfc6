"""Prints the figures, one line each: `ID what value unit goal ok|short`. The exit code is 1 when any is short or cannot be taken.

A module of this folder takes the figure it is named after. Those of speed (p…) are of the class `bench`, the others of the class `test`, unless a module
says otherwise with CLASS. Each runs in a process of its own, so that none finds what another left.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
CLASSES = ("test", "bench", "long")
CLASS_LINE = re.compile(r'^CLASS = "(\w+)"$', re.M)
LONGEST_SECONDS = 15 * 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the figures of the wanted classes, all of them when none is named, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.figures", description="Print the figures that this version reaches.")
    parser.add_argument("--class", action="append", choices=CLASSES, dest="classes", help="only figures of this class; may be given again")
    parser.add_argument("names", nargs="*", help="only these figures, such as r13")
    wanted = parser.parse_args(arguments)
    chosen = [path for path in modules() if is_wanted(path, wanted.classes, wanted.names)]
    # Every figure is taken, also after one that is short.
    codes = [run(path) for path in chosen]
    return 1 if any(codes) else 0


def modules() -> list[Path]:
    """The modules that take a figure, in the order of their names."""
    return sorted(path for path in FOLDER.glob("[a-z]*_*.py") if re.match(r"[a-z]\d", path.name))


def class_of(path: Path) -> str:
    """The class of a module's figure."""
    said = CLASS_LINE.search(path.read_text())
    return said[1] if said else "bench" if path.name.startswith("p") else "test"


def is_wanted(path: Path, classes: Sequence[str] | None, names: Sequence[str]) -> bool:
    """Whether a module is among those that were asked for."""
    return (not classes or class_of(path) in classes) and (not names or path.name.partition("_")[0] in names)


def run(path: Path) -> int:
    """Take one figure; its lines go straight to the screen."""
    try:
        return subprocess.run([sys.executable, "-m", f"tests.figures.{path.stem}"], cwd=ROOT, timeout=LONGEST_SECONDS, check=False).returncode
    except subprocess.TimeoutExpired:
        print(f"{path.stem.partition('_')[0].upper()} {path.stem} none within {LONGEST_SECONDS} s short")
        return 1


if __name__ == "__main__":
    sys.exit(main())
