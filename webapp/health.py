"""Whether the service lives and whether it can do its work, for machines that watch it."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp import logs
from webapp.db import db

bp = Blueprint("health", __name__)


@bp.get("/health")
def live() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@bp.get("/health/ready")
def ready() -> ResponseReturnValue:
    """The database answers too; 503 while it does not."""
    try:
        with db.reading() as session:
            session.execute(text("SELECT 1 FROM login_session LIMIT 1"))
    except SQLAlchemyError as error:
        logs.log.warning("not_ready", kind=type(error).__name__)
        return jsonify(status="unavailable", database="unavailable"), 503
    return jsonify(status="ok", database="ok")
