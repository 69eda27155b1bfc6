"""How long the council may take to answer an application, in words: a duty for some lists, an aim for the others."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from models import PurchasingList, Regime
from workflows.actions.evaluation_clock import NEWER, RULES
from workflows.queries import parameters
from workflows.rules.calendar import Rule

# The law sets the period for a dynamic purchasing system only (PCR 2015 reg 34(16)); elsewhere it is the council's own.
BOUND = frozenset({Regime.PCR_R34})


def answer_limits(session: Session, lists: Iterable[PurchasingList]) -> dict[str, str]:
    """For each list, by its reference, the sentence that says by when a provider hears. Nothing where no value is set."""
    return {one.reference: _sentence(session, one) for one in lists}


def duty(purchasing_list: PurchasingList) -> str:
    """`must`, or what the council sets itself instead."""
    return "must" if purchasing_list.regime in BOUND else "aim to"


def _sentence(session: Session, purchasing_list: PurchasingList) -> str:
    try:
        usual, longest = (parameters.rule(session, key) for key in RULES.get(purchasing_list.regime, NEWER))
    except parameters.UnknownParameter:
        return ""
    begins = f"We {duty(purchasing_list)} answer within {_count(usual)} of getting your application"
    return f"{begins}, or {_count(longest)} if we tell you why we need longer."


def _count(rule: Rule) -> str:
    return f"{rule.count} working days" if "working" in rule.unit else f"{rule.count} days"
