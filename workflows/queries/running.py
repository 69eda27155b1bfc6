"""How the machinery runs, in figures without a word about anyone: for the metrics, the readiness check, and those who watch a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models import OPEN_TASKS, Incident, Job, JobStatus, OutboxMail, Timer, UserTask, Webhook, clock
from models.session import PROCRASTINATE, jobs_of


@dataclass(frozen=True)
class Running:
    """The figures of one moment. Ages and lateness are in seconds, 0 when nothing waits."""

    incidents_open: int
    jobs: Mapping[str, int]
    oldest_job: float
    timers_waiting: int
    timers_overdue: int
    timer_lateness: float
    mails_waiting: int
    webhooks_waiting: int
    tasks_open: int


def look(session: Session) -> Running:
    """Count what waits, failed, or is late."""
    now = clock.now()
    due = (Job.status == JobStatus.TODO, Job.run_at <= now)
    unfinished = select(Job.status, func.count()).where(Job.status != JobStatus.DONE).group_by(Job.status)
    counted = {status: int(count) for status, count in session.execute(unfinished)}
    jobs = {status.value: counted.get(status, 0) for status in (JobStatus.TODO, JobStatus.DOING, JobStatus.FAILED)}
    jobs["due"] = session.scalar(select(func.count()).where(*due)) or 0
    return Running(
        incidents_open=session.scalar(select(func.count()).where(Incident.closed_at.is_(None))) or 0,
        jobs=jobs,
        oldest_job=_since(now, session.scalar(select(func.min(Job.run_at)).where(*due))),
        timers_waiting=session.scalar(select(func.count()).select_from(Timer)) or 0,
        timers_overdue=session.scalar(select(func.count()).where(Timer.due_at < now)) or 0,
        timer_lateness=timer_lateness(session),
        mails_waiting=session.scalar(select(func.count()).where(OutboxMail.sent_at.is_(None), OutboxMail.not_sent_because == "")) or 0,
        webhooks_waiting=session.scalar(select(func.count()).where(Webhook.delivered_at.is_(None))) or 0,
        tasks_open=session.scalar(select(func.count()).where(UserTask.status.in_(OPEN_TASKS))) or 0,
    )


def timer_lateness(session: Session) -> float:
    """How many seconds the oldest due timer is late that no incident holds up; 0 when none is."""
    stuck = select(Incident.instance_id).where(Incident.closed_at.is_(None), Incident.instance_id.is_not(None))
    return _since(clock.now(), session.scalar(select(func.min(Timer.due_at)).where(Timer.instance_id.not_in(stuck))))


def heartbeats(session: Session) -> list[float]:
    """How many seconds ago each distributed worker was last heard of; nothing where jobs are not distributed."""
    if session.get_bind().dialect.name != "postgresql" or jobs_of(session.get_bind()) != PROCRASTINATE:
        return []
    found = session.scalars(text("SELECT extract(epoch FROM now() - last_heartbeat) FROM procrastinate_workers"))
    return [max(0.0, float(seconds)) for seconds in found]


def _since(now: datetime, moment: datetime | None) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment is not None else 0.0
