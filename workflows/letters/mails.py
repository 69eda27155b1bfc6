"""How every mail looks: one set of templates, as plain text and as HTML that needs no picture, no script and no light."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from models import Case, OutboxMail

PREFERENCES = "/settings/mail"
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Line:
    """One thing in a list: its words, the path of its page, and a few words more such as when it is due."""

    text: str
    link: str = ""
    more: str = ""

    def to_json(self) -> dict[str, str]:
        """Plain values to keep in the outbox."""
        return {"text": self.text, "link": self.link, "more": self.more}


@dataclass(frozen=True)
class Section:
    """A heading and the things below it."""

    heading: str
    lines: Sequence[Line]

    def to_json(self) -> dict[str, Any]:
        """Plain values to keep in the outbox."""
        return {"heading": self.heading, "lines": [line.to_json() for line in self.lines]}


@dataclass(frozen=True, kw_only=True)
class Said:
    """Everything a mail says. Links are paths of our site; `contact` is a team to ask; `has_choices` for readers who have a page to choose on."""

    subject: str
    body: str = ""
    link: str = ""
    sections: Sequence[dict[str, Any]] = field(default_factory=tuple)
    why: str = ""
    contact: str = ""
    has_choices: bool = False


@dataclass(frozen=True)
class Rendered:
    """A mail as it goes out, in both forms."""

    text: str
    html: str


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "mail"), autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip


def said(session: Session, mail: OutboxMail) -> Said:
    """The words of a mail of the outbox, with the team to ask about its case: the same for sending it and for showing it."""
    case = session.get(Case, mail.case_id) if mail.case_id else None
    return Said(
        subject=mail.subject, body=mail.body, link=mail.link, sections=mail.sections, why=mail.why, contact=_contact(case),
        has_choices=mail.to_user_id is not None,
    )  # fmt: skip


def _contact(case: Case | None) -> str:
    """`Children's commissioning, 01234 567890`; nothing for a restricted case, whose team is not named either."""
    if case is None or case.is_restricted:
        return ""
    return ", ".join(part for part in (case.team.name, case.team.phone, case.team.email) if part)


def render(words: Said, *, public_url: str, council: str) -> Rendered:
    """The two forms of a mail; whatever a person typed is escaped in the HTML and stands on its own lines in the text."""
    values = {
        "subject": _plain(words.subject), "paragraphs": [part.strip() for part in re.split(r"\n\s*\n", _plain(words.body)) if part.strip()],
        "link": _address(public_url, words.link), "link_words": _link_words(words.link), "why": _plain(words.why), "contact": _plain(words.contact),
        "sections": [_section(section, public_url) for section in words.sections], "council": _plain(council),
        "choices": _address(public_url, PREFERENCES) if words.has_choices else "",
    }  # fmt: skip
    text = _templates().get_template("message.txt").render(values)
    html = _templates().get_template("message.html").render(values)
    return Rendered(re.sub(r"\n{3,}", "\n\n", text), html)


def style_source() -> str:
    """What a content policy must allow so that the style of a mail holds on a page of ours: its digest, and nothing else.

    The style sets no colour in the light, so that a reader's own colours hold; whoever leaves it out reads plain HTML.
    """
    style = _templates().get_template("style.css").render()
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


def _plain(words: str) -> str:
    """Words without control characters, in which no address becomes a link: what somebody typed must not lead a reader anywhere."""
    return NO_TEXT.sub(" ", words).replace("://", ": //")


def _address(public_url: str, path: str) -> str:
    return f"{public_url}{path}" if path else ""


def _link_words(path: str) -> str:
    return "Sign in with this link" if path.startswith("/apply/link/") else "Open this in the service"


def _section(section: dict[str, Any], public_url: str) -> dict[str, Any]:
    lines = [
        {"text": _plain(line["text"]), "more": _plain(line.get("more", "")), "link": _address(public_url, line.get("link", ""))}
        for line in section["lines"]
    ]
    return {"heading": _plain(section["heading"]), "lines": lines}
