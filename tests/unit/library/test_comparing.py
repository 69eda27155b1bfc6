"""Two versions of a process compared: every difference is said in words, nothing that is the same is, and reading never fails."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from workflows.engine import digest
from workflows.library import comparing, diagrams, diagrams_marks, diagrams_reading
from workflows.library.comparing import Change, facets, pairing

ROOT = Path(__file__).parents[3]
KEYS = sorted(path.parent.name for path in (ROOT / "bpmn").glob("*/process.bpmn"))
SAMPLE = 12


def folder(key: str) -> dict[str, str]:
    """The files of a shipped process."""
    root = ROOT / "bpmn" / key
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in sorted(root.rglob("*")) if path.is_file()}


def changed(key: str, path: str, old: str, new: str, *, names: dict[str, str] | None = None) -> list[Change]:
    """The differences that one replacement in a file makes."""
    before = folder(key)
    assert old in before[path]
    return list(comparing.compare(before, {**before, path: before[path].replace(old, new, 1)}, names=names).changes)


def only(found: list[Change]) -> Change:
    """The one difference there is."""
    assert len(found) == 1, [change.sentence for change in found]
    return found[0]


@pytest.mark.parametrize("key", KEYS)
def test_a_version_is_the_same_as_itself(key: str) -> None:
    found = comparing.compare(folder(key), folder(key))

    assert found.is_same
    assert found.is_harmless
    assert found.marked == {}


@pytest.mark.parametrize("key", KEYS)
def test_versions_with_different_digests_are_never_called_the_same(key: str) -> None:
    before = folder(key)
    for path, text in before.items():
        after = {**before, path: text + "\n"}
        assert digest(before) != digest(after)
        found = only(list(comparing.compare(before, after).changes))
        assert found.is_harmless
        assert found.words == "the file is written in another way; what it says is the same"


def test_a_changed_time_is_said_with_its_words_before_and_now() -> None:
    names = {"task_days": "5 working days", "advice_days": "3 working days"}
    key = next(key for key in KEYS if 'name="dueRule" value="task_days"' in folder(key)["process.bpmn"])

    found = only(changed(key, "process.bpmn", 'name="dueRule" value="task_days"', 'name="dueRule" value="advice_days"', names=names))

    assert (found.kind, found.about, found.was, found.now) == ("changed", "step", "5 working days", "3 working days")
    assert found.words == "time allowed: was 5 working days, now 3 working days"
    assert not found.is_harmless


def test_four_eyes_that_go_are_said_by_the_names_of_the_steps() -> None:
    found = only(
        changed("consultation", "process.bpmn", 'name="differentFrom" value="propose draft-report complete-report"', 'name="differentFrom" value="remind"')
    )

    assert found.name == "Give advice"
    assert found.words == "four eyes, not done by whoever did: was propose, draft-report and complete-report, now “Remind them”"


def test_help_and_names_are_harmless_and_a_lane_is_not() -> None:
    help_text = changed("consultation", "process.bpmn", "The decision waits for your advice.", "They wait for your advice.")
    name = changed("consultation", "process.bpmn", 'name="Give advice"', 'name="Advise"')
    lane = changed("consultation", "process.bpmn", 'name="Consultee"', 'name="Legal"')

    assert only(help_text).is_harmless
    assert only(name).is_harmless
    assert not only(lane).is_harmless


def test_a_new_step_says_where_it_stands_and_its_lines_only_mark() -> None:
    before = folder("clarification")
    xml = before["process.bpmn"]
    flow = etree.fromstring(xml.encode()).find(".//{*}sequenceFlow")
    assert flow is not None
    target = flow.get("targetRef")
    xml = xml.replace(f'targetRef="{target}"', 'targetRef="look-again"', 1).replace(
        "<bpmn:sequenceFlow",
        f'<bpmn:userTask id="look-again" name="Look again" /><bpmn:sequenceFlow id="again-on" sourceRef="look-again" targetRef="{target}" /><bpmn:sequenceFlow',
        1,
    )

    found = comparing.compare(before, {**before, "process.bpmn": xml})

    added = [change for change in found.changes if change.kind == "added"]
    assert [change.name for change in added] == ["Look again"]
    assert added[0].words.startswith("after “")
    assert "before “" in added[0].words
    assert found.marks_after()["look-again"] == found.marks_after()["again-on"] == "added"
    assert "look-again" not in found.marks_before()
    back = comparing.compare({**before, "process.bpmn": xml}, before)
    assert [change.words.split(" “")[0] for change in back.changes if change.kind == "removed"] == ["it stood after"]
    assert back.marks_before()["look-again"] == "removed"


def test_a_condition_and_the_way_taken_otherwise_are_said_at_the_flow() -> None:
    before = folder("consultation")["process.bpmn"]
    condition = etree.fromstring(before.encode()).findtext(".//{*}conditionExpression")
    assert condition
    tried = changed("consultation", "process.bpmn", f">{condition}<", f">{condition} and urgent<")
    default = 'default="must-they-answer-to-give-advice"'
    otherwise = changed("consultation", "process.bpmn", default, 'default="must-they-answer-to-give-view"')

    assert only(tried).about == "flow"
    assert only(tried).words == f"condition: was {condition}, now {condition} and urgent"
    assert {change.about for change in otherwise} == {"flow"}
    assert len(otherwise) == 2


def test_a_drawing_that_only_moves_is_one_line() -> None:
    before = folder("consultation")
    root = etree.fromstring(before["process.bpmn"].encode())
    for bounds in root.iter("{*}Bounds"):
        bounds.set("x", str(float(bounds.get("x", "0")) + 10))

    found = comparing.compare(before, {**before, "process.bpmn": etree.tostring(root, encoding="unicode")})

    assert only(list(found.changes)).words.endswith("drawn in another place or size; what happens is the same")
    assert found.is_harmless
    assert found.marked == {}


def test_questions_are_known_by_their_keys_and_mark_their_step() -> None:
    found = only(changed("consultation", "forms/give-advice.json", '"required": true', '"required": false'))

    assert found.about == "question"
    assert found.within == "Form “Give advice”"
    assert found.words == "must be answered: was yes; it is not set any more"
    assert found.marks == {"give-advice"}


def test_rows_are_told_by_number_and_a_removed_row_changes_no_other() -> None:
    before = folder("inspection")
    text = before["next-visit.dmn"]
    start, end = text.index('<rule id="next-visit-row-3"'), text.index('<rule id="next-visit-row-4"')
    after = {**before, "next-visit.dmn": (text[:start] + text[end:]).replace("<text>20</text>", "<text>15</text>")}

    found = comparing.compare(before, after)

    assert [(change.kind, change.name) for change in found.changes] == [("changed", "Row 1"), ("removed", "Row 3")]
    assert found.changes[0].words == "then How many: was 20, now 15"
    assert found.marks_after() == {"next-visit": "changed"}


def test_rows_without_ids_are_known_by_what_they_say() -> None:
    before = folder("inspection")
    bare = etree.fromstring(before["next-visit.dmn"].encode())
    for rule in bare.iter("{*}rule"):
        del rule.attrib["id"]
    old = etree.tostring(bare, encoding="unicode")
    rules = list(bare.iter("{*}rule"))
    rules[4].getparent().remove(rules[4])
    new = etree.tostring(bare, encoding="unicode")

    found = comparing.compare({"t.dmn": old}, {"t.dmn": new})

    assert [(change.kind, change.name) for change in found.changes] == [("removed", "Row 5")]


def test_rules_scenarios_and_letters_are_told_in_their_own_words() -> None:
    rule = only(changed("inspection", "rules.yml", " before ", " always followed by "))
    letter = only(changed("inspection", "documents/visit_notice.txt", "Dear", "Hello"))
    before = folder("inspection")
    walk = comparing.compare(before, {**before, "scenarios.yml": before["scenarios.yml"] + "\nsent back twice:\n  - starts: 2026-01-05 09:00\n"})

    assert rule.about == "rule"
    assert "always followed by" in rule.now
    assert not rule.is_harmless
    assert (letter.about, letter.name) == ("text", "Letter “Visit notice”")
    assert [(change.about, change.kind, change.name) for change in walk.changes] == [("scenario", "added", "sent back twice")]
    assert walk.is_harmless


def test_whole_files_that_come_and_go_are_told() -> None:
    before = folder("inspection")
    less = {path: text for path, text in before.items() if path not in ("forms/triage.json", "grade.dmn", "rules.yml", "documents/visit_notice.txt")}

    found = comparing.compare(before, less)
    back = comparing.compare(less, before)

    assert {change.kind for change in found.changes} == {"removed"}
    assert {change.path for change in found.changes} == set(before) - set(less)
    assert {change.kind for change in back.changes} == {"added"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("process.bpmn", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"), ("process.bpmn", "not xml"), ("process.bpmn", ""), ("process.bpmn", "<a/>"),
        ("next-visit.dmn", "<definitions/>"), ("next-visit.dmn", "<"), ("forms/triage.json", "{"), ("forms/triage.json", '{"components": [1]}'),
        ("rules.yml", "a: &a [*a, *a]"), ("rules.yml", "[" * 2000), ("rules.yml", "- x"), ("scenarios.yml", "- x"), ("scenarios.yml", "a: [1"),
        ("scenarios.yml", "a: &a [1]\nb: [*a, *a]"), ("rules.yml", "rules: [1, {id: x}]"), ("scenarios.yml", "a: 0001-99-99"), ("rules.yml", ""),
        ("forms/triage.json", "[" * 100_000), ("forms/triage.json", '{"components": [' + '{"components": [' * 5000),
        ("scenarios.yml", "a0: &a0 [1, 1]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_harms_nothing(path: str, text: str) -> None:
    before = folder("inspection")

    for old, new in ((before, {**before, path: text}), ({**before, path: text}, before), ({**before, path: text}, {**before, path: text + " "})):
        assert not comparing.compare(old, new).is_same


def mutations(root: etree._Element) -> Iterator[tuple[etree._Element, str | None]]:
    """Every attribute and every text of the model of a diagram, not of its drawing; ids are left out, for they say what is the same."""
    for element in root.iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}*", "{http://spiffworkflow.org/bpmn/schema/1.0/core}*"):
        name = etree.QName(element).localname
        if name in ("incoming", "outgoing"):
            continue
        if (element.text or "").strip():
            yield element, None
        for attribute in element.attrib:
            is_operation = (name, attribute) == ("serviceTaskOperator", "id")
            if is_operation or (attribute != "id" and not str(attribute).startswith("{") and (name, attribute) != ("property", "name")):
                yield element, str(attribute)


@pytest.mark.parametrize("key", KEYS)
def test_no_attribute_and_no_words_of_a_diagram_change_unsaid(key: str) -> None:
    root = etree.fromstring(folder(key)["process.bpmn"].encode(), etree.XMLParser(remove_comments=True))
    known = facets.elements_of(root)
    chosen = list(mutations(root))

    for element, attribute in random.Random(key).sample(chosen, SAMPLE):
        was = element.get(attribute) if attribute else element.text
        for value in ("changed", was):
            if attribute:
                element.set(attribute, value or "")
            else:
                element.text = value
            now = facets.elements_of(root)
            assert ({k: (e.kind, e.facts) for k, e in now.items()} == {k: (e.kind, e.facts) for k, e in known.items()}) is (value == was), (
                element.tag, attribute,
            )  # fmt: skip


def test_what_is_marked_bears_a_sign_and_a_word() -> None:
    xml = folder("consultation")["process.bpmn"]
    flow = "must-they-answer-to-give-view"
    marks = {"give-advice": "changed", "must-they-answer": "removed", flow: "added", "lane-consultee": "changed"}

    drawn = etree.fromstring(diagrams.svg(xml, title="Before", marks=marks).encode())

    assert sorted(text for text in drawn.xpath("//*[local-name()='text']/text()") if text[0] in "+~−") == ["+ Added", "~ Changed", "~ Changed", "− Removed"]
    titles = drawn.xpath("//*[local-name()='title']/text()")
    assert any(title.startswith("Give advice") and title.endswith("~ Changed") for title in titles)
    assert any(title.startswith("Flow") and title.endswith("+ Added") for title in titles)
    assert len(drawn.xpath("//*[contains(@class, 'bpmn-tag')]")) == len(marks)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("abc", "abc", [(0, 0), (1, 1), (2, 2)]),
        ("abc", "ac", [(0, 0), (1, None), (2, 1)]),
        ("ac", "abc", [(0, 0), (None, 1), (1, 2)]),
        ("abc", "cab", [(2, 0), (0, 1), (1, 2)]),
        ("aab", "aaab", [(0, 0), (1, 1), (None, 2), (2, 3)]),
        ("", "a", [(None, 0)]),
        ("a", "", [(0, None)]),
    ],
)
def test_entries_are_paired_by_what_they_say(before: str, after: str, wanted: list[pairing.Pair]) -> None:
    assert pairing.pairs([("", each) for each in before], [("", each) for each in after]) == wanted


def test_only_what_changed_places_is_called_moved() -> None:
    found = pairing.pairs([("", each) for each in "abcd"], [("", each) for each in "bcda"])

    assert pairing.moved(found) == {(0, 3)}


def test_every_class_of_a_marked_drawing_has_a_style() -> None:
    css = (ROOT / "webapp/frontend/src/diagram.css").read_text(encoding="utf-8")
    xml = folder("consultation")["process.bpmn"]
    for kind in ("added", "changed", "removed"):
        drawn = etree.fromstring(diagrams.svg(xml, title="Before", marks=dict.fromkeys(facets.elements_of(etree.fromstring(xml.encode())), kind)).encode())
        names = {name for element in drawn.iter() for name in element.get("class", "").split()}
        assert {name for name in names if name not in ("bpmn-node", "bpmn-words") and f".{name}" not in css} == set()


def test_the_word_of_a_marked_flow_covers_no_other_word_where_there_is_room() -> None:
    xml = folder("consultation")["process.bpmn"]
    drawing = diagrams_reading.read(xml)
    line = next(line for line in drawing.lines if line.id == "must-they-answer-to-give-view")
    others = [*drawing.lines, *(shape for shape in drawing.shapes if shape.kind not in diagrams_reading.AREAS)]

    x, y = diagrams_marks.spot(line, 66, others)

    word = diagrams_reading.Box(x - 33, y - 9, 66, 18)
    assert not [each.id for each in others if each.label is not None and word.overlaps(each.label)]
