"""Every rule of every shipped process, broken on purpose in the diagram: the gate names the rule, and how a case comes to break it."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from tests.processes.library import shipped
from workflows.engine import reading
from workflows.library import definitions, exploring, gate
from workflows.library.exploring import Rule

BPMN = reading.BPMN
FOLDERS = {path.parent.name: dict(shipped.files(path.parent.name)) for path in sorted(shipped.ROOT.glob("*/process.bpmn"))}
NEVER = "case_reference == 'planted'"


def rules_of(key: str) -> list[Rule]:
    return exploring.read_rules(FOLDERS[key]["rules.yml"]) if "rules.yml" in FOLDERS[key] else []


EVERY = [pytest.param(key, rule, id=f"{key}: {rule.id}") for key in FOLDERS for rule in rules_of(key)]


@pytest.mark.parametrize(("key", "rule"), EVERY)
def test_a_planted_violation_is_found(key: str, rule: Rule) -> None:
    looked = place_of(key, rule)
    folders = planted({name: dict(files) for name, files in FOLDERS.items()}, looked, rule)
    called = definitions.folders_called_by(folders[looked], folders)
    is_called = any(looked in definitions.keys_called_by(files) for name, files in folders.items() if name != looked)

    found = gate.look(looked, folders[looked], called, groups=shipped.groups(), is_called=is_called, seconds=60)

    broken = [each for each in found if each.code == "law" and each.message.startswith(f"{rule.id}: ")]
    assert broken, [str(each) for each in found][:5]
    assert broken[0].element_id
    assert broken[0].path or rule.form in ("different", "only by")


def place_of(key: str, rule: Rule) -> str:
    """The process whose gate proves a rule: its own, or one that calls it when the rule names steps of the caller."""
    if not rule.unknown_in(exploring.read_net(key, FOLDERS[key], groups=shipped.groups())):
        return key
    for name, files in FOLDERS.items():
        called = definitions.folders_called_by(files, FOLDERS)
        if (key in called or name == key) and not rule.unknown_in(exploring.read_net(name, files, called, groups=shipped.groups())):
            return name
    raise AssertionError(f"no process has all that {rule.id} names")


def planted(folders: dict[str, dict[str, str]], looked: str, rule: Rule) -> dict[str, dict[str, str]]:
    """The folders with a fault that breaks this rule."""
    called = [looked, *definitions.folders_called_by(folders[looked], folders)]
    roots = {name: reading.read_xml(folders[name]["process.bpmn"], name) for name in called}
    by_form = {
        "before": lambda: skip_to(roots, rule.parts["b"]),
        "only after": lambda: skip_to(roots, rule.parts["a"]),
        "different": lambda: nobody_apart(roots, rule.people),
        "only by": lambda: give_away(roots, rule.parts["a"]),
        "once": lambda: again(roots, rule.parts["a"]),
        "never while": lambda: beside(roots, rule.parts["a"], rule.parts["b"]),
    }
    by_form[rule.form]()
    return folders | {name: {**folders[name], "process.bpmn": etree.tostring(root, encoding="unicode")} for name, root in roots.items()}


def named(roots: dict[str, etree._Element], name: str) -> list[etree._Element]:
    """The steps that an id or an operation names."""
    found = []
    for root in roots.values():
        for element in root.iter(f"{BPMN}*"):
            operator = element.find(f"{BPMN}extensionElements/{reading.SPIFF}serviceTaskOperator")
            operation = operator.get("id") if operator is not None else reading.properties_of(element).get("operation")
            if name in (element.get("id"), operation):
                found.append(element)
    assert found, f"there is no {name}"
    return found


def flow(container: etree._Element, source: str, target: str, *, when: str = "") -> str:
    """Draw a flow; its id."""
    made = etree.SubElement(container, f"{BPMN}sequenceFlow", id=f"planted-{source}-{target}", sourceRef=source, targetRef=target)
    if when:
        etree.SubElement(made, f"{BPMN}conditionExpression").text = when
    return str(made.get("id"))


def skip_to(roots: dict[str, etree._Element], name: str) -> None:
    """A way from the start straight to a step, through whatever it stands in."""
    element = named(roots, name)[0]
    while True:
        if element.tag == f"{BPMN}boundaryEvent":
            element = next(each for each in element.getparent() if each.get("id") == element.get("attachedToRef"))
        container = element.getparent()
        start = container.find(f"{BPMN}startEvent")
        choose_after(container, start.get("id"), element.get("id"))
        if container.tag == f"{BPMN}subProcess":
            element = container
            continue
        calls = [call for root in roots.values() for call in root.iter(f"{BPMN}callActivity") if call.get("calledElement") == container.get("id")]
        if not calls:
            return
        element = calls[0]


def choose_after(container: etree._Element, source: str, target: str) -> None:
    """A gateway behind an element from which a case may go to the target."""
    [leaving] = [each for each in container.iterfind(f"{BPMN}sequenceFlow") if each.get("sourceRef") == source]
    if leaving.get("targetRef") == target:
        return
    gateway = f"planted-after-{source}"
    etree.SubElement(container, f"{BPMN}exclusiveGateway", id=gateway, default=leaving.get("id"))
    leaving.set("sourceRef", gateway)
    flow(container, source, gateway)
    flow(container, gateway, target, when=NEVER)


def again(roots: dict[str, etree._Element], name: str) -> None:
    """A way back from a step to itself, after a day, since a loop without a wait is refused."""
    element = named(roots, name)[0]
    container = element.getparent()
    wait = etree.SubElement(container, f"{BPMN}intermediateCatchEvent", id="planted-wait")
    etree.SubElement(etree.SubElement(wait, f"{BPMN}timerEventDefinition"), f"{BPMN}timeDuration").text = "'P1D'"
    choose_after(container, element.get("id"), "planted-wait")
    flow(container, "planted-wait", element.get("id"))


def beside(roots: dict[str, etree._Element], name: str, other: str) -> None:
    """A way to a step that opens together with another."""
    one, two = named(roots, name)[0], named(roots, other)[0]
    container = two.getparent()
    while one.getparent() is not container:
        one = one.getparent()
        assert one is not None, f"{name} stands elsewhere than {other}"
    gateway = f"planted-before-{two.get('id')}"
    etree.SubElement(container, f"{BPMN}parallelGateway", id=gateway)
    for each in container.iterfind(f"{BPMN}sequenceFlow"):
        if each.get("targetRef") == two.get("id"):
            each.set("targetRef", gateway)
    flow(container, gateway, two.get("id"))
    flow(container, gateway, one.get("id"))


def nobody_apart(roots: dict[str, etree._Element], people: list[str]) -> None:
    """The steps no longer say that another person must do them."""
    for element in (each for name in people for each in named(roots, name)):
        for entry in list(element.iter(f"{reading.SPIFF}property")):
            if entry.get("name") == "differentFrom":
                entry.getparent().remove(entry)


def give_away(roots: dict[str, etree._Element], name: str) -> None:
    """The step goes to another team."""
    for element in named(roots, name):
        for entry in [each for each in element.iter(f"{reading.SPIFF}property") if each.get("name") == "candidateGroup"]:
            entry.getparent().remove(entry)
        extensions = element.find(f"{BPMN}extensionElements")
        if extensions is None:
            extensions = etree.Element(f"{BPMN}extensionElements")
            element.insert(0, extensions)
        holder = extensions.find(f"{reading.SPIFF}properties")
        holder = etree.SubElement(extensions, f"{reading.SPIFF}properties") if holder is None else holder
        etree.SubElement(holder, f"{reading.SPIFF}property", name="candidateGroup", value="'placements'")


def test_every_form_of_rule_is_planted() -> None:
    assert {rule.form for key in FOLDERS for rule in rules_of(key)} == {"before", "only after", "different", "only by", "once", "never while"}
    assert not any(re.search("planted", files["process.bpmn"]) for files in FOLDERS.values())
