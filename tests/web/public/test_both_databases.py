"""The public list, a page and a comment on SQLite and on PostgreSQL: the same answers, and no text that one of them cannot hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from models import Representation, clock
from models.session import new_session, transaction
from tests.support.clients import public_client
from tests.support.databases import Database, database
from tests.web.public import factories
from tests.web.public.conftest import on
from tests.web.public.pages import status_sentence
from tests.web.public.test_representations import ANSWERS, FORM
from webapp import create_app
from webapp.settings import from_environment

__all__ = ["database"]


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The app on either database."""
    (tmp_path / "var").mkdir()
    environ = {"DPS_CHEAP_PASSWORDS": "1", "DPS_SECRET_KEY": "k" * 40, "DPS_DATABASE_URL": database.url}
    app = create_app(from_environment(environ, folder=tmp_path))
    yield app
    app.extensions["dps_engine"].dispose()


def test_the_public_pages_work_alike(app: Flask) -> None:
    with transaction(app.extensions["dps_engine"]) as session:
        factories.noticed(session, number=98, title="100% of the list")
        factories.secrets(session, factories.approved(session))
        factories.draft(session, number=97)
    public = public_client(app)

    found = {
        query: public.get(f"/decisions?{query}").text.count('<th scope="row"')
        for query in ("", "q=100%25", "q=LIST", "status=call-in", "status=waiting")
    }

    assert found == {"": 2, "q=100%25": 1, "q=LIST": 2, "status=call-in": 1, "status=waiting": 1}
    assert status_sentence(public.get("/decisions/okd99-20-21")).startswith("Approved on 12 November 2020.")
    assert public.get("/decisions?q=OKD99_20_21").status_code == 302
    assert public.get("/decisions/okd97-20-21").status_code == 404


def test_text_that_a_database_cannot_hold_is_no_error(app: Flask) -> None:
    with transaction(app.extensions["dps_engine"]) as session:
        factories.noticed(session)
    public = public_client(app)

    with clock.held(on("2020-10-16 19:42")):
        sent = public.post(FORM, data={**ANSWERS, "text": "nu\x00ll house", "name": "R\x00", "step": "send"})
        asked = [
            public.get(path).status_code
            for path in (
                "/decisions/%00",
                "/decisions/okd99-20-21%00/notice",
                "/decisions?q=%00",
                "/decisions?q=a%00b&status=%00",
                f"{FORM[:-3]}sent?reference=%00",
            )
        ]

    assert sent.status_code == 303
    assert asked == [404, 404, 200, 200, 404]
    with new_session(app.extensions["dps_engine"], writes=False) as session:
        assert "\x00" not in session.scalars(select(Representation)).one().text
