"""What a check rests on, in words: ratios, grounds, covers, categories, certificates and references, for the staff who read or decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from models import DueDiligenceCheck
from workflows.rules import exclusion
from workflows.rules.words import money

Detail = Mapping[str, Any]
Lines = list[dict[str, str]]
BANDS = {"low": "Low", "medium": "Medium", "high": "High", "high_fail": "Sign of insolvency", "manual": "To be judged by a person"}
COVERS = {"employers_liability": "Employers' liability", "public_liability": "Public liability", "professional_indemnity": "Professional indemnity"}
WORDS = {
    "pass": "Met", "pass_transitional": "Met for past cases", "pass_conditional": "To be obtained before the first placement",
    "conditional": "With a condition",
    "fail": "Not met", "manual": "A person decides", "ok": "Good", "amend": "Needs a change", "received": "Received", "silent": "Silent",
    "alternative": "Silent, another was asked", "yes": "Yes", "no": "No", "reservations": "With reservations", "admit": "Admit",
    "admit_conditional": "Admit with conditions", "reject": "Do not admit",
}  # fmt: skip
MITIGATIONS = {
    "parent_guarantee": "Guarantee of the parent", "placement_cap": "Cap on placements", "arrears": "Payment in arrears",
    "monitoring": "Monitoring every quarter", "bank_letter": "Letter from the bank",
}  # fmt: skip

RATIOS = (
    ("Turnover for each pound a year", "turnover_ratio"), ("Current ratio", "current_ratio"), ("Acid test", "acid_ratio"), ("Gearing", "gearing"),
)  # fmt: skip


def lines_of(check: DueDiligenceCheck) -> Lines:
    """What a check rests on, as keys and values; nothing for a check that has no more than its result and reasons."""
    tell = TELLERS.get(check.kind)
    return [line for line in (tell(check.detail) if tell else []) if line["value"]]


def _line(key: str, value: object) -> dict[str, str]:
    return {"key": key, "value": str(value or "")}


def _words(value: Any) -> str:
    return WORDS.get(str(value), str(value).replace("_", " "))


def _finance(detail: Detail) -> Lines:
    chosen = ", ".join(MITIGATIONS.get(each, each) for each in detail.get("mitigations") or [])
    return [
        _line("Risk by the table", BANDS.get(str(detail.get("risk", "")), "")),
        *(_line(name, _ratio(detail.get(key))) for name, key in RATIOS),
        _line("Safeguards", chosen),
        _line("The provider explained", detail.get("supplier_explanation")),
    ]


def _ratio(text: Any) -> str:
    return f"{Decimal(str(text)):.2f}" if text else ""


def _exclusion(detail: Detail) -> Lines:
    found = [ground for ground in detail.get("grounds", []) if ground["established"]]
    if not found:
        return [_line("Grounds", "None")]
    return [_line(exclusion.NAMES[ground["key"]], _ground(ground)) for ground in found]


def _ground(ground: Detail) -> str:
    said = "declared by the provider" if ground["said"] == "declared" else "found, not declared"
    age = "" if ground["in_time"] else ", too long ago to count"
    cleaned = {"yes": ", put right", "no": ", not put right"}.get(str(ground["cleaned"]), "")
    return f"{said[:1].upper()}{said[1:]}{age}{cleaned}"


def _insurance(detail: Detail) -> Lines:
    results = detail.get("results", {})
    return [_line(COVERS[cover["kind"]], _cover(cover, results)) for cover in detail.get("covers", [])]


def _cover(cover: Detail, results: Detail) -> str:
    limit = f", {money(Decimal(cover['limit']))}" if cover["limit"] else ""
    return f"{_words(results.get(cover['kind'], 'noted'))}{limit}"


def _ofsted(detail: Detail) -> Lines:
    return [_line(f"Category {key}", _words(result)) for key, result in detail.get("results", {}).items()]


def _safeguarding(detail: Detail) -> Lines:
    policies = detail.get("policies", {})
    wanting = [key for key, result in policies.items() if result != "ok"]
    return [
        _line("Policies that need a change", ", ".join(wanting) or "None"),
        _line("DBS certificates looked at", len(detail.get("dbs", [])) or "None"),
        _line("One central record", _words(detail.get("single_central_record", ""))),
    ]


def _references(detail: Detail) -> Lines:
    return [_line(each["referee"], _reference(each)) for each in detail.get("references", [])]


def _reference(each: Detail) -> str:
    if each["reference"] != "received":
        return _words(each["reference"])
    return f"Would place with it: {_words(each['recommends']).lower()}. Score {each['reference_score']} of 3"


def _recommendation(detail: Detail) -> Lines:
    conditions = "; ".join(f"{each['words']} ({each['due_on']})" for each in detail.get("conditions", []))
    return [
        _line("Follows from the checks", _words(detail.get("proposed", ""))),
        _line("Why it departs from that", detail.get("departure")),
        _line("Conditions", conditions),
        _line("Categories", ", ".join(detail.get("categories", []))),
    ]


def _advice(detail: Detail) -> Lines:
    return [_line("Implications", detail.get("implications"))]


def _report(detail: Detail) -> Lines:
    return [
        _line("May be spent in a year", _pounds(detail.get("estimated_annual_value"))),
        _line("Committed by this decision", _pounds(detail.get("value_total"))),
        _line("Authority", detail.get("authority_ref")),
        _line("Key decision", detail.get("key_decision")),
    ]


def _pounds(text: Any) -> str:
    return money(Decimal(str(text))) if text else ""


def _decision(detail: Detail) -> Lines:
    return [
        _line("Criteria not met", "\n".join(detail.get("criteria", []))),
        _line("Other options", detail.get("alternatives_rejected")),
        _line("Cabinet members consulted", detail.get("members_consulted")),
        _line("Interests", detail.get("interests")),
    ]


TELLERS: Mapping[str, Callable[[Detail], Sequence[dict[str, str]]]] = {
    "finance": _finance, "exclusion": _exclusion, "insurance": _insurance, "ofsted": _ofsted, "safeguarding": _safeguarding,
    "references": _references, "recommendation": _recommendation, "advice_procurement": _advice, "advice_legal": _advice, "advice_finance": _advice,
    "report": _report, "decision": _decision,
}  # fmt: skip
