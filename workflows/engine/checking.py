"""The check before a process is deployed: everything that would be ignored, run wrongly or get stuck is found here, by element."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from lxml import etree

from workflows.engine import definition, flows, language, meanings, reading, table_checks, tables
from workflows.engine.problems import DefinitionRefused, Problem, errors_in
from workflows.engine.reading import BPMN
from workflows.engine.supported import check_elements, finding
from workflows.engine.supported_tables import check_table_elements

Files = Mapping[str, str]
DEEPEST_CALLS = 10


def check(
    key: str, files: Files, called: Mapping[str, Files], *, known_operations: Collection[str], known_groups: Collection[str] | Mapping[str, str],
    known_forms: Mapping[str, Collection[str]], known_functions: Collection[str] = (), caller_steps: Collection[str] = (),
) -> list[Problem]:  # fmt: skip
    """Everything that stands against deploying a folder, errors and warnings, each with its element and what to do.

    `called` are the folders of all processes it calls, directly or not; they have passed this check themselves. `known_groups` are
    the keys of the teams, or their names by key; `known_forms` the questions of each form by the form's name;
    `caller_steps` the ids of the user tasks of the processes that call this one, which its own steps may name.
    """
    try:
        roots = reading.diagrams(files)
        called_roots = {name: list(reading.diagrams(content).values()) for name, content in called.items() if name != key}
    except DefinitionRefused as refused:
        return refused.problems
    found = [problem for name, root in roots.items() for problem in check_elements(root, name)]
    found_tables, table_problems = _tables(files)
    found += table_problems
    found += _calls(key, list(roots.values()), called_roots)
    if errors_in(found):
        return found
    groups = dict(known_groups) if isinstance(known_groups, Mapping) else {group: group for group in known_groups}
    functions = frozenset(language.FUNCTIONS) | frozenset(known_functions)
    known = meanings.Known(known_operations, groups, known_forms, found_tables, functions, frozenset(caller_steps))
    found += [problem for root in roots.values() for problem in flows.check_flows(root)]
    if any(problem.code == "size" for problem in found):
        return found
    found += list(_meanings(list(roots.values()), called_roots, known))
    found += [problem for root in roots.values() for problem in _branches(root, known)]
    return found if errors_in(found) else [*found, *_parsed(key, files, called)]


def _tables(files: Files) -> tuple[dict[str, tables.Table], list[Problem]]:
    found: dict[str, tables.Table] = {}
    problems: list[Problem] = []
    for name, text in sorted(files.items()):
        if not name.endswith(".dmn"):
            continue
        try:
            problems += check_table_elements(reading.read_xml(text, name), name)
            table = tables.read_table(text, name)
        except DefinitionRefused as refused:
            problems += refused.problems
            continue
        if table.key in found:
            problems.append(Problem("table", f"{name}: another table of this folder has the key {table.key}"))
        found[table.key] = table
        problems += table_checks.check_table(table, name)
    return found, problems


def _calls(key: str, roots: list[etree._Element], called: Mapping[str, list[etree._Element]]) -> Iterator[Problem]:
    processes = {
        process.get("id", ""): process
        for root in [*(root for each in called.values() for root in each), *roots]
        for process in root.iter(f"{BPMN}process")
    }
    if not any(process.get("id") == key for root in roots for process in root.iter(f"{BPMN}process")):
        yield Problem("process", f"no diagram of the folder has a process with the id {key}", fix="Give the process the name of its folder")
    graph = {name: [call.get("calledElement", "") for call in process.iter(f"{BPMN}callActivity")] for name, process in processes.items()}
    for root in roots:
        for call in root.iter(f"{BPMN}callActivity"):
            name = call.get("calledElement", "")
            if name not in processes:
                yield finding("call", call, f"there is no process named “{name}”{meanings.did_you_mean(name, processes)}", "Name a deployed process")
    ring = flows.ring_in(graph)
    if ring:
        yield Problem(
            "call-cycle", f"the processes {' → '.join(ring)} call one another in a circle", fix="Draw the repetition as a loop in one of them"
        )
    elif _depth(graph, key) > DEEPEST_CALLS:
        yield Problem(
            "call-depth", f"processes call one another more than {DEEPEST_CALLS} deep", fix="Draw some of them into the process that calls them"
        )


def _depth(graph: Mapping[str, list[str]], key: str) -> int:
    depth, level = 0, {key}
    while level and depth <= DEEPEST_CALLS:
        level = {called for name in level for called in graph.get(name, [])}
        depth += bool(level)
    return depth


def _meanings(roots: list[etree._Element], called: Mapping[str, list[etree._Element]], known: meanings.Known) -> Iterator[Problem]:
    below = [root for each in called.values() for root in each]
    step_ids = [*known.steps, *(task.get("id", "") for root in [*roots, *below] for task in root.iter(f"{BPMN}userTask"))]
    for root in roots:
        yield from meanings.check_steps(root, known)
    yield from _named_steps(roots, below, step_ids)
    values = meanings.values_of(roots, known)
    yield from values.problems
    sources = values.written | meanings.ALWAYS_THERE | meanings.values_of(below, known).written - _needed(below)
    messages_bring = any(_brings_loose_values(root) for root in roots)
    yield from meanings.check_sources(values, sources, messages_bring=messages_bring)
    yield from _missing_for_called(roots, below, sources)


def _named_steps(roots: list[etree._Element], below: list[etree._Element], step_ids: Collection[str]) -> Iterator[Problem]:
    """A process that is called may name steps of its caller: those are looked for when the caller is checked."""
    for problem in meanings.check_named_steps([*roots, *below], step_ids):
        yield replace(problem, severity="warning") if _needed(roots) else problem


def _needed(roots: list[etree._Element]) -> set[str]:
    return {name for root in roots for process in root.iter(f"{BPMN}process") for name in reading.properties_of(process).get("needs", "").split()}


def _missing_for_called(roots: list[etree._Element], below: list[etree._Element], sources: Collection[str]) -> Iterator[Problem]:
    needs = {process.get("id"): _needed([root]) for root in below for process in root.iter(f"{BPMN}process")}
    for root in roots:
        for call in root.iter(f"{BPMN}callActivity"):
            for name in sorted(needs.get(call.get("calledElement"), set()) - set(sources)):
                yield finding(
                    "variable", call, f"the process it calls needs a value named {name}, and nothing gives it", "Let a step before it give it"
                )


def _brings_loose_values(root: etree._Element) -> bool:
    """Whether a message is waited for that says neither what it brings nor under which name."""
    named = {message.get("id") for message in root.iter(f"{BPMN}message") if "brings" in reading.properties_of(message)}
    caught = [each for each in root.iter(f"{BPMN}messageEventDefinition") if each.get("messageRef") not in named]
    return any(next(definition.iter(f"{reading.SPIFF}messageVariable"), None) is None for definition in caught)


def _branches(root: etree._Element, known: meanings.Known) -> Iterator[Problem]:
    """Values that two parallel branches both write: when they meet, one of the two would be lost."""
    for scope in flows.scopes_of(root):
        for node_id, node in scope.nodes.items():
            outgoing = [flow.get("targetRef", "") for flow in scope.leaving(node_id)]
            if flows.kind(node) not in ("parallelGateway", "inclusiveGateway") or len(outgoing) < 2:
                continue
            reached = [_reached(scope, target, node_id) for target in outgoing]
            own = [{each for each in branch if sum(each in other for other in reached) == 1} for branch in reached]
            writers: dict[str, set[int]] = {}
            for place, branch in enumerate(own):
                for name in {name for each in branch for part in scope.nodes[each].iter(f"{BPMN}*") for name in meanings.written_by(part, known)}:
                    writers.setdefault(name, set()).add(place)
            for name in sorted(name for name, places in writers.items() if len(places) > 1 and name):
                yield finding(
                    "same-value",
                    node,
                    f"more than one of its branches writes {name}, so one of them would be lost",
                    "Give each branch a name of its own",
                )


def _reached(scope: flows.Scope, first: str, gateway: str) -> set[str]:
    found, waiting = set[str](), [first]
    while waiting:
        current = waiting.pop()
        if current in scope.nodes and current not in found and current != gateway:
            found.add(current)
            waiting += scope.next_ids(current)
    return found


def _parsed(key: str, files: Files, called: Mapping[str, Files]) -> list[Problem]:
    """What the engine itself says against files that look right; it reads only what has passed everything else."""
    try:
        definition.read(key, files, {name: content for name, content in called.items() if name != key})
    except DefinitionRefused as refused:
        return refused.problems
    return []
