"""What a provider's pages tell of applying: the lists, whom to ask, who was invited, and how far an application is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Application, CandidateGroup, EmailLink, OutboxMail, Provider, PurchasingList, TaskStatus, UserTask, clock
from workflows.rules import list_openness
from workflows.rules.calendar import date_words

ANSWERS_PROVIDERS = "procurement_officer"


def lists_now(session: Session, day: date) -> Sequence[PurchasingList]:
    """The lists that run on a day and those to come, the first to end first. A paused one is among them: its page says why."""
    query = select(PurchasingList).where(PurchasingList.valid_to >= day)
    return session.scalars(query.order_by(PurchasingList.valid_from, PurchasingList.reference)).all()


def open_lists(session: Session, day: date) -> Sequence[PurchasingList]:
    """The lists to which a provider can apply on a day."""
    return [one for one in lists_now(session, day) if list_openness.takes_requests(one, day)]


def contact(session: Session) -> CandidateGroup | None:
    """The team that answers providers' questions; None in a database without one."""
    query = select(CandidateGroup).where(CandidateGroup.role == ANSWERS_PROVIDERS)
    return session.scalar(query.order_by(CandidateGroup.key).limit(1))


def newest_link(session: Session, email: str) -> str:
    """The path of the newest sign-in link in the outbox for an address, for demonstrations that send no mail; nothing without one."""
    mail = select(OutboxMail.link).where(OutboxMail.to_address == email.lower(), OutboxMail.link.startswith("/apply/link/"))
    return session.scalar(mail.order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc()).limit(1)) or ""


def invited(session: Session, provider: Provider) -> Sequence[EmailLink]:
    """The people who were invited to a provider and have not come yet; a link that is too old is no invitation any more."""
    open_link = (EmailLink.used_at.is_(None), EmailLink.expires_at > clock.now(), EmailLink.invited_by_id.is_not(None))
    query = select(EmailLink).where(EmailLink.provider_id == provider.id, *open_link)
    return session.scalars(query.order_by(EmailLink.sent_at.desc())).all()


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of an application as its provider sees it; `state` is done, now or to come."""

    name: str
    state: str
    when: str


# What must have happened for a step to be over, by the steps of the diagrams: a task that is completed.
OVER_AFTER = (
    ("Received", ""),
    ("Check that nothing is missing", "check-completeness"),
    ("Check against the criteria", "recommend"),
    ("Decision", "decide-admission"),
)


def progress(session: Session, application: Application) -> list[Step]:
    """The steps from receipt to the answer. Nothing of the council's inner work: only which of the steps is over."""
    done = set(session.scalars(select(UserTask.bpmn_id).where(UserTask.case_id == application.case_id, UserTask.status == TaskStatus.COMPLETED)))
    has_ended = application.decided_at is not None or application.ended_at is not None
    over = [application.sent_at is not None and (step in done or not step or application.decided_at is not None) for _, step in OVER_AFTER]
    names = [name for name, _ in OVER_AFTER]
    at = next((number for number, is_over in enumerate(over) if not is_over), len(over))
    states = ["done" if number < at else "now" if number == at and not has_ended else "to come" for number in range(len(names))]
    steps = [Step(name=name, state=state, when=_when(application, name, state)) for name, state in zip(names, states, strict=True)]
    answered = "done" if application.decided_at is not None else "now" if at == len(names) and not has_ended else "to come"
    return [*steps, Step(name="Answer", state=answered, when=_day(application.decided_at))]


def _when(application: Application, name: str, state: str) -> str:
    return _day(application.sent_at) if name == "Received" and state == "done" else ""


def _day(moment: datetime | None) -> str:
    return date_words(moment.astimezone(clock.LONDON).date()) if moment is not None else ""
