"""Prints the figures, one line each: `ID what value unit goal ok|short`. The exit code is 1 when any is short or cannot be taken.

A module of this folder takes the figure it is named after. Those of speed (p…) are of the class `bench`, the others of the class `test`, unless a module
says otherwise with CLASS. Each runs in a process of its own, so that none finds what another left: those of the benchmarks and those that say ALONE one
after the other, because they take times, the others as many at once as there are processors.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
CLASSES = ("test", "bench", "long")
CLASS_LINE = re.compile(r'^CLASS = "(\w+)"$', re.M)
ALONE_LINE = re.compile(r"^ALONE = True\b", re.M)
LONGEST_SECONDS = 15 * 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the figures of the wanted classes, all of them when none is named, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.figures", description="Print the figures that this version reaches.")
    parser.add_argument("--class", action="append", choices=CLASSES, dest="classes", help="only figures of this class; may be given again")
    parser.add_argument("names", nargs="*", help="only these figures, such as r13")
    wanted = parser.parse_args(arguments)
    chosen = [path for path in modules() if is_wanted(path, wanted.classes, wanted.names)]
    wrong = 0
    # Every figure is taken, also after one that is short.
    for code, lines in taken(chosen):
        print(lines, end="", flush=True)
        wrong += code != 0
    return 1 if wrong else 0


def taken(chosen: Sequence[Path]) -> Iterator[tuple[int, str]]:
    """The exit code and the lines of each figure, those first that share the machine."""
    apart = [path for path in chosen if is_alone(path)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(run, (path for path in chosen if path not in apart))
    yield from map(run, apart)


def modules() -> list[Path]:
    """The modules that take a figure, in the order of their names."""
    return sorted(path for path in FOLDER.glob("[a-z]*_*.py") if re.match(r"[a-z]\d", path.name))


def class_of(path: Path) -> str:
    """The class of a module's figure."""
    said = CLASS_LINE.search(path.read_text())
    return said[1] if said else "bench" if path.name.startswith("p") else "test"


def is_alone(path: Path) -> bool:
    """Whether a module takes times, which other work at the same moment would spoil."""
    return class_of(path) == "bench" or ALONE_LINE.search(path.read_text()) is not None


def is_wanted(path: Path, classes: Sequence[str] | None, names: Sequence[str]) -> bool:
    """Whether a module is among those that were asked for."""
    return (not classes or class_of(path) in classes) and (not names or path.name.partition("_")[0] in names)


def run(path: Path) -> tuple[int, str]:
    """Take one figure: its exit code and its lines."""
    command = [sys.executable, "-m", f"tests.figures.{path.stem}"]
    try:
        done = subprocess.run(command, cwd=ROOT, timeout=LONGEST_SECONDS, check=False, stdout=subprocess.PIPE, text=True)
    except subprocess.TimeoutExpired:
        return 1, f"{path.stem.partition('_')[0].upper()} {path.stem} none within {LONGEST_SECONDS} s short\n"
    return done.returncode, done.stdout


if __name__ == "__main__":
    sys.exit(main())
