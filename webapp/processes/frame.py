"""What every page of one process has: its name, which version is live, its pages as tabs, and the way to change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, render_template, url_for

from models import ProcessDefinition
from webapp import areas
from webapp.db import db
from webapp.signed_in import person
from workflows.actions import process_drafts
from workflows.library import definitions
from workflows.queries import processes

TABS = (
    ("About", "show_process"),
    ("Steps", "show_steps"),
    ("Forms", "show_forms"),
    ("Rules and deadlines", "show_rules"),
    ("Tables", "show_tables"),
    ("Versions", "show_versions"),
    ("Where cases wait", "heatmap"),
    ("Ways taken", "branches"),
)
DRAFT = "workshop.diagram"


def page(template: str, live: ProcessDefinition, tab: str, **more: Any) -> str:
    """A page of a process under its frame; `tab` is the endpoint of the tab it belongs to."""
    return render_template(f"processes/{template}", process=live, tabs=tabs(live.key, tab), change=_change(live.key), **more)


def tabs(key: str, active: str) -> list[dict[str, Any]]:
    """The pages of a process for the navigation above each of them."""
    return [{"text": text, "href": url_for(f"processes.{name}", key=key), "active": name == active} for text, name in TABS]


def _change(key: str) -> dict[str, str] | None:
    """The way into the workshop for those who may enter it."""
    if DRAFT not in current_app.view_functions or not areas.may_enter(person(), DRAFT):
        return None
    draft = process_drafts.find_going(db.session, key)
    return {"text": "Go on with the draft" if draft else "Change this process", "href": url_for(DRAFT, key=key)}


def folders_around(definition: ProcessDefinition) -> list[Mapping[str, str]]:
    """The files of what a version calls, of the live versions that call it, and of what those call: its rules may name steps of them all."""
    callers = [each.live for each in processes.library(db.session) if definition.key in each.live.calls]
    called = [_called_files(each) for each in (*callers, definition)]
    return [files for folders in called for files in folders] + [each.files for each in callers]


def _called_files(definition: ProcessDefinition) -> list[Mapping[str, str]]:
    return [definitions.called_definition(db.session, definition, key).files for key in definition.calls]
