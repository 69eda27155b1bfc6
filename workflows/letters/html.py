"""A letter as a part of a page, and as a page of its own to print or to make a PDF of."""

from __future__ import annotations

from html import escape

from models import Letter
from workflows.letters.texts import Block, blocks_of, day_words

STYLE = """
@page { size: A4; margin: 22mm 20mm; @bottom-right { content: "Page " counter(page) " of " counter(pages); font-size: 9pt; } }
body { font: 11pt/1.45 "Liberation Sans", Arial, sans-serif; color: #0b0c0c; max-width: 42em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 17pt; line-height: 1.2; } h2 { font-size: 13pt; margin: 1.4em 0 .3em; } p { margin: .6em 0; } ul { margin: .6em 0; }
.dps-letter__marks { font-size: 9pt; border-top: 1px solid #505a5f; margin-top: 2em; padding-top: .6em; }
""".strip()


def render_html(letter: Letter, *, top: int = 2) -> str:
    """The body of a letter as HTML, everything escaped; headings begin at the level `top`, below the page's own title."""
    return "\n".join(_block(block, top) for block in blocks_of(letter.body))


def _block(block: Block, top: int) -> str:
    lines = [escape(line) for line in block.lines]
    if block.kind == "heading":
        return f'<h{top} class="govuk-heading-m">{lines[0]}</h{top}>'
    if block.kind == "list":
        return '<ul class="govuk-list govuk-list--bullet">' + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"
    return f'<p class="govuk-body">{"<br>".join(lines)}</p>'


def render_page(letter: Letter, *, council: str, author: str = "", approver: str = "") -> str:
    """A whole page with the letter and what it carries: case, version of its words, who wrote and approved it, when and how it was sent."""
    marks = marks_of(letter, author=author, approver=approver)
    said = "".join(f"<li>{escape(mark)}</li>" for mark in marks)
    title = escape(letter.subject)
    return (
        f'<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>{title}, {escape(letter.case.reference)}</title>'
        f'<meta name="author" content="{escape(council)}"><style>{STYLE}</style></head>\n<body><p>{escape(council)}</p>\n'
        f"<p>{escape(letter.provider.name)}</p>\n<h1>{title}</h1>\n{render_html(letter)}\n"
        f'<ul class="dps-letter__marks">{said}</ul></body></html>\n'
    )


def marks_of(letter: Letter, *, author: str = "", approver: str = "") -> list[str]:
    """What every letter carries beside its words, line by line (domain 5.9)."""
    return [
        f"Case {letter.case.reference}",
        f"Sent on {day_words(letter.sent_at)} through the provider's own pages",
        *([f"Written by {author}"] if author else []),
        *([f"Approved by {approver}"] if approver else []),
        f"Text: {letter.template_version}",
        f"Mark of these words: {letter.digest[:16]}",
    ]
