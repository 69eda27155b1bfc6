"""What a case that watches a contract's end shows: the contract, its list, and the way to its term."""

from __future__ import annotations

import uuid

from flask import url_for
from sqlalchemy.orm import Session

from models import Case, Contract
from webapp.db import db
from webapp.shared import cards, case_cards, filters
from webapp.shared.cards import Card
from workflows.queries import lists
from workflows.queries.case_pages import Whole

KIND = "list-term"


def _contract(session: Session, case: Case) -> Contract:
    return lists.contract_by_id(session, uuid.UUID(lists.contract_id_of(session, case)))


def of_term(whole: Whole) -> list[Card]:
    """The card of the contract."""
    contract = _contract(db.session, whole.case)
    rows = [cards.row(key, value) for key, value in _told(contract).items()]
    href = url_for("preferred_list.term", list_reference=contract.purchasing_list.reference) if contract.purchasing_list else ""
    return [cards.card("Contract", rows, href=href, link="See the term" if href else "")]


def facts(session: Session, case: Case) -> dict[str, str]:
    """What helps to answer a reminder."""
    return _told(_contract(session, case))


def _told(contract: Contract) -> dict[str, str]:
    unused = sum(option.used_on is None for option in contract.options)
    return {
        "Contract": contract.reference, "Ends on": filters.day(contract.ends_on),
        "Options not used": str(unused), "Notice to suppliers": f"{contract.notice_months} months",
    }  # fmt: skip


case_cards.CARDS[KIND] = of_term
case_cards.FACTS[KIND] = facts
