"""What anyone may know of key decisions: nothing before its notice, no words before they are published, no advice, no names behind them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from models import (
    CallIn,
    CallInStatus,
    CandidateGroup,
    ConsultationRequest,
    DecisionRecord,
    DecisionState,
    Document,
    KeyDecision,
    Notice,
    PageRevision,
    Representation,
    UrgencyAgreement,
    clock,
)
from workflows.errors import NotFound
from workflows.queries import decisions
from workflows.rules import references
from workflows.rules.status import UNDECIDED

# Kinds of documents that go before the decision maker; everything else on a case is the council's own work.
LISTED_KINDS = ("report", "appendix", "background")
DEMOCRATIC_SERVICES = "democratic_services"
PAGE = 20


@dataclass(frozen=True)
class PublicDecision:
    """Everything that a decision's public pages may print.

    `records` are the published ones, oldest first; `signed` is the newest signed one, of which only the day is public before it is
    published. `consultees` are named from the start, `requests` are the newest to each.
    """

    decision: KeyDecision
    notices: Sequence[Notice]
    records: Sequence[DecisionRecord]
    signed: DecisionRecord | None
    consultees: Sequence[CandidateGroup]
    requests: Sequence[ConsultationRequest]
    agreements: Sequence[UrgencyAgreement]
    call_ins: Sequence[CallIn]
    documents: Sequence[Document]
    revisions: Sequence[PageRevision]
    comment_count: int
    questions_to: CandidateGroup | None

    @property
    def record(self) -> DecisionRecord | None:
        """The record in force: the newest published."""
        return self.records[-1] if self.records else None

    @property
    def notice(self) -> Notice | None:
        """The notice that set the clock."""
        counting = [notice for notice in self.notices if notice.restarts_clock and notice.earliest_decision_on]
        return counting[-1] if counting else None


def decision_page(session: Session, slug: str) -> PublicDecision:
    """All that anyone may read about the decision at an address. NotFound for a draft just as for an unknown one."""
    return gather(session, decisions.public_by_slug(session, slug))


def gather(session: Session, decision: KeyDecision) -> PublicDecision:
    """The same of a decision at hand, which need not be public yet: for `decision_page`, and for staff who look at it beforehand."""
    standing = decisions.standing(session, decision)
    published = [record for record in standing.records if record.published_on is not None]
    return PublicDecision(
        decision=decision,
        notices=standing.notices,
        records=published,
        signed=standing.record,
        consultees=groups(session, decision.consultee_keys),
        requests=standing.current_requests(),
        agreements=standing.agreements,
        call_ins=standing.call_ins,
        documents=documents(session, decision),
        revisions=decisions.revisions(session, decision),
        comment_count=comment_count(session, decision),
        questions_to=democratic_services(session),
    )


def groups(session: Session, keys: Sequence[str]) -> list[CandidateGroup]:
    """The groups with these keys, in that order."""
    found = {group.key: group for group in session.scalars(select(CandidateGroup).where(CandidateGroup.key.in_(keys)))}
    return [found[key] for key in keys if key in found]


def democratic_services(session: Session) -> CandidateGroup | None:
    """The team that answers questions about notices; None in a database without one."""
    query = select(CandidateGroup).where(CandidateGroup.role == DEMOCRATIC_SERVICES).order_by(CandidateGroup.key).limit(1)
    return session.scalar(query)


def comment_count(session: Session, decision: KeyDecision) -> int:
    """How many comments were received; what they say is for the decision maker."""
    return session.scalar(select(func.count()).select_from(Representation).where(Representation.decision_id == decision.id)) or 0


def documents(session: Session, decision: KeyDecision) -> Sequence[Document]:
    """The documents the public may have, and those it is told of because the law says why it may not."""
    exempt = and_(Document.exempt_paragraphs != "", Document.kind.in_(LISTED_KINDS))
    return session.scalars(
        select(Document)
        .where(Document.case_id == decision.case_id, Document.removed_at.is_(None), or_(Document.is_public, exempt))
        .order_by(Document.added_at, Document.title)
    ).all()


def document(session: Session, decision: KeyDecision, document_id: uuid.UUID) -> Document:
    """One of those documents. NotFound for any other, whether it exists or not."""
    found = next((each for each in documents(session, decision) if each.id == document_id), None)
    if found is None:
        raise NotFound("There is no such document")
    return found


def representation_sent(session: Session, decision: KeyDecision, reference: str) -> Representation:
    """The comment with a reference that only its sender was told. NotFound for any other."""
    found = session.scalar(select(Representation).where(Representation.decision_id == decision.id, Representation.reference == reference))
    if found is None:
        raise NotFound("There is no comment with this reference")
    return found


@dataclass(frozen=True)
class Wanted:
    """What a reader of the list asked for; empty values ask for everything. `status` is a key of STATUSES."""

    words: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Listed:
    """A row of the list: what its status sentence is made of, too."""

    decision: KeyDecision
    record: DecisionRecord | None
    call_ins: Sequence[CallIn]


@dataclass(frozen=True)
class Page:
    """Some rows of the list, how many there are in all, and whether more follow."""

    rows: Sequence[Listed]
    total: int
    has_more: bool


STATUSES = {
    "comments-open": "Comments open",
    "waiting": "Waiting for decision",
    "call-in": "Can be called in",
    "called-in": "Called in",
    "in-effect": "In effect",
    "carried-out": "Carried out",
    "not-approved": "Not approved",
    "withdrawn": "Withdrawn",
}
STATES = {
    "call-in": (DecisionState.CALL_IN_OPEN,),
    "called-in": (DecisionState.CALLED_IN, DecisionState.RECONSIDERING),
    "in-effect": (DecisionState.IN_EFFECT,),
    "carried-out": (DecisionState.CARRIED_OUT,),
    "not-approved": (DecisionState.NOT_APPROVED,),
    "withdrawn": (DecisionState.WITHDRAWN,),
}


def by_reference(session: Session, typed: str) -> KeyDecision:
    """The public decision with a reference in any spelling. NotFound when there is none, or the words are not a reference."""
    try:
        reference = references.decision_reference(typed)
    except references.NotAReference as error:
        raise NotFound("There is no decision with this reference") from error
    found = session.scalar(select(KeyDecision).where(KeyDecision.public_reference == reference))
    if found is None or not decisions.is_public(session, found):
        raise NotFound("There is no decision with this reference")
    return found


def listed(session: Session, wanted: Wanted, *, page: int = 1) -> Page:
    """One page of the decisions the public may see, the latest notice first."""
    query = _published().where(*_conditions(wanted))
    total = session.scalar(query.with_only_columns(func.count())) or 0
    latest_first = query.order_by(Notice.published_at.desc(), KeyDecision.slug)
    rows = session.scalars(latest_first.options(joinedload(KeyDecision.maker)).limit(PAGE).offset((page - 1) * PAGE)).all()
    return Page(_with_records(session, rows), total, has_more=page * PAGE < total)


def open_for_comments(session: Session, *, limit: int) -> Sequence[KeyDecision]:
    """Decisions that people can still say something about, the one that closes first on top."""
    query = _published().where(_takes_comments()).order_by(KeyDecision.representations_close_at, KeyDecision.slug)
    return session.scalars(query.limit(limit)).all()


def _published() -> Select[KeyDecision]:
    # Every decision has one first notice, so that the join gives each decision once.
    return select(KeyDecision).join(Notice, and_(Notice.decision_id == KeyDecision.id, Notice.version == 1))


def _takes_comments() -> ColumnElement[bool]:
    return and_(KeyDecision.state.in_(UNDECIDED), KeyDecision.representations_close_at >= clock.now())


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_says(word) for word in wanted.words.split()]
    if wanted.status:
        found.append(_has_status(wanted.status))
    if wanted.since is not None:
        found.append(KeyDecision.due_to >= wanted.since)
    if wanted.until is not None:
        found.append(KeyDecision.due_from <= wanted.until)
    return found


def _says(word: str) -> ColumnElement[bool]:
    columns = (KeyDecision.title, KeyDecision.summary, KeyDecision.proposal, KeyDecision.public_reference)
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _has_status(status: str) -> ColumnElement[bool]:
    if status == "comments-open":
        return _takes_comments()
    if status == "waiting":
        closed = or_(KeyDecision.representations_close_at.is_(None), KeyDecision.representations_close_at < clock.now())
        return or_(KeyDecision.state == DecisionState.DECIDED, and_(KeyDecision.state.in_(UNDECIDED), closed))
    return KeyDecision.state.in_(STATES[status])


def _with_records(session: Session, found: Sequence[KeyDecision]) -> list[Listed]:
    ids = [decision.id for decision in found]
    records = session.scalars(select(DecisionRecord).where(DecisionRecord.decision_id.in_(ids)).order_by(DecisionRecord.version)).all()
    newest = {record.decision_id: record for record in records if record.published_on is not None}
    signed = {record.decision_id: record for record in records}
    asked = decisions.call_ins(session, records)
    by_decision = {record.id: record.decision_id for record in records}
    return [
        Listed(
            decision,
            in_sentence(decision, newest.get(decision.id), signed.get(decision.id)),
            [call_in for call_in in asked if by_decision[call_in.record_id] == decision.id],
        )
        for decision in found
    ]


def in_sentence(decision: KeyDecision, published: DecisionRecord | None, signed: DecisionRecord | None) -> DecisionRecord | None:
    """The record whose dates the status sentence gives: what is published, but the day of signing as soon as it is signed."""
    return signed if decision.state is DecisionState.DECIDED else published


def judged(call_ins: Sequence[CallIn]) -> list[CallIn]:
    """The requests that the Monitoring Officer has looked at."""
    return [call_in for call_in in call_ins if call_in.status is not CallInStatus.RECEIVED]
