"""Sign-off by the statutory officers before a decision is made."""

from __future__ import annotations

from typing import Any

from models import DecisionState, KeyDecision, SignOff
from workflows.actions import mail
from workflows.actions.operating import Work, operation
from workflows.errors import Invalid, Refused
from workflows.queries import decisions as decision_queries
from workflows.queries import mail_about
from workflows.rules import decidable


@operation("signoffs.sign")
def sign(work: Work) -> None:
    """Approve the present version of the report, or return it with a reason. Refused without a report, Invalid without a reason."""
    decision = decision_queries.of_case(work.session, work.case.id)
    report = decision_queries.standing(work.session, decision).report
    if report is None or work.by is None or work.task is None:
        raise Refused("There is no report to sign off")
    barred = decision_queries.cannot_sign_off(work.session, decision)
    decidable.check_apart(barred, by=work.by, acting_for=work.acting_for, cannot="sign this")
    approved = work.answers["sign_off"] == "approve"
    comments = work.answers.get("comments", "")
    if not approved and not comments.strip():
        raise Invalid({"comments": "Enter what must change before you can sign this off"})
    work.session.add(
        SignOff(decision_id=decision.id, report_id=report.id, group_key=work.task.candidate_group, is_approved=approved, comments=comments,
                signed_by_id=work.by.id, signed_at=work.now)
    )  # fmt: skip
    _remember_signatories(work, decision)


def _remember_signatories(work: Work, decision: KeyDecision) -> None:
    """Keep which posts must sign, as the decision table named them; without a table nobody knows, and the decision waits."""
    named = work.data.get("signatories")
    kept = {key: value for key, value in decision.facts.items() if key != "signatories"}
    decision.facts = kept if named is None else kept | {"signatories": [signatory["key"] for signatory in named]}
    work.session.flush()


@operation("signoffs.check", gives=("signed_off",))
def check(work: Work) -> dict[str, Any]:
    """Whether every post that must sign off the present version has approved it; if so it waits for the decision maker."""
    decision = decision_queries.of_case(work.session, work.case.id)
    _remember_signatories(work, decision)
    standing = decision_queries.standing(work.session, decision)
    signed_off = standing.needed_sign_offs is not None and not decidable.missing_sign_offs(standing)
    if signed_off and decision.state is DecisionState.NOTICE_PUBLISHED:
        decision.state = DecisionState.AWAITING_DECISION
    if signed_off:
        mail.to_group(work.session, decision.maker_key, kind="decision:waiting", case=work.case, subject=f"For your decision: {decision.title}",
                      link=f"/approvals/case/{work.case.reference}", about=mail_about.decision(decision.id))  # fmt: skip
    return {"signed_off": signed_off}
