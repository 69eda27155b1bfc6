"""The library of processes, and what one is about."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from models import ProcessDefinition
from webapp.db import db
from webapp.processes import bp, drifting, frame, readme
from webapp.shared import drawings, process_files
from webapp.signed_in import person
from workflows.actions import process_drafts
from workflows.library import definitions
from workflows.queries import processes
from workflows.rules import drafting


@bp.get("/processes")
def list_processes() -> ResponseReturnValue:
    """Every process with its live version; where one differs from the folder that came with the service, for those who look after them."""
    listed = processes.library(db.session)
    drifts = drifting.of(listed) if drifting.may_see(person()) else {}
    not_here = [drift for key, drift in drifts.items() if not drift.is_live]
    new = process_drafts.new_ones(db.session) if drafting.may_look(person()) else []
    return render_template(
        "processes/list.html", rows=[_row(each, drifts) for each in listed], not_deployed=[drift.key for drift in not_here],
        new=[{"key": each.key, "href": url_for("workshop.review", key=each.key), "by": each.opened_by.name} for each in new],
        may_edit=drafting.may_edit(person()),
    )  # fmt: skip


def _row(each: processes.Listed, drifts: dict[str, Any]) -> dict[str, Any]:
    live = each.live
    return {
        "name": live.name, "key": live.key, "href": url_for("processes.show_process", key=live.key), "version": live.version,
        "versions": each.versions, "running": each.running, "deployed_at": live.deployed_at,
        "cases_href": url_for("cases.list_cases", process=live.key), "drift": drifts[live.key].words if live.key in drifts else "",
    }  # fmt: skip


@bp.get("/processes/<key>")
def show_process(key: str) -> ResponseReturnValue:
    """What a process does in plain words, how it is drawn, who deployed and agreed it, and how many cases run on it."""
    live = processes.live(db.session, key)
    found = processes.versions_of(db.session, key)
    return frame.page(
        "about.html", live, "show_process",
        about=readme.blocks(str(live.files.get("README.md", ""))),
        calls=[{"name": _called(live, called), "href": url_for("processes.show_process", key=called)} for called in sorted(live.calls)],
        facts=_facts(live, running=sum(each.running for each in found), on_live=found[0].running),
        drawing=drawings.of(live, title=f"{live.name}, version {live.version}", leads_to=url_for("processes.show_steps", key=key)),
        steps_href=url_for("processes.show_steps", key=key),
        xml_href=url_for("processes.diagram_xml", key=key),
        files_href=url_for("processes.version_files", key=key, number=live.version),
    )  # fmt: skip


@bp.get("/processes/<key>/process.bpmn")
def diagram_xml(key: str) -> Response:
    """The diagram as the BPMN file that was deployed."""
    return process_files.bpmn(definitions.diagram_xml(processes.live(db.session, key)), f"{key}.bpmn")


def _called(live: ProcessDefinition, key: str) -> str:
    return definitions.called_definition(db.session, live, key).name


def _facts(live: ProcessDefinition, *, running: int, on_live: int) -> dict[str, Any]:
    return {
        "deployed_by": live.deployed_by.name if live.deployed_by else "Came with the service",
        "agreed_by": live.agreed_by.name if live.agreed_by else "",
        "running": running,
        "on_live": on_live,
        "cases_href": url_for("cases.list_cases", process=live.key),
        "live_cases_href": url_for("cases.list_cases", process=live.key, version=live.version),
    }
