"""Why a decision is key, and why a document is not public, without the signs of the forms they come from."""

from __future__ import annotations

import pytest

from workflows.rules.exempt import paragraph_words
from workflows.rules.key_reasons import key_reason_words


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Expenditure > £500,000;", "Spending of more than £500,000"),
        ("Expenditure > £500,000", "Spending of more than £500,000"),
        ("Savings > £500,000;", "Savings of more than £500,000"),
        ("Significant effect on two or more divisions", "A significant effect on people in two or more divisions"),
        ("Land worth > £1 million;", "Land worth of more than £1 million"),
    ],
)
def test_the_reason_is_in_plain_words(label: str, words: str) -> None:
    assert key_reason_words(label) == words
    assert not set(key_reason_words(label)) & set(">;")


@pytest.mark.parametrize(
    ("paragraphs", "words"),
    [
        ("3", "paragraph 3 (financial or business affairs)"),
        ("1, 2", "paragraphs 1 (about a person) and 2 (likely to reveal who a person is)"),
        ("confidential", "confidential"),
    ],
)
def test_exempt_paragraphs_say_what_they_are_about(paragraphs: str, words: str) -> None:
    assert paragraph_words(paragraphs) == words
