"""Whether the values, expressions, operations, tables, groups and forms that a diagram names exist and can be used as they are."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from models import clock
from workflows.engine import escalation, language, operations, reading, tables, timers
from workflows.engine.problems import Problem
from workflows.engine.reading import BPMN, SPIFF
from workflows.engine.supported import finding

ALWAYS_THERE = frozenset({"case_reference"})
EXPRESSIONS = ("conditionExpression", "timeDate", "timeDuration")
EXPRESSION_PROPERTIES = frozenset({"candidateGroup", "dueOn"})
TASK_LISTS = frozenset({"differentFrom", "startsFrom"})
TASK_PROPERTIES = """
    candidateGroup operation routes dueRule dueOn significant differentFrom page stage formKey legalBasis helpText doneWords startsFrom
    escalation
"""
PROPERTIES = {
    "userTask": frozenset(TASK_PROPERTIES.split()),
    "businessRuleTask": frozenset({"resultVariable", "stage"}),
    "process": frozenset({"needs", "stage", "startedBy"}),
    "message": frozenset({"brings"}),
}


@dataclass(frozen=True)
class Known:
    """What there is outside the diagram: operations, groups by key, questions of each form, tables by key, functions, and steps of its callers."""

    operations: Collection[str]
    groups: Mapping[str, str]
    forms: Mapping[str, Collection[str]]
    tables: Mapping[str, tables.Table]
    functions: frozenset[str] = frozenset(language.FUNCTIONS)
    steps: frozenset[str] = frozenset()


@dataclass
class Values:
    """The names of values that a diagram writes, and where it reads which."""

    written: set[str] = field(default_factory=set)
    read: list[tuple[etree._Element, frozenset[str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def values_of(roots: Iterable[etree._Element], known: Known) -> Values:
    """Every name read and written by the diagrams, with findings about texts that cannot be read."""
    values = Values()
    for root in roots:
        for element, text in expressions_of(root):
            _read_expression(values, element, text, known)
        for element in root.iter(f"{BPMN}script"):
            _read_script(values, element, known)
        for element in root.iter(f"{BPMN}process", f"{BPMN}subProcess"):
            values.written |= set(reading.properties_of(element).get("needs", "").split())
        for element in root.iter(f"{BPMN}*"):
            values.written |= written_by(element, known)
        for element in root.iter(f"{BPMN}loopDataInputRef"):
            values.read.append((element, frozenset({(element.text or "").strip()})))
        for element in root.iter(f"{BPMN}businessRuleTask"):
            table = known.tables.get(called_decision(element))
            values.read.append((element, tables.names_in(table) if table else frozenset()))
    return values


def expressions_of(root: etree._Element) -> list[tuple[etree._Element, str]]:
    """Every expression of a diagram with the element it stands in."""
    found = [(element, (element.text or "").strip()) for tag in EXPRESSIONS for element in root.iter(f"{BPMN}{tag}")]
    found += [(element, element.get("value", "")) for element in root.iter(f"{SPIFF}parameter")]
    return found + [(each, each.get("value", "")) for each in root.iter(f"{SPIFF}property") if each.get("name") in EXPRESSION_PROPERTIES]


def _read_expression(values: Values, element: etree._Element, text: str, known: Known) -> None:
    try:
        compiled = language.compile_expression(text)
    except language.LanguageError as error:
        values.problems.append(
            finding("expression", element, f"“{text[:60]}” cannot be read: {error.message}", "Write it in the language of conditions")
        )
        return
    values.read.append((element, compiled.used))
    values.problems += _unknown_functions(element, compiled, known)
    if element.tag in (f"{BPMN}timeDate", f"{BPMN}timeDuration") and isinstance(compiled.tree, ast.Expression):
        values.problems += _bad_time(element, compiled.tree.body)


def _bad_time(element: etree._Element, node: ast.expr) -> Iterator[Problem]:
    if not isinstance(node, ast.Constant):
        return
    try:
        timers.due_moment(node.value, since=clock.now())
    except language.EvaluationError as error:
        yield finding("timer", element, error.message, "Write a date such as '2026-03-31', a length of time such as 'P14D', or the name of a value")


def _read_script(values: Values, element: etree._Element, known: Known) -> None:
    try:
        compiled = language.compile_script(element.text or "")
    except language.LanguageError as error:
        values.problems.append(finding("script", element, f"the script cannot be read: {error.message}", "Write it in the language of conditions"))
        return
    values.read.append((element, compiled.used - compiled.written))
    values.problems += _unknown_functions(element, compiled, known)


def _unknown_functions(element: etree._Element, compiled: language.Compiled, known: Known) -> Iterator[Problem]:
    for node in ast.walk(compiled.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in known.functions:
            yield finding(
                "function", element, f"there is no function named {node.func.id}{did_you_mean(node.func.id, known.functions)}", "Use one that exists"
            )


def written_by(element: etree._Element, known: Known) -> set[str]:
    """The names of the values that a step or event puts into the data of its path."""
    kind = etree.QName(element).localname
    properties = reading.properties_of(element)
    if kind == "userTask":
        return set(properties.get("routes", "").split()) | set(operations.given_by(properties.get("operation", "")))
    if kind == "serviceTask":
        operator = element.find(f"{BPMN}extensionElements/{SPIFF}serviceTaskOperator")
        result = operator.get("resultVariable") if operator is not None else None
        return {result} if result else set(operations.given_by(operator.get("id", "") if operator is not None else ""))
    if kind == "businessRuleTask":
        table = known.tables.get(called_decision(element))
        result = properties.get("resultVariable")
        return {result} if result else set(table.outputs if table else ())
    if kind in ("inputDataItem", "outputDataItem"):
        return {element.get("name") or element.get("id") or ""}
    if kind == "loopDataOutputRef":
        return {(element.text or "").strip()}
    if kind == "message":
        return set(properties.get("brings", "").split())
    if kind == "script":
        return _names_written(element.text or "")
    return {(each.text or "").strip() for each in element.iterfind(f"{BPMN}extensionElements/{SPIFF}messageVariable")}


def _names_written(text: str) -> set[str]:
    try:
        return set(language.compile_script(text).written)
    except language.LanguageError:
        return set()


def called_decision(element: etree._Element) -> str:
    """The key of the table that a business rule task asks."""
    return (element.findtext(f"{BPMN}extensionElements/{SPIFF}calledDecisionId") or "").strip()


def check_sources(values: Values, sources: Collection[str], *, messages_bring: bool) -> Iterator[Problem]:
    """A finding for each value that nothing gives; only a warning where a message without a variable could bring it."""
    for element, names in values.read:
        for name in sorted(names - set(sources) - {""}):
            fix = "Let an operation, a form (routes), a script or a table give it, or list it among what the process needs"
            if messages_bring:
                problem = finding(
                    "variable", element, f"nothing gives a value named {name}, unless a message does", "List it in what the message brings"
                )
                yield replace(problem, severity="warning")
            else:
                yield finding("variable", element, f"nothing gives a value named {name}{did_you_mean(name, sources)}", fix)


def check_steps(root: etree._Element, known: Known) -> Iterator[Problem]:
    """Findings about operations, tables, groups, forms and our own properties of the steps of a file."""
    lanes = {reference.text: lane.get("name", "") for lane in root.iter(f"{BPMN}lane") for reference in lane.iter(f"{BPMN}flowNodeRef")}
    for element in root.iter(f"{BPMN}serviceTask"):
        operator = element.find(f"{BPMN}extensionElements/{SPIFF}serviceTaskOperator")
        yield from _check_operation(element, operator.get("id", "") if operator is not None else "", known)
    for element in root.iter(f"{BPMN}businessRuleTask"):
        key = called_decision(element)
        if key not in known.tables:
            yield finding("decision", element, f"there is no table named “{key}”{did_you_mean(key, known.tables)}", "Name a table of this folder")
    for element in root.iter(f"{BPMN}userTask"):
        yield from _check_user_task(element, lanes, known)
    for element in root.iter(f"{BPMN}multiInstanceLoopCharacteristics"):
        yield from _check_instances(element)
    for kind, names in PROPERTIES.items():
        for element in root.iter(f"{BPMN}{kind}"):
            yield from _check_properties(element, names)


def _check_operation(element: etree._Element, name: str, known: Known) -> Iterator[Problem]:
    if name not in known.operations:
        message = f"there is no operation named “{name}”{did_you_mean(name, known.operations)}" if name else "it names no operation"
        yield finding("operation", element, message, "Choose one of the operations that exist")


def _check_user_task(element: etree._Element, lanes: Mapping[str | None, str], known: Known) -> Iterator[Problem]:
    properties = reading.properties_of(element)
    form = properties.get("formKey") or element.get("id", "")
    if form not in known.forms:
        yield finding("form", element, f"there is no form forms/{form}.json", "Make the form, or name another one in formKey")
    elif missing := sorted(set(properties.get("routes", "").split()) - set(known.forms[form])):
        yield finding("routes", element, f"the form {form} has no question {', '.join(missing)}", "Name questions of the form in routes")
    if properties.get("operation"):
        yield from _check_operation(element, properties["operation"], known)
    yield from _check_group(element, properties.get("candidateGroup", ""), lanes.get(element.get("id"), ""), known)
    if escalation.PROPERTY in properties:
        yield from _check_escalation(element, properties[escalation.PROPERTY], known)


def _check_escalation(element: etree._Element, text: str, known: Known) -> Iterator[Problem]:
    fix = "Write parts of the time and whom to tell, such as 50% 80% manager+1 monitoring-officer+3, or none"
    try:
        stages = escalation.read(text)
    except escalation.UnknownWords as error:
        yield finding("escalation", element, str(error), fix)
        return
    for stage in stages:
        if stage.who and stage.who != escalation.MANAGER and stage.who not in known.groups:
            hint = did_you_mean(stage.who, {*known.groups, escalation.MANAGER})
            yield finding("escalation", element, f"there is no team or post with the key “{stage.who}” to tell{hint}", fix)


def check_named_steps(roots: Iterable[etree._Element], step_ids: Collection[str]) -> Iterator[Problem]:
    """A finding for each step that a user task names (who must be another person) and that is not there."""
    for element in (task for root in roots for task in root.iter(f"{BPMN}userTask")):
        properties = reading.properties_of(element)
        for name in sorted(TASK_LISTS & set(properties)):
            for step in sorted(set(properties[name].split()) - set(step_ids)):
                hint = did_you_mean(step, step_ids)
                yield finding("step", element, f"{name} names {step}, and there is no such user task{hint}", "Name the id of a user task")


def _check_group(element: etree._Element, group: str, lane: str, known: Known) -> Iterator[Problem]:
    if not group and lane not in known.groups.values():
        yield finding(
            "group", element, f"no team is named “{lane}”" if lane else "it has no team", "Put it into the lane of a team, or set candidateGroup"
        )
    node = _literal(group)
    if isinstance(node, str) and node not in known.groups:
        yield finding(
            "group", element, f"there is no team with the key “{node}”{did_you_mean(node, known.groups)}", "Name a team of the organisation"
        )


def _literal(text: str) -> object:
    try:
        tree = language.compile_expression(text).tree
    except language.LanguageError:
        return None
    return tree.body.value if isinstance(tree, ast.Expression) and isinstance(tree.body, ast.Constant) else None


def _check_instances(element: etree._Element) -> Iterator[Problem]:
    items = element.findtext(f"{BPMN}loopDataInputRef") or ""
    item = element.find(f"{BPMN}inputDataItem")
    if not items.strip().isidentifier() or item is None:
        yield finding("instances", element, "it does not say which list it goes through, and what one of it is called", "Name the list and its item")
    if (element.find(f"{BPMN}loopDataOutputRef") is None) != (element.find(f"{BPMN}outputDataItem") is None):
        yield finding("instances", element, "a list of results needs both its own name and that of one result", "Name both or neither")


def _check_properties(element: etree._Element, names: Collection[str]) -> Iterator[Problem]:
    for name in reading.properties_of(element):
        if name not in names:
            yield finding("property", element, f"the property {name} would be ignored{did_you_mean(name, names)}", "Correct its name or remove it")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint at a known word that is nearly this one."""
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f". Did you mean {close[0]}?" if close else ""
