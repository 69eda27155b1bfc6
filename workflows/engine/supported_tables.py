"""What a decision table may be made of: elements and attributes that decide as DMN says, or are only shown. All others are refused by name."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from workflows.engine.problems import Problem

NAMESPACES = tuple(f"https://www.omg.org/spec/DMN/{version}/MODEL/" for version in ("20191111", "20211108", "20230324"))
DRAWING = ("/DMNDI/", "/DC/", "/DI/", "/DI")
NAMED = frozenset({"id", "name", "label"})
ELEMENTS: dict[str, frozenset[str]] = {
    "definitions": NAMED | {"namespace", "exporter", "exporterVersion", "expressionLanguage", "typeLanguage"},
    "decision": NAMED,
    "variable": NAMED | {"typeRef"},
    "decisionTable": NAMED | {"hitPolicy", "aggregation", "preferredOrientation", "outputLabel", "typeRef"},
    "input": NAMED,
    "inputExpression": NAMED | {"typeRef"},
    "text": frozenset(),
    "output": NAMED | {"typeRef"},
    "annotation": NAMED,
    "rule": NAMED,
    "inputEntry": NAMED,
    "outputEntry": NAMED | {"typeRef"},
    "annotationEntry": frozenset(),
    "description": frozenset(),
    "inputData": NAMED,
    "informationRequirement": NAMED,
    "requiredInput": frozenset({"href"}),
    "extensionElements": frozenset(),
}
# DMN gives these no effect on what is decided.
SHOWN = frozenset(
    {"variable", "annotation", "annotationEntry", "description", "inputData", "informationRequirement", "requiredInput", "extensionElements"}
)
INSTEAD = {
    "defaultOutputEntry": "Add a row at the end whose cells are all empty",
    "inputValues": "Let the form offer only these values",
    "outputValues": "Use FIRST, with the rows in the order that counts",
    "literalExpression": "Work it out in a script task, or write a table",
    "requiredDecision": "Put each table into a file of its own and ask one after the other",
    "businessKnowledgeModel": "Write the table where it is asked",
    "knowledgeRequirement": "Write the table where it is asked",
    "decisionService": "Call the table from a business rule task",
    "itemDefinition": "The values of a case have their kinds by their forms",
    "import": "Put the table into this folder",
}
POLICIES = {
    "UNIQUE": "", "FIRST": "", "ANY": "", "COLLECT": "", "PRIORITY": "Use FIRST, with the rows in the order that counts",
    "RULE ORDER": "Use COLLECT", "OUTPUT ORDER": "Use COLLECT and sort in a script",
}  # fmt: skip


def check_table_elements(root: etree._Element, name: str) -> Iterator[Problem]:
    """Findings about single elements and attributes of a DMN file."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        kind = etree.QName(element)
        if (kind.namespace or "").endswith(DRAWING):
            continue
        if kind.localname not in ELEMENTS or (kind.namespace and kind.namespace not in NAMESPACES):
            yield _problem(name, element, f"{kind.localname} is not supported: it would be ignored", INSTEAD.get(kind.localname, "Remove it"))
            continue
        for attribute in element.attrib:
            if attribute not in ELEMENTS[kind.localname]:
                yield _problem(name, element, f"the attribute {etree.QName(attribute).localname} would be ignored", "Remove it")


def _problem(name: str, element: etree._Element, message: str, fix: str) -> Problem:
    return Problem("table", f"{name}, line {element.sourceline}: {message}", fix=fix)
