"""Letters: made from the text of the case's process, sent once, never changed, and readable as a page, in Word and, where it can be, as PDF."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date

import pytest
from lxml import etree, html
from sqlalchemy import select

from models import AuditEvent, Case, Letter, OutboxMail, ProcessDefinition, clock
from tests.processes.membership.harbour import Harbour
from tests.processes.membership.test_suspending import report
from workflows import letters as rendering
from workflows.actions import definitions, letters
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.letters import texts

COUNCIL = "Westhampton County Council"
NASTY = '<script>alert(1)</script>\n# Removed\n- {{ case_reference }}\n"&\x07'


def written(harbour: Harbour, reasons: str = "Your cover ended.") -> Letter:
    report(harbour)
    harbour.complete("confirm-status")
    harbour.complete("tell-provider", letter_reasons=reasons)
    return harbour.letters()[0]


def test_a_letter_carries_case_version_author_and_approver(harbour: Harbour) -> None:
    letter = written(harbour)

    with harbour.reading() as session:
        assert session.get_one(Case, letter.case_id).reference.startswith("SUS-")
    assert letter.template_version == "suspension version 1, suspension"
    assert letter.author_id is not None and letter.approver_id is not None and letters.is_intact(letter)


def test_the_mail_says_only_that_a_letter_waits(harbour: Harbour) -> None:
    letter = written(harbour)

    with harbour.reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.kind == "letter:waits")).one()
    assert (mail.subject, mail.link) == ("A letter from the council waits for you", f"/provider/letters/{letter.id}")
    assert "hold" not in mail.body and "14.2" not in mail.body


@pytest.mark.parametrize("change", ["body", "subject", "digest"])
def test_a_letter_that_was_sent_never_changes(harbour: Harbour, change: str) -> None:
    letter = written(harbour)

    with pytest.raises(Conflict, match="never changes"), harbour.writing() as session:
        setattr(session.get_one(Letter, letter.id), change, "Something else")

    assert harbour.letters()[0].body == letter.body


def test_a_letter_that_was_sent_is_kept(harbour: Harbour) -> None:
    letter = written(harbour)

    with pytest.raises(Conflict, match="is kept"), harbour.writing() as session:
        session.delete(session.get_one(Letter, letter.id))

    assert len(harbour.letters()) == 1


def test_words_changed_behind_our_back_are_noticed(harbour: Harbour) -> None:
    letter = written(harbour)
    letter.body = letter.body.replace("14.2", "14.3")

    assert not letters.is_intact(letter)


def test_a_case_keeps_the_words_of_its_own_version(harbour: Harbour) -> None:
    report(harbour)
    harbour.complete("confirm-status")
    with harbour.writing() as session:
        files = session.scalars(select(ProcessDefinition).where(ProcessDefinition.key == "suspension")).one().files
        definitions.deploy(session, "suspension", {**files, "documents/suspension.txt": "Subject: New words\nNew words."})
    harbour.complete("tell-provider")

    assert harbour.letters()[0].template_version == "suspension version 1, suspension"


def test_a_letter_never_names_a_young_person(harbour: Harbour) -> None:
    with pytest.raises(Refused, match="young person"):
        written(harbour, "The stay yp-204417 worries us.")

    assert harbour.letters() == []


def test_a_letter_without_a_text_and_one_with_a_value_missing_are_refused(harbour: Harbour) -> None:
    report(harbour)
    with harbour.writing() as session:
        case, provider = harbour.cases()[0], harbour.provider(session)
        case = session.get_one(Case, case.id)
        with pytest.raises(NotFound):
            letters.send(session, case, provider, kind="no-such-letter", words={}, by=None)
        with pytest.raises(Invalid):
            letters.send(session, case, provider, kind="suspension", words={}, by=None)


def test_a_letter_for_the_council_only_is_not_announced_to_the_provider(harbour: Harbour) -> None:
    report(harbour)
    with harbour.writing() as session:
        case = session.get_one(Case, harbour.cases()[0].id)
        letters.send(session, case, harbour.provider(session), kind="warning", words={"event": "x", "until": date(2026, 3, 9)}, by=None,
                     is_for_provider=False)  # fmt: skip

    assert harbour.mails("letter:waits") == []


def test_the_trail_has_the_mark_of_the_words_and_not_the_words(harbour: Harbour) -> None:
    letter = written(harbour)

    with harbour.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "letter:sent")).one()
    assert event.detail["digest"] == letter.digest and "cover" not in str(event.detail)


def test_what_people_typed_is_escaped_and_never_becomes_a_heading_or_a_slot(harbour: Harbour) -> None:
    letter = written(harbour, NASTY)

    page = html.fromstring(f"<div>{rendering.render_html(letter)}</div>")

    assert page.findall(".//script") == []
    assert "# Removed" in page.text_content() and "Removed" not in [each.text for each in page.iter("h2")]
    assert "{{ case_reference }}" in page.text_content()


def test_the_page_to_print_is_whole_and_has_one_title(harbour: Harbour) -> None:
    with harbour.reading() as session:
        written(harbour)
        letter = session.scalars(select(Letter)).one()
        page = html.fromstring(rendering.render_page(letter, council=COUNCIL, author="Amara Osei"))

    assert page.get("lang") == "en-GB" and page.findtext(".//title") == f"{letter.subject}, {letter.case.reference}"
    assert [each.text for each in page.iter("h1")] == [letter.subject]
    assert "Written by Amara Osei" in page.text_content() and letter.digest[:16] in page.text_content()


def test_the_word_document_has_headings_lists_and_the_same_words(harbour: Harbour) -> None:
    with harbour.reading() as session:
        written(harbour, NASTY)
        letter = session.scalars(select(Letter)).one()
        made = rendering.render_docx(letter, council=COUNCIL)
        page = html.fromstring(f"<div>{rendering.render_html(letter)}</div>").text_content()

    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml"))
    said = "".join(root.itertext())
    assert "What this means" in said and "alert(1)" in said
    for words in re.findall(r"[A-Za-z]{5,}", page):
        assert words in said


@pytest.mark.skipif(not rendering.can_make_pdf(), reason="WeasyPrint or its system library is not on this machine")
def test_the_pdf_is_tagged_and_says_its_language(harbour: Harbour) -> None:
    with harbour.reading() as session:
        written(harbour)
        made = rendering.render_pdf(session.scalars(select(Letter)).one(), council=COUNCIL)

    assert made is not None and made.startswith(b"%PDF-")
    opened = made + b"".join(_streams(made))
    for wanted in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang (en-GB)", b"/S /H1", b"/S /LI", b"pdfuaid"):
        assert wanted in opened


def _streams(content: bytes) -> Iterator[bytes]:
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            yield zlib.decompress(found[1])
        except zlib.error:
            yield b""


def test_empty_paragraphs_and_headings_without_words_go() -> None:
    text = texts.read("Subject: {{ name }}\nDear {{ name }}\n\n# What else\n\n{{ more }}\n\n# Items\n\n- {{ items }}")

    filled = texts.fill(text, {"name": "Harbour", "more": "", "items": ["One", "", "Two\nlines"]})

    assert [block.kind for block in texts.blocks_of(filled.body)] == ["paragraph", "heading", "list"]
    assert texts.blocks_of(filled.body)[-1].lines == ("One", "Two lines")


@pytest.mark.parametrize("value", [date(2026, 3, 2), clock.read_instant("2026-03-02 23:59")])
def test_a_day_is_written_as_people_write_it(value: object) -> None:
    assert texts.fill(texts.read("Subject: x\nBy {{ day }}"), {"day": value}).body == "By 2 March 2026"


@pytest.mark.parametrize("source", ["Dear all", "Subject: x\n", "Subject: \nx", "Subject: x\n{{ open( }}"])
def test_a_text_that_is_no_letter_is_refused(source: str) -> None:
    with pytest.raises(Invalid):
        texts.read(source)
