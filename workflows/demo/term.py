"""The first story from its list on: a term that ran out, providers that wait to join, and the decision opened from the contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Case, Contract, LegalForm, PurchasingList, Regime, User, clock
from models.session import new_session, transaction
from workflows.actions import applications, contracts, lists, providers, users
from workflows.demo import stories, walking
from workflows.demo.people import PASSWORD, find_person
from workflows.queries import lists as list_queries

STORY = "extension"
WRITTEN = "2020-01-07 10:00"
ARRIVES = "2020-02-{day:02d} 11:00"
TITLE = "The purchasing system (DPS) for 16+ accommodation"
FIRST, LAST = date(2017, 4, 1), date(2020, 3, 31)
OPTION_MONTHS, NOTICE_MONTHS, YEARLY = 24, 3, Decimal("480000.00")
# Six providers began to apply shortly before the end, and could not send their applications once the list had closed.
WAITING = (
    ("Harbour Homes", "Ivy Marsh"), ("Long Meadow Living", "Otto Birch"), ("Pilot Street Housing", "Rhea Cole"), ("Sandpiper Support", "Ned Frost"),
    ("The Lock Keepers", "Una Dale"), ("Weaver House", "Saul Reed"),
)  # fmt: skip


def walk(engine: Engine, *, until: datetime | None = None) -> Iterator[str]:
    """Set the list up with its contract, let providers begin to apply and the term run out, then walk the decision; say what was done."""
    last = until or clock.now()
    for moment, act in _before():
        if moment > last:
            return
        yield from _watching(engine, until=moment)
        with clock.held(moment), transaction(engine) as session:
            yield f"{moment:%d %B %Y}: {act(session)}"
    story = stories.read_story(STORY)
    yield from _watching(engine, until=min(story.starts, last))
    yield from walking.walk(engine, story, until=last, opens=from_the_contract)
    yield from _watching(engine, until=last)


def _watching(engine: Engine, *, until: datetime) -> Iterator[str]:
    """Let the reminders of the contract's end be given, each on its day."""
    with new_session(engine, writes=False) as session:
        contract = session.scalars(select(Contract).where(Contract.title == TITLE)).one_or_none()
        case = list_queries.term_case(session, contract) if contract is not None else None
    if case is not None:
        yield from walking.fire_until(engine, case.id, until)


def from_the_contract(session: Session, by: User) -> Case:
    """Open the decision as the page of the term does: with what is known filled in."""
    contract = session.scalars(select(Contract).where(Contract.title == TITLE)).one()
    return contracts.open_decision(session, contract, extend=True, by=by)


def _before() -> Iterator[tuple[datetime, walking.Deed]]:
    yield clock.read_instant(WRITTEN), _write_down
    for day, (name, person) in enumerate(WAITING, 3):
        yield clock.read_instant(ARRIVES.format(day=day)), _arriving(name, person)


def _write_down(session: Session) -> str:
    by = find_person(session, "amara.osei")
    made = lists.create(session, title=TITLE, regime=Regime.PCR_R34, valid_from=FIRST, valid_to=LAST, by=by)
    contracts.create(
        session, title=TITLE, purchasing_list=made, starts_on=FIRST, initial_ends_on=LAST, options=[OPTION_MONTHS], notice_months=NOTICE_MONTHS,
        annual_value=YEARLY, by=by,
    )  # fmt: skip
    return f"{made.reference} and its contract are written down by amara.osei"


def _arriving(name: str, person: str) -> walking.Deed:
    def arrive(session: Session) -> str:
        purchasing_list = session.scalars(select(PurchasingList).where(PurchasingList.title == TITLE)).one()
        provider = providers.create(session, name=name, legal_form=LegalForm.PRIVATE_COMPANY, by=find_person(session, "raj.patel"))
        email = f"{person.lower().replace(' ', '.')}@{name.lower().replace(' ', '-')}.example.org"
        user = users.add(
            session, email=email, name=person, job_title="Director", groups=(provider.group_key,), password=PASSWORD, by=None,
            is_demo=True, cheap_hash=True,
        )  # fmt: skip
        session.refresh(user, ["memberships"])
        applications.start(session, provider=provider, purchasing_list=purchasing_list, categories=[purchasing_list.categories[0].key], by=user)
        return f"{name} begins an application"

    return arrive
