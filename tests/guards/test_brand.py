"""The built style sheets carry nothing of gov.uk's own brand: a council is not on gov.uk."""

from __future__ import annotations

import re

import pytest

from tests.guards.source import ROOT

BRAND = re.compile(r"GDS Transport|govuk-crest|@font-face\{[^}]*transport|url\([^)]*(?:crown|crest)", re.I)
STATIC = ROOT / "webapp" / "static"


@pytest.mark.parametrize("kind", ["css", "js"])
def test_what_was_built_names_neither_the_typeface_nor_the_crest(kind: str) -> None:
    built = sorted(STATIC.glob(f"*.{kind}"))

    assert built
    assert [path.name for path in built if BRAND.search(path.read_text())] == []


def test_no_typeface_or_crest_was_copied() -> None:
    assert [path.name for path in STATIC.rglob("*") if re.search(r"crest|crown|transport|\.woff", path.name, re.I)] == []


def test_the_typeface_would_be_found() -> None:
    assert BRAND.search('body{font-family:"GDS Transport",arial,sans-serif}')
    assert BRAND.search("url(/assets/images/govuk-crest.svg)")
