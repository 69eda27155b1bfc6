"""Everything that an answer says, wherever it says it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from werkzeug.test import TestResponse

TOKEN = re.compile(r'((?:data-form-token|name="csrf_token" value)=)"[^"]*"')
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)


def said(answer: TestResponse) -> str:
    """The address, the headers and the words of an answer, also those in the packed parts of a PDF or an office file."""
    body = answer.get_data()
    words = [str(answer.headers), body.decode("utf-8", "replace")]
    if body.startswith(b"%PDF-"):
        words += [_unpacked(part) for part in STREAM.findall(body)]
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            words += [package.read(name).decode("utf-8", "replace") for name in package.namelist()]
    return "\n".join(words)


def without_tokens(page: str) -> str:
    """A page without its form tokens, which are others in the next second."""
    return TOKEN.sub(r"\1", page)


def _unpacked(part: bytes) -> str:
    try:
        return zlib.decompress(part).decode("latin-1")
    except zlib.error:
        return ""
