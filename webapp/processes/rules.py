"""What the law sets a process, the deadlines it uses, and its decision tables, all in words."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from models import ProcessDefinition
from webapp.db import db
from webapp.processes import bp, frame, steps
from webapp.shared import policy_values
from workflows.library import rules_in_words, tables_in_words
from workflows.queries import people, processes


@bp.get("/processes/<key>/rules")
def show_rules(key: str) -> ResponseReturnValue:
    """The rules that hold on every path with their basis, and the deadlines and policy values as they stand today."""
    live = processes.live(db.session, key)
    rules, unreadable = rules_of(live)
    values = processes.policy_values(db.session)
    return frame.page(
        "rules.html", live, "show_rules", rules=rules, unreadable=unreadable, bases=_bases(live),
        values=[policy_values.present(row) for row in values], not_confirmed=sum(row.confirmed_at is None for row in values),
    )  # fmt: skip


@bp.get("/processes/<key>/tables")
def show_tables(key: str) -> ResponseReturnValue:
    """The decision tables of a process in words."""
    live = processes.live(db.session, key)
    return frame.page("tables.html", live, "show_tables", tables=tables_in_words.tables_of(live.files))


def rules_of(definition: ProcessDefinition) -> tuple[list[rules_in_words.RuleInWords], str]:
    """The rules of a version in words, and why they cannot be read when they cannot."""
    try:
        return rules_in_words.rules_of(definition.files, frame.folders_around(definition), people.group_names(db.session)), ""
    except rules_in_words.LawRefused as error:
        return [], str(error)


def _bases(definition: ProcessDefinition) -> list[dict[str, Any]]:
    """Each legal basis that steps name, with those steps in the order of the flow."""
    found: dict[str, list[dict[str, str]]] = {}
    for step in steps.steps_in_order(definition):
        basis = step.properties.get("legalBasis", "")
        if basis and step.name:
            href = url_for("processes.show_steps", key=definition.key, _anchor=f"step-{step.id}")
            found.setdefault(basis, []).append({"name": step.name, "href": href})
    return [{"basis": basis, "steps": named} for basis, named in found.items()]
