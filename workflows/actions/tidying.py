"""What need not be kept: used form keys, old tries to sign in, jobs that are done."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import FormKey, Incident, Job, JobStatus, LoginAttempt, clock

FORM_KEYS = timedelta(days=30)
LOGIN_ATTEMPTS = timedelta(days=60)
DONE_JOBS = timedelta(days=90)


def forget_old(session: Session) -> None:
    """Delete what has served its purpose. Nothing here says anything about a case; a job that an incident tells of stays with it."""
    now = clock.now()
    session.execute(delete(FormKey).where(FormKey.used_at < now - FORM_KEYS))
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - LOGIN_ATTEMPTS))
    told = select(Incident.job_id).where(Incident.job_id == Job.id).exists()
    session.execute(delete(Job).where(Job.status == JobStatus.DONE, Job.finished_at < now - DONE_JOBS, ~told))
