"""A process folder as one zip file or as files on a disk, there and back, byte for byte.

What comes from outside is read with limits on names, number and size of its files, so that no archive can grow without end or
write outside its folder. Everything here is refused with DefinitionRefused, one Problem for each thing that is wrong.
"""

from __future__ import annotations

import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from workflows.engine import DefinitionRefused, Problem

Files = Mapping[str, str]

KEPT = frozenset({".bpmn", ".dmn", ".json", ".yml", ".txt", ".md"})
MAIN = "process.bpmn"
SUBFOLDERS = frozenset({"forms", "documents"})
MOST_FILES = 200
MOST_ENTRIES = 1_000
LARGEST_ZIP = 5_000_000
LARGEST_FILE = 2_000_000
LARGEST_FOLDER = 8_000_000
LONGEST_PATH = 150
DEEPEST = 4
# Letters, digits, hyphens, dots, spaces and brackets; never only dots, never a dot or a space at an end.
PART = re.compile(r"\w(?:[\w .()+-]*[\w)+-])?")
ENCODING = re.compile(r"""\A\ufeff?\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']""")
UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
SIMPLE_WAYS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, NotImplementedError, UnicodeDecodeError)
# The same folder gives the same archive on every day.
NO_DAY = (1980, 1, 1, 0, 0, 0)
LITTER = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Unpacked:
    """The files of a folder by their path in it, and the entries of the archive that are no part of a process, each with why."""

    files: dict[str, str]
    left_out: dict[str, str] = field(default_factory=dict)


def pack(files: Files, top: str) -> bytes:
    """The zip file of a folder, all of it inside a folder named `top`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{top}/{path}", NO_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, text.encode())
    return out.getvalue()


def unpack(content: bytes) -> Unpacked:
    """The files of a zip file, without the folders that only wrap all of them. DefinitionRefused says what is wrong with it."""
    if len(content) > LARGEST_ZIP:
        raise refused(f"The zip file is larger than {LARGEST_ZIP // 1_000_000} MB")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpacked(archive)
    except UNREADABLE as error:
        raise refused("The zip file cannot be read: it is damaged, locked with a password, or not a zip file", "Make it again") from error


def _unpacked(archive: zipfile.ZipFile) -> Unpacked:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_ENTRIES:
        raise refused(f"The zip file has more than {MOST_ENTRIES:,} files")
    left_out: dict[str, str] = {}
    wanted: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        path = checked_path(entry.filename)
        why = _why_left_out(path)
        if why:
            left_out[path] = why
        elif path in wanted:
            raise refused(f"The zip file has {path} twice")
        else:
            wanted[path] = entry
    _check_number_and_names(wanted)
    wrapped = _wrapping(list(wanted))
    return Unpacked({path[wrapped:]: text for path, text in _texts(archive, wanted).items()}, left_out)


def _why_left_out(path: str) -> str:
    parts = path.split("/")
    if LITTER & set(parts) or any(part.startswith(".") for part in parts):
        return "It belongs to the computer that made the zip file"
    if PurePosixPath(path).suffix not in KEPT:
        return f"A process is made of {', '.join(sorted(KEPT))} files only"
    return ""


def _check_number_and_names(paths: Mapping[str, object]) -> None:
    if not paths:
        raise refused("The zip file has no file of a process in it", f"It needs {MAIN}, and may have forms, tables and texts")
    if len(paths) > MOST_FILES:
        raise refused(f"The zip file has more than {MOST_FILES} files of a process")
    # On many disks two names that differ in capitals only are one file, and one of them would be lost on export.
    lowered = [path.casefold() for path in paths]
    for path in paths:
        if lowered.count(path.casefold()) > 1:
            raise refused(f"Two files are named {path}, but for capital letters", "Give one another name")


def _texts(archive: zipfile.ZipFile, wanted: Mapping[str, zipfile.ZipInfo]) -> dict[str, str]:
    texts: dict[str, str] = {}
    room = LARGEST_FOLDER
    for path, entry in wanted.items():
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise refused(f"{path} is a link to another file", "Put the file itself in its place")
        if entry.compress_type not in SIMPLE_WAYS:
            raise refused(f"{path} is compressed in an unusual way", "Make the zip file with the usual settings")
        # What the archive says of sizes is only a claim: no more than the limit is ever taken out of it.
        with archive.open(entry) as source:
            raw = source.read(min(LARGEST_FILE, room) + 1)
        room -= len(raw)
        if room < 0:
            raise refused(f"The files are larger than {LARGEST_FOLDER // 1_000_000} MB together")
        texts[path] = text_of(path, raw)
    return texts


def _wrapping(paths: list[str]) -> int:
    """How much of every path is only the name of the folders around all files."""
    length = 0
    while True:
        tops = {path[length:].partition("/")[0] for path in paths}
        top = next(iter(tops))
        if len(tops) > 1 or top in SUBFOLDERS or any("/" not in path[length:] for path in paths):
            return length
        length += len(top) + 1


def checked_path(path: str) -> str:
    """A path inside a folder as we write it. DefinitionRefused for one that leads out of it or has signs that a disk may not take."""
    parts = unicodedata.normalize("NFC", path).split("/")
    is_odd = not all(PART.fullmatch(part) or _is_hidden(part) for part in parts)
    if is_odd or len(path) > LONGEST_PATH or len(parts) > DEEPEST + 1:
        shown = path if path.isprintable() else ascii(path)
        raise refused(f"A file may not be named “{shown[:60]}”", "Use letters, digits, hyphens and dots, and no path out of the folder")
    return "/".join(parts)


def _is_hidden(part: str) -> bool:
    return part.startswith(".") and PART.fullmatch(part[1:]) is not None and len(part) < LONGEST_PATH


def text_of(path: str, raw: bytes) -> str:
    """The text of a file as it is, every line end and mark kept. DefinitionRefused when it is too large or no UTF-8 text."""
    if len(raw) > LARGEST_FILE:
        raise refused(f"{path} is larger than {LARGEST_FILE // 1_000_000} MB")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refused(f"{path} is not text in UTF-8", "Save it again as UTF-8") from error
    if "\x00" in text:
        raise refused(f"{path} has signs in it that no text has")
    declared = ENCODING.match(text)
    if declared and declared[1].lower() not in UTF8:
        raise refused(f"{path} says that it is written in {declared[1]}", "Save it again as UTF-8")
    return text


def read(folder: Path) -> dict[str, str]:
    """The files of a process folder on a disk by their path in it, as they are; links that lead out of it are left out."""
    inside = folder.resolve()
    found = [path for path in sorted(folder.rglob("*")) if path.suffix in KEPT and path.is_file() and path.resolve().is_relative_to(inside)]
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8") for path in found}


def write(files: Files, folder: Path) -> list[str]:
    """Make a folder on a disk say exactly these files; gives a line for each file that changed.

    Files of a process that are no longer part of it are removed. DefinitionRefused for a folder that holds something else.
    """
    paths = {checked_path(path): text for path, text in files.items()}
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MAIN).is_file():
        raise refused(f"{folder} holds something else than a process", "Choose another folder")
    before = read(folder) if folder.is_dir() else {}
    lines = []
    for path in sorted(set(before) - set(paths)):
        (folder / path).unlink()
        lines.append(f"Removed {path}")
    for path, text in sorted(paths.items()):
        if before.get(path) != text:
            _write_one(folder, path, text)
            lines.append(f"{'Changed' if path in before else 'Wrote'} {path}")
    return lines


def _write_one(folder: Path, path: str, text: str) -> None:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.resolve().is_relative_to(folder.resolve()):
        raise refused(f"{place} is a link that leads out of the folder")
    place.write_bytes(text.encode())


def refused(message: str, fix: str = "") -> DefinitionRefused:
    """One thing that is wrong with files from outside."""
    return DefinitionRefused([Problem("folder", message, fix=fix)])
