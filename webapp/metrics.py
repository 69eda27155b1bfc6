"""Figures for Prometheus, at an address that only the operator can ask: no word about anyone, and few names to tell apart.

Each web process counts its own requests; what is read from the database is the same whichever is asked.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models.session import new_session
from webapp.settings import Settings
from workflows.jobs import alone
from workflows.queries import running

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
HOME = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
STALE_SECONDS = 20.0


class Counts:
    """What one process counts of its requests: by part of the site, method and class of answer, never by address or person."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("dps_requests", "Requests answered", ["area", "method", "answer"], registry=self.registry)
        self.seconds = Histogram("dps_request_seconds", "Time to answer", ["area"], buckets=BUCKETS, registry=self.registry)


def init_metrics(app: Flask, settings: Settings) -> None:
    """Count the requests of this app, and read the rest when the figures are asked for."""
    counts = Counts()
    app.extensions["dps_metrics"] = counts
    engine: Engine = app.extensions["dps_engine"]
    counts.registry.register(Machinery(engine, settings))

    @app.after_request
    def count(response: Response) -> Response:
        area = request.blueprint or ("static" if request.endpoint else "unknown")
        method = request.method if request.method in METHODS else "other"
        counts.requests.labels(area, method, f"{response.status_code // 100}xx").inc()
        counts.seconds.labels(area).observe(time.perf_counter() - g.get("started", time.perf_counter()))
        return response


def page(app: Flask) -> Response:
    """The figures as Prometheus reads them."""
    counts: Counts = app.extensions["dps_metrics"]
    return Response(generate_latest(counts.registry), content_type=CONTENT_TYPE_LATEST)


def may_ask(settings: Settings) -> bool:
    """Whether this request comes from the operator: it brings the token, or, outside production and without a token, it comes from this
    machine and through no proxy."""
    if settings.metrics_token:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), settings.metrics_token.encode())
    is_forwarded = settings.trusted_proxies or any(name in request.headers for name in FORWARDED)
    return not settings.production and not is_forwarded and request.remote_addr in HOME


class Machinery(Collector):
    """Reads the figures of jobs, timers, mails and workers at the moment they are asked for."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings = engine, settings

    def collect(self) -> Iterator[Metric]:
        """The figures, or only that the database cannot be asked."""
        try:
            with new_session(self.engine, writes=False) as session:
                now, beats = running.look(session), running.heartbeats(session)
            alive = alone.is_worked(self.engine, self.settings.lock_file)
        except SQLAlchemyError:
            yield GaugeMetricFamily("dps_database_up", "Whether the database answers", value=0)
            return
        yield GaugeMetricFamily("dps_database_up", "Whether the database answers", value=1)
        jobs = GaugeMetricFamily("dps_jobs", "Jobs that are not done, by status; due ones are among todo", labels=["status"])
        for status, count in now.jobs.items():
            jobs.add_metric([status], count)
        yield jobs
        for name, words, value in (
            ("incidents_open", "Cases and jobs that cannot continue", now.incidents_open),
            ("oldest_due_job_seconds", "How long the oldest due job has waited", now.oldest_job),
            ("timers_waiting", "Timers that run", now.timers_waiting),
            ("timers_overdue", "Timers past their time", now.timers_overdue),
            ("timer_lateness_seconds", "How late the oldest due timer is that no incident holds up", now.timer_lateness),
            ("mails_waiting", "Mails not sent yet", now.mails_waiting),
            ("webhooks_waiting", "Messages to other systems not taken yet", now.webhooks_waiting),
            ("tasks_open", "Tasks that wait for a person", now.tasks_open),
            ("runner_up", "Whether a runner or worker lives", int(alive)),
            ("workers_alive", "Distributed workers heard of in the last 20 seconds", sum(age <= STALE_SECONDS for age in beats)),
            ("worker_heartbeat_age_seconds", "How long ago the latest distributed worker was heard of", min(beats, default=0.0)),
        ):
            yield GaugeMetricFamily(f"dps_{name}", words, value=float(value))
