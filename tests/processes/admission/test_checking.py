"""Due diligence by the real actions: each check with its result, what may go wrong, and what then happens."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import OutboxMail, Regime, Registration
from tests.processes.admission.desk import EXCLUSION, FINANCE, RECOMMEND, REFERENCES, SAFEGUARDING, being_checked, scored
from workflows.errors import Invalid, Refused


def test_everything_is_met_and_the_provider_is_recommended(session: Session) -> None:
    desk = being_checked(session)

    desk.check()
    desk.do("recommend", RECOMMEND)

    assert desk.instance.ended_as == "passed"
    results = {kind: check.result for kind, check in desk.checks.items()}
    assert results == {
        "registers": "ok", "exclusion": "pass", "finance": "low", "insurance": "pass", "ofsted": "pass", "safeguarding": "ok", "references": "good",
        "site_visit": "deferred", "recommendation": "admit",
    }  # fmt: skip
    assert desk.checks["ofsted"].detail["may_serve"] == ["shared"]
    registration = session.scalars(select(Registration).where(Registration.provider_id == desk.application.provider_id)).one()
    assert (registration.urn, registration.categories) == ("2765432", [2])


def test_the_ratios_are_exact_and_a_ratio_just_under_a_band_stays_under_it(session: Session) -> None:
    desk = being_checked(session)

    desk.do("assess-finance", {**FINANCE, "turnover": "199999.99"})

    assert desk.checks["finance"].detail["turnover_ratio"] == "1.9999"
    assert desk.checks["finance"].detail["risk"] == "medium"
    assert "conclude-finance" in desk.waiting


def test_a_high_risk_is_no_refusal_before_the_provider_was_asked_to_explain(session: Session) -> None:
    desk = being_checked(session)
    desk.do("assess-finance", {**FINANCE, "turnover": "50000"})
    assert desk.checks["finance"].detail["risk"] == "high"
    conclusion = {"finance_conclusion": "high_fail", "conclusion_reasons": "Half a year's turnover."}

    with pytest.raises(Invalid) as refused:
        desk.do("conclude-finance", conclusion)

    assert refused.value.errors == {"explanation_asked_on": "Ask the provider to explain first, and enter the date you asked"}
    desk.do("conclude-finance", {"finance_conclusion": "medium_mitigated", "mitigations": ["placement_cap"], "conclusion_reasons": "A cap."})
    assert desk.result("finance") == "medium_mitigated"


def test_a_new_company_is_never_refused_for_having_no_accounts(session: Session) -> None:
    desk = being_checked(session)
    new = {"accounts": "none_new", "alternatives": ["opening_balance", "bank_letter"], "expected_annual_value": "100000", "insolvency": "no",
           "finance_narrative": "Founded last year."}  # fmt: skip
    desk.do("assess-finance", new)
    assert desk.checks["finance"].detail["risk"] == "medium"

    with pytest.raises(Invalid) as refused:
        desk.do("conclude-finance", {"finance_conclusion": "high_fail", "explanation_asked_on": "2026-03-30", "conclusion_reasons": "No accounts."})

    assert "finance_conclusion" in refused.value.errors


def test_old_accounts_are_refused_and_newer_ones_asked_for(session: Session) -> None:
    desk = being_checked(session)

    with pytest.raises(Invalid) as refused:
        desk.do("assess-finance", {**FINANCE, "accounts_year_end": "2024-09-29"})

    assert "18 months" in refused.value.errors["accounts_year_end"]
    desk.do("assess-finance", {**FINANCE, "accounts_year_end": "2024-09-30"})


def test_whoever_checks_compliance_does_not_judge_the_money(session: Session) -> None:
    desk = being_checked(session)
    desk.do("check-registers", {**_registers()})
    raj = desk.person("raj.patel")
    raj.memberships[0].group_key = "finance"
    session.flush()
    session.refresh(raj)

    with pytest.raises(Refused, match="you completed “Check the registers”"):
        desk.do("assess-finance", FINANCE, by="raj.patel")


def _registers() -> dict[str, str]:
    return {"company_status": "active", "accounts_overdue": "no", "disqualified_director": "no", "sanctions_hit": "no", "checked_on": "2026-03-30"}


def test_a_ground_too_long_ago_does_not_count(session: Session) -> None:
    desk = being_checked(session)

    desk.do("assess-exclusion", {**EXCLUSION, "performance": "declared", "performance_on": "2023-03-29"})

    assert desk.result("exclusion") == "pass"
    assert "assess-self-cleaning" not in desk.waiting


@pytest.mark.parametrize(("ground", "last_day"), [("conviction", "2021-03-30"), ("performance", "2023-03-30")])
def test_the_last_day_of_the_look_back_still_counts(session: Session, ground: str, last_day: str) -> None:
    desk = being_checked(session)

    desk.do("assess-exclusion", {**EXCLUSION, ground: "found", f"{ground}_on": last_day})

    assert "assess-self-cleaning" in desk.waiting


CLEANED = {
    "representations_invited_on": "2026-03-30", "representations": "New managers.", "measures_compensation": "yes", "measures_cooperation": "yes",
    "measures_concrete": "yes", "sufficient": "yes", "statement_of_reasons": "What was done is enough.",
}  # fmt: skip


def test_self_cleaning_that_is_enough_lets_the_provider_pass_with_a_condition(session: Session) -> None:
    desk = being_checked(session)
    desk.do("assess-exclusion", {**EXCLUSION, "conviction": "declared", "conviction_on": "2024-01-10"})

    desk.do("assess-self-cleaning", CLEANED)

    assert desk.result("exclusion") == "conditional"
    assert desk.checks["exclusion"].detail["outcomes"].count("not_excluded") == 1


def test_a_mandatory_ground_that_is_not_put_right_fails_and_nobody_can_recommend_admission(session: Session) -> None:
    desk = being_checked(session)
    desk.check(assess_exclusion={"conviction": "found", "conviction_on": "2024-01-10"})
    desk.do("assess-self-cleaning", {**CLEANED, "measures_concrete": "no", "sufficient": "no", "advises_exclusion": "yes"})
    assert desk.result("exclusion") == "fail"

    with pytest.raises(Invalid) as refused:
        desk.do("recommend", {**RECOMMEND, "departure_reasons": "They are friendly."})
    desk.do("recommend", {"diligence_summary": "Excluded.", "recommendation": "reject"})

    assert "cannot be admitted" in refused.value.errors["recommendation"]
    assert desk.instance.ended_as == "failed"


def test_a_discretionary_ground_excludes_only_if_legal_advises_it(session: Session) -> None:
    desk = being_checked(session)
    desk.do("assess-exclusion", {**EXCLUSION, "labour": "declared", "labour_on": "2025-01-10"})

    desk.do("assess-self-cleaning", {**CLEANED, "measures_concrete": "no", "sufficient": "no", "advises_exclusion": "no"})

    assert desk.result("exclusion") == "conditional"


def test_all_three_measures_are_needed_before_self_cleaning_is_enough(session: Session) -> None:
    desk = being_checked(session)
    desk.do("assess-exclusion", {**EXCLUSION, "labour": "declared", "labour_on": "2025-01-10"})

    with pytest.raises(Invalid) as refused:
        desk.do("assess-self-cleaning", {**CLEANED, "measures_cooperation": "no"})

    assert "All three" in refused.value.errors["sufficient"]


def test_the_look_back_of_the_procurement_act_differs_by_ground(session: Session) -> None:
    desk = being_checked(session, regime=Regime.PA23_DYNAMIC_MARKET)

    desk.do("assess-exclusion", {**EXCLUSION, "labour": "found", "labour_on": "2021-06-01", "performance": "found", "performance_on": "2021-06-01"})

    grounds = {each["key"]: each["in_time"] for each in desk.checks["exclusion"].detail["grounds"]}
    assert (grounds["labour"], grounds["performance"]) == (True, False)


def test_the_debarment_list_excludes_under_the_procurement_act(session: Session) -> None:
    desk = being_checked(session, regime=Regime.PA23_DYNAMIC_MARKET)

    desk.do("assess-exclusion", {**EXCLUSION, "debarment": "mandatory"})

    assert desk.result("exclusion") == "fail"


def test_cover_to_be_obtained_passes_with_a_condition_and_none_at_all_fails(session: Session) -> None:
    first, second = being_checked(session), being_checked(session)

    first.check(check_insurance={"professional_indemnity": "undertaken"})
    second.check(check_insurance={"professional_indemnity": "none"})

    assert (first.result("insurance"), second.result("insurance")) == ("pass_conditional", "fail")
    assert first.task("recommend").variables["proposed"] == {"recommendation": "admit_conditional"}
    assert second.task("recommend").variables["proposed"] == {"recommendation": "reject"}


def test_each_category_is_judged_by_itself_and_only_those_it_may_serve_are_recommended(session: Session) -> None:
    desk = being_checked(session, categories=("shared", "lodgings"))
    desk.check()
    assert desk.checks["ofsted"].detail["results"] == {"shared": "pass", "lodgings": "fail"}
    some = {"conditions": ["Lodgings wait for the registration"], "conditions_due_on": "2026-06-30", "recommendation": "admit_conditional"}

    with pytest.raises(Invalid) as refused:
        desk.do("recommend", {**RECOMMEND, **some, "all_categories": "some", "categories_recommended": ["Shared homes", "Lodgings"]})
    desk.do("recommend", {**RECOMMEND, **some, "all_categories": "some", "categories_recommended": ["Shared homes"]})

    assert "categories_recommended" in refused.value.errors
    assert desk.checks["recommendation"].detail["categories"] == ["shared"]
    assert desk.instance.ended_as == "passed-with-conditions"


def test_a_provider_without_registration_fails(session: Session) -> None:
    desk = being_checked(session)

    desk.check(check_ofsted={"ofsted_status": "not_registered"})

    assert desk.result("ofsted") == "fail"
    assert desk.task("recommend").variables["proposed"] == {"recommendation": "reject"}


@pytest.mark.parametrize(
    "line",
    [
        "support worker, 123456789012, 2025-05-01, enhanced, Jane Doe",
        "support worker, 1234, 2025-05-01, enhanced",
        "support worker, 123456789012, 2025-13-01, enhanced",
        "support worker, 123456789012, 2099-01-01, enhanced",
        "support worker, 123456789012, 2025-05-01, secret",
        "born 1990-01-01, 123456789012, 2025-05-01, enhanced",
    ],
)
def test_more_or_other_than_number_date_and_level_of_a_dbs_certificate_is_refused(session: Session, line: str) -> None:
    desk = being_checked(session)

    with pytest.raises(Invalid) as refused:
        desk.do("check-safeguarding", {**SAFEGUARDING, "dbs_sample": [line]})

    assert refused.value.errors["dbs_sample"].startswith("Line 1: ")
    assert "safeguarding" not in desk.checks


def test_a_failed_policy_cannot_end_in_a_good_result(session: Session) -> None:
    desk = being_checked(session)

    with pytest.raises(Invalid):
        desk.do("check-safeguarding", {**SAFEGUARDING, "policy_missing": "fail"})

    desk.do("check-safeguarding", {**SAFEGUARDING, "policy_missing": "fail", "safeguarding_result": "fail"})
    assert desk.result("safeguarding") == "fail"


def test_a_silent_referee_is_chased_twice_and_refuses_nobody(session: Session) -> None:
    desk = being_checked(session)

    desk.at("2026-04-08 09:00")
    chased = session.scalars(select(OutboxMail).where(OutboxMail.kind == "diligence:chase", OutboxMail.case_id == desk.case.id)).all()
    desk.check(take_references={"reference_1": "silent", "recommends_1": "", "reference_score_1": "", "references_result": "silent"})

    assert {each.created_at.date().isoformat() for each in chased} == {"2026-04-01", "2026-04-07"}
    assert desk.task("recommend").variables["proposed"] == {"recommendation": "admit"}


def test_a_reference_is_not_made_up_from_silence(session: Session) -> None:
    desk = being_checked(session)

    with pytest.raises(Invalid):
        desk.do("take-references", {**REFERENCES, "reference_1": "silent", "references_result": "good"})


def test_a_site_visit_needs_an_inspection_of_this_provider(session: Session) -> None:
    desk = being_checked(session)

    with pytest.raises(Invalid) as refused:
        desk.do("plan-site-visit", {"site_visit": "visited", "visit_reference": "INS-2026-0001"})

    assert "visit_reference" in refused.value.errors


def test_two_evaluators_two_points_apart_are_moderated_by_a_third(session: Session) -> None:
    desk = being_checked(session)
    desk.check(score_second=scored(4, support=2))
    assert desk.waiting == ["moderate"]
    settled = {"moderated": "settled", "moderated_support": "3", "moderation_reasons": "Read together."}

    with pytest.raises(Refused):
        desk.do("moderate", settled, by="tom.birch")
    desk.do("moderate", settled)

    assert desk.waiting == ["recommend"]
    assert desk.task("recommend").variables["scores_result"] == "met"


def test_what_cannot_be_settled_goes_to_the_head_of_procurement_who_settles_it(session: Session) -> None:
    desk = being_checked(session)
    desk.check(score_second=scored(4, support=1))

    desk.do("moderate", {"moderated": "deadlock", "moderation_reasons": "We could not agree."})
    assert desk.task("moderate").candidate_group == "head-of-procurement"
    with pytest.raises(Invalid):
        desk.do("moderate", {"moderated": "deadlock", "moderation_reasons": "Nor can I."})
    desk.do("moderate", {"moderated": "settled", "moderated_support": "2", "moderation_reasons": "The plan is thin."})

    assert desk.task("recommend").variables["scores_result"] == "below"
    assert desk.task("recommend").variables["proposed"] == {"recommendation": "reject"}


def test_nobody_scores_twice_whatever_the_diagram_says(session: Session) -> None:
    desk = being_checked(session)
    desk.do("score-first", scored(), by="tom.birch")

    with pytest.raises(Refused):
        desk.do("score-second", scored(), by="tom.birch")


def test_the_recommendation_departs_from_the_checks_only_with_a_reason(session: Session) -> None:
    desk = being_checked(session)
    desk.check()

    with pytest.raises(Invalid) as refused:
        desk.do("recommend", {"diligence_summary": "No.", "recommendation": "reject"})

    assert refused.value.errors == {"departure_reasons": "Enter why you depart from what follows from the checks"}
