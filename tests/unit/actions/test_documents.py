"""Documents: kept outside the database under a random name, told by their content, never served when they changed."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from models import AuditEvent, Document, Job
from tests.support.office import Office
from workflows.actions import documents
from workflows.enqueue import Tools
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.rules import file_types

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def package(*names: str, mimetype: bytes = b"") -> bytes:
    """A zip file with these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return made.getvalue()


WORD = package("[Content_Types].xml", "word/document.xml")
ODT = package("content.xml", mimetype=b"application/vnd.oasis.opendocument.text")


@pytest.fixture
def add(office: Office, tmp_path: Path) -> Callable[..., Document]:
    def add(**changes: object) -> Document:
        wanted: dict[str, object] = {
            "filename": "report.pdf", "content": PDF, "kind": "report", "title": "Report", "is_public": False, "exempt_paragraphs": "",
            "by": office.officer, "folder": tmp_path, **changes,
        }  # fmt: skip
        return documents.add(office.session, office.case, **wanted)  # type: ignore[arg-type]

    return add


def test_a_document_comes_back_as_it_was_added(add: Callable[..., Document], office: Office, tmp_path: Path) -> None:
    document = add()

    assert documents.open_bytes(document, tmp_path) == PDF
    assert document.media_type == "application/pdf"
    assert "report" not in document.stored_as
    assert (tmp_path / document.stored_as).stat().st_mode & 0o077 == 0
    assert office.session.scalars(select(AuditEvent.kind)).all() == ["document:added"]


def test_a_document_that_was_changed_on_the_disk_is_not_served(add: Callable[..., Document], tmp_path: Path) -> None:
    document = add()
    (tmp_path / document.stored_as).write_bytes(PDF.replace(b"1.7", b"1.6"))

    with pytest.raises(documents.Damaged):
        documents.open_bytes(document, tmp_path)


def test_a_document_whose_file_is_gone_is_damaged(add: Callable[..., Document], tmp_path: Path) -> None:
    document = add()
    (tmp_path / document.stored_as).unlink()

    with pytest.raises(documents.Damaged):
        documents.open_bytes(document, tmp_path)


@pytest.mark.parametrize(
    ("filename", "content", "kind"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.PNG", PNG, "image/png"),
        ("a.docx", WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.odt", ODT, "application/vnd.oasis.opendocument.text"),
        ("a.txt", "Grüße".encode("cp1252"), "text/plain"),
        ("a.csv", b"a,b\r\n1,2\r\n", "text/csv"),
    ],
)
def test_allowed_kinds_are_told_by_their_content(filename: str, content: bytes, kind: str) -> None:
    assert file_types.media_type(filename, content) == kind


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("a.pdf", b""),
        ("a.pdf", PNG),
        ("a.pdf", b"%PDF-1.7 cut off"),
        ("a.png", b"<svg onload=alert(1)>"),
        ("a.html", b"<p>"),
        ("a.svg", b"<svg/>"),
        ("a.exe", b"MZ"),
        ("a.pdf.exe", PDF),
        ("a", PDF),
        ("a.docx", package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("a.docx", package("[Content_Types].xml", "xl/workbook.xml")),
        ("a.docx", b"PK\x03\x04broken"),
        ("a.odt", package("content.xml", "Basic/script.xml", mimetype=b"application/vnd.oasis.opendocument.text")),
        ("a.odt", package("content.xml", mimetype=b"application/vnd.oasis.opendocument.spreadsheet")),
        ("a.txt", b"a\x00b"),
    ],
)
def test_everything_else_is_refused_in_words(filename: str, content: bytes) -> None:
    with pytest.raises(file_types.NotAllowed, match="The selected file"):
        file_types.media_type(filename, content)


def test_a_package_that_would_unpack_into_far_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_types, "MOST_UNPACKED", 5)

    with pytest.raises(file_types.NotAllowed):
        file_types.media_type("a.docx", WORD)


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\report.pdf", "report.pdf"),
        ("re\u202eport\x00\n.pdf", "report.pdf"),
        ('a<b>:"c|?*.pdf', "a-b-c-.pdf"),
        ("  two   spaces .pdf", "two spaces.pdf"),
        ("CON.txt", "file-CON.txt"),
        ("...", "document"),
        ("", "document"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, cleaned: str) -> None:
    assert file_types.clean_name(given) == cleaned


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"content": PDF + b"x" * 30, "most_bytes": 60}, "file"),
        ({"filename": "a.exe"}, "file"),
        ({"title": " "}, "title"),
        ({"is_public": True, "exempt_paragraphs": "3"}, "is_public"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    add: Callable[..., Document], tmp_path: Path, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add(**changes)

    assert set(refused.value.errors) == {field}
    assert list(tmp_path.rglob("*")) == []


def test_a_reader_adds_nothing(add: Callable[..., Document], office: Office) -> None:
    with pytest.raises(Refused):
        add(by=office.auditor)


def test_a_removed_document_is_not_served_and_its_bytes_are_erased(add: Callable[..., Document], office: Office, tmp_path: Path) -> None:
    document = add()

    documents.remove(office.session, document, because="The wrong file", by=office.officer)

    with pytest.raises(NotFound):
        documents.open_bytes(document, tmp_path)
    job = office.session.scalars(select(Job)).one()
    documents.erase(office.session, Tools(uploads=tmp_path), **job.args)
    assert not (tmp_path / document.stored_as).exists()
    with pytest.raises(Conflict):
        documents.remove(office.session, document, because="Again", by=office.officer)


def test_a_public_document_is_removed_only_by_those_who_publish(add: Callable[..., Document], office: Office) -> None:
    document = add(is_public=True)

    with pytest.raises(Refused):
        documents.remove(office.session, document, because="The wrong file", by=office.officer)


def test_a_file_without_a_row_is_erased_after_a_day_and_a_file_with_one_stays(add: Callable[..., Document], office: Office, tmp_path: Path) -> None:
    kept = add()
    orphan = tmp_path / "ab" / "abandoned"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(PDF)
    assert documents.sweep(office.session, tmp_path) == []
    for path in (orphan, tmp_path / kept.stored_as):
        os.utime(path, (time.time() - 100_000,) * 2)

    assert documents.sweep(office.session, tmp_path) == ["ab/abandoned"]

    assert documents.open_bytes(kept, tmp_path) == PDF
