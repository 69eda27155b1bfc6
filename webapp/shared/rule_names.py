"""The council's words for the rules that dates are worked out by."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from flask import g

from models import clock
from webapp.db import db
from webapp.shared.filters import short_day
from workflows.queries import parameters
from workflows.rules.calendar import Explanation

HOLIDAYS = {
    "EW": "holidays of England and Wales",
    "PCR": "holidays of England and Wales",
    "UK_ANY": "holidays of any part of the United Kingdom",
}


class RuleName(NamedTuple):
    """What a rule is called and since when it counts so."""

    name: str
    since: str
    holidays: str


def rule_name(explanation: Explanation) -> RuleName:
    """A rule in the words of the policy page, read once a request; a rule that has since gone keeps its key in plain letters."""
    if "rule_labels" not in g:
        g.rule_labels = parameters.labels(db.session)
    plain = explanation.rule_id.replace("_", " ").replace("-", " ")
    name = g.rule_labels.get(explanation.rule_id) or f"{plain[:1].upper()}{plain[1:]}"
    return RuleName(name, _since(explanation.rule_version), HOLIDAYS.get(explanation.calendar or "", explanation.calendar or ""))


def _since(version: str) -> str:
    try:
        first = date.fromisoformat(version)
    except ValueError:
        return f"version {version}"
    return f"in force since {short_day(first)}" if first <= clock.today() else f"in force from {short_day(first)}"
