"""Reading the words on each sheet of a PDF that Chromium printed, without a library for it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)endobj", re.S)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
SHOWN = re.compile(r"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|\b(ET)\b")


def sheets(content: bytes) -> list[str]:
    """The words of each sheet in the order they are drawn, a line break after each piece of text."""
    objects = {int(number): body for number, body in OBJECT.findall(content)}
    root = int(re.search(rb"/Root (\d+)", content)[1])  # type: ignore[index]
    return [_words(objects, page) for page in _pages(objects, _number(objects[root], b"Pages"))]


def _number(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    return int(found[1]) if found else 0


def _pages(objects: dict[int, bytes], number: int) -> Iterator[bytes]:
    body = objects[number]
    kids = re.search(rb"/Kids\s*\[(.*?)\]", body, re.S)
    if kids is None:
        yield body
        return
    for kid in re.findall(rb"(\d+) 0 R", kids[1]):
        yield from _pages(objects, int(kid))


def _stream(body: bytes) -> str:
    packed = STREAM.search(body)
    assert packed
    return (zlib.decompress(packed[1]) if b"FlateDecode" in body else packed[1]).decode("latin-1")


def _words(objects: dict[int, bytes], page: bytes) -> str:
    resources = objects.get(_number(page, b"Resources"), page)
    fonts = {name.decode(): _letters(objects, int(number)) for name, number in FONT.findall(resources)}
    letters: dict[int, str] = {}
    text = ""
    for font, codes, ends in SHOWN.findall(_stream(objects[_number(page, b"Contents")])):
        if font:
            letters = fonts[font]
        elif codes:
            text += "".join(letters.get(int(codes[at : at + 4], 16), "") for at in range(0, len(codes), 4))
        elif ends:
            text += "\n"
    return text


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    table = _stream(objects[_number(objects[font], b"ToUnicode")])
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        found |= {int(code, 16): bytes.fromhex(letter).decode("utf-16-be") for code, letter in re.findall(r"<(\w+)>\s*<(\w+)>", block)}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, letter in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            found |= {code: chr(int(letter, 16) + code - int(first, 16)) for code in range(int(first, 16), int(last, 16) + 1)}
    return found
