"""The plain description of a process, from the README of its folder, as blocks a template can show."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MARKS = re.compile(r"\*\*|__|`")
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
ITEM = re.compile(r"^(?:[-*]|\d+\.)\s+(.*)$")


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, or a list or numbered list with its items."""

    kind: str
    text: str = ""
    items: list[str] = field(default_factory=list)


def blocks(text: str) -> list[Block]:
    """A small part of Markdown: headings, paragraphs and lists. The title is left out, for the page has one; tables and code too."""
    found: list[Block] = []
    for chunk in re.split(r"\n\s*\n", text.strip()):
        lines = [line.rstrip() for line in chunk.splitlines() if line.strip()]
        if lines and lines[0].startswith("#"):
            heading = lines.pop(0)
            if heading.startswith("##"):
                found.append(Block("heading", _plain(heading.lstrip("# "))))
        if lines and not lines[0].lstrip().startswith(("|", "```", "    ")):
            found.append(_block(lines))
    return found


def _block(lines: list[str]) -> Block:
    if not ITEM.match(lines[0]):
        return Block("paragraph", _plain(" ".join(line.strip() for line in lines)))
    items: list[str] = []
    for line in lines:
        begun = ITEM.match(line.strip())
        if begun:
            items.append(begun[1])
        else:
            items[-1] += f" {line.strip()}"
    return Block("numbered" if lines[0][0].isdigit() else "list", items=[_plain(item) for item in items])


def _plain(text: str) -> str:
    return MARKS.sub("", LINK.sub(r"\1", text)).strip()
