"""Figure S3, the long part: real process files with bytes flipped, attributes swapped and parts dropped or doubled: none hangs or kills the gate's
process, and none makes one of our readers fail otherwise than in words.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable

from tests.support import factories
from workflows.actions import catalogue, definitions, organisation
from workflows.library import definitions as library
from workflows.library import gate

CLASS = "long"
FILES, LONGEST_SECONDS = 5_000, 2.0
ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
ELEMENT = re.compile(r"<(?!/|\?|!)[^<>]*?>")
ODD = ("", "0", "-1", "none", "é", "\u202e", "&#0;", "<", "]]>", "x" * 500, "true", "../x", "{{", "'", "P1D", "9" * 40)
__all__ = ["catalogue"]


def main(files: int = FILES) -> int:
    """Print the figure's lines; 1 when any is short."""
    found, slowest = mutated(files)
    print(f"S3 mutated_real_files_not_answered_in_words {len(found)} of_{files} 0 {'short' if found else 'ok'}")
    print(f"S3 slowest_mutated {slowest:.2f} s {LONGEST_SECONDS:g} {'ok' if slowest < LONGEST_SECONDS else 'short'}")
    for words in found[:10]:
        print(f"  {words}", file=sys.stderr)
    return 1 if found or slowest >= LONGEST_SECONDS else 0


def mutated(files: int) -> tuple[list[str], float]:
    """What was not answered in words, and the longest that an answer took."""
    folders = {path.parent.name: definitions.read_folder(path.parent) for path in factories.LIBRARY.glob("*/process.bpmn")}
    groups = organisation.names_in(factories.LIBRARY / "organisation.yml")
    choices = sorted((key, path) for key, folder in folders.items() for path in folder if path.endswith((".bpmn", ".dmn", ".json", "rules.yml")))
    found: list[str] = []
    slowest = 0.0
    gate.lint("site-visit", folders["site-visit"], {}, groups=groups)
    for number in range(files):
        chance = random.Random(number)
        key, path = chance.choice(choices)
        text = mutate(chance, folders[key][path])
        called = library.folders_called_by(folders[key], folders)
        began = time.process_time()
        waited = time.monotonic()
        problems = gate.lint(key, {**folders[key], path: text}, called, groups=groups)
        slowest = max(slowest, min(time.monotonic() - waited, LONGEST_SECONDS + 1) if time.monotonic() - waited > LONGEST_SECONDS else time.process_time() - began)
        found += [f"file {number}, {key}/{path}: {each}" for each in problems if "cannot be read (" in each.message or "could not be looked at" in each.message]
    return found, slowest


def mutate(chance: random.Random, text: str) -> str:
    """The text with one to five changes."""
    for _ in range(chance.randint(1, 5)):
        text = chance.choice(CHANGES)(chance, text)
    return text


def _flip(chance: random.Random, text: str) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chr(chance.choice((0, 9, 34, 38, 39, 47, 60, 62, 91, 123, 233, 8238, chance.randint(32, 126)))) + text[place + 1 :]


def _swap(chance: random.Random, text: str) -> str:
    found = list(ATTRIBUTE.finditer(text))
    if len(found) < 2:
        return _flip(chance, text)
    one, other = sorted(chance.sample(found, 2), key=lambda each: each.start())
    return text[: one.start(2)] + other[2] + text[one.end(2) : other.start(2)] + one[2] + text[other.end(2) :]


def _odd_value(chance: random.Random, text: str) -> str:
    found = list(ATTRIBUTE.finditer(text))
    if not found:
        return _flip(chance, text)
    one = chance.choice(found)
    return text[: one.start(2)] + chance.choice(ODD) + text[one.end(2) :]


def _drop(chance: random.Random, text: str) -> str:
    found = list(ELEMENT.finditer(text))
    if not found:
        return _cut(chance, text)
    one = chance.choice(found)
    return text[: one.start()] + text[one.end() :]


def _double(chance: random.Random, text: str) -> str:
    found = [each for each in ELEMENT.finditer(text) if each[0].endswith("/>")]
    if not found:
        return _cut(chance, text)
    one = chance.choice(found)
    return text[: one.end()] + one[0] + text[one.end() :]


def _cut(chance: random.Random, text: str) -> str:
    first, last = sorted(chance.randrange(len(text) + 1) for _ in range(2))
    return text[:first] + text[min(last, first + 200) :]


CHANGES: tuple[Callable[[random.Random, str], str], ...] = (_flip, _swap, _swap, _swap, _odd_value, _odd_value, _drop, _double, _double, _cut)

if __name__ == "__main__":
    sys.exit(main(*(int(text) for text in sys.argv[1:2])))
