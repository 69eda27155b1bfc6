"""Which way the cases of a process go at each gateway, on its diagram, as a table, and as a file."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from webapp.db import db
from webapp.processes import bp, frame
from webapp.processes.asking import Asked
from webapp.shared import spreadsheets
from webapp.signed_in import person
from workflows.library import diagrams
from workflows.library.diagrams_figures import Figure
from workflows.library.figures import ways
from workflows.library.figures.ways import Gateway, OfVersion, Way
from workflows.queries import processes
from workflows.rules.small_counts import NOT_SAID, Shown

HEADINGS = ("Version", "Gateway", "Way", "Leads to", "Taken", "Cases", "Share")


@bp.get("/processes/<key>/branches")
def branches(key: str) -> ResponseReturnValue:
    """How often each way out of each gateway was taken by the cases that began in a time, and what none of them reached."""
    live = processes.live(db.session, key)
    asked = Asked.of_request(key)
    found = ways.find(db.session, person(), asked.scope, asked.drawings)
    return frame.page(
        "branches.html", live, "branches", parts=[_part(asked, each, found.shown) for each in found.versions],
        unknown=found.shown.count(found.unknown), is_exact=found.shown.is_exact, is_empty=not any(each.cases for each in found.versions),
        **asked.page_values("processes.branches", "processes.branches_csv"),
    )  # fmt: skip


@bp.get("/processes/<key>/branches.csv")
def branches_csv(key: str) -> Response:
    """The same as a file: a line for each way of each version."""
    asked = Asked.of_request(key)
    found = ways.find(db.session, person(), asked.scope, asked.drawings)
    rows = [
        [str(version.number), gateway.name, way.name, way.leads_to, *_numbers(gateway, way, found.shown)]
        for version in found.versions
        for gateway in version.gateways
        for way in gateway.ways
    ]
    return spreadsheets.csv_file(asked.file_name("ways"), HEADINGS, rows)


def _numbers(gateway: Gateway, way: Way, shown: Shown) -> list[str]:
    return [shown.count(way.taken.times), shown.count(way.taken.cases), gateway.part(way, shown)]


def _part(asked: Asked, version: OfVersion, shown: Shown) -> dict[str, Any]:
    return {
        "number": version.number,
        "cases": shown.count(version.cases),
        "has_cases": version.cases > 0,
        "gateways": [_gateway(each, shown) for each in version.gateways],
        "unreached": [{"id": step.id, "name": step.name or step.kind.capitalize(), "kind": step.kind} for step in version.unreached],
        "drawing": _drawing(asked, version, shown),
    }


def _gateway(gateway: Gateway, shown: Shown) -> dict[str, Any]:
    rows = []
    for way in gateway.ways:
        times, cases, share = _numbers(gateway, way, shown)
        rows.append({"name": way.name, "leads_to": way.leads_to, "times": times, "cases": cases, "share": share, "part": share.removesuffix("%")})
    return {"id": gateway.id, "name": gateway.name, "rows": rows}


def _drawing(asked: Asked, version: OfVersion, shown: Shown) -> Markup:
    own = next(each for each in asked.scope.chosen if each.number == version.number)
    figures = {flow.id: _figure(gateway, way, shown) for gateway in version.gateways for way in gateway.ways for flow in way.flows}
    title = f"{own.name}, version {own.number}: which way cases go"
    return Markup(diagrams.svg(asked.xml[own.id], title=title, figures=figures))  # noqa: S704  the drawing escapes every word


def _figure(gateway: Gateway, way: Way, shown: Shown) -> Figure:
    times, _, share = _numbers(gateway, way, shown)
    words = times if share == NOT_SAID else f"{times} ({share})"
    where = way.name or f"to {way.leads_to}"
    return Figure([words], f"{gateway.name} {where}: {f'taken {words} times' if way.taken.times else 'never taken'}")
