"""Two versions of a report, word by word: what stayed, what was added, what was removed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.shared import reports
from webapp.shared.reports import Piece

TEXTS = st.text(alphabet="ab \n.", max_size=60)


def test_only_the_changed_words_are_marked() -> None:
    assert reports.compared("It costs 5 pounds a year", "It costs 7 pounds a year") == [
        Piece("same", "It costs "), Piece("removed", "5 "), Piece("added", "7 "), Piece("same", "pounds a year"),
    ]  # fmt: skip


def test_long_stretches_that_stayed_are_cut_short() -> None:
    before = " ".join(f"word{n}" for n in range(100))

    pieces = reports.compared(before, before + " more")

    assert [piece.kind for piece in pieces][0] == "skipped" or len(pieces[0].text) < len(before)
    assert pieces[-1] == Piece("added", "word99 more") or pieces[-1].text.endswith("more")


def test_only_parts_that_differ_are_listed() -> None:
    changed = reports.changes({"risk": "Low", "background": "Same"}, {"risk": "High", "background": "Same", "background_papers": ["A", "B"]})

    assert [part.label for part in changed] == ["Risk", "Background papers"]


@given(TEXTS, TEXTS)
@settings(max_examples=100, deadline=None)
def test_the_pieces_make_up_both_texts(old: str, new: str) -> None:
    pieces = reports.compared(old.strip(), new.strip())
    if any(piece.kind == "skipped" for piece in pieces):
        return

    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old.strip()
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new.strip()
