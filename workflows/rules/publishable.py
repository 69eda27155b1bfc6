"""What must be true before anything about a decision is published, and what the person who publishes it should look at twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from models import Document, KeyDecision, MakerType
from workflows.rules import words
from workflows.rules.decidable import Check

OPEN = "open"
PHONE = re.compile(r"(?<![\d/.-])(?:\+44\s?|0)\d(?:[\s-]?\d){8,9}(?![\d/-])")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PRIVATE_HOSTS = frozenset(
    {"aol.com", "btinternet.com", "gmail.com", "googlemail.com", "hotmail.co.uk", "hotmail.com", "icloud.com", "live.co.uk", "live.com",
     "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "sky.com", "talktalk.net", "virginmedia.com", "yahoo.co.uk", "yahoo.com"}
)  # fmt: skip


def checks(decision: KeyDecision, *, documents: Sequence[Document]) -> list[Check]:
    """What blocks every publication about a decision: an officer as lead member, an exempt file that would be open."""
    return [_lead_member(decision), _exempt_files(decision, documents)]


def _lead_member(decision: KeyDecision) -> Check:
    if decision.maker_type is MakerType.OFFICER and decision.lead_member:
        return Check("lead-member", f"An officer decides, but {decision.lead_member} is entered as lead member", False)
    return Check("lead-member", "The kind of decision maker agrees with the lead member", True)


def _exempt_files(decision: KeyDecision, documents: Sequence[Document]) -> Check:
    opened = [document for document in documents if document.is_public and document.exempt_paragraphs]
    if opened:
        return Check("exempt-files", f"{words.listed([document.title for document in opened])}: exempt, but attached in open form", False)
    closed = sum(1 for document in documents if document.exempt_paragraphs)
    if closed:
        return Check("exempt-files", f"{closed} exempt document{'' if closed == 1 else 's'} will be listed with the reason and not opened", True)
    return Check("exempt-files", "No exempt document is attached in open form", True)


def named_maker(decision: KeyDecision) -> Check:
    """Whether a notice can say who decides: an individual by name and title, a body with its members."""
    if decision.maker_name:
        return Check("named-maker", f"Names {decision.maker_name} as the decision maker", True, legal_basis="SI 2012/2089 reg 9(1)(c)")
    return Check("named-maker", f"Nobody holds the post of {decision.maker.name}, so the notice cannot name who decides", False,
                 legal_basis="SI 2012/2089 reg 9(1)(c)")  # fmt: skip


def demanded(content: Mapping[str, Any], *, other_documents: bool) -> list[Check]:
    """Whether a notice states each thing the law asks for (SI 2012/2089 reg 9(1)(a) to (h)), in the law's order."""
    maker = " ".join(str(content.get(key) or "") for key in ("maker_name", "maker_title")).strip()
    stated = [
        ("a", "That a key decision is to be made", content.get("statement")),
        ("b", "The matter", content.get("title") and content.get("summary")),
        ("c", "Who decides: name and title", maker and content.get("maker_title")),
        ("d", "When it will be decided", content.get("due_from") and content.get("due_to")),
        ("e", "The documents that go to the decision maker", content.get("documents")),
        ("f", "Where copies can be had", content.get("documents_address")),
        ("g", "That other documents may be submitted", other_documents and content.get("other_documents")),
        ("h", "How to ask for details of those documents", content.get("request_procedure")),
    ]
    return [Check(letter, text, bool(found), legal_basis=f"SI 2012/2089 reg 9(1)({letter})") for letter, text, found in stated]


def warnings(texts: Mapping[str, str]) -> list[str]:
    """What looks like a personal telephone number or a private mail address in texts that are about to be public, by their label."""
    found = []
    for label, text in texts.items():
        found += [f"{label}: {number} looks like a personal phone number" for number in _numbers(text)]
        found += [f"{label}: {address} is a private e-mail address" for address in MAIL.findall(text) if _is_private(address)]
    return found


def _numbers(text: str) -> list[str]:
    return [match.strip() for match in PHONE.findall(text)]


def _is_private(address: str) -> bool:
    return address.rpartition("@")[2].lower() in PRIVATE_HOSTS
