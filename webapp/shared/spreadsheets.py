"""Tables handed out as files for a spreadsheet: CSV in UTF-8, in which no cell can be taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

# A spreadsheet takes a cell that begins so for a formula, some also in full-width forms; with an apostrophe it stays text.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
PASSED_OVER = " \u00a0\u3000\"'"


def csv_file(name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A table to save as a file with this name."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula, also behind spaces and quotes."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip(PASSED_OVER).startswith(FORMULA) else text
