"""What a password must be, and how it is kept: long, not one that everyone tries first, stored as an argon2
hash."""

from __future__ import annotations

import re
import unicodedata

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 256
LEET = str.maketrans("013457@$!€+", "oieastasiet")
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "01234567890",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn",
)
COMMON = """
    password passwort passphrase welcome letmein changeme secret admin administrator login master
    access monkey dragon sunshine princess football baseball iloveyou trustno superman batman
    whatever starwars computer internet liverpool arsenal chelsea manchester united everton london
    england summer winter spring autumn january february march april june july august september
    october november december monday tuesday wednesday thursday friday saturday sunday council
    county charlie michael jennifer jordan hunter shadow ashley daniel thomas george jessica hello
    guest test user root default temp temporary love baby angel family flower cheese killer soccer
    this that is my the new you and for me to in on not a i
"""
EASY = re.compile("|".join(sorted(COMMON.split(), key=len, reverse=True)))


def hasher(*, cheap: bool = False) -> PasswordHasher:
    """The argon2 hasher; the cheap one is for tests, where a slow hash proves nothing."""
    return PasswordHasher.from_parameters(profiles.CHEAPEST if cheap else profiles.RFC_9106_LOW_MEMORY)


def store(password: str, *, cheap: bool = False) -> str:
    """The hash to keep for a password."""
    return hasher(cheap=cheap).hash(_plain(password))


def is_right(stored: str, password: str) -> bool:
    """Whether a password is the one whose hash is stored; the stored hash brings its own parameters."""
    if len(password) > 4 * LONGEST:
        return False
    try:
        return hasher().verify(stored, _plain(password))
    except (VerificationError, InvalidHashError):
        return False


def problem(password: str, *, about: tuple[str, ...] = ()) -> str:
    """What is wrong with a new password, as a sentence for its owner; empty when it will do.

    `about` holds words that the person's guesser would try: their name, their e-mail address, the council's
    name.
    """
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return f"Password must be {SHORTEST} characters or more"
    if len(plain) > LONGEST:
        return f"Password must be {LONGEST} characters or fewer"
    if _what_is_left(plain.lower(), about) < 4:
        return "Password is too easy to guess. Use three words that do not belong together"
    return ""


def _plain(password: str) -> str:
    """The same characters whichever keyboard typed them."""
    return unicodedata.normalize("NFKC", password)


def _what_is_left(password: str, about: tuple[str, ...]) -> int:
    """How many different characters are left when everything a guesser tries first has been taken out."""
    personal = [part for words in about for part in re.findall(r"[^\W\d_]{3,}", words.lower())]
    shortest = len(password)
    for spelling in (password, password.translate(LEET)):
        rest = spelling
        for words in sorted(personal, key=len, reverse=True):
            rest = rest.replace(words, " ")
        rest = EASY.sub(" ", _without_rows(rest))
        shortest = min(shortest, len(set(re.findall(r"\w", re.sub(r"\d+", " ", rest)))))
    return shortest


def _without_rows(words: str) -> str:
    """Without runs along the alphabet, the digits or the keyboard, forwards or backwards."""
    for row in (*ROWS, *(row[::-1] for row in ROWS)):
        for length in range(len(row), 3, -1):
            for start in range(len(row) - length + 1):
                words = words.replace(row[start : start + length], " ")
    return words
