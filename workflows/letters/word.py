"""A letter as a Word document, with real headings and lists, for councils that edit their own letters."""

from __future__ import annotations

import io

from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Pt

from models import Letter
from workflows.letters.html import marks_of
from workflows.letters.texts import Block, blocks_of

FONT = "Arial"


def render_docx(letter: Letter, *, council: str, author: str = "", approver: str = "") -> bytes:
    """The letter as a DOCX file, its words those of the page."""
    document = Document()
    _set_up(document, letter, council)
    document.add_paragraph(council)
    document.add_paragraph(letter.provider.name)
    document.add_heading(letter.subject, level=1)
    for block in blocks_of(letter.body):
        _add(document, block)
    for mark in marks_of(letter, author=author, approver=approver):
        document.add_paragraph(mark)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _set_up(document: WordDocument, letter: Letter, council: str) -> None:
    document.styles["Normal"].font.name = FONT
    document.styles["Normal"].font.size = Pt(11)
    about = document.core_properties
    about.title, about.author, about.language = letter.subject[:255], council[:255], "en-GB"
    about.comments = ""
    about.created = about.modified = letter.sent_at


def _add(document: WordDocument, block: Block) -> None:
    if block.kind == "heading":
        document.add_heading(block.lines[0], level=2)
    elif block.kind == "list":
        for line in block.lines:
            document.add_paragraph(line, style="List Bullet")
    else:
        paragraph = document.add_paragraph(block.lines[0])
        for line in block.lines[1:]:
            paragraph.add_run().add_break()
            paragraph.add_run(line)
