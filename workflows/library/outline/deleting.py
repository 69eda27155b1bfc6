"""A step taken out of the text of a BPMN file: the flow is closed over it, and whatever nothing leads to any more goes too."""

from __future__ import annotations

from lxml import etree

from workflows.engine.reading import BPMN
from workflows.errors import Invalid, NotFound, Refused
from workflows.library.outline import paper as drawing
from workflows.library.outline import placing
from workflows.library.outline.details import found
from workflows.library.outline.sheet import Sheet, kind, take, write_back
from workflows.library.outline.steps import Edited, lead_to, take_flow


def delete(xml: str, step: str, *, keep: str = "") -> Edited:
    """Take a step out and close the flow over it, with the events at its edge and whatever nothing leads to any more.

    `keep` names the way that goes on when several lead out of it. NotFound for no such step or way; Invalid when it has to be chosen;
    Refused for the start, and for an end that a way still needs.
    """
    sheet = Sheet(xml)
    element = found(sheet, step)
    if kind(element) == "startEvent":
        raise Refused("A process has to begin somewhere, so the start cannot be deleted")
    reached = _reached(sheet)
    flows = _close(sheet, step, keep)
    _take_step(sheet, step)
    lost = [key for key in reached - _reached(sheet) if key in sheet.nodes]
    names = [sheet.name(key) for key in lost]
    for key in lost:
        if key in sheet.nodes:
            _take_step(sheet, key)
    if sheet.shapes:
        _draw_closed(xml, sheet, [key for key in flows if key in sheet.flows])
    return Edited(sheet.text(), "", {}, tuple(names))


def _draw_closed(xml: str, sheet: Sheet, flows: list[str]) -> None:
    write_back(sheet, (), ())
    old = drawing.read_paper(xml)
    paper = drawing.read_paper(sheet.text())
    paper.unheard = old.unheard
    sketch = placing.best(paper, [lambda each: drawing.tidy(each, flows, [key for key in flows if each.lines[key].name])])
    if sketch is not None:
        write_back(sheet, sketch.shapes.values(), sketch.lines.values())


def _close(sheet: Sheet, step: str, keep: str) -> list[str]:
    """Lead what led to a step to where it led; gives the ids of the flows that changed."""
    entering, leaving = sheet.entering(step), sheet.leaving(step)
    onward = _onward(sheet, step, leaving, keep)
    changed = []
    for flow in entering:
        source = flow.get("sourceRef", "")
        target = onward.get("targetRef", "") if onward is not None else ""
        is_needless = not target or target in (source, step)
        if not is_needless:
            lead_to(sheet, flow, target)
            changed.append(flow.get("id", ""))
        elif source == step or len(sheet.leaving(source)) > 1:
            take_flow(sheet, flow)
        else:
            raise Refused(f"{sheet.name(source)} would lead nowhere. Connect it to another step first")
    return changed


def _onward(sheet: Sheet, step: str, leaving: list[etree._Element], keep: str) -> etree._Element | None:
    others = [flow for flow in leaving if flow.get("targetRef") != step]
    if keep:
        chosen = [flow for flow in others if flow.get("id") == keep]
        if not chosen:
            raise NotFound("This way is no longer in the process")
        return chosen[0]
    if len(others) > 1 and kind(sheet.nodes[step]) != "boundaryEvent":
        raise Invalid({"keep": "Select the way that stays"})
    return others[0] if others else None


def _take_step(sheet: Sheet, step: str) -> None:
    for event in sheet.at_edge(step):
        _take_step(sheet, event)
    for flow in [*sheet.entering(step), *sheet.leaving(step)]:
        if flow.get("id") in sheet.flows:
            take_flow(sheet, flow)
    inside = {str(each.get("id")) for each in sheet.nodes[step].iter() if isinstance(each.tag, str) and each.get("id")}
    for reference in list(sheet.root.iter(f"{BPMN}flowNodeRef")):
        if (reference.text or "").strip() in inside:
            take(reference)
    take(sheet.nodes[step])
    sheet.look()


def _reached(sheet: Sheet) -> set[str]:
    """The steps that a path from the start leads to."""
    scopes = [process for process in sheet.root.iter(f"{BPMN}process")]
    waiting = [str(node.get("id")) for process in scopes for node in process if kind(node) == "startEvent"]
    seen: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key in seen or key not in sheet.nodes:
            continue
        seen.add(key)
        waiting += [flow.get("targetRef", "") for flow in sheet.leaving(key)]
        waiting += sheet.at_edge(key)
        waiting += [str(node.get("id")) for node in sheet.nodes[key] if kind(node) == "startEvent"]
    return seen
