"""The parts of a card of facts about a case or a provider: a title, rows of key and value, and what to say when there is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]
Card = dict[str, Any]


def row(key: str, value: object, tag: dict[str, str] | None = None, *, href: str = "") -> Row:
    """One fact: its value as text, or a tag {text, colour} instead; `href` makes the value a link."""
    return {"key": key, "value": value, "tag": tag, "href": href}


def card(title: str, rows: Sequence[Row], *, text: str = "", href: str = "", link: str = "", empty: str = "") -> Card:
    """One card: `text` stands above the rows, `link` to `href` below them, and `empty` where there are no rows."""
    return {"title": title, "rows": list(rows), "text": text, "href": href, "link": link, "empty": empty}
