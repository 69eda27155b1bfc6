"""A letter as a tagged PDF where WeasyPrint and its system library are; elsewhere people print the page."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from types import ModuleType
from typing import Any

from models import Letter
from workflows.letters.html import render_page

VARIANT = "pdf/ua-1"


@cache
def _weasyprint() -> ModuleType | None:
    """The library, or None where it or the system library that it draws with is missing."""
    if importlib.util.find_spec("weasyprint") is None:
        return None
    try:
        return importlib.import_module("weasyprint")
    except OSError:
        # The Python package is there and Pango is not.
        return None


def can_make_pdf() -> bool:
    """Whether letters can be had as PDF on this server."""
    return _weasyprint() is not None


def render_pdf(letter: Letter, *, council: str, author: str = "", approver: str = "") -> bytes | None:
    """The letter as a PDF for everyone (PDF/UA-1), or None where it cannot be made: then offer the page to print."""
    library = _weasyprint()
    if library is None:
        return None
    page = render_page(letter, council=council, author=author, approver=approver)
    document = library.HTML(string=page, url_fetcher=_nothing_from_outside)
    return bytes(document.write_pdf(pdf_variant=VARIANT))


def _nothing_from_outside(url: str, *_: Any, **__: Any) -> dict[str, Any]:
    raise ValueError(f"A letter takes nothing from outside: {url[:40]}")
