"""Files that somebody might send to do harm, made here and never kept: what each is called, what is in it, and what must become of it."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
SCRIPT = b"<script>alert(document.cookie)</script>"
PAGE = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
TAIL = b"\ntrailer << /Root 1 0 R >>\n%%EOF\n"
MACHINE_CODE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
# The harmless text that every scanner agrees to call a virus, put together here so that no scanner removes this file.
TEST_VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
TOO_BIG = 20 * 1024 * 1024 + 1


@dataclass(frozen=True)
class Hostile:
    """One file: its name as sent, its bytes, and the name it is kept under; without that it must be refused."""

    what: str
    name: str
    content: bytes
    kept_as: str = ""


def package(parts: Mapping[str, bytes], *, packed: bool = False) -> bytes:
    """A zip file with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    return out.getvalue()


def office(folder: str, **more: bytes) -> bytes:
    """The least that counts as a Word, Excel or PowerPoint file, with other parts in it."""
    return package({"[Content_Types].xml": b"<Types/>", f"{folder}/document.xml": b"<x/>", **{name.replace("__", "/"): part for name, part in more.items()}})


def open_document(kind: str, **more: bytes) -> bytes:
    """The least that counts as an OpenDocument file, with other parts in it."""
    told = f"application/vnd.oasis.opendocument.{kind}".encode()
    return package({"mimetype": told, "content.xml": b"<x/>", **{name.replace("__", "/"): part for name, part in more.items()}})


def refused() -> list[Hostile]:
    """What may not be kept at all."""
    return [
        Hostile("a page", "policy.html", PAGE),
        Hostile("a drawing with a script", "plan.svg", DRAWING),
        Hostile("a drawing called a picture", "plan.png", DRAWING),
        Hostile("a page called a PDF", "policy.pdf", PAGE),
        Hostile("a page called a Word file", "policy.docx", PAGE),
        Hostile("a program", "accounts.exe", MACHINE_CODE),
        Hostile("a program called a PDF", "accounts.pdf", MACHINE_CODE),
        Hostile("a program with two endings", "accounts.pdf.exe", MACHINE_CODE),
        Hostile("a program behind a reversed ending", "accounts\u202efdp.exe", MACHINE_CODE),
        Hostile("a program called text", "accounts.txt", MACHINE_CODE),
        Hostile("a shell script", "setup.sh", b"#!/bin/sh\nrm -rf /\n"),
        Hostile("a server's script", "photo.php", JPEG + b"<?php system($_GET['c']); ?>"),
        Hostile("a script", "form.js", b"alert(1)"),
        Hostile("a zip file", "all.zip", package({"policy.pdf": PDF + TAIL})),
        Hostile("a zip file called a Word file", "all.docx", package({"../../etc/cron.d/job": b"x"})),
        Hostile("a Word file with a macro", "policy.docx", office("word", **{"word__vbaProject.bin": b"\xd0\xcf"})),
        Hostile("a macro's own ending", "policy.docm", office("word", **{"word__vbaProject.bin": b"\xd0\xcf"})),
        Hostile("a spreadsheet with a script in it", "prices.xlsx", office("xl", **{"xl__run.vbs": b"x"})),
        Hostile("an OpenDocument with macros", "policy.odt", open_document("text", **{"Basic__Standard.xml": b"<x/>"})),
        Hostile("an OpenDocument that says it is another", "prices.ods", open_document("text")),
        Hostile("a zip bomb called a Word file", "big.docx", bomb()),
        Hostile("a Word file of very many parts", "many.docx", office("word", **{f"word__{number}": b"" for number in range(5001)})),
        Hostile("nothing", "empty.pdf", b""),
        Hostile("too much", "huge.png", PNG + b"\x00" * TOO_BIG),
        Hostile("a PDF that was cut off", "cut.pdf", PDF),
        Hostile("an old Word file", "policy.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        Hostile("a name without an ending", "README", b"hello"),
        Hostile("a name that is only an ending", ".htaccess", b"Require all granted"),
        Hostile("a moving picture called a photograph", "photo.jpg", GIF),
        Hostile("another disk's shortcut", "open.lnk", b"L\x00\x00\x00"),
    ]


def bomb() -> bytes:
    """A small Word file whose directory says that one part unpacks into half a gigabyte."""
    small, huge = struct.pack("<I", 1003), struct.pack("<I", 512 * 1024 * 1024)
    return package({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"\x00" * 1003}, packed=True).replace(small, huge)


def inert() -> list[Hostile]:
    """What is kept, under a name that can do nothing, and handed out as something to save."""
    return [
        Hostile("a PDF with a script", "script.pdf", PDF + b"<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>" + TAIL, "script.pdf"),
        Hostile("a PDF that starts a program", "launch.pdf", PDF + b"<< /S /Launch /F (cmd.exe) >>" + TAIL, "launch.pdf"),
        Hostile("a PDF with a page inside", "both.pdf", PDF + PAGE + TAIL, "both.pdf"),
        Hostile("a picture with a page behind it", "both.png", PNG + PAGE, "both.png"),
        Hostile("a photograph with a server's script", "both.jpg", JPEG + b"<?php phpinfo(); ?>", "both.jpg"),
        Hostile("a picture that is also a zip file", "zip.png", PNG + package({"run.sh": b"x"}), "zip.png"),
        Hostile("text that is a page", "page.txt", PAGE, "page.txt"),
        Hostile("a table of formulas", "prices.csv", b"name,price\n=cmd|'/C calc'!A0,1\n", "prices.csv"),
        Hostile("a table of markup", "people.csv", b"name\n" + SCRIPT, "people.csv"),
        Hostile("the scanners' test virus, while no scanner is set", "virus.txt", TEST_VIRUS, "virus.txt"),
        Hostile("a Word file that fetches its template", "remote.docx",
                office("word", word___rels__settings=b'<Relationship Target="http://example.org/t.dotm"/>'), "remote.docx"),
        Hostile("a Word file with an outside entity", "entity.docx",
                office("word", word__settings=b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'), "entity.docx"),
        Hostile("an Excel file with a link to data elsewhere", "dde.xlsx", office("xl", xl__externalLinks=b"<ddeLink/>"), "dde.xlsx"),
        Hostile("a way up", "../../../etc/passwd.txt", b"root", "passwd.txt"),
        Hostile("a way up in another system", "..\\..\\windows\\win.txt", b"root", "windowswin.txt"),
        Hostile("a whole path", "/etc/cron.d/job.txt", b"x", "job.txt"),
        Hostile("a way up in codes", "..%2f..%2fetc%2fpasswd.txt", b"x", "%2f..%2fetc%2fpasswd.txt"),
        Hostile("a name of a device", "CON.txt", b"x", "file-CON.txt"),
        Hostile("a name that hides", ".profile.txt", b"x", "profile.txt"),
        # Browsers write a quotation mark and a line break in a name as these codes.
        Hostile("a name with a line break and a header", "a%0D%0ASet-Cookie: x=1.txt", b"x", "a%0D%0ASet-Cookie- x=1.txt"),
        Hostile("a name that is markup", "%22><img src=x onerror=alert(1)>.txt", b"x", "img src=x onerror=alert(1)-.txt"),
        Hostile("a name that reads backwards", "cv\u202etxt.csv", b"a,b\n", "cvtxt.csv"),
        Hostile("a name that is too long", "a" * 400 + ".txt", b"x", "a" * 116 + ".txt"),
        Hostile("a name that runs a command", "$(reboot);`id`.txt", b"x", "$(reboot);`id`.txt"),
        Hostile("a name that is a template", "{{7*7}}${7*7}.txt", b"x", "{{7-7}}${7-7}.txt"),
        Hostile("a name in another alphabet", "с\u0301v.txt", b"x", "с\u0301v.txt"),
    ]
