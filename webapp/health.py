"""Whether the service lives and whether it can do its work, for machines that watch it, and its figures for the operator."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import Blueprint, abort, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from models.migrations import head, knows
from models.session import PROCRASTINATE
from webapp import logs, metrics
from webapp.db import db
from webapp.settings import Settings
from workflows.jobs import alone
from workflows.queries import running

LEAST_FREE = 200 * 1024 * 1024
LATEST_TIMER = 60.0

bp = Blueprint("health", __name__)


@bp.get("/health")
def live() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@bp.get("/health/ready")
def ready() -> ResponseReturnValue:
    """Whether this process can answer people: 503 while the database cannot be reached or its tables are older than this version.

    What does not keep it from answering, such as a full disk or a worker that is away, is named and makes the status `degraded`.
    """
    try:
        found = {"database": "ok", **_asked()}
    except SQLAlchemyError as error:
        logs.log.warning("not_ready", kind=type(error).__name__)
        return jsonify(status="unavailable", database="unavailable"), 503
    if found["tables"] != "ok":
        return jsonify(status="unavailable", **found), 503
    return jsonify(status="ok" if set(found.values()) == {"ok"} else "degraded", **found)


@bp.get("/metrics")
def figures() -> ResponseReturnValue:
    """The figures for Prometheus; 404 for everyone but the operator."""
    if not metrics.may_ask(_settings()):
        abort(404)
    return metrics.page(current_app)


def _asked() -> dict[str, str]:
    settings = _settings()
    with db.reading() as session:
        at = str(session.scalar(text("SELECT version_num FROM alembic_version")) or "")
        late = running.timer_lateness(session)
        beats = running.heartbeats(session)
    is_worked = alone.is_worked(db.engine, settings.lock_file)
    if settings.jobs == PROCRASTINATE:
        is_worked = is_worked and any(age <= metrics.STALE_SECONDS for age in beats)
    return {
        # During a rolling upgrade the tables are already those of the next version, which this one can work with.
        "tables": "ok" if at == head() or not knows(at) else "older than this version",
        "disk": "ok" if _free(settings) >= LEAST_FREE else "nearly full",
        "worker": "ok" if is_worked else "away",
        "timers": "ok" if late <= LATEST_TIMER else "late",
    }


def _free(settings: Settings) -> int:
    """The free bytes of the fullest disk that is written to."""
    places = [] if settings.bucket else [settings.uploads]
    if settings.lock_file is not None:
        places.append(settings.lock_file.parent)
    return min((shutil.disk_usage(_there(place)).free for place in places), default=LEAST_FREE)


def _there(place: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(each for each in (place, *place.parents) if each.exists())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["dps_settings"]
    return settings
