"""No file names a machine's folders, a package registry, or a person or council that the first decision came from."""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise

from tests.guards.source import Source, files

HERE = "tests/guards/test_words.py"
MACHINE = re.compile(
    r"(?<![\w.])/(?:work/(?:[m]ain|[s]hared)|root|home/\w+|tmp/\w+|opt/\w+|Users/\w+)\b"
    r"|\bregistry\.[a-z]+js\.|\bfiles\.python[a-z]+\.|\bpy[a-z]+\.org/simple|\"resolved\": *\"http|file:///(?:opt|root|home)"
)
# First eight bytes of the SHA-256 of words in small letters, so that the words themselves do not stand here either.
NAMES = frozenset({
    "accb7fc4d0144dca", "d6126a7a65cc16ad", "656636dc78229618", "0015971edf249284", "0fcf1977b7a4444b",
    "72d6a599d6aae98f", "8f613377728ddcd0", "a9e23d9ffae17709", "efa090b0a121b0aa", "36d84be37e388b31",
    "b3533c27a56550ad",
})  # fmt: skip
WORD = re.compile(r"[^\W_]+")


def digest(word: str) -> str:
    """How a word is kept here."""
    return hashlib.sha256(word.lower().encode()).hexdigest()[:16]


def machine_words(source: Source) -> list[str]:
    """Paths and hosts that mean something on one machine only."""
    return [f"{source.path}: {found}" for found in MACHINE.findall(source.text)]


def real_names(source: Source, names: frozenset[str] = NAMES) -> list[str]:
    """Words, and pairs of words written together, that name someone real."""
    words = [word.lower() for word in WORD.findall(source.text)]
    candidates = set(words) | {one + other for one, other in pairwise(words)}
    return [f"{source.path}: {word}" for word in sorted(candidates) if digest(word) in names]


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    assert [problem for source in files() if source.path != HERE for problem in machine_words(source)] == []


def test_no_file_names_the_people_of_the_source() -> None:
    assert [problem for source in files() for problem in real_names(source)] == []


def test_a_path_a_registry_and_a_name_would_be_found() -> None:
    names = frozenset({digest("nobody"), digest("northsouthshire")})

    assert machine_words(Source("x", "see /home/someone/notes"))
    assert machine_words(Source("x", ": ".join(['"resolved"', '"https://registry.example.org/a"'])))
    assert not machine_words(Source("x", "GET /work and /work/next, sqlite:///var/dps.sqlite3"))
    assert real_names(Source("x", "Ask Nobody@example.org"), names) == ["x: nobody"]
    assert real_names(Source("x", "North South-Shire"), names) == []
    assert real_names(Source("x", "North-SouthShire"), names) == ["x: northsouthshire"]
