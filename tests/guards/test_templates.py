"""Every page's template has its heading, and none has a style or a script inside it, which the content policy forbids."""

from __future__ import annotations

import re

from tests.guards.source import Source, files

COMMENT = re.compile(r"\{#.*?#\}", re.S)
HEADING = re.compile(r"<h1\b|\bpanel\(")
NEEDS = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")
INSIDE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "a script with words": re.compile(r"""<script\b(?![^>]*\bsrc=)(?![^>]*type=["']application/json["'])"""),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "a script address": re.compile(r"javascript:", re.I),
    "a title that only hovering shows": re.compile(r"<(?!iframe|svg|title)[a-z][^>]*\stitle\s*="),
}
FRAMES = re.compile(r"^shared/|/(?:base|frame|layout)\.html$")


def templates() -> dict[str, Source]:
    """Every template by the name that others call it by."""
    return {source.path.partition("templates/")[2]: source for source in files("webapp", ending=".html")}


def words_inside(source: Source) -> list[str]:
    """What a template holds that the policy forbids."""
    text = COMMENT.sub("", source.text)
    return [f"{source.path}: {what}" for what, pattern in INSIDE.items() if pattern.search(text)]


def has_heading(name: str, known: dict[str, Source]) -> bool:
    """Whether a template, or one of those it is made of, has a main heading."""
    source = known.get(name)
    if source is None or name in {"shared/base.html", "shared/macros.html"}:
        return False
    text = COMMENT.sub("", source.text)
    return bool(HEADING.search(text)) or any(has_heading(part, known) for part in NEEDS.findall(text))


def is_page(source: Source) -> bool:
    """Whether the template is a page of its own, not a part of one."""
    return "{% extends" in source.text and not FRAMES.search(source.path.partition("templates/")[2])


def test_nothing_stands_inside_that_the_policy_forbids() -> None:
    assert [problem for source in templates().values() for problem in words_inside(source)] == []


def test_every_page_has_a_heading() -> None:
    known = templates()

    assert [name for name, source in known.items() if is_page(source) and not has_heading(name, known)] == []


def test_a_style_a_script_and_a_page_without_a_heading_would_be_found() -> None:
    for planted in ('<p style="color: red">', "<style>p {}</style>", "<script>alert(1)</script>", '<a onclick="x()">', '<b title="x">'):
        assert words_inside(Source("x", planted)), planted
    for fine in ('<script type="module" src="x"></script>', '<script type="application/json">{}</script>', "{# <style> #}"):
        assert not words_inside(Source("x", fine)), fine
    bare = {"work/x.html": Source("work/templates/work/x.html", '{% extends "shared/staff.html" %}')}
    assert not has_heading("work/x.html", bare)
