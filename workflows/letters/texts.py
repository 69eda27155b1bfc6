"""The texts of letters: a subject, paragraphs, headings and lists, with `{{ expression }}` where a value goes, and nothing that could run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from models import clock
from workflows.engine import language
from workflows.errors import Invalid
from workflows.rules import calendar, words

SUBJECT = "Subject:"
HEADING, ITEM = "# ", "- "
MARKUP = re.compile(r"^(\\*(?:# |- ))", re.MULTILINE)
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")
SLOT = re.compile(r"\{\{([^{}]{1,500})\}\}")


@dataclass(frozen=True)
class Text:
    """A letter's words before anything is filled in: the subject, and the body in our small markup."""

    subject: str
    body: str


@dataclass(frozen=True)
class Block:
    """One piece of a finished letter: a heading, a paragraph with its lines, or a list with its items."""

    kind: Literal["heading", "paragraph", "list"]
    lines: tuple[str, ...]


def read(source: str) -> Text:
    """Read a text file: the first line is `Subject: …`, the rest the body. Invalid when it has none or a slot cannot be read."""
    first, _, body = source.replace("\r\n", "\n").partition("\n")
    if not first.startswith(SUBJECT) or not first.removeprefix(SUBJECT).strip() or not body.strip():
        raise Invalid({"text": "A letter begins with “Subject: ” and a title, and then has a body"})
    try:
        language.template_names(source)
    except language.LanguageError as error:
        raise Invalid({"text": f"A slot cannot be read: {error.message}"}) from error
    return Text(first.removeprefix(SUBJECT).strip(), body.strip("\n"))


def fill(text: Text, values: Mapping[str, Any]) -> Text:
    """The words with every slot worked out, once: what a value holds is never read as a slot again.

    A list, or a text of several lines, in a slot that stands alone behind `- ` makes an item of each. A paragraph that comes out empty goes,
    and so does a heading with nothing below it. Invalid for a value that is missing.
    """
    known = {name: _plain(value) for name, value in values.items()}
    try:
        subject = " ".join(NO_TEXT.sub(" ", language.render_template(text.subject, known)).split())
        lines = [line for raw in text.body.split("\n") for line in _line(raw, known)]
    except language.EvaluationError as error:
        raise Invalid({"text": f"The letter cannot be written: {error.message}"}) from error
    return Text(subject, _tidy("\n".join(lines)))


def _plain(value: Any) -> Any:
    """Dates as people write them, so that no letter ever has 2026-03-02 in it."""
    if isinstance(value, datetime):
        return words.short_day(calendar.london_date(value))
    if isinstance(value, date):
        return words.short_day(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, str):
        # What somebody typed never becomes a heading or a list of ours.
        return MARKUP.sub(r"\\\1", value)
    return "" if value is None else value


def _line(raw: str, known: Mapping[str, Any]) -> list[str]:
    slot = SLOT.fullmatch(raw.removeprefix(ITEM).strip()) if raw.startswith(ITEM) else None
    if slot is None:
        return [NO_TEXT.sub(" ", language.render_template(raw, known))]
    value = language.evaluate(slot[1], known)
    items = value if isinstance(value, list) else str(value if value is not None else "").split("\n")
    return [ITEM + " ".join(NO_TEXT.sub(" ", str(each)).split()) for each in items if str(each).strip()]


def _tidy(body: str) -> str:
    blocks = [block for block in re.split(r"\n\s*\n", body) if block.strip() and block.strip() not in (HEADING.strip(), ITEM.strip())]
    kept = [block for place, block in enumerate(blocks) if not _is_lonely(block, blocks[place + 1 :])]
    return "\n\n".join("\n".join(line.rstrip() for line in block.split("\n") if line.strip()) for block in kept)


def _is_lonely(block: str, following: list[str]) -> bool:
    if not block.startswith(HEADING) or "\n" in block.strip():
        return False
    return not following or following[0].startswith(HEADING)


def blocks_of(body: str) -> list[Block]:
    """The pieces of a finished body, in order."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", body.strip()):
        found += _blocks(part.split("\n"))
    return found


def _blocks(lines: list[str]) -> list[Block]:
    found: list[Block] = []
    for line in lines:
        kind, text = _read_line(line)
        if found and kind != "heading" and found[-1].kind == kind:
            found[-1] = Block(kind, (*found[-1].lines, text))
        else:
            found.append(Block(kind, (text,)))
    return found


def _read_line(line: str) -> tuple[Literal["heading", "paragraph", "list"], str]:
    if line.startswith(HEADING):
        return "heading", _as_typed(line.removeprefix(HEADING).strip())
    if line.startswith(ITEM):
        return "list", _as_typed(line.removeprefix(ITEM).strip())
    return "paragraph", _as_typed(line.strip())


def _as_typed(line: str) -> str:
    return line[1:] if line.startswith("\\") and MARKUP.match(line) else line


def day_words(moment: datetime) -> str:
    """`2 March 2026`, the London day of a moment."""
    return words.short_day(calendar.london_date(moment))


def london(moment: datetime) -> datetime:
    """A moment with London's clock."""
    return moment.astimezone(clock.LONDON)
