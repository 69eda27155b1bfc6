"""What a step says about itself: our own properties, its time allowed, its help, its documentation."""

from __future__ import annotations

from lxml import etree

from workflows.engine.meanings import PROPERTIES
from workflows.engine.reading import BPMN, SPIFF
from workflows.errors import Invalid, NotFound
from workflows.library.outline.sheet import Sheet, extension_elements, kind, make, put, take

DOCUMENTATION = "documentation"
LONGEST_TEXT = 3000


def set_property(xml: str, step: str, name: str, value: str) -> str:
    """Write one of our own properties of a step; an empty value takes it away. NotFound for no such step, Invalid for a property it has not."""
    sheet = Sheet(xml)
    write_property(sheet, step, name, value)
    return sheet.text()


def set_time(xml: str, step: str, *, rule: str = "", on: str = "") -> str:
    """Say how long a user task may take: a rule of the calendar, or a value that is a date; neither takes the limit away. Invalid for both."""
    if rule and on:
        raise Invalid({"rule": "Select a rule or a date, not both"})
    sheet = Sheet(xml)
    write_property(sheet, step, "dueRule", rule)
    write_property(sheet, step, "dueOn", on)
    return sheet.text()


def set_documentation(xml: str, step: str, text: str) -> str:
    """Write what a step is for, in words; an empty text takes it away. NotFound for no such step, Invalid when it is too long."""
    if len(text) > LONGEST_TEXT:
        raise Invalid({DOCUMENTATION: f"The text must be {LONGEST_TEXT} characters or less"})
    sheet = Sheet(xml)
    element = found(sheet, step)
    there = element.find(f"{BPMN}documentation")
    if there is not None and not text:
        take(there)
    elif text:
        there = put(element, make(f"{BPMN}documentation", element), 0) if there is None else there
        there.text = text
    return sheet.text()


def write_property(sheet: Sheet, step: str, name: str, value: str) -> None:
    """Write, change or take away a property on an open sheet."""
    element = found(sheet, step)
    if name not in PROPERTIES.get(kind(element), ()):
        raise Invalid({name: "This kind of step has no such setting"})
    there = [each for each in element.iterfind(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property") if each.get("name") == name]
    if there and value:
        if there[0].get("value") != value:
            there[0].set("value", value)
    elif there:
        _take_property(there)
    elif value:
        extensions = extension_elements(element)
        holder = extensions.find(f"{SPIFF}properties")
        holder = put(extensions, make(f"{SPIFF}properties", extensions)) if holder is None else holder
        put(holder, make(f"{SPIFF}property", holder, name=name, value=value))


def _take_property(there: list[etree._Element]) -> None:
    for each in there:
        holder = each.getparent()
        take(each)
        while holder is not None and len(holder) == 0 and holder.get("id") is None:
            above = holder.getparent()
            take(holder)
            holder = above


def found(sheet: Sheet, step: str) -> etree._Element:
    """The element of a step. NotFound when the process has none with this id."""
    if step not in sheet.nodes:
        raise NotFound("This step is no longer in the process")
    return sheet.nodes[step]
