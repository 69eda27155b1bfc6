"""What other systems of the council were told, and what they have not taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models import Job, JobStatus, Webhook

FAILING_FROM = 3


@dataclass(frozen=True)
class Told:
    """A message with the job that posts it; without one it has been tidied away, which happens only to what was taken."""

    message: Webhook
    job: Job | None

    @property
    def is_given_up(self) -> bool:
        """Whether nobody posts it any more though it was not taken."""
        return self.message.delivered_at is None and (self.job is None or self.job.status is JobStatus.FAILED)

    @property
    def is_failing(self) -> bool:
        """Whether it was refused so often that a person should know."""
        return self.message.delivered_at is None and (self.is_given_up or self.message.tries >= FAILING_FROM)


def messages(session: Session, *, skip: int = 0, limit: int = 50) -> Sequence[Told]:
    """Messages with those first that were not taken, the latest first among each."""
    not_taken_first = case((Webhook.delivered_at.is_(None), 0), else_=1)
    query = select(Webhook).order_by(not_taken_first, Webhook.created_at.desc(), Webhook.id).offset(skip).limit(limit)
    found = session.scalars(query).all()
    wanted = Job.args["webhook"].as_string()
    jobs = session.execute(select(wanted, Job).where(Job.name == "webhook.send", wanted.in_([str(row.id) for row in found]))).all()
    by_message = {row[0]: row[1] for row in jobs}
    return [Told(row, by_message.get(str(row.id))) for row in found]


def counts(session: Session) -> Mapping[str, tuple[int, int]]:
    """How many messages each system took, and how many it has not, by its name."""
    taken = func.count(Webhook.delivered_at)
    rows = session.execute(select(Webhook.system, taken, func.count() - taken).group_by(Webhook.system))
    return {row[0]: (row[1], row[2]) for row in rows}
