"""Which files may be kept: told by what is inside them, and a name that says the same."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable

LONGEST_NAME = 120
MOST_UNPACKED = 400 * 1024 * 1024
MOST_PARTS = 5000
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
UNSAFE = re.compile(r'[\\/:*?"<>|]+')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
WANTED = "a PDF, Word, Excel, PowerPoint, OpenDocument, picture, text or CSV file"


class NotAllowed(Exception):
    """A file that is not kept; the sentence says why."""


def clean_name(given: str) -> str:
    """A file's name without folders, invisible characters and what some systems cannot store; never empty, at most 120 letters."""
    name = given.replace("\\", "/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", "".join(letter for letter in name if unicodedata.category(letter) not in INVISIBLE))
    name = UNSAFE.sub("-", " ".join(name.split())).strip(" .-") or "document"
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    if RESERVED.fullmatch(stem.partition(".")[0]):
        stem = f"file-{stem}"
    return stem[: LONGEST_NAME - len(ending) - len(dot)].rstrip(" .") + dot + ending if len(ending) <= 10 else name[:LONGEST_NAME]


def media_type(filename: str, content: bytes) -> str:
    """The media type of a file by its content. NotAllowed when it is of no allowed kind, or its name says something else."""
    if not content:
        raise NotAllowed("The selected file is empty")
    ending = filename.rpartition(".")[2].lower()
    known = KINDS.get(ending)
    if known is None:
        raise NotAllowed(f"The selected file must be {WANTED}")
    kind, is_of_kind = known
    if not is_of_kind(content):
        raise NotAllowed(f"The selected file is not what its name says. It must be {WANTED}")
    return kind


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _is_text(content: bytes) -> bool:
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = content.decode("cp1252", "replace")
    return not any(unicodedata.category(letter) == "Cc" and letter not in "\t\r\n\f" for letter in words)


def _is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:8] and b"%%EOF" in content[-2048:]


def _office(folder: str) -> Callable[[bytes], bool]:
    def is_office(content: bytes) -> bool:
        names = _parts(content)
        no_macro = not any(name.lower().endswith(("vbaproject.bin", ".vbs", ".js")) for name in names)
        return no_macro and "[Content_Types].xml" in names and any(name.startswith(f"{folder}/") for name in names)

    return is_office


def _open_document(kind: str) -> Callable[[bytes], bool]:
    def is_open_document(content: bytes) -> bool:
        names = _parts(content)
        if "mimetype" not in names or any(name.startswith(("Basic/", "Scripts/")) for name in names):
            return False
        wanted = f"{OPEN}{kind}".encode()
        with zipfile.ZipFile(io.BytesIO(content)) as package, package.open("mimetype") as told:
            return told.read(len(wanted) + 1) == wanted

    return is_open_document


def _parts(content: bytes) -> frozenset[str]:
    """The names inside a zip file; none when it is no zip, or would unpack into far too much."""
    if not content.startswith(b"PK\x03\x04"):
        return frozenset()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return frozenset()
    too_much = len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED
    return frozenset() if too_much else frozenset(part.filename for part in parts)


KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    "pdf": ("application/pdf", _is_pdf),
    "docx": (f"{OFFICE}wordprocessingml.document", _office("word")),
    "xlsx": (f"{OFFICE}spreadsheetml.sheet", _office("xl")),
    "pptx": (f"{OFFICE}presentationml.presentation", _office("ppt")),
    "odt": (f"{OPEN}text", _open_document("text")),
    "ods": (f"{OPEN}spreadsheet", _open_document("spreadsheet")),
    "odp": (f"{OPEN}presentation", _open_document("presentation")),
    "png": ("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "txt": ("text/plain", _is_text),
    "csv": ("text/csv", _is_text),
}
