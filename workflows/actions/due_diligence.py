"""Due diligence of an application: its clock, exclusion, financial standing, and what all the checks come to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from models import Application, DueDiligenceCheck, User
from workflows.actions import audit, mail
from workflows.actions.operating import Work, operation
from workflows.errors import Invalid, Refused
from workflows.queries import due_diligence as queries
from workflows.queries import parameters
from workflows.rules import calendar, exclusion, financial_standing, recommending

MORNING = time(9)
CLOSE_OF_BUSINESS = time(17)
CLOCK = ("diligence_warn_at", "diligence_due_at")
TEAM = "children-commissioning"
WATCHES = "head-of-procurement"


def person(work: Work) -> User:
    """Who does this. Refused when nobody does: a check is made by a person."""
    if work.by is None:
        raise Refused("A check is made by a person")
    return work.by


def keep(work: Work, kind: str, *, result: str, detail: Mapping[str, Any], reasons: str = "") -> DueDiligenceCheck:
    """Keep the result of a check; one that was made before stays, in an earlier round."""
    application = queries.application_of(work.session, work.case.id)
    check = DueDiligenceCheck(
        case_id=work.case.id, provider_id=application.provider_id, kind=kind, round=queries.next_round(work.session, work.case.id, kind),
        result=result, detail=dict(detail), reasons=reasons, checked_by_id=person(work).id, checked_at=work.now,
    )  # fmt: skip
    work.session.add(check)
    work.session.flush()
    return check


def judge(work: Work, kind: str, result: str, **more: Any) -> DueDiligenceCheck:
    """Write what a table says of a check beside what a person found."""
    check = queries.checks(work.session, work.case.id)[kind]
    check.result = result
    check.detail = {**check.detail, **more}
    work.session.flush()
    return check


@operation("due_diligence.begin", gives=(*CLOCK, "chase_first_at", "chase_second_at", "moderator"))
def begin(work: Work) -> dict[str, Any]:
    """Set the clock of the checks: they end before the application must be answered, whatever happens."""
    first, second = (int(parameters.value(work.session, key)) for key in ("reference_first_chase_days", "reference_second_chase_days"))
    return {
        **_clock(work),
        "chase_first_at": _after(work, first).isoformat(),
        "chase_second_at": _after(work, second).isoformat(),
        "moderator": TEAM,
    }


def _clock(work: Work) -> dict[str, str]:
    warn, finish = (int(parameters.value(work.session, key)) for key in ("diligence_warning_days", "diligence_finish_days"))
    application = queries.application_of(work.session, work.case.id)
    return {
        "diligence_warn_at": before_answer(work, application, warn, MORNING).isoformat(),
        "diligence_due_at": before_answer(work, application, finish, CLOSE_OF_BUSINESS).isoformat(),
    }


def before_answer(work: Work, application: Application, days: int, at: time) -> datetime:
    """The moment so many working days before the application must be answered. Refused for one that was not sent."""
    if application.evaluation_due_on is None:
        raise Refused("This application has not been sent")
    day = application.evaluation_due_on
    for _ in range(days):
        day = calendar.previous_working_day(day, _working(work))
    return calendar.london_instant(day, at=at)


def _after(work: Work, days: int) -> datetime:
    day = calendar.london_date(work.now)
    for _ in range(days):
        day = calendar.next_working_day(day, _working(work))
    return calendar.london_instant(day, at=MORNING)


def _working(work: Work) -> calendar.Calendar:
    return calendar.find_calendar("EW", parameters.closures(work.session))


@operation("due_diligence.warn")
def warn(work: Work) -> None:
    """Tell the Head of Procurement that checks are still open shortly before they must end."""
    for group in (WATCHES, work.case.team_key):
        mail.to_group(work.session, group, kind="diligence:late", case=work.case, subject=f"Checks are still open: {work.case.reference}",
                      link=f"/cases/{work.case.reference}")  # fmt: skip
    audit.record(work.session, "diligence:warned", case=work.case, by=None, detail={"to": WATCHES})


@operation("due_diligence.look_at_clock", gives=("time_is_up", *CLOCK))
def look_at_clock(work: Work) -> dict[str, Any]:
    """Whether the time is up, by the answer's date as it is now: the period may have been extended meanwhile (PCR 2015 reg 34(17))."""
    times = _clock(work)
    is_up = datetime.fromisoformat(times["diligence_due_at"]) <= work.now
    if is_up:
        audit.record(work.session, "diligence:ran_out", case=work.case, by=None)
    return {"time_is_up": "yes" if is_up else "no", **times}


@operation("due_diligence.record_exclusion", gives=("grounds",))
def record_exclusion(work: Work) -> dict[str, Any]:
    """Keep what was declared and found for each ground, and whether it is recent enough to count (PCR 2015 reg 57(11)-(12))."""
    regime = str(work.data["regime"])
    today = calendar.london_date(work.now)
    grounds = [_ground(ground, work.answers, regime, today) for ground in exclusion.GROUNDS]
    if work.answers["debarment"] != "none":
        grounds.append(_debarred(work.answers["debarment"]))
    keep(work, "exclusion", result="noted", detail={"grounds": grounds}, reasons=work.answers["exclusion_reasons"])
    return {"grounds": grounds}


def _ground(ground: exclusion.Ground, answers: Mapping[str, Any], regime: str, today: date) -> dict[str, Any]:
    said = answers.get(ground.key, "none")
    happened = answers.get(f"{ground.key}_on")
    established = said != "none"
    in_time = bool(happened) and exclusion.counts(ground, date.fromisoformat(str(happened)), on=today, regime=regime)
    return {
        "key": ground.key, "kind": ground.kind, "said": said, "happened_on": happened or "", "established": established, "in_time": in_time,
        "cleaned": "not_assessed",
    }  # fmt: skip


def _debarred(on_which_ground: str) -> dict[str, Any]:
    """The debarment list as a ground. Only an entry on a mandatory ground excludes by itself (Procurement Act 2023 s.57(1)(b))."""
    kind = exclusion.DEBARRED if on_which_ground == "mandatory" else exclusion.DISCRETIONARY
    return {
        "key": exclusion.DEBARMENT.key, "kind": kind, "said": "found", "happened_on": "", "established": True, "in_time": True,
        "cleaned": "not_assessed",
    }  # fmt: skip


@operation("due_diligence.judge_exclusion", gives=("exclusion",))
def judge_exclusion(work: Work) -> dict[str, Any]:
    """Put the outcomes of the grounds together: pass, conditional, fail, or legal when Legal must look first."""
    outcomes = [str(each["outcome"]) for found in work.params["outcomes"] for each in found] or ["ignore"]
    check = queries.checks(work.session, work.case.id)["exclusion"]
    result = exclusion.overall(outcomes)
    cleaning = check.detail.get("self_cleaning")
    if cleaning and result != "fail":
        excludes = "may_exclude" in outcomes and cleaning["advises_exclusion"] == "yes"
        result = "fail" if excludes else "conditional"
    judge(work, "exclusion", result, outcomes=outcomes)
    return {"exclusion": result}


@operation("due_diligence.record_self_cleaning", gives=("grounds",))
def record_self_cleaning(work: Work) -> dict[str, Any]:
    """Keep Legal's assessment of what the provider has put right, with the statement of reasons (PCR 2015 reg 57(13)-(17))."""
    answers = work.answers
    measures = [answers[f"measures_{each}"] for each in ("compensation", "cooperation", "concrete")]
    if answers["sufficient"] == "yes" and "no" in measures:
        raise Invalid({"sufficient": "All three measures are needed before what was done is enough"})
    grounds = [_cleaned(ground, answers["sufficient"]) for ground in work.data["grounds"]]
    detail = {key: answers.get(key, "") for key in ("sufficient", "advises_exclusion", "representations_invited_on", "representations")}
    keep(work, "self_cleaning", result="sufficient" if answers["sufficient"] == "yes" else "insufficient", detail=detail,
         reasons=answers["statement_of_reasons"])  # fmt: skip
    judge(work, "exclusion", "noted", grounds=grounds, self_cleaning=detail)
    return {"grounds": grounds}


def _cleaned(ground: Mapping[str, Any], sufficient: str) -> dict[str, Any]:
    concerned = ground["established"] and ground["in_time"] and ground["kind"] in exclusion.CLEANABLE
    return {**ground, "cleaned": sufficient} if concerned else dict(ground)


FINANCIAL = ("insolvency", "accounts", "turnover_ratio", "current_ratio", "net_assets_positive", "losses_both_years")


@operation("due_diligence.record_finance", gives=FINANCIAL)
def record_finance(work: Work) -> dict[str, Any]:
    """Work out the ratios from the figures, exactly, for the table that bands them. Field errors for figures that cannot be used."""
    answers = work.answers
    expected = Decimal(answers["expected_annual_value"])
    if expected <= 0:
        raise Invalid({"expected_annual_value": "The value expected of a year of placements must be more than nothing"})
    given: dict[str, Any] = {
        "insolvency": answers["insolvency"], "accounts": answers["accounts"], "turnover_ratio": 0, "current_ratio": 0,
        "net_assets_positive": "no", "losses_both_years": "no",
    }  # fmt: skip
    detail = {key: value for key, value in answers.items() if key != "finance_narrative"}
    if answers["accounts"] == "yes":
        _check_age(work, answers["accounts_year_end"])
        found = _ratios(answers, expected)
        detail |= {
            "turnover_ratio": str(found.turnover), "current_ratio": str(found.current), "acid_ratio": str(found.acid), "gearing": str(found.gearing),
        }  # fmt: skip
        given |= {
            "turnover_ratio": float(found.turnover), "current_ratio": float(found.current),
            "net_assets_positive": "yes" if Decimal(answers["net_assets"]) > 0 else "no",
            "losses_both_years": "yes" if (answers["loss_last_year"], answers["loss_year_before"]) == ("yes", "yes") else "no",
        }  # fmt: skip
    keep(work, "finance", result="noted", detail=detail, reasons=answers["finance_narrative"])
    return given


def _check_age(work: Work, year_end: str) -> None:
    application = queries.application_of(work.session, work.case.id)
    months = int(queries.criterion(work.session, application.purchasing_list, "accounts_oldest_months"))
    sent_on = calendar.london_date(application.sent_at or work.now)
    if financial_standing.are_too_old(date.fromisoformat(year_end), sent_on=sent_on, months=months):
        raise Invalid({"accounts_year_end": f"The accounts must not be older than {months} months. Ask for newer figures"})


def _ratios(answers: Mapping[str, Any], expected: Decimal) -> financial_standing.Ratios:
    figures = ("turnover", "current_assets", "stock", "current_liabilities", "total_debt", "equity")
    return financial_standing.ratios(
        financial_standing.Accounts(**{key: Decimal(answers[key]) for key in figures}), expected_annual_value=expected
    )


@operation("due_diligence.judge_finance")
def judge_finance(work: Work) -> None:
    """Write the band beside the figures; it is no conclusion unless it is low."""
    risk = str(work.params["risk"])
    judge(work, "finance", "low" if risk == financial_standing.LOW else "to_conclude", risk=risk)


@operation("due_diligence.conclude_finance")
def conclude_finance(work: Work) -> None:
    """Keep Finance's conclusion with the provider's explanation and the safeguards. A high risk is never a refusal by itself."""
    answers = work.answers
    check = queries.checks(work.session, work.case.id)["finance"]
    problems = financial_standing.problems_of_conclusion(
        answers["finance_conclusion"], risk=str(check.detail["risk"]), mitigations=answers.get("mitigations") or [],
        explanation_asked_on=answers.get("explanation_asked_on", ""), is_new=check.detail["accounts"] == "none_new",
        narrative=answers["conclusion_reasons"],
    )  # fmt: skip
    if problems:
        raise Invalid(problems)
    wanted = ("mitigations", "supplier_explanation", "explanation_asked_on")
    judge(work, "finance", answers["finance_conclusion"], **{key: answers.get(key, "") for key in wanted})
    check.reasons = f"{check.reasons}\n\n{answers['conclusion_reasons']}"
    check.checked_by_id, check.checked_at = person(work).id, work.now


SUMMED = (
    "exclusion_result", "regulatory_result", "safeguarding_result", "finance_result", "scores_result", "insurance_result", "is_conditional",
)  # fmt: skip


@operation("due_diligence.sum_up", gives=SUMMED)
def sum_up(work: Work) -> dict[str, Any]:
    """What the checks and the scores come to, for the table that recommends."""
    application = queries.application_of(work.session, work.case.id)
    found = queries.scores(work.session, work.case.id)
    mark = Decimal(str(queries.criterion(work.session, application.purchasing_list, "pass_mark")))
    below = [key for key, score in queries.final_scores(found).items() if score < mark]
    checks = queries.checks(work.session, work.case.id)
    results = recommending.results_of({kind: check.result for kind, check in checks.items()})
    scores = "none" if queries.missing_seats(found) else "below" if below else "met"
    return {**results, "scores_result": scores}


@operation("due_diligence.recommend", gives=("diligence_result", "conditions", "categories_recommended", "advice_needed"))
def recommend(work: Work) -> dict[str, Any]:
    """Keep the recommendation. Field errors where it departs from the checks without a reason, or from what the law leaves open."""
    answers = work.answers
    application = queries.application_of(work.session, work.case.id)
    checks = queries.checks(work.session, work.case.id)
    allowed = list(checks["ofsted"].detail.get("may_serve", []))
    wanted = recommending.categories_wanted(answers, {each.key: each.name for each in application.purchasing_list.categories}, allowed)
    problems = recommending.problems_of(answers, proposed=str(work.data["proposed"]["recommendation"]), results=work.data)
    problems |= recommending.problems_of_categories(answers, wanted, allowed)
    if problems:
        raise Invalid(problems)
    result = recommending.RESULTS[answers["recommendation"]]
    conditions = [{"words": words, "due_on": answers["conditions_due_on"]} for words in answers.get("conditions") or []]
    keep(work, "recommendation", result=answers["recommendation"], reasons=answers["diligence_summary"],
         detail={"proposed": work.data["proposed"]["recommendation"], "departure": answers.get("departure_reasons", ""),
                 "conditions": conditions, "categories": wanted})  # fmt: skip
    needed = bool(conditions) or "self_cleaning" in checks or checks["finance"].result != financial_standing.LOW
    return {
        "diligence_result": result, "conditions": conditions, "categories_recommended": wanted, "advice_needed": "yes" if needed else "no",
    }  # fmt: skip
