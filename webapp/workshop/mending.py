"""Where a problem of a draft is put right: the page of the step it names, or the list of problems."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for

from webapp.workshop.bench import Bench
from workflows.engine import DefinitionRefused, Problem
from workflows.library import outline

DIAGRAM = "process.bpmn"
Link = dict[str, str]


def links_for(found: Bench) -> Callable[[Problem], Link]:
    """What gives the link from a problem to its step, with the words of the link and what it leads to; nothing for what is at no step."""
    try:
        read = outline.read_outline(found.files[DIAGRAM])
    except (DefinitionRefused, KeyError):
        return lambda problem: {}

    def link(problem: Problem) -> Link:
        way = read.ways.get(problem.element_id)
        step = read.by_id.get(way.source_id if way else problem.element_id)
        if step is None:
            return {}
        return {"text": "Go to step", "about": step.label, "href": url_for("workshop.outline_step", key=found.key, step_id=step.id)}

    return link
