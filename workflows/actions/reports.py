"""The report that the decision maker reads: its versions, and who is to be consulted about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from models import CandidateGroup, ConsultationRequest, KeyDecision, Report
from workflows.actions.operating import Work, operation
from workflows.actions.proposals import groups_named
from workflows.errors import Invalid, Refused
from workflows.queries import decisions as decision_queries
from workflows.rules import decidable, words
from workflows.rules.decidable import MANDATORY_CONSULTEES

PARTS = (
    "recommendations", "background", "if_we_do_not", "options_rejected", "consultation_summary", "finance_implications",
    "legal_implications", "procurement_implications", "risk", "equality_duty", "social_value", "background_papers",
)  # fmt: skip


@operation("reports.draft", gives=("consultees", "consultation_round"))
def draft(work: Work) -> dict[str, Any]:
    """Keep the first version and name everyone who is consulted on it."""
    decision = decision_queries.of_case(work.session, work.case.id)
    _add_version(work, decision, is_material=False, what_changed="")
    return {"consultees": _consultees(groups_named(work.session, decision.consultee_keys)), "consultation_round": 1}


@operation("reports.complete", gives=("material_change", "consultees", "consultation_round"))
def complete(work: Work) -> dict[str, Any]:
    """Keep the version that takes in the advice. A change of substance is put to those it concerns once more."""
    decision = decision_queries.of_case(work.session, work.case.id)
    is_material = work.answers.get("material_change") == "yes"
    again = list(work.answers.get("consult_again") or []) if is_material else []
    _check_objectors_asked(work, decision, again)
    _add_version(work, decision, is_material=is_material, what_changed=work.answers.get("what_changed", ""))
    if not is_material:
        return {"material_change": "no"}
    if not again:
        raise Invalid({"consult_again": "Select who is asked again about the change"})
    chosen = groups_named(work.session, again)
    return {"material_change": "yes", "consultees": _consultees(chosen), "consultation_round": _last_round(work, decision) + 1}


def _check_objectors_asked(work: Work, decision: KeyDecision, again: Sequence[str]) -> None:
    """An objection on legality or funding stands until whoever objected has been asked about the changed report."""
    open_ones = decidable.open_objections(decision_queries.standing(work.session, decision))
    left_out = [request for request in open_ones if request.consultee_key not in again]
    if left_out:
        key = "consult_again" if again else "material_change"
        raise Invalid({key: f"{words.names(left_out)} objected, and the objection stands. Say what changed and select them to be asked again"})


def _consultees(groups: Sequence[CandidateGroup]) -> list[dict[str, Any]]:
    return [{"key": group.key, "name": group.name, "mandatory": group.key in MANDATORY_CONSULTEES} for group in groups]


def _last_round(work: Work, decision: KeyDecision) -> int:
    newest = work.session.scalar(select(func.max(ConsultationRequest.round)).where(ConsultationRequest.decision_id == decision.id))
    return newest or 0


def _add_version(work: Work, decision: KeyDecision, *, is_material: bool, what_changed: str) -> Report:
    if work.by is None:
        raise Refused("A report needs an author")
    before = work.session.scalar(select(func.max(Report.version)).where(Report.decision_id == decision.id))
    content = {part: work.answers[part] for part in PARTS if work.answers.get(part)}
    report = Report(
        decision_id=decision.id, version=(before or 0) + 1, content=content, digest=digest(content), is_material_change=is_material,
        what_changed=what_changed, written_by_id=work.by.id, written_at=work.now,
    )  # fmt: skip
    work.session.add(report)
    work.session.flush()
    return report


def digest(content: Mapping[str, Any]) -> str:
    """The SHA-256 of the words in canonical JSON, which ties advice and signatures to them."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
