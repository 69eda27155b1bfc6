"""Every element and attribute of the standards is run, shown or refused by name; the table says what the check does."""

from __future__ import annotations

import pytest

from tests.unit.engine import drawing as d
from workflows import engine
from workflows.engine import standard, supported, supported_tables, verdicts
from workflows.engine.verdicts import Verdict

PLAIN = d.definitions(d.process("p", d.start("s"), d.user("u"), d.end("e"), d.chain("s", "u", "e")))
TABLE = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="t"><decisionTable%s><input><inputExpression><text>n</text>'
    '</inputExpression></input><output name="o"/>%s<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>'
    "</decisionTable></decision></definitions>"
)
# Elements that the schema names only to build others on.
BPMN_LINES = verdicts.bpmn()
HOSTS = ("userTask", "startEvent", "exclusiveGateway", "sequenceFlow", "process", "endEvent")


def problems_of(text: str, table: str = "") -> list[engine.Problem]:
    files = {"process.bpmn": text, "forms/u.json": "{}"} | ({"t.dmn": table} if table else {})
    return engine.check("p", files, {}, known_operations=(), known_groups=("officers",), known_forms={"u": ()})


def test_the_plain_process_has_no_problems() -> None:
    assert [each for each in problems_of(PLAIN) if each.code in ("element", "attribute", "place", "event")] == []


@pytest.mark.parametrize("name", [each.element for each in BPMN_LINES if not each.attribute and each.kind == "refused"])
def test_what_is_refused_is_refused_by_name(name: str) -> None:
    inside = PLAIN.replace("</process>", f'<{name} id="odd"/></process>')
    assert inside != PLAIN
    assert any(each.code == "element" and each.message.startswith(f"{name} is not supported") for each in problems_of(inside))


@pytest.mark.parametrize("line", [each for each in BPMN_LINES if each.attribute and each.kind == "refused" and each.element in HOSTS and " " not in each.attribute], ids=str)
def test_an_attribute_that_is_refused_is_refused_by_name(line: Verdict) -> None:
    odd = PLAIN.replace(f"<{line.element} ", f'<{line.element} {line.attribute}="x" ', 1)
    if odd != PLAIN:
        assert any(each.code == "attribute" and line.attribute in each.message for each in problems_of(odd))


@pytest.mark.parametrize("line", [each for each in BPMN_LINES if each.attribute.startswith("with ")], ids=lambda line: f"{line.element} {line.attribute}")
def test_an_event_of_a_kind_that_would_not_happen_is_refused(line: Verdict) -> None:
    kind = line.attribute.removeprefix("with ")
    odd = PLAIN.replace("</process>", f'<{line.element} id="odd"><{kind} id="what"/></{line.element}></process>')
    refused = [each for each in problems_of(odd) if kind in each.message and each.code in ("element", "event")]
    assert bool(refused) is (line.kind == "refused")


def test_all_that_is_supported_is_in_the_standard() -> None:
    assert set(supported.ELEMENTS) <= set(standard.bpmn_elements())
    assert set(supported_tables.ELEMENTS) <= set(standard.dmn_elements())
    assert all(attributes <= set(standard.bpmn_elements()[name]) for name, attributes in supported.ELEMENTS.items())


def test_every_element_has_exactly_one_line_of_its_own() -> None:
    for lines, known in ((BPMN_LINES, standard.bpmn_elements()), (verdicts.dmn(), standard.dmn_elements())):
        assert [each.element for each in lines if not each.attribute] == list(known)


@pytest.mark.parametrize("name", [each.element for each in verdicts.dmn() if not each.attribute and each.kind == "refused"])
def test_what_a_table_may_not_hold_is_refused_by_name(name: str) -> None:
    assert any(f"{name} is not supported" in each.message for each in problems_of(PLAIN, TABLE % ("", f"<{name}/>")))


@pytest.mark.parametrize("policy", supported_tables.POLICIES)
def test_a_hit_policy_is_followed_or_refused(policy: str) -> None:
    found = [each for each in problems_of(PLAIN, TABLE % (f' hitPolicy="{policy}"', "")) if each.code == "table"]
    assert bool(found) is bool(supported_tables.POLICIES[policy])


@pytest.mark.parametrize(
    "odd",
    [
        PLAIN.replace("</userTask>", '<scriptTask id="inner"/></userTask>'),
        PLAIN.replace("</process>", '<process id="q" isExecutable="true"/></process>'),
        PLAIN.replace("</userTask>", '<conditionExpression>1 == 1</conditionExpression></userTask>'),
        PLAIN.replace("</process>", '<script>x = 1</script></process>'),
    ],
)  # fmt: skip
def test_what_stands_where_nothing_would_look_at_it_is_refused(odd: str) -> None:
    assert odd != PLAIN
    assert any(each.code == "place" for each in problems_of(odd))


def test_a_file_that_is_no_diagram_is_refused() -> None:
    assert problems_of("<html/>")[0].message == "process.bpmn is no BPMN diagram"
