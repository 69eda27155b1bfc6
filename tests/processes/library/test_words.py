"""The documents of the library can be worked out from what the notice and the record hold."""

from __future__ import annotations

from tests.processes.library import shipped
from workflows.engine.language.templates import render_template

NOTICE = {
    "statement": "A key decision is to be made on behalf of the council", "title": "A new list", "summary": "Why now.", "proposal": "Start it.",
    "maker_title": "Executive Director", "maker_name": "Helen Ashdown", "due_from": "2026-04-01", "due_to": "2026-04-30",
    "earliest_decision_on": "2026-03-31", "documents": "Report", "documents_address": "County Hall",
    "other_documents": "Other documents may be submitted", "request_procedure": "Write to us.", "comments_close": "31 March 2026",
}  # fmt: skip
RECORD = {
    "title": "A new list", "reference": "OKD1 (25/26)", "maker_title": "Executive Director", "maker_name": "", "made_on": "2026-04-02",
    "decision_text": "Start it.", "reasons": "More choice.", "alternatives_rejected": "None.", "interests": "", "dispensation": "",
    "call_in_closes": "5pm on 13 April 2026", "effective_from": "14 April 2026", "can_be_called_in": True, "not_callable_because": "",
}  # fmt: skip


def test_the_notice_states_what_regulation_9_demands() -> None:
    words = render_template(shipped.files("key-decision")["documents/notice.txt"], NOTICE)

    assert "{{" not in words
    for key in ("statement", "title", "maker_name", "due_to", "documents", "documents_address", "other_documents", "request_procedure"):
        assert NOTICE[key] in words


def test_the_record_says_none_where_nothing_was_declared_and_when_it_takes_effect() -> None:
    words = render_template(shipped.files("key-decision")["documents/record.txt"], RECORD)

    assert "Interests declared\nNone" in words
    assert "takes effect on 14 April 2026." in words
    assert "Executive Director\n" in words


def test_a_record_that_cannot_be_called_in_says_why() -> None:
    because = "It was agreed to be too urgent to wait for call-in"

    words = render_template(
        shipped.files("key-decision")["documents/record.txt"], {**RECORD, "can_be_called_in": False, "not_callable_because": because}
    )

    assert f"This decision cannot be called in. {because}." in words
