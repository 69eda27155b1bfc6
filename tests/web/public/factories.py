"""Key decisions at every stage of their life, built from plain rows, and the words that must never leave the council."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models import (
    CallIn,
    CallInStatus,
    CandidateGroup,
    Case,
    Comment,
    ConsultationRequest,
    ConsultationResponse,
    ConsultationStatus,
    DecisionOutcome,
    DecisionRecord,
    DecisionState,
    Document,
    GroupKind,
    GroupMembership,
    KeyDecision,
    MakerType,
    Notice,
    NoticeKind,
    NoticeRoute,
    PageRevision,
    Parameter,
    Report,
    Representation,
    User,
    clock,
)
from workflows.rules import calendar

GROUPS = {
    "executive-director-children": ("Executive Director, Children, Young People and Learning", GroupKind.POST, "lead_director"),
    "children-commissioning": ("Children's commissioning", GroupKind.TEAM, "commissioning_officer"),
    "democratic-services": ("Democratic Services", GroupKind.TEAM, "democratic_services"),
    "procurement": ("Procurement", GroupKind.TEAM, "procurement_officer"),
    "legal": ("Legal", GroupKind.TEAM, "legal_officer"),
    "finance": ("Finance", GroupKind.TEAM, "finance_officer"),
    "scrutiny": ("Scrutiny committee", GroupKind.TEAM, "scrutiny_member"),
}
SUMMARY = (
    "The council finds homes for young people who are getting ready to live on their own.\n\n"
    "Providers show that they are safe and sound before they are put on the list.\n\n"
    "The first term is over, and the contract allows two more years."
)
NOTICED_ON = date(2020, 9, 28)
CANARIES = {
    "comment": "canary-internal-comment",
    "exempt file": "canary-exempt-content",
    "internal file": "canary-internal-file",
    "representation": "canary-what-somebody-said",
    "contact": "canary-private-contact",
    "advice": "canary-advice",
    "premises": "14 Canary Wharf Road, PO19 9ZZ",
    "person": "canary-personal-name",
}


def at(text: str) -> datetime:
    """A moment in London time, such as `2020-11-12 14:00`."""
    return clock.read_instant(text)


def groups(session: Session) -> None:
    """The teams and posts of the council, once."""
    for key, (name, kind, role) in GROUPS.items():
        if session.get(CandidateGroup, key) is None:
            session.add(CandidateGroup(key=key, name=name, kind=kind, role=role, email=f"{key}@westhampton.example.gov.uk", phone="01632 960100"))
    session.flush()


def parameters(session: Session, *, confirmed: bool = False) -> None:
    """The council's rules of call-in."""
    for key, value, unit in (("call_in_working_days_officer", 7, "working"), ("call_in_cutoff", "23:59", ""), ("call_in_requesters", 4, "")):
        session.add(
            Parameter(
                key=key,
                label=key,
                value=value,
                unit=unit,
                calendar="EW" if unit else "",
                sentence="{count} working days",
                valid_from=date(2012, 1, 1),
                confirmed_at=clock.now() if confirmed else None,
            )
        )
    session.flush()


def someone(session: Session, name: str = "Amara Osei", *, group: str = "children-commissioning") -> User:
    """A person in a group."""
    groups(session)
    user = User(email=f"{uuid.uuid4().hex}@westhampton.example.gov.uk", name=name, password_hash=None, created_at=clock.now(), last_signed_in_at=None)
    user.memberships.append(GroupMembership(group_key=group, starts_on=date(2020, 1, 1), ends_on=None))
    session.add(user)
    session.flush()
    return user


def draft(session: Session, *, number: int = 99, title: str = "Extending the purchasing system for 16+ accommodation", **changes: Any) -> KeyDecision:
    """A proposal that nobody outside the council knows of."""
    author = someone(session, CANARIES["person"])
    case = Case(
        reference=f"KD-2020-{number:04d}",
        kind="key-decision",
        title=title,
        owner_id=author.id,
        team_key="children-commissioning",
        opened_at=clock.now(),
        closed_at=None,
    )
    session.add(case)
    session.flush()
    values: dict[str, Any] = {
        "public_reference": f"OKD{number} (20/21)",
        "slug": f"okd{number}-20-21",
        "title": title,
        "summary": SUMMARY,
        "proposal": "Use the two-year extension that the contract allows.",
        "is_key": True,
        "key_reasons": ["Expenditure > £500,000;"],
        "maker_type": MakerType.OFFICER,
        "maker_key": "executive-director-children",
        "maker_name": "Helen Ashdown",
        "lead_director_key": "executive-director-children",
        "contact_key": "children-commissioning",
        "value_total": Decimal("2400000"),
        "all_divisions": True,
        "plan_priority": "Best start in life",
        "due_from": date(2020, 11, 1),
        "due_to": date(2020, 11, 30),
        "consultee_keys": ["procurement", "legal", "finance"],
        "facts": {"term_ended": "2020-03-31", "extension_until": "2022-03-31"},
        "route": NoticeRoute.NORMAL,
        "author_id": author.id,
        "earliest_decision_on": None,
        "representations_close_at": None,
        "implemented_on": None,
        "withdrawn_at": None,
    }
    decision = KeyDecision(case_id=case.id, case=case, **(values | changes))
    session.add(decision)
    session.flush()
    return decision


def noticed(session: Session, **changes: Any) -> KeyDecision:
    """A decision whose notice was published on Monday 28 September 2020."""
    decision = draft(session, **({"representations_close_at": at("2020-10-31 23:59")} | changes))
    first = calendar.clear_calendar_days(NOTICED_ON, rule=_rule("notice_clear_days", 28, "clear_calendar"))
    decision.earliest_decision_on = first.on
    decision.state = DecisionState.NOTICE_PUBLISHED
    session.add(
        Notice(
            decision_id=decision.id,
            version=1,
            kind=NoticeKind.KEY_DECISION,
            website_on=NOTICED_ON,
            offices_on=NOTICED_ON,
            content=notice_content(decision),
            earliest_decision_on=first.on,
            earliest_explanation=first.explanation.to_json(),
            representations_close_at=decision.representations_close_at,
            published_at=at("2020-09-28 09:30"),
            published_by_id=decision.author_id,
        )
    )
    revision(session, decision, "Notice published", on="2020-09-28 09:30")
    return decision


def notice_content(decision: KeyDecision, **changes: Any) -> dict[str, Any]:
    """The words of a notice as the action freezes them."""
    return {
        "statement": "A key decision is to be made on behalf of the council",
        "title": decision.title,
        "summary": decision.summary,
        "proposal": decision.proposal,
        "maker_title": "Executive Director, Children, Young People and Learning",
        "maker_name": decision.maker_name,
        "due_from": decision.due_from.isoformat(),
        "due_to": decision.due_to.isoformat(),
        "documents": "Report on the extension",
        "documents_address": "Democratic Services, County Hall, Westhampton",
        "other_documents": "Other documents relevant to this matter may be submitted to the decision maker",
        "request_procedure": "Write to Democratic Services",
        "impracticable_because": decision.impracticable_because,
        "urgent_because": decision.urgent_because,
        "reasons_published": "",
    } | changes


def revision(session: Session, decision: KeyDecision, what: str, *, on: str, reason: str = "") -> None:
    """A change of the page that the public can read about."""
    session.add(PageRevision(decision_id=decision.id, what=what, reason=reason, at=at(on)))
    session.flush()


def _rule(key: str, count: int, unit: calendar.Unit, name: calendar.CalendarName | None = None) -> calendar.Rule:
    return calendar.Rule(
        id=key, sentence="{count} days", count=count, unit=unit, legal_basis="SI 2012/2089 reg 9(2)", legal_url="", confirmed=False, calendar=name
    )


def signed(
    session: Session, decision: KeyDecision, *, version: int = 1, outcome: DecisionOutcome = DecisionOutcome.APPROVED, **changes: Any
) -> DecisionRecord:
    """The record as the decision maker signed it on Thursday 12 November 2020, not published yet."""
    maker = someone(session, "Helen Ashdown", group="executive-director-children")
    report = Report(
        decision_id=decision.id,
        version=version,
        content={"recommendations": "That the extension is used.", "background_papers": []},
        digest="0" * 64,
        written_by_id=decision.author_id,
        written_at=at("2020-10-22 10:15"),
    )
    session.add(report)
    session.flush()
    values: dict[str, Any] = {
        "decision_text": "The two-year extension is used.",
        "reasons": "More providers can join.",
        "alternatives_rejected": "Letting the system end.",
        "members_consulted": "The Cabinet Member for Children",
        "interests": "",
        "maker_name": "Helen Ashdown",
        "maker_title": "Executive Director, Children, Young People and Learning",
        "made_on": date(2020, 11, 12),
        "signed_at": at("2020-11-12 10:20"),
        "published_on": None,
        "published_at": None,
        "published_by_id": None,
        "call_in_last_day": None,
        "call_in_closes_at": None,
        "call_in_explanation": None,
        "effective_from": None,
    }
    record = DecisionRecord(
        decision_id=decision.id,
        report_id=report.id,
        report=report,
        version=version,
        outcome=outcome,
        digest="0" * 64,
        signed_by_id=maker.id,
        **(values | changes),
    )
    session.add(record)
    decision.state = DecisionState.DECIDED
    session.flush()
    return record


def publish(
    session: Session, decision: KeyDecision, record: DecisionRecord, *, working_days: int = 7, state: DecisionState = DecisionState.CALL_IN_OPEN
) -> None:
    """Publish a record on Thursday 12 November 2020 with the council's call-in rule."""
    last = calendar.call_in_last_day(date(2020, 11, 12), rule=_rule("call_in", working_days, "working", "EW"), cut_off=time(23, 59))
    record.published_on, record.published_at, record.published_by_id = date(2020, 11, 12), at("2020-11-12 14:00"), decision.author_id
    record.call_in_last_day, record.call_in_closes_at, record.call_in_explanation = last.on, last.instant, last.explanation.to_json()
    record.effective_from = date.fromordinal(last.on.toordinal() + 1)
    decision.state = state
    revision(session, decision, "Decision published", on="2020-11-12 14:00")


def approved(session: Session, *, working_days: int = 7, state: DecisionState = DecisionState.CALL_IN_OPEN, **changes: Any) -> KeyDecision:
    """A decision that was approved and published on Thursday 12 November 2020."""
    decision = noticed(session, **changes)
    publish(session, decision, signed(session, decision), working_days=working_days, state=state)
    return decision


def record_of(session: Session, decision: KeyDecision) -> DecisionRecord:
    """The newest record of a decision."""
    return session.query(DecisionRecord).filter_by(decision_id=decision.id).order_by(DecisionRecord.version.desc()).first()  # type: ignore[return-value]


def call_in(session: Session, decision: KeyDecision, **changes: Any) -> CallIn:
    """A request that was received on Monday 16 November 2020 and found to meet the rules."""
    councillor = someone(session, "Nadia Farouk", group="scrutiny")
    values: dict[str, Any] = {
        "reference": f"CI-2020-9{uuid.uuid4().int % 1000:03d}",
        "status": CallInStatus.VALID,
        "requesters": ["Nadia Farouk"],
        "reasons": CANARIES["premises"],
        "received_at": at("2020-11-16 11:00"),
        "judged_at": at("2020-11-17 09:00"),
        "judged_by_id": decision.author_id,
        "meeting_on": None,
        "council_met_on": None,
        "council_objected": None,
        "closed_at": None,
    }
    asked = CallIn(record_id=record_of(session, decision).id, received_from_id=councillor.id, **(values | changes))
    session.add(asked)
    session.flush()
    return asked


def asked(session: Session, decision: KeyDecision, key: str, *, status: ConsultationStatus = ConsultationStatus.ANSWERED, **changes: Any) -> None:
    """A consultee who was asked, with advice that stays inside the council."""
    is_answered = status is ConsultationStatus.ANSWERED
    values: dict[str, Any] = {
        "round": 1,
        "is_mandatory": True,
        "status": status,
        "asked_at": at("2020-10-05 15:10"),
        "due_at": at("2020-10-19 17:00"),
        "due_explanation": None,
        "response": ConsultationResponse.SUPPORT if is_answered else None,
        "comments": CANARIES["advice"],
        "implications": CANARIES["advice"],
        "answered_at": at("2020-10-13 11:00") if is_answered else None,
        "answered_by_id": decision.author_id if is_answered else None,
        "report_id": None,
        "task_id": None,
        "overridden_by_id": None,
        "overridden_at": None,
        "resolved_by_id": None,
    }
    session.add(ConsultationRequest(decision_id=decision.id, consultee_key=key, **(values | changes)))
    session.flush()


def secrets(session: Session, decision: KeyDecision) -> None:
    """Everything around a decision that the public must not see."""
    session.add(
        Comment(
            case_id=decision.case_id, author_id=decision.author_id, body=f"{CANARIES['comment']} about {CANARIES['premises']}", written_at=clock.now()
        )
    )
    session.add(
        Representation(
            decision_id=decision.id,
            reference="AB12CD34EF",
            name=CANARIES["person"],
            contact=CANARIES["contact"],
            text=CANARIES["representation"],
            received_at=at("2020-10-16 19:42"),
        )
    )
    document(session, decision, title=CANARIES["internal file"], kind="evidence", filename=f"{CANARIES['internal file']}.pdf")
    document(session, decision, title="Appendix A: prices", kind="appendix", filename=f"{CANARIES['exempt file']}.pdf", exempt_paragraphs="3")
    asked(session, decision, "legal")
    session.flush()


def document(
    session: Session, decision: KeyDecision, *, title: str, kind: str = "report", content: bytes = b"%PDF-1.7 a report", **changes: Any
) -> Document:
    """A file on the case of a decision; its bytes are for the caller to store."""
    values: dict[str, Any] = {
        "filename": "report.pdf",
        "media_type": "application/pdf",
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
        "stored_as": f"aa/{uuid.uuid4().hex}",
        "is_public": False,
        "exempt_paragraphs": "",
        "added_by_id": decision.author_id,
        "added_at": datetime(2020, 11, 12, 9, tzinfo=UTC),
        "removed_at": None,
        "task_id": None,
    }
    made = Document(case_id=decision.case_id, title=title, kind=kind, **(values | changes))
    session.add(made)
    session.flush()
    return made
