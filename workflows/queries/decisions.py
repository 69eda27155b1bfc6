"""Key decisions as pages and checks read them: one by case or reference, its standing, its status in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import (
    Answer,
    CallIn,
    ConsultationRequest,
    DecisionRecord,
    Delegation,
    GroupMembership,
    KeyDecision,
    Model,
    Notice,
    PageRevision,
    Report,
    Representation,
    SignOff,
    UrgencyAgreement,
    User,
    UserTask,
    clock,
)
from workflows.errors import NotFound
from workflows.rules.decidable import Standing

T = TypeVar("T", bound=Model)

WRITING = {
    "propose": "you proposed this decision",
    "draft-report": "you wrote the report",
    "complete-report": "you wrote the report",
}
INVOLVEMENT = WRITING | {
    "give-advice": "you advised on this report",
    "give-view": "you advised on this report",
    "sign-off": "you signed off this report",
}
STANDS_IN = "you act for {name}, who may not sign it either"


def of_case(session: Session, case_id: uuid.UUID) -> KeyDecision:
    """The decision of a case. NotFound before it has been proposed."""
    found = session.scalar(select(KeyDecision).where(KeyDecision.case_id == case_id))
    if found is None:
        raise NotFound("Nothing has been proposed in this case yet")
    return found


def find_of_case(session: Session, case_id: uuid.UUID) -> KeyDecision | None:
    """The decision of a case, or None before it has been proposed."""
    return session.scalar(select(KeyDecision).where(KeyDecision.case_id == case_id))


def public_by_slug(session: Session, slug: str) -> KeyDecision:
    """A decision whose notice has been published, for anyone to read. NotFound for a draft just as for an unknown one."""
    found = session.scalar(select(KeyDecision).where(KeyDecision.slug == slug)) if slug.isprintable() else None
    if found is None or not is_public(session, found):
        raise NotFound("There is no decision at this address")
    return found


def is_public(session: Session, decision: KeyDecision) -> bool:
    """Whether the public may see that this decision exists: from its first published notice on."""
    return session.scalar(select(Notice.id).where(Notice.decision_id == decision.id).limit(1)) is not None


def standing(session: Session, decision: KeyDecision) -> Standing:
    """Everything recorded about a decision that the lawful checks look at, oldest first."""
    records = _of(session, decision, DecisionRecord, DecisionRecord.version)
    makers = holders(session, decision.maker_key)
    return Standing(
        decision=decision,
        notices=_of(session, decision, Notice, Notice.version),
        agreements=_of(session, decision, UrgencyAgreement, UrgencyAgreement.recorded_at),
        reports=_of(session, decision, Report, Report.version),
        requests=requests(session, decision),
        sign_offs=_of(session, decision, SignOff, SignOff.signed_at),
        needed_sign_offs=decision.facts.get("signatories"),
        records=records,
        call_ins=call_ins(session, records),
        maker_ids=makers,
        maker_names={row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(makers)))},
        barred=involved(session, decision),
    )


def _of(session: Session, decision: KeyDecision, kind: type[T], order: Any) -> Sequence[T]:
    table: Any = kind
    found: Sequence[T] = session.scalars(select(table).where(table.decision_id == decision.id).order_by(order)).all()
    return found


def newest_report(session: Session, decision: KeyDecision) -> Report | None:
    """The version of the report that would be decided on, as the database has it now."""
    query = select(Report).where(Report.decision_id == decision.id).order_by(Report.version.desc()).limit(1)
    return session.scalar(query.execution_options(populate_existing=True))


def newest_notice(session: Session, decision: KeyDecision) -> Notice | None:
    """The notice as it stands published, with every correction."""
    return session.scalar(select(Notice).where(Notice.decision_id == decision.id).order_by(Notice.version.desc()).limit(1))


def newest_record(session: Session, decision: KeyDecision) -> DecisionRecord | None:
    """The record in force: the newest that was signed."""
    query = select(DecisionRecord).where(DecisionRecord.decision_id == decision.id).order_by(DecisionRecord.version.desc())
    return session.scalar(query.limit(1))


def requests(session: Session, decision: KeyDecision) -> Sequence[ConsultationRequest]:
    """All consultation requests of a decision, round by round in the order they were asked."""
    return session.scalars(
        select(ConsultationRequest)
        .where(ConsultationRequest.decision_id == decision.id)
        .options(joinedload(ConsultationRequest.consultee), joinedload(ConsultationRequest.answered_by))
        .order_by(ConsultationRequest.round, ConsultationRequest.asked_at, ConsultationRequest.consultee_key)
    ).all()


def representations(session: Session, decision: KeyDecision) -> Sequence[Representation]:
    """What people said about a decision, in the order received; for staff only."""
    return _of(session, decision, Representation, Representation.received_at)


def revisions(session: Session, decision: KeyDecision) -> Sequence[PageRevision]:
    """The public changes of a decision's page, newest first."""
    return list(reversed(_of(session, decision, PageRevision, PageRevision.at)))


def call_ins(session: Session, records: Sequence[DecisionRecord]) -> Sequence[CallIn]:
    """The call-in requests against any of these records, in the order received."""
    ids = [record.id for record in records]
    return session.scalars(select(CallIn).where(CallIn.record_id.in_(ids)).order_by(CallIn.received_at)).all() if ids else []


def holders(session: Session, group_key: str) -> frozenset[uuid.UUID]:
    """The people in a candidate group today."""
    today = clock.today()
    return frozenset(
        session.scalars(
            select(GroupMembership.user_id)
            .where(GroupMembership.group_key == group_key, GroupMembership.starts_on <= today)
            .where((GroupMembership.ends_on.is_(None)) | (GroupMembership.ends_on >= today))
        )
    )


def involved(session: Session, decision: KeyDecision) -> dict[uuid.UUID, str]:
    """Who may not make this decision and why: whoever wrote, advised or signed, for whom they did it, and who acts for any of them.

    Source: domain 4.2; a delegate inherits what the absent person may not do.
    """
    return _with_delegates(session, _advisers(session, decision) | _doers(session, decision, INVOLVEMENT) | authors(session, decision))


def _advisers(session: Session, decision: KeyDecision) -> dict[uuid.UUID, str]:
    """Whose advice or signature is on record, whatever the steps of the diagram are called."""
    advised = session.scalars(
        select(ConsultationRequest.answered_by_id).where(
            ConsultationRequest.decision_id == decision.id, ConsultationRequest.answered_by_id.is_not(None)
        )
    )
    signed = session.scalars(select(SignOff.signed_by_id).where(SignOff.decision_id == decision.id))
    return dict.fromkeys(filter(None, advised), INVOLVEMENT["give-advice"]) | dict.fromkeys(signed, INVOLVEMENT["sign-off"])


def cannot_sign_off(session: Session, decision: KeyDecision) -> dict[uuid.UUID, str]:
    """Who may not sign off the present version of the report, and why: its authors, and whoever has signed it for another post."""
    report = newest_report(session, decision)
    signed = session.scalars(select(SignOff).where(SignOff.decision_id == decision.id, SignOff.report_id == (report.id if report else None)))
    return {each.signed_by_id: f"you signed it off as {each.group.name}" for each in signed} | writers(session, decision)


def writers(session: Session, decision: KeyDecision) -> dict[uuid.UUID, str]:
    """Who may not advise on or sign off this report, and why: its authors, and whoever acts for them today."""
    return _with_delegates(session, authors(session, decision))


def authors(session: Session, decision: KeyDecision) -> dict[uuid.UUID, str]:
    """Who proposed the decision or wrote any version of its report, and for whom they did it."""
    barred = {decision.author_id: WRITING["propose"]} | _doers(session, decision, WRITING)
    wrote = session.scalars(select(Report.written_by_id).where(Report.decision_id == decision.id))
    return barred | dict.fromkeys(wrote, WRITING["draft-report"])


def _doers(session: Session, decision: KeyDecision, steps: Mapping[str, str]) -> dict[uuid.UUID, str]:
    rows = session.execute(
        select(UserTask.bpmn_id, Answer.said_by_id, UserTask.acting_for_id)
        .join(Answer, Answer.task_id == UserTask.id)
        .where(Answer.case_id == decision.case_id, UserTask.bpmn_id.in_(steps))
        .order_by(Answer.said_at)
    )
    found: dict[uuid.UUID, str] = {}
    for bpmn_id, said_by, acting_for in rows:
        for person in (said_by, acting_for):
            if person is not None:
                found[person] = steps[bpmn_id]
    return found


def _with_delegates(session: Session, barred: Mapping[uuid.UUID, str]) -> dict[uuid.UUID, str]:
    """Those people and whoever acts for them today, along every chain of delegations."""
    today = clock.today()
    current = session.scalars(
        select(Delegation).where(Delegation.ended_at.is_(None), Delegation.starts_on <= today, Delegation.ends_on >= today)
    ).all()
    found, size = dict(barred), -1
    while len(found) > size:
        size = len(found)
        for delegation in current:
            if delegation.from_user_id in found:
                found.setdefault(delegation.to_user_id, STANDS_IN.format(name=delegation.from_user.name))
    return found
