"""Why a decision is key, in plain words: the forward plan's labels without signs or separators."""

from __future__ import annotations

import re

MONEY = re.compile(r"(expenditure|spending|savings?)\s*(?:>=|>|≥|over|of more than)\s*(£[\d,]+)", re.IGNORECASE)
TWO_DIVISIONS = re.compile(r"two or more (?:electoral )?(?:divisions|communities|wards)", re.IGNORECASE)


def key_reason_words(label: str) -> str:
    """`Spending of more than £500,000` for `Expenditure > £500,000;`; a label we do not know keeps its words."""
    text = label.strip().strip(";").strip()
    money = MONEY.fullmatch(text)
    if money is not None:
        kind = "Savings" if money[1].lower().startswith("saving") else "Spending"
        return f"{kind} of more than {money[2]}"
    if TWO_DIVISIONS.search(text):
        return "A significant effect on people in two or more divisions"
    plain = re.sub(r"\s*(?:>=|>|≥)\s*", " of more than ", text).replace(";", ",")
    return f"{plain[:1].upper()}{plain[1:]}"
