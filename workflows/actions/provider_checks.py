"""The checks of due diligence that look at one thing each: registers, insurance, Ofsted, safeguarding, references and the site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from models import Application, ListCategory, RegistrationStatus
from workflows.actions import audit, mail, registrations
from workflows.actions.due_diligence import judge, keep, person
from workflows.actions.operating import Work, operation
from workflows.errors import Invalid
from workflows.queries import due_diligence as queries
from workflows.registers import ofsted
from workflows.rules import calendar, dbs

COVERS = {
    "employers_liability": "employers_liability_minimum",
    "public_liability": "public_liability_minimum",
    "professional_indemnity": "professional_indemnity_minimum",
}
ADULT = 18
OFSTED = {
    "registered": RegistrationStatus.REGISTERED,
    "applied_in_time": RegistrationStatus.APPLIED,
    "applied": RegistrationStatus.APPLIED,
    "suspended": RegistrationStatus.SUSPENDED,
    "cancelled": RegistrationStatus.CANCELLED,
    "not_registered": RegistrationStatus.NOT_REGISTERED,
    "not_required": RegistrationStatus.NOT_REQUIRED,
}
REGISTER_QUESTIONS = {"urn": "ofsted_urn", "categories": "ofsted_categories", "conditions": "ofsted_conditions"}
PASSES = frozenset({"pass", "pass_transitional", "conditional"})


@operation("due_diligence.record_registers", gives=("company_status", "accounts_overdue"))
def record_registers(work: Work) -> dict[str, Any]:
    """Keep what the company, charity and sanctions registers say."""
    answers = work.answers
    if answers["company_status"] == "not_applicable" and answers.get("identity_checked") != "yes":
        raise Invalid({"identity_checked": "Check who they are by hand before you go on"})
    detail = {key: value for key, value in answers.items() if key != "registers_notes"}
    keep(work, "registers", result="noted", detail=detail, reasons=answers.get("registers_notes", ""))
    return {"company_status": answers["company_status"], "accounts_overdue": answers["accounts_overdue"]}


@operation("due_diligence.judge_registers")
def judge_registers(work: Work) -> None:
    """Put the table's word on the company together with sanctions and disqualified directors."""
    detail = queries.checks(work.session, work.case.id)["registers"].detail
    result = str(work.params["company"]["result"])
    if detail["sanctions_hit"] == "yes":
        result = "sanctioned"
    elif result == "ok" and detail["disqualified_director"] == "yes":
        result = "manual"
    judge(work, "registers", result)


@operation("due_diligence.record_insurance", gives=("covers",))
def record_insurance(work: Work) -> dict[str, Any]:
    """Keep what there is of each cover against what the list asks for. Cover may be obtained later (Procurement Act 2023 s.36(2)(b))."""
    application = queries.application_of(work.session, work.case.id)
    covers = [_cover(work, application, kind) for kind in COVERS]
    keep(work, "insurance", result="noted", detail={"covers": covers}, reasons=work.answers.get("insurance_notes", ""))
    return {"covers": covers}


def _cover(work: Work, application: Application, kind: str) -> dict[str, Any]:
    answers = work.answers
    least = Decimal(str(queries.criterion(work.session, application.purchasing_list, COVERS[kind])))
    if answers[kind] != "certificate":
        return {"kind": kind, "stage": "admission", "held": "none", "undertaken": answers[kind] == "undertaken", "days_left": 0, "limit": ""}
    limit, ends_on = Decimal(answers[f"{kind}_limit"]), date.fromisoformat(answers[f"{kind}_ends_on"])
    return {
        "kind": kind, "stage": "admission", "held": "enough" if limit >= least else "short", "limit": str(limit),
        "undertaken": answers.get(f"{kind}_undertakes") == "yes", "days_left": (ends_on - calendar.london_date(work.now)).days,
    }  # fmt: skip


@operation("due_diligence.judge_insurance")
def judge_insurance(work: Work) -> None:
    """The worst of the covers is the result."""
    results = [str(each["result"]) for each in work.params["results"]]
    worst = next((result for result in ("fail", "manual", "pass_conditional") if result in results), "pass")
    judge(work, "insurance", worst, results=dict(zip(COVERS, results, strict=True)))


@operation("due_diligence.record_registration", gives=("offered",))
def record_registration(work: Work) -> dict[str, Any]:
    """Keep what Ofsted's register says, in the check and in the provider's record, and what it means for each category."""
    answers = work.answers
    application = queries.application_of(work.session, work.case.id)
    applied = [each for each in application.purchasing_list.categories if each.key in application.categories]
    offered = [_offer(each, answers) for each in applied]
    detail = {key: value for key, value in answers.items() if key not in ("ofsted_conditions", "contradictions")}
    keep(work, "ofsted", result="noted", detail={**detail, "offered": offered}, reasons=answers.get("contradictions", ""))
    _note_registration(work, application, answers)
    return {"offered": offered}


def _offer(category: ListCategory, answers: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {int(each) for each in answers.get("ofsted_categories") or []}
    return {
        "category": category.key, "serves_16_17": category.age_from < ADULT, "status": answers["ofsted_status"],
        "in_registration": category.ofsted_category in kinds, "enforcement": answers["enforcement"] == "yes",
    }  # fmt: skip


def _note_registration(work: Work, application: Application, answers: Mapping[str, Any]) -> None:
    outcome = answers.get("last_outcome", "none")
    entry = ofsted.Entry(
        urn=answers.get("ofsted_urn", ""), status=OFSTED[answers["ofsted_status"]], conditions=answers.get("ofsted_conditions", ""),
        categories=tuple(int(each) for each in answers.get("ofsted_categories") or []), has_enforcement=answers["enforcement"] == "yes",
        last_inspected_on=date.fromisoformat(answers["last_inspected_on"]) if answers.get("last_inspected_on") else None,
        outcome=int(outcome) if outcome in ("1", "2", "3") else None, source="manual",
    )  # fmt: skip
    try:
        registrations.record(work.session, application.provider, entry, by=person(work))
    except Invalid as error:
        raise Invalid({REGISTER_QUESTIONS.get(key, "ofsted_status"): message for key, message in error.errors.items()}) from error


@operation("due_diligence.judge_registration")
def judge_registration(work: Work) -> None:
    """Say for each category whether the provider may serve it. None at all is a failure (Care Planning Regulations 2010 reg 27C)."""
    check = queries.checks(work.session, work.case.id)["ofsted"]
    accepted = check.detail.get("enforcement_accepted", "yes") == "yes"
    results = {
        offer["category"]: _decided(str(each["result"]), accepted)
        for offer, each in zip(check.detail["offered"], work.params["results"], strict=True)
    }
    may_serve = [key for key, result in results.items() if result in PASSES]
    if not may_serve:
        result = "fail"
    else:
        result = "pass" if set(results.values()) <= {"pass", "pass_transitional"} else "conditional"
    judge(work, "ofsted", result, results=results, may_serve=may_serve)


def _decided(result: str, accepted: bool) -> str:
    """What Safeguarding decided where the table leaves it open."""
    if result in ("conditional", "manual"):
        return "conditional" if accepted else "fail"
    return result


POLICIES = ("safeguarding", "missing", "behaviour", "contingency", "complaints", "location", "statement")


@operation("due_diligence.record_safeguarding")
def record_safeguarding(work: Work) -> None:
    """Keep the review of the policies and of safer recruitment. Of a DBS certificate only number, date and level are taken."""
    answers = work.answers
    sample, problem = dbs.read_sample(answers["dbs_sample"], today=calendar.london_date(work.now))
    problems = {"dbs_sample": problem} if problem else {}
    policies = {each: answers[f"policy_{each}"] for each in POLICIES}
    problems |= _safeguarding_problems(answers, policies)
    if problems:
        raise Invalid(problems)
    wanted = ("single_central_record", "prohibition_checked", "lado_history")
    detail = {"policies": policies, "dbs": sample, **{key: answers[key] for key in wanted}}
    keep(work, "safeguarding", result=answers["safeguarding_result"], detail=detail, reasons=answers["safeguarding_reasons"])


def _safeguarding_problems(answers: Mapping[str, Any], policies: Mapping[str, str]) -> dict[str, str]:
    result = answers["safeguarding_result"]
    if result != "fail" and "fail" in policies.values():
        return {"safeguarding_result": "A policy is not good enough. The result cannot be good"}
    if result == "ok" and ("amend" in policies.values() or answers["single_central_record"] == "no"):
        return {"safeguarding_result": "Something must be changed first. Select good enough once changed"}
    return {}


@operation("due_diligence.chase")
def chase(work: Work) -> None:
    """Remind those who take the references that a referee has not answered."""
    mail.to_group(work.session, work.case.team_key, kind="diligence:chase", case=work.case,
                  subject=f"Chase the referees: {work.case.reference}", link=f"/cases/{work.case.reference}")  # fmt: skip
    audit.record(work.session, "diligence:chased", case=work.case, by=None, detail={"group": work.case.team_key})


@operation("due_diligence.record_references")
def record_references(work: Work) -> None:
    """Keep what the referees said. Silence alone is no reason to refuse, and no reference is made up from it."""
    answers = work.answers
    asked = [number for number in (1, 2, 3) if answers.get(f"referee_{number}")]
    received = [number for number in asked if answers.get(f"reference_{number}") == "received"]
    result = answers["references_result"]
    problems = {}
    if result == "silent" and received:
        problems["references_result"] = "A reference was received. Select good or concerns"
    if result != "silent" and not received:
        problems["references_result"] = "No reference was received. Select nobody answered"
    if result == "good" and any(answers.get(f"recommends_{number}") == "no" for number in received):
        problems["references_result"] = "A referee would not place with this provider. Select concerns"
    if problems:
        raise Invalid(problems)
    keys = ("referee", "reference", "recommends", "reference_score")
    found = [{key: answers.get(f"{key}_{number}", "") for key in keys} for number in asked]
    concerns = "\n\n".join(str(answers[f"concerns_{number}"]) for number in received if answers.get(f"concerns_{number}"))
    keep(work, "references", result=result, detail={"references": found}, reasons=concerns)


@operation("due_diligence.record_site_visit")
def record_site_visit(work: Work) -> None:
    """Keep that the site was visited, by the reference of the inspection, or why it can wait until before the first placement."""
    answers = work.answers
    application = queries.application_of(work.session, work.case.id)
    reference = answers.get("visit_reference", "")
    if answers["site_visit"] == "visited":
        visit = queries.provider_case(work.session, reference, kind="inspection", provider_id=application.provider_id)
        if visit is None:
            raise Invalid({"visit_reference": "Enter the reference of an inspection of this provider"})
    keep(work, "site_visit", result=answers["site_visit"], detail={"inspection": reference.strip().upper()},
         reasons=answers.get("deferred_because", ""))  # fmt: skip
