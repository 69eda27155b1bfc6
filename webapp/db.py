"""The database session of a request: reading for pages, writing for posts, committed here and nowhere else in
the web layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models.session import make_engine, new_session, transaction
from webapp import form_keys, logs
from webapp.settings import Settings
from workflows.actions import incidents
from workflows.errors import CannotContinue, Conflict

READS = frozenset({"GET", "HEAD", "OPTIONS"})

P = ParamSpec("P")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Database:
    """The way to the database from a view: `db.session` is the session of this request."""

    @property
    def engine(self) -> Engine:
        """The engine of this app."""
        engine: Engine = current_app.extensions["dps_engine"]
        return engine

    @property
    def session(self) -> Session:
        """The session of this request, opened at first use: it can write only when the request is not GET,
        HEAD or OPTIONS, and its view does more than ask."""
        if "database_session" not in g:
            g.database_session = new_session(self.engine, writes=request.method not in READS and not _only_asks())
        session: Session = g.database_session
        return session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session of its own that only reads, for slow work before the request starts to write."""
        with new_session(self.engine, writes=False) as session:
            yield session


db = Database()


def init_db(app: Flask, settings: Settings) -> None:
    """Give the app its engine and close each request's session when the request is over."""
    app.extensions["dps_engine"] = make_engine(settings.database_url, jobs=settings.jobs)
    app.teardown_request(lambda _error: close())


def close() -> None:
    """Close the request's session if it has one; what was not committed is gone."""
    session = g.pop("database_session", None)
    if session is not None:
        session.close()


def let_go() -> None:
    """End the request's transaction before slow work, so that others can write meanwhile; the next question begins another.

    A post holds the right to write from the moment its visitor was looked up, and SQLite has one writer at a time.
    """
    close()
    _forget_visitor()


def only_asks(view: View) -> View:
    """Mark a view that takes a post and changes nothing: what it is asked is too private to stand in an
    address. Its session cannot write."""
    view.only_asks = True  # type: ignore[attr-defined]
    return view


def _only_asks() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "only_asks", False))


def _forget_visitor() -> None:
    """Let the page that tells of a conflict look the visitor up again: the failed write made what was known of them unusable."""
    g.pop("login_session", None)
    g.pop("_login_user", None)


def writes(view: View) -> View:
    """Mark a view that changes something: commit when it returns, roll back when it raises.

    A form posted a second time with the same one-time key is not done again: the first answer's page is shown
    instead.
    Raises Conflict when somebody else changed the same rows first.
    """

    @wraps(view)
    def commit_on_return(*args: object, **kwargs: object) -> ResponseReturnValue:
        try:
            already = form_keys.recall(db.session)
            if already is not None:
                close()
                return already
            response = view(*args, **kwargs)
            form_keys.remember(db.session, response)
            db.session.commit()
            return response
        except (StaleDataError, IntegrityError) as error:
            close()
            _forget_visitor()
            logs.log.warning("write_conflict", error=logs.describe(error, hide=logs.typed_by_the_visitor()))
            raise Conflict(
                "Someone else changed this at the same moment. Look at it again before you go on."
            ) from error
        except CannotContinue as error:
            close()
            _tell_administrators(error)
            raise
        except BaseException:
            close()
            raise

    commit_on_return.writes = True  # type: ignore[attr-defined]
    return commit_on_return  # type: ignore[return-value]


def _tell_administrators(error: CannotContinue) -> None:
    """Everything the view did is undone; the incident that says why is written in a transaction of its own."""
    with transaction(db.engine) as session:
        incidents.report(session, error)
