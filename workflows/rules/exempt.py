"""Exempt information: the paragraphs of Schedule 12A to the Local Government Act 1972, in the words a page prints."""

from __future__ import annotations

import re

PARAGRAPHS = {
    "1": "about a person",
    "2": "likely to reveal who a person is",
    "3": "financial or business affairs",
    "4": "talks about employment",
    "5": "legal advice",
    "6": "a legal notice or order that is planned",
    "7": "crime and its investigation",
}


def paragraph_words(paragraphs: str) -> str:
    """`paragraph 3 (financial or business affairs)` for `3`; several are joined. Other words are kept as they are."""
    numbers = list(dict.fromkeys(re.findall(r"\b[1-7]\b", paragraphs)))
    if not numbers:
        return paragraphs.strip()
    each = [f"{number} ({PARAGRAPHS[number]})" for number in numbers]
    return f"paragraph{'s' if len(each) > 1 else ''} {' and '.join(each)}"
