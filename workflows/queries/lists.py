"""Purchasing lists and their contracts: which is open, who waits to join, how the term stands and what the law says of it on a day."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from models import (
    Application,
    ApplicationStatus,
    CandidateGroup,
    Case,
    CaseKey,
    CaseStatus,
    Contract,
    Membership,
    Milestone,
    Placement,
    Premises,
    PurchasingList,
    User,
    clock,
)
from workflows.errors import NotFound
from workflows.queries import case_list, parameters
from workflows.rules import calendar, list_terms, membership_events
from workflows.rules.list_terms import LawDays, PlanRules, Rung, Step, Term, Verdict

LIST_KEY, CONTRACT_KEY = "list", "contract"
KEY_DECISION, LIST_TERM = "key-decision", "list-term"
WAITING = (ApplicationStatus.SENT,)


def lists(session: Session) -> Sequence[PurchasingList]:
    """Every list, the one that ends last first."""
    return session.scalars(select(PurchasingList).order_by(PurchasingList.valid_to.desc(), PurchasingList.reference)).all()


def lists_on(session: Session, day: date) -> Sequence[PurchasingList]:
    """The lists that had begun by a day and not ended before it, the first to begin first."""
    query = select(PurchasingList).where(PurchasingList.valid_from <= day, PurchasingList.valid_to >= day)
    return session.scalars(query.order_by(PurchasingList.valid_from, PurchasingList.reference)).all()


def open_list(session: Session, day: date) -> PurchasingList | None:
    """The list that is valid on a day, the newest when there are several; None when none is."""
    query = select(PurchasingList).where(PurchasingList.valid_from <= day, PurchasingList.valid_to >= day)
    return session.scalar(query.order_by(PurchasingList.valid_from.desc(), PurchasingList.reference.desc()).limit(1))


def newest_list(session: Session, day: date) -> PurchasingList | None:
    """The list that is valid on a day, else the last that ended before it; None when no list had begun."""
    query = select(PurchasingList).where(PurchasingList.valid_from <= day)
    return open_list(session, day) or session.scalar(query.order_by(PurchasingList.valid_to.desc(), PurchasingList.reference.desc()).limit(1))


def by_reference(session: Session, reference: str) -> PurchasingList:
    """The list with a reference, such as L-0001. NotFound when there is none."""
    found = session.scalar(select(PurchasingList).where(PurchasingList.reference == reference.strip().upper()))
    if found is None:
        raise NotFound("There is no such list")
    return found


def contract_of(session: Session, purchasing_list: PurchasingList) -> Contract | None:
    """The contract behind a list, the newest; None for a list without one."""
    query = select(Contract).where(Contract.list_id == purchasing_list.id).options(joinedload(Contract.purchasing_list))
    return session.scalar(query.order_by(Contract.starts_on.desc(), Contract.reference.desc()).limit(1))


def contract_by_id(session: Session, contract_id: uuid.UUID | str) -> Contract:
    """A contract with its list. NotFound when there is none."""
    found = session.scalar(select(Contract).where(Contract.id == uuid.UUID(str(contract_id))).options(joinedload(Contract.purchasing_list)))
    if found is None:
        raise NotFound("There is no such contract")
    return found


def owner_of(session: Session, contract: Contract) -> CandidateGroup:
    """The team that looks after a contract."""
    return session.get_one(CandidateGroup, contract.owner_key)


def members_count(session: Session) -> Mapping[uuid.UUID, int]:
    """How many members each list has today."""
    query = select(Membership.list_id, func.count()).where(Membership.status.in_(membership_events.LIVE)).group_by(Membership.list_id)
    return {list_id: count for list_id, count in session.execute(query)}


def waiting_count(session: Session, *, today: date) -> Mapping[uuid.UUID, int]:
    """How many wait to join each list: their application was sent and is not decided, or was begun and cannot be sent as the list has ended."""
    query = select(Application.list_id, func.count()).join(Application.purchasing_list).where(_waits(today)).group_by(Application.list_id)
    return {list_id: count for list_id, count in session.execute(query)}


def _waits(today: date) -> ColumnElement[bool]:
    stranded = and_(Application.status == ApplicationStatus.DRAFT, PurchasingList.valid_to < today)
    return or_(Application.status.in_(WAITING), stranded)


def stranded_count(session: Session, purchasing_list: PurchasingList, *, today: date) -> int:
    """How many began an application to a list that has ended since, so that they cannot send it."""
    if purchasing_list.valid_to >= today:
        return 0
    mine = (Application.list_id == purchasing_list.id, Application.status == ApplicationStatus.DRAFT)
    return session.scalar(select(func.count()).select_from(Application).where(*mine)) or 0


def waiting(session: Session, reader: User, purchasing_list: PurchasingList) -> Sequence[Application]:
    """The applications to a list that have been sent and not decided, as far as the reader may see them, the first to be decided first."""
    query = select(Application).join(Application.case).where(Application.list_id == purchasing_list.id, Application.status.in_(WAITING))
    query = query.where(case_list.visible_to(reader))
    loaded = (joinedload(Application.provider), contains_eager(Application.case))
    return session.scalars(query.options(*loaded).order_by(Application.evaluation_due_on, Application.sent_at)).all()


def law_days(session: Session, *, on: date | None = None) -> LawDays:
    """The days that the law sets for lists of both regimes, as the parameters have them on a day."""
    day = {name: date.fromisoformat(str(parameters.value(session, key, on=on))) for name, key in LAW_KEYS.items()}
    return LawDays(**day)


LAW_KEYS = {"frozen_after": "pcr_validity_frozen_after", "pcr_ends_on": "pcr_lists_end_on", "pa23_from": "pa23_lists_from"}


def plan_rules(session: Session, *, on: date | None = None) -> PlanRules:
    """The periods that a backward plan counts by, as they stand on a day. A decision on a term is taken by an officer."""
    rule = {name: parameters.rule(session, key, on=on) for name, key in PLAN_KEYS.items()}
    notice = replace(rule.pop("notice"), calendar="EW")  # a notice is published on a working day
    return PlanRules(
        options_months=int(parameters.value(session, "term_options_months", on=on)),
        case_months=int(parameters.value(session, "term_case_months", on=on)),
        notice=notice, **rule, closures=tuple(parameters.closures(session)),
    )  # fmt: skip


PLAN_KEYS = {
    "notice": "notice_clear_days", "call_in": "call_in_working_days_officer", "publication": "record_publication_days", "buffer": "term_buffer_days",
    "sign_off": "sign_off_days", "consultation": "consultation_days", "change": "term_notice_days", "close": "representations_close",
}  # fmt: skip


def term_of(contract: Contract) -> Term:
    """A contract's term as the rules look at it."""
    unused = next((option.months for option in contract.options if option.used_on is None), 0)
    return Term(
        regime=contract.regime, ends_on=contract.ends_on, notice_months=contract.notice_months, unused_months=unused,
        is_terminated=contract.terminated_on is not None,
    )  # fmt: skip


def plan(session: Session, contract: Contract) -> list[Step]:
    """The backward plan for the present end of a contract."""
    return list_terms.backward_plan(contract.ends_on, notice_months=contract.notice_months, rules=plan_rules(session))


def first_lawful(session: Session, *, today: date) -> date:
    """The first day on which a decision may be made whose notice is published today (SI 2012/2089 reg 9(2))."""
    return calendar.clear_calendar_days(today, rule=plan_rules(session, on=today).notice).on


def first_effect(session: Session, *, today: date) -> date:
    """The first day on which a key decision proposed today could be in effect: notice today, decided and published on the first lawful day."""
    rules = plan_rules(session, on=today)
    decided = first_lawful(session, today=today)
    published = calendar.working_day_on_or_after(decided, calendar.find_calendar("EW", rules.closures))
    return calendar.call_in_effective_day(published, rule=rules.call_in, closures=rules.closures).on


def verdict(session: Session, contract: Contract, *, today: date | None = None) -> Verdict:
    """Whether the term of a contract may be extended on a day (table D-18)."""
    day = today or clock.today()
    return list_terms.may_extend(term_of(contract), today=day, law=law_days(session), effect_from=first_effect(session, today=day))


def ladder(session: Session, contract: Contract) -> list[Rung]:
    """The reminders of a contract's end, in order of time (D-19)."""
    months, days = parameters.value(session, "term_reminder_months"), parameters.value(session, "term_reminder_days")
    return list_terms.ladder(contract.ends_on, months=[int(each) for each in months], days=[int(each) for each in days])


def milestones(session: Session, contract: Contract) -> Sequence[Milestone]:
    """The reminders that were given about a contract, the newest first."""
    query = select(Milestone).where(Milestone.contract_id == contract.id).options(joinedload(Milestone.acknowledged_by))
    return session.scalars(query.order_by(Milestone.due_on.desc(), Milestone.kind)).all()


def open_decision(session: Session, contract: Contract) -> Case | None:
    """The key decision about a contract's term that is not closed; None when none is under way."""
    return _case_about(session, contract, KEY_DECISION)


def term_case(session: Session, contract: Contract) -> Case | None:
    """The open case that watches a contract's end; None when nobody watches it."""
    return _case_about(session, contract, LIST_TERM)


def contract_id_of(session: Session, case: Case) -> str:
    """The id of the contract that a case is about. NotFound when it is about none."""
    found = session.scalar(select(CaseKey.value).where(CaseKey.case_id == case.id, CaseKey.name == CONTRACT_KEY).limit(1))
    if found is None:
        raise NotFound("There is no such contract")
    return found


def _case_about(session: Session, contract: Contract, kind: str) -> Case | None:
    about = select(CaseKey.case_id).where(CaseKey.name == CONTRACT_KEY, CaseKey.value == str(contract.id))
    query = select(Case).where(Case.id.in_(about), Case.kind == kind, Case.status == CaseStatus.OPEN)
    return session.scalar(query.order_by(Case.opened_at.desc()).limit(1))


def has_activity(session: Session, contract: Contract, *, today: date) -> bool:
    """Whether members of the contract's list still take placements or its applications go on: an alarm once the term has ended (domain 7.1)."""
    if contract.list_id is None:
        return False
    members = select(Membership.provider_id).where(Membership.list_id == contract.list_id)
    stays = select(Placement.id).join(Premises, Premises.id == Placement.premises_id).where(Premises.provider_id.in_(members))
    lasting = or_(Placement.ends_on.is_(None), Placement.ends_on >= today)
    sent = select(Application.id).where(Application.list_id == contract.list_id, Application.status.in_(WAITING))
    return session.scalar(stays.where(lasting, Placement.starts_on <= today).limit(1)) is not None or session.scalar(sent.limit(1)) is not None


@dataclass(frozen=True)
class ListRow:
    """A list on the overview: its contract, how many are on it and wait, where its term stands, and whether that is an alarm."""

    purchasing_list: PurchasingList
    contract: Contract | None
    members: int
    waiting: int
    bucket: str
    state: str


def overview(session: Session, *, today: date | None = None) -> list[ListRow]:
    """Every list with how its term stands, those that ended or end soonest first within their bucket."""
    day = today or clock.today()
    members, sent = members_count(session), waiting_count(session, today=day)
    return [_row(session, each, members.get(each.id, 0), sent.get(each.id, 0), day) for each in lists(session)]


def _row(session: Session, purchasing_list: PurchasingList, members: int, sent: int, day: date) -> ListRow:
    contract = contract_of(session, purchasing_list)
    ends_on = contract.ends_on if contract is not None else purchasing_list.valid_to
    return ListRow(purchasing_list, contract, members, sent, list_terms.bucket(ends_on, today=day), state(session, contract, day) if contract else "")


def state(session: Session, contract: Contract, today: date) -> str:
    """Where a contract is in its life on a day (see `list_terms.state`)."""
    return list_terms.state(
        term_of(contract), starts_on=contract.starts_on, initial_ends_on=contract.initial_ends_on, today=today,
        has_activity=has_activity(session, contract, today=today),
    )  # fmt: skip


def owners(session: Session) -> Sequence[CandidateGroup]:
    """The teams that may look after a contract: those whose people may start a key decision about it."""
    query = select(CandidateGroup).where(CandidateGroup.role.in_(("commissioning_officer", "procurement_officer")))
    return session.scalars(query.order_by(CandidateGroup.name)).all()


def lead_director(session: Session, contract: Contract) -> CandidateGroup | None:
    """The post that hears when nothing is done about a contract's end: the manager of the team that owns it."""
    manager = session.get_one(CandidateGroup, contract.owner_key).manager_key
    return session.get(CandidateGroup, manager) if manager else None
