"""Contracts behind lists: written down, their options, the key decision about their end, and what that decision changes once it is carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Case,
    ConsultationRequest,
    ConsultationResponse,
    ConsultationStatus,
    Contract,
    ExtensionOption,
    KeyDecision,
    Membership,
    PurchasingList,
    User,
    clock,
)
from workflows.actions import audit, cases, happenings, instances, providers, references, tasks
from workflows.errors import Conflict, Invalid, Refused
from workflows.queries import lists as list_queries
from workflows.queries import tasks as task_queries
from workflows.rules import list_terms, membership_events, proposing
from workflows.rules.list_terms import Answer

PREFIX, TERM_PREFIX = "C", "TERM"
CHANGED = "ContractTermEvent"
LONGEST_OPTION = 60
LEGAL = "legal"


def create(
    session: Session,
    *,
    title: str,
    starts_on: date,
    initial_ends_on: date,
    by: User,
    purchasing_list: PurchasingList,
    options: Sequence[int] = (),
    notice_months: int = 3,
    annual_value: Decimal | None = None,
    owner_key: str = "children-commissioning",
    description: str = "",
) -> Contract:  # fmt: skip
    """Write down the contract behind a list, with the lengths of its options in months, and let its end be watched.

    Refused for who may not; Invalid with a message for each wrong field.
    """
    list_terms.check_keep(by)
    _check(title=title, starts_on=starts_on, ends_on=initial_ends_on, options=options, notice_months=notice_months)
    made = Contract(
        reference=f"{PREFIX}-{references.next_number(session, PREFIX, providers.ALL_YEARS):04d}", list_id=purchasing_list.id, title=title.strip(),
        description=description, regime=purchasing_list.regime, starts_on=starts_on, initial_ends_on=initial_ends_on, ends_on=initial_ends_on,
        notice_months=notice_months, annual_value=annual_value, owner_key=owner_key,
    )  # fmt: skip
    made.purchasing_list = purchasing_list
    made.options = [ExtensionOption(sequence=place, months=months) for place, months in enumerate(options, 1)]
    session.add(made)
    session.flush()
    _record(session, "contract:created", made, by=by, detail={"ends": initial_ends_on.isoformat(), "options": list(options)})
    watch(session, made, by=by)
    return made


def _check(*, title: str, starts_on: date, ends_on: date, options: Sequence[int], notice_months: int) -> None:
    errors = {}
    if not title.strip():
        errors["title"] = "Enter what the contract is called"
    if ends_on < starts_on:
        errors["initial_ends_on"] = "The last day must be after the first day"
    if any(not 1 <= months <= LONGEST_OPTION for months in options):
        errors["options"] = f"An option must be from 1 to {LONGEST_OPTION} months long"
    if not 0 <= notice_months <= 24:
        errors["notice_months"] = "The notice must be from 0 to 24 months"
    if errors:
        raise Invalid(errors)


def watch(session: Session, contract: Contract, *, by: User | None) -> Case:
    """Open the case that reminds the owner of a contract's end, unless one is open."""
    known = list_queries.term_case(session, contract)
    if known is not None:
        return known
    keys = {list_queries.CONTRACT_KEY: str(contract.id), list_queries.LIST_KEY: str(contract.list_id)}
    title = f"End of the contract: {contract.title}"[: cases.LONGEST_TITLE]
    case = cases.open_case(
        session, kind=list_queries.LIST_TERM, prefix=TERM_PREFIX, title=title, team_key=contract.owner_key, by=by, keys=keys
    )  # fmt: skip
    data = {"case_reference": case.reference, "contract_id": str(contract.id), "owner": contract.owner_key}
    instances.start(session, case, list_queries.LIST_TERM, data=data, by=by)
    return case


def add_option(session: Session, contract: Contract, *, months: int, by: User) -> ExtensionOption:
    """Write down by how long a contract under the light-touch rules would be modified (Procurement Act 2023 s.74(2)).

    Refused for every other contract: an option has to be in what was advertised.
    """
    list_terms.check_keep(by)
    if contract.regime not in list_terms.LIGHT_TOUCH:
        raise Refused("An option has to be in the notice and the contract from the start. Only a light-touch contract can be modified")
    if clock.today() > contract.ends_on:
        raise Refused("The term has ended. What has ended cannot be modified")
    if not 1 <= months <= LONGEST_OPTION:
        raise Invalid({"months": f"Enter a number of months from 1 to {LONGEST_OPTION}"})
    made = ExtensionOption(contract_id=contract.id, sequence=len(contract.options) + 1, months=months)
    contract.options.append(made)
    session.flush()
    _record(session, "contract:option_added", contract, by=by, detail={"months": months})
    return made


def terminate(session: Session, contract: Contract, *, on: date, because: str, by: User) -> None:
    """Write down that a contract was ended before its term, and stop watching it. Refused for who may not or when it has ended; Invalid otherwise."""
    list_terms.check_keep(by)
    if contract.terminated_on is not None:
        raise Conflict("This contract was terminated already")
    errors = {}
    if not because.strip():
        errors["because"] = "Enter why the contract is ended"
    if not contract.starts_on <= on <= contract.ends_on:
        errors["on"] = "The day must be within the term of the contract"
    if errors:
        raise Invalid(errors)
    contract.terminated_on = on
    session.flush()
    _record(session, "contract:terminated", contract, by=by, detail={"on": on.isoformat()}, text={"because": because.strip()})
    tell(session, contract, "terminated")


def tell(session: Session, contract: Contract, milestone: str) -> list[Case]:
    """Let the case that watches a contract know that its term changed."""
    payload = {"contract": str(contract.id), "milestone": milestone}
    mark = f"{contract.ends_on.isoformat()}:{contract.terminated_on or ''}:{len(contract.options)}"
    keys = {list_queries.CONTRACT_KEY: str(contract.id)}
    return happenings.announce(session, CHANGED, payload, message_id=f"term:{contract.id}:{milestone}:{mark}", keys=keys)


def open_decision(session: Session, contract: Contract, *, extend: bool, by: User) -> Case:
    """Open the key decision about a contract's end and fill in what is known as this person's draft: to extend it, or to replace the list.

    Refused for who may not, and to extend where the law does not allow it on this day (table D-18); Conflict when one is under way.
    """
    session.refresh(contract, with_for_update={"of": Contract})
    known = list_queries.open_decision(session, contract)
    if known is not None:
        raise Conflict(f"A key decision about this contract is under way: {known.reference}")
    option = _option_to_use(session, contract) if extend else None
    days = {"today": clock.today(), "lawful_from": list_queries.first_lawful(session, today=clock.today())}
    wanted = proposing.extension(contract, option, **days) if option is not None else proposing.replacement(contract, **days)
    case = cases.start_key_decision(session, title=wanted["title"][0], by=by)
    cases.add_keys(session, case, {list_queries.CONTRACT_KEY: str(contract.id), list_queries.LIST_KEY: str(contract.list_id)})
    if option is not None:
        option.decision_case_id = case.id
    propose = next(task for task in task_queries.open_tasks_of(session, case.id) if task.bpmn_id == "propose")
    maker = list_queries.lead_director(session, contract)
    tasks.save_draft(session, propose, values=wanted | proposing.makers(maker.key if maker else ""), by=by)
    about = {"contract": contract.id.hex, "kind": "extend" if extend else "replace"}
    audit.record(session, "contract:decision_opened", case=case, by=by, detail=about)
    return case


def _option_to_use(session: Session, contract: Contract) -> ExtensionOption:
    check_extendable(session, contract)
    option = next((each for each in contract.options if each.used_on is None), None)
    if option is None:
        raise Refused("Write down first by how many months the contract would be extended")
    return option


def check_extendable(session: Session, contract: Contract) -> None:
    """Raise Refused unless the term may be extended today, perhaps after Legal has said so (table D-18, whatever a diagram says)."""
    verdict = list_queries.verdict(session, contract)
    if verdict.answer is Answer.NO:
        raise Refused(verdict.because)


def carry_out(session: Session, case: Case, *, on: date, by: User | None) -> None:
    """Use the option that a key decision was about, once that decision is carried out: the contract, its list and its members' places last longer.

    Whoever calls has checked that the decision is in effect. Refused where the law no longer allows it on this day, or where Legal had to
    say so and did not (table D-18). A decision about something else changes nothing.
    """
    option = session.scalar(select(ExtensionOption).where(ExtensionOption.decision_case_id == case.id, ExtensionOption.used_on.is_(None)))
    if option is None:
        return
    contract = list_queries.contract_by_id(session, option.contract_id)
    session.refresh(contract, with_for_update={"of": Contract})
    verdict = list_queries.verdict(session, contract)
    if verdict.answer is Answer.NO:
        raise Refused(f"The term cannot be extended any more. {verdict.because}")
    if verdict.answer is Answer.LEGAL:
        _check_legal(session, case)
    before, contract.ends_on = contract.ends_on, list_terms.new_end(list_queries.term_of(contract), law=list_queries.law_days(session))
    option.used_on = on
    session.flush()
    if contract.purchasing_list is not None:
        _prolong(session, contract.purchasing_list, until=contract.ends_on)
    detail = {"contract": contract.id.hex, "before": before.isoformat(), "ends": contract.ends_on.isoformat()}
    audit.record(session, "contract:extended", case=case, by=by, detail=detail)
    watch(session, contract, by=by)
    tell(session, contract, "extended")


def _check_legal(session: Session, case: Case) -> None:
    """An option that was not used in time rests on what Legal said of it in the consultation on the report."""
    decided = select(KeyDecision.id).where(KeyDecision.case_id == case.id)
    query = select(ConsultationRequest).where(ConsultationRequest.decision_id.in_(decided), ConsultationRequest.consultee_key == LEGAL)
    newest = session.scalars(query.order_by(ConsultationRequest.asked_at.desc()).limit(1)).one_or_none()
    answered = newest is not None and newest.status is ConsultationStatus.ANSWERED and newest.response is not ConsultationResponse.NEED_INFORMATION
    if newest is None or not answered:
        raise Refused("Legal has not said whether the option can still be used")
    if newest.response is ConsultationResponse.OBJECT and not newest.resolution:
        raise Refused("Legal has objected to using the option")


def _prolong(session: Session, purchasing_list: PurchasingList, *, until: date) -> None:
    """The list is valid until the new day, and so is the place of each member whose own end was that of the list."""
    before, purchasing_list.valid_to = purchasing_list.valid_to, until
    live = Membership.status.in_(membership_events.LIVE)
    for membership in session.scalars(select(Membership).where(Membership.list_id == purchasing_list.id, live, Membership.ends_on == before)):
        membership.ends_on = until
    session.flush()


def _record(
    session: Session,
    kind: str,
    contract: Contract,
    *,
    by: User | None,
    detail: Mapping[str, Any] | None = None,
    text: Mapping[str, Any] | None = None,
) -> None:
    about = {"contract": contract.id.hex, "reference": contract.reference}
    audit.record(session, kind, case=None, by=by, detail=about | dict(detail or {}), text=text, subject=contract.id.hex)
