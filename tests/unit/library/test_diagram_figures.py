"""Numbers over a diagram: printed at steps and on flows, in words too, and never as markup."""

from __future__ import annotations

from pathlib import Path

from workflows.library import diagrams
from workflows.library.diagrams_figures import Figure

XML = (Path(__file__).parent.parent.parent / "web" / "cases" / "errand.bpmn").read_bytes()


def test_numbers_stand_at_steps_and_flows_with_a_sentence() -> None:
    figures = {"propose": Figure(["3 now", "1.5 / 4.0 days"], "3 waiting now; half within 1.5", 4), "f3": Figure(["7 (70%)"], "taken 7 times")}

    drawing = diagrams.svg(XML, title="Errand", figures=figures)

    assert ">3 now</text>" in drawing
    assert ">1.5 / 4.0 days</text>" in drawing
    assert "Propose the errand (user task, Children&#x27;s commissioning). 3 waiting now; half within 1.5" in drawing
    assert ">7 (70%)</text>" in drawing
    assert drawing.count('class="bpmn-figure"') == 2
    assert drawing.count("is-shade-4") == 1


def test_a_drawing_without_numbers_is_as_it_was() -> None:
    assert diagrams.svg(XML, title="Errand", figures={}) == diagrams.svg(XML, title="Errand")


def test_words_of_a_number_are_no_markup() -> None:
    drawing = diagrams.svg(XML, title="Errand", figures={"propose": Figure(["<script>"], "<b>")})

    assert "<script>" not in drawing
    assert "&lt;script&gt;" in drawing
