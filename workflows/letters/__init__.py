"""Letters: their words made from a text with slots, and the same words as a page, as a tagged PDF and as a Word document."""

from __future__ import annotations

from workflows.letters.html import render_html, render_page
from workflows.letters.pdf import can_make_pdf, render_pdf
from workflows.letters.texts import Block, Text, blocks_of, fill
from workflows.letters.word import render_docx

__all__ = ["Block", "Text", "blocks_of", "can_make_pdf", "fill", "render_docx", "render_html", "render_page", "render_pdf"]
