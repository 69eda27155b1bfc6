"""Reading a register from its file: rows of CSV by their headings, whatever their order and capitals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

MOST_ROWS = 100_000
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y")


class NotThisRegister(Exception):
    """The file is not what it should be; the sentence says what is missing."""


def rows(content: bytes, *, needed: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    """The rows of a CSV file by our own names; `needed` gives for each of our names the headings it may have.

    NotThisRegister when a name that is needed has no heading, or when there are too many rows. Names that end in `?` may be missing.
    """
    reader = csv.reader(io.StringIO(_text(content)))
    places = _places(next(_not_titles(reader, needed), []), needed)
    for number, cells in enumerate(reader):
        if number >= MOST_ROWS:
            raise NotThisRegister(f"The file has more than {MOST_ROWS:,} rows")
        if any(cell.strip() for cell in cells):
            yield {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _not_titles(reader: Iterator[list[str]], needed: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """The first line that looks like headings: a file may begin with a title and notes."""
    first = {heading.lower() for headings in list(needed.values())[:1] for heading in headings}
    for _, cells in zip(range(20), reader, strict=False):
        if first & {_plain(cell) for cell in cells}:
            yield cells


def _places(headings: Sequence[str], needed: Mapping[str, Sequence[str]]) -> dict[str, int]:
    known = {_plain(heading): place for place, heading in reversed(list(enumerate(headings)))}
    found = {}
    for name, wanted in needed.items():
        place = next((known[heading.lower()] for heading in wanted if heading.lower() in known), None)
        if place is not None:
            found[name.rstrip("?")] = place
        elif not name.endswith("?"):
            raise NotThisRegister(f"The file has no column “{wanted[0]}”")
    return found


def _plain(heading: str) -> str:
    return " ".join(heading.split()).lower()


def read_date(text: str) -> date | None:
    """A day as registers write it; None for nothing and for what is no day."""
    for form in DATES:
        try:
            return datetime.strptime(text.strip()[:20].partition("T")[0], form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return None
