"""When a provider is admitted, and when it is not: by the criteria alone, without a limit of numbers (PCR 2015 reg 34(6); PA 2023 s.36)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from models import PurchasingList, User
from workflows.errors import Refused
from workflows.rules import interests
from workflows.rules.calendar import date_words

ADMITS = frozenset({"admit", "admit_conditional"})
DECIDES = ADMITS | {"reject"}
INCONCLUSIVE = "inconclusive"
CRITERIA = {
    "registers": "Standing in the registers",
    "exclusion": "Exclusion grounds",
    "ofsted": "Ofsted registration",
    "safeguarding": "Safeguarding",
    "finance": "Financial standing",
    "insurance": "Insurance",
    "scores": "Minimum standards",
    "evidence": "Evidence given in time",
}
NOT_MET = {
    "registers": {"reject", "sanctioned"},
    "exclusion": {"fail"},
    "ofsted": {"fail"},
    "safeguarding": {"fail"},
    "finance": {"high_fail"},
    "insurance": {"fail"},
    "scores": {"below"},
}


def unmet(results: Mapping[str, str], *, diligence_result: str) -> list[str]:
    """The criteria that are not met, from the result of each check. Checks that were not finished in time leave the evidence wanting."""
    found = [key for key, failures in NOT_MET.items() if results.get(key) in failures]
    return [*found, "evidence"] if diligence_result == INCONCLUSIVE else found


def check_people(user: User, acting_for: User | None, *, prepared: Collection[uuid.UUID], inspectors: Collection[uuid.UUID]) -> None:
    """Raise Refused when somebody would decide who prepared the decision or inspected the provider (domain 4.2)."""
    themselves = {user.id, *([acting_for.id] if acting_for else [])}
    if themselves & set(prepared):
        raise Refused("You cannot decide this: you wrote the report, made the recommendation or scored the application")
    if themselves & set(inspectors):
        raise Refused(interests.INSPECTED)


def check_open(purchasing_list: PurchasingList, *, on: date) -> None:
    """Raise Refused for an admission to a list that is over."""
    if purchasing_list.valid_to < on:
        raise Refused(f"The list ended on {date_words(purchasing_list.valid_to)}. Nobody can be admitted to it")


def problems_of(answers: Mapping[str, Any], *, not_met: Collection[str], has_conditions: bool) -> dict[str, str]:
    """What stands against a decision, as a message for each question.

    Whoever meets every criterion is admitted, and nobody else (PCR 2015 reg 34(6); PA 2023 s.36(6)-(7)); a refusal gives a reason for
    each criterion that is not met (PCR 2015 reg 55; PA 2023 s.36(6)(d)).
    """
    chosen = answers["admission_decision"]
    if chosen in ADMITS:
        return _problems_of_admitting(chosen, not_met, has_conditions)
    if not not_met:
        return {"admission_decision": "Every criterion is met. Whoever meets the criteria is admitted"}
    problems = {f"why_{key}": "Enter why the provider does not meet this standard" for key in not_met if not answers.get(f"why_{key}")}
    said = [key for key in CRITERIA if answers.get(f"why_{key}")]
    return problems | {f"why_{key}": "The checks found that this is met. Leave this empty" for key in said if key not in not_met}


def _problems_of_admitting(chosen: str, not_met: Collection[str], has_conditions: bool) -> dict[str, str]:
    if not_met:
        named = ", ".join(CRITERIA[key].lower() for key in not_met)
        return {"admission_decision": f"A criterion is not met ({named}). The provider cannot be admitted"}
    if chosen == "admit" and has_conditions:
        return {"admission_decision": "Conditions are recommended. Admit with them, or send the report back"}
    if chosen == "admit_conditional" and not has_conditions:
        return {"admission_decision": "No conditions are recommended. Admit without, or send the report back"}
    return {}


def reasons_by_criterion(answers: Mapping[str, Any]) -> list[str]:
    """The reasons of a refusal, one line for each criterion that is not met."""
    return [f"{name}: {answers[f'why_{key}']}" for key, name in CRITERIA.items() if answers.get(f"why_{key}")]
