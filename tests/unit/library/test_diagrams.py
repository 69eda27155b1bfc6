"""The drawing of a process is well-formed, styled by class names alone, and says everything in words too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from workflows.engine import DefinitionRefused
from workflows.library import blank, diagrams, diagrams_reading

ROOT = Path(__file__).parents[3]
SVG = "{http://www.w3.org/2000/svg}"
KEYS = ("key-decision", "consultation")


def source(key: str) -> str:
    """The diagram of a shipped process."""
    return (ROOT / "bpmn" / key / "process.bpmn").read_text(encoding="utf-8")


def drawn(key: str, **how: object) -> etree._Element:
    """The SVG of a shipped process, parsed."""
    return etree.fromstring(diagrams.svg(source(key), title=f"Drawing of {key}", **how).encode())  # type: ignore[arg-type]


@pytest.mark.parametrize("key", KEYS)
def test_a_drawing_needs_no_inline_style_script_or_identifier(key: str) -> None:
    for element in drawn(key, linked=True).iter():
        assert not set(element.attrib) & {"style", "fill", "stroke", "id", "onclick"}, element.tag
        assert element.tag.removeprefix(SVG) in {"svg", "g", "a", "rect", "circle", "path", "text", "tspan", "title"}


@pytest.mark.parametrize("key", KEYS)
def test_every_class_name_has_a_style(key: str) -> None:
    css = (ROOT / "webapp/frontend/src/diagram.css").read_text(encoding="utf-8")
    found = {name for element in drawn(key, live={"propose", "ask"}, done={"key-test"}).iter() for name in element.get("class", "").split()}

    unstyled = {name for name in found if not re.search(rf"\.{name}\b", css)}

    assert unstyled <= {"bpmn-node", "bpmn-words", "bpmn-full", "bpmn-tag"}


@pytest.mark.parametrize("key", KEYS)
def test_every_element_is_named_in_a_title(key: str) -> None:
    titles = [title.text or "" for title in drawn(key).iter(f"{SVG}title")]

    for shape in diagrams_reading.read(source(key)).shapes:
        assert any(shape.name in title for title in titles), shape.id
    assert titles[0] == f"Drawing of {key}"


@pytest.mark.parametrize("key", KEYS)
def test_a_drawing_fits_a_page_of_1280_pixels(key: str) -> None:
    left, top, width, height = map(float, drawn(key).get("viewBox", "").split())

    assert width <= 1280
    for shape in diagrams_reading.read(source(key)).shapes:
        assert left <= shape.box.x and shape.box.right <= left + width
        assert top <= shape.box.y and shape.box.bottom <= top + height


def test_where_a_case_stands_is_said_in_words() -> None:
    drawing = drawn("key-decision", live={"consult"}, done={"propose", "is-it-key"})

    titles = {title.text for title in drawing.iter(f"{SVG}title")}
    tags = ["".join(group.itertext()) for group in drawing.iter(f"{SVG}g") if group.get("class") == "bpmn-tag"]

    assert "Consult each consultee (call activity, Advice and sign-off). Now" in titles
    assert "Propose the decision (user task, Children's commissioning). Done" in titles
    assert "Key decision? (exclusive gateway, Children's commissioning). Done" in titles
    assert sorted(tags) == ["Done", "Now"]


def test_only_flows_that_were_walked_for_certain_are_marked() -> None:
    signed_off_once = {"complete-report", "changed-in-substance", "sign-offs-needed", "sign-off", "check-sign-offs", "is-signed-off"}

    drawing = drawn("key-decision", live={"comments-close"}, done=signed_off_once)

    marked = [group for group in drawing.iter(f"{SVG}g") if "is-done" in group.get("class", "").split() and "bpmn-flow" in group.get("class", "").split()]
    names = [group.findtext(f"{SVG}title") for group in marked]
    assert names.count("Flow") == 4
    assert names.count("Flow: No") == 1
    assert "Flow: Yes" not in names


def test_steps_lead_to_the_list_of_steps_only_when_asked() -> None:
    plain, linked = drawn("consultation"), drawn("consultation", linked=True)

    assert not list(plain.iter(f"{SVG}a"))
    assert plain.get("role") == "img"
    assert "#step-give-advice" in {link.get("href") for link in linked.iter(f"{SVG}a")}
    assert linked.get("role") == "group"


def test_words_of_a_process_owner_never_become_markup() -> None:
    hostile = source("consultation").replace('name="Give advice"', 'name="&lt;script&gt;alert(1)&lt;/script&gt;&quot;"')

    text = diagrams.svg(hostile, title='"><script>', linked=True)

    assert "<script>" not in text
    assert "alert(1)" in text
    etree.fromstring(text.encode())


def test_a_file_that_is_no_diagram_is_refused() -> None:
    with pytest.raises(DefinitionRefused):
        diagrams.svg("<bpmn", title="Nothing")


def test_every_word_of_a_label_is_drawn() -> None:
    text = " ".join(" ".join(drawn("key-decision").itertext()).split())

    for shape in diagrams_reading.read(source("key-decision")).shapes:
        for word in shape.name.split():
            assert word in text


def test_a_pool_from_left_to_right_has_its_names_along_its_left_edge() -> None:
    text = diagrams.svg(blank.files("visit", "Site visit", group="legal", team="Legal")["process.bpmn"], title="Site visit")

    turned = re.findall(r'<g transform="rotate\(-90 ([\d.]+) ([\d.]+)\)"><text class="bpmn-heading"><tspan[^>]*>([^<]+)<', text)
    assert turned == [("115", "170", "Site visit"), ("145", "170", "Legal")]
