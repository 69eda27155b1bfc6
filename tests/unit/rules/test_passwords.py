"""Passwords: long, hard to guess, kept as argon2 hashes."""

from __future__ import annotations

import pytest

from workflows.rules import passwords

EASY = [
    "password1234",
    "Password123!",
    "P@ssw0rd1234",
    "passwordpassword",
    "welcome12345",
    "Welcome2026!",
    "letmeinletmein",
    "qwertyuiop12",
    "qwertyuiopasdf",
    "1qaz2wsx3edc",
    "zaq12wsxcde3",
    "abcdefghijkl",
    "lkjihgfedcba",
    "aaaaaaaaaaaa",
    "abababababab",
    "123456789012",
    "111111111111",
    "987654321098",
    "administrator",
    "Administrator1!",
    "changeme1234",
    "iloveyou1234",
    "sunshine2026",
    "Summer2026!!",
    "Winter202526",
    "November2026",
    "liverpool1892",
    "manchester123",
    "footballfootball",
    "trustno1trustno1",
    "secretpassword",
    "thisismypassword",
    "letmein123456",
    "monkeymonkey1",
    "dragondragon!",
    "princess1234",
    "superman12345",
    "starwars1977!",
    "computer1234",
    "internet2026",
    "hello1234567",
    "testtesttest",
    "guestguest12",
    "!!!!!!!!!!!!",
    "            ",
    "0123456789ab",
    "asdfghjkl123",
    "zxcvbnm12345",
    "CouncilCouncil1",
    "baseball2026",
    "whatever1234",
    "michael123456",
]
GOOD = [
    "walnut tractor umbrella",
    "correct horse battery staple",
    "Xk9#vQ2!mWz7",
    "größer Zwölf Bäume",
    "tide-ferry-gravel-9",
    "плавание по реке",
]


@pytest.mark.parametrize("password", EASY)
def test_a_password_that_everyone_tries_is_refused(password: str) -> None:
    assert "easy to guess" in passwords.problem(password)


@pytest.mark.parametrize("password", GOOD)
def test_three_words_or_a_random_one_will_do(password: str) -> None:
    assert passwords.problem(password) == ""


def test_eleven_characters_are_too_few_and_twelve_are_enough() -> None:
    assert passwords.problem("Xk9#vQ2!mWz") == "Password must be 12 characters or more"
    assert passwords.problem("Xk9#vQ2!mWz7") == ""


def test_a_long_password_is_taken_whole_and_an_endless_one_is_not() -> None:
    long = "walnut tractor umbrella " * 10

    assert passwords.problem(long[:256]) == ""
    assert passwords.problem(long + "walnut tractor umbrella") == "Password must be 256 characters or fewer"


def test_a_password_made_of_the_persons_own_name_is_refused() -> None:
    about = ("Rowan Ashdown", "rowan.ashdown@example.gov.uk", "Contracts officer")

    assert "easy to guess" in passwords.problem("RowanAshdown99", about=about)
    assert passwords.problem("RowanAshdown99") == ""


def test_every_character_of_a_long_password_counts() -> None:
    password = "tide ferry gravel " * 5
    stored = passwords.store(password, cheap=True)

    assert passwords.is_right(stored, password)
    assert not passwords.is_right(stored, password[:-1])
    assert not passwords.is_right(stored, password[:72])


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    stored = passwords.store("gro\u0308\u00dfer Zwo\u0308lf", cheap=True)

    assert passwords.is_right(stored, "gr\u00f6\u00dfer Zw\u00f6lf")


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$broken", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_broken_hash_lets_nobody_in(stored: str) -> None:
    assert not passwords.is_right(stored, "anything at all")


def test_a_stored_hash_does_not_hold_the_password() -> None:
    stored = passwords.store("walnut tractor umbrella")

    assert stored.startswith("$argon2id$")
    assert "walnut" not in stored
