"""The log: one JSON line an event on standard error, with the request's id and without personal data."""

from __future__ import annotations

import logging
import sys
import time
import traceback
import uuid
from typing import Any, TextIO

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars
from structlog.typing import EventDict

from workflows.enqueue import asked_in

SHORTEST_SECRET = 4

log = structlog.get_logger("dps")


def init_logs(stream: TextIO | None = None) -> None:
    """Send our events and those of the libraries through one JSON writer; control characters come out
    escaped.

    They go to standard error unless another stream is given.
    """
    shared: list[Any] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    writer = logging.StreamHandler(stream or sys.stderr)
    writer.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _exception_without_words,
                structlog.processors.JSONRenderer(ensure_ascii=True, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [writer]
    root.setLevel(logging.INFO)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    logging.getLogger("flask_wtf.csrf").setLevel(logging.WARNING)
    logging.getLogger("spiff").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def init_request_log(app: Flask) -> None:
    """Give each request an id, and write one line when it is answered: the rule it matched, never the address
    typed."""
    app.before_request(_start)
    app.after_request(_answered)
    app.teardown_request(lambda _error: _forget())


def bind(**values: str) -> None:
    """Add values, such as the person's id, to every further line of this request."""
    bind_contextvars(**values)


def describe(error: BaseException, *, hide: frozenset[str] = frozenset()) -> dict[str, Any]:
    """An exception for the log: its kind, the first line of its words without anything in `hide`, and where
    it came from.

    Databases put the values of the row into the lines after the first.
    """
    frames = [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    words = _without(str(error).partition("\n")[0], hide)[:500]
    return {"kind": type(error).__name__, "words": words, "frames": frames[-30:]}


def typed_by_the_visitor() -> frozenset[str]:
    """Everything this request brought that a person may have typed, so that it can be kept out of the log."""
    values = [*request.args.values(), *map(str, (request.view_args or {}).values())]
    for _, typed in request.form.items(multi=True):
        values += [typed, *typed.split()]
    return frozenset(value for value in values if len(value) >= SHORTEST_SECRET)


def _without(words: str, hide: frozenset[str]) -> str:
    for secret in sorted(hide, key=len, reverse=True):
        words = words.replace(secret, "[…]")
    return words


def _start() -> None:
    clear_contextvars()
    g.request_id = uuid.uuid4().hex
    g.started = time.perf_counter()
    asked_in.set(g.request_id)
    bind_contextvars(request=g.request_id)


def _forget() -> None:
    clear_contextvars()
    asked_in.set("")


def _answered(response: Response) -> Response:
    if request.endpoint not in {"static", "health.live", "health.figures"}:
        rule = request.url_rule.rule if request.url_rule else ""
        ms = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
        log.info("answered", method=request.method, rule=rule, status=response.status_code, ms=ms)
    response.headers["X-Request-ID"] = g.get("request_id", "")
    return response


def _exception_without_words(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Libraries log exceptions with the text of the statement or the value; keep the kind and the place."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if given is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["error"] = {**describe(error), "words": ""}
    return event
