"""What the results of the checks come to, and when a recommendation may depart from them (domain 5.7, D-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

RESULTS = {"admit": "passed", "admit_conditional": "passed_with_conditions", "reject": "failed"}
# Results of each check that make an admission conditional; any other that is not a failure is simply met.
CONDITIONAL = {
    "registers": {"warn", "insolvency", "manual"},
    "exclusion": {"conditional", "legal"},
    "finance": {"medium_mitigated", "to_conclude"},
    "insurance": {"pass_conditional", "manual"},
    "ofsted": {"conditional", "manual"},
    "safeguarding": {"amend"},
    "references": {"concerns"},
}


def results_of(found: Mapping[str, str]) -> dict[str, str]:
    """The inputs of the table that recommends, from the result of each check by its kind."""
    excluded = found.get("registers") in ("reject", "sanctioned") or found.get("exclusion") == "fail"
    conditional = any(found.get(kind) in results for kind, results in CONDITIONAL.items())
    return {
        "exclusion_result": "fail" if excluded else "pass",
        "regulatory_result": "fail" if found.get("ofsted") == "fail" else "pass",
        "safeguarding_result": "fail" if found.get("safeguarding") == "fail" else "pass",
        "finance_result": found.get("finance", "to_conclude"),
        "insurance_result": "fail" if found.get("insurance") == "fail" else "pass",
        "is_conditional": "yes" if conditional else "no",
    }


def categories_wanted(answers: Mapping[str, Any], names: Mapping[str, str], allowed: Sequence[str]) -> list[str]:
    """The keys of the categories that are recommended, among those the provider may serve; unknown words stay as they were typed."""
    if answers["recommendation"] == "reject":
        return []
    if answers.get("all_categories") != "some":
        return list(allowed)
    keys = {name.casefold(): key for key, name in names.items()} | {key.casefold(): key for key in names}
    return [keys.get(words.casefold(), words) for words in answers.get("categories_recommended") or []]


def problems_of(answers: Mapping[str, Any], *, proposed: str, results: Mapping[str, Any]) -> dict[str, str]:
    """What stands against a recommendation, as a message for each question.

    A provider that must be excluded, or that no category is open to, is never recommended (PCR 2015 reg 57(1); Care Planning
    Regulations 2010 reg 27C).
    """
    chosen = answers["recommendation"]
    problems = {}
    if chosen != "reject" and results["exclusion_result"] == "fail":
        problems["recommendation"] = "An exclusion ground applies. The provider cannot be admitted"
    elif chosen != "reject" and results["regulatory_result"] == "fail":
        problems["recommendation"] = "The provider may serve none of the categories. It cannot be admitted"
    if chosen != proposed and not answers.get("departure_reasons"):
        problems["departure_reasons"] = "Enter why you depart from what follows from the checks"
    return problems


def problems_of_categories(answers: Mapping[str, Any], wanted: Sequence[str], allowed: Sequence[str]) -> dict[str, str]:
    """What is wrong with the categories that were typed: each must be one that the provider applied for and may serve."""
    if answers["recommendation"] == "reject" or (wanted and set(wanted) <= set(allowed)):
        return {}
    return {"categories_recommended": "Enter only categories that the provider applied for and may serve"}
