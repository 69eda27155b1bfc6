"""Error pages: each says what happened, keeps what was typed, and tells nobody what they may not know."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from models import FormKey, User, clock
from models.session import make_engine, transaction
from tests.support.clients import Browser, client_for, public_client
from tests.web.conftest import PASSWORD, person
from webapp import kept
from webapp.db import db, writes
from workflows.errors import Conflict, NotFound, Refused

LETTER = "Dear colleague,\nthe roof of the depot leaks."


def add_page(
    app: Flask, view: Callable[[], ResponseReturnValue], path: str = "/settings/trial", *methods: str
) -> None:
    """A page of the account area, so that gate one treats it as it treats the real ones."""
    app.add_url_rule(
        path,
        endpoint=f"account.trial_{len(app.view_functions)}",
        view_func=view,
        methods=methods or ("GET", "POST"),
    )


def form_page() -> ResponseReturnValue:
    typed = kept.typed()
    return f"<form>{typed['letter'] if typed else 'empty'}</form>"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (400, "We could not read what was sent"),
        (403, "You do not have access"),
        (404, "Page not found"),
        (405, "This page cannot do that"),
        (409, "Something changed"),
        (410, "no longer here"),
        (412, "an older version"),
        (413, "must be smaller than 20MB"),
        (418, "This could not be done"),
        (422, "There is a problem"),
        (429, "Wait 5 minutes"),
        (503, "The service is not available"),
    ],
)
def test_each_refusal_has_a_page_in_words(app: Flask, an_officer: User, code: int, words: str) -> None:
    add_page(app, lambda: abort(code))

    answer = client_for(app, an_officer).get("/settings/trial")

    assert answer.status_code == code
    assert words in answer.text
    assert answer.text.count("<h1") == 1


def test_a_restricted_and_a_missing_case_look_the_same(app: Flask, an_officer: User) -> None:
    def restricted() -> str:
        raise NotFound("Case KD-2026-0007 is restricted")

    add_page(app, restricted)
    client = client_for(app, an_officer)

    there, missing = client.get("/settings/trial"), client.get("/settings/no-such-page")

    assert there.status_code == missing.status_code == 404
    assert without_token(there) == without_token(missing)
    assert "restricted" not in there.text


def test_a_refusal_of_ours_says_why(app: Flask, an_officer: User) -> None:
    def refuse() -> str:
        raise Refused("You cannot sign this decision because you wrote the report")

    add_page(app, refuse)

    answer = client_for(app, an_officer).get("/settings/trial")

    assert answer.status_code == 403
    assert "because you wrote the report" in answer.text


def test_a_conflict_says_what_happened_and_keeps_what_was_typed(app: Flask, an_officer: User) -> None:
    @writes
    def lose() -> str:
        raise Conflict("Sam Lee completed this task at 10:44am")

    add_page(app, lose)

    answer = client_for(app, an_officer).post("/settings/trial", data={"letter": LETTER})

    assert answer.status_code == 409
    assert "Sam Lee completed this task at 10:44am" in answer.text
    assert "the roof of the depot leaks" in answer.text


def test_an_unexpected_error_keeps_what_was_typed_and_gives_a_reference(app: Flask, an_officer: User) -> None:
    def fail() -> str:
        return "" if request.method == "GET" else str(1 / 0)

    add_page(app, fail)

    answer = client_for(app, an_officer).post("/settings/trial", data={"letter": LETTER})

    assert answer.status_code == 500
    assert re.search(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{2}", answer.text)
    assert "the roof of the depot leaks" in answer.text
    assert "division" not in answer.text


def test_a_database_that_does_not_answer_is_a_503(app: Flask, an_officer: User) -> None:
    def fail() -> str:
        raise OperationalError("SELECT secret", {}, Exception("server closed the connection"))

    add_page(app, fail)

    answer = client_for(app, an_officer).get("/settings/trial")

    assert answer.status_code == 503
    assert "The service is not available" in answer.text
    assert "SELECT" not in answer.text


def test_a_database_that_is_away_loses_nothing_that_was_typed(app: Flask, an_officer: User) -> None:
    client = client_for(app, an_officer)
    there, app.extensions["dps_engine"] = app.extensions["dps_engine"], make_engine("postgresql://nobody@/nothing?host=/nowhere")

    answer = client.post("/settings", data={"letter": LETTER})

    assert answer.status_code == 503
    assert "what you typed is kept on this page" in answer.text and "the roof of the depot leaks" in answer.text
    app.extensions["dps_engine"] = there
    sealed = re.search(r'name="kept" value="([^"]+)"', answer.text)
    assert sealed is not None
    assert client.post("/settings", data={"kept": sealed[1]}).status_code == 200


def test_the_last_page_needs_no_template_and_no_database(app: Flask, an_officer: User) -> None:
    client = client_for(app, an_officer)
    app.jinja_env.globals["navigation"] = app.jinja_env.globals["csrf_token"] = None
    app.jinja_env.get_or_select_template = None  # type: ignore[method-assign, assignment]

    answer = client.get("/settings")

    assert answer.status_code == 500
    assert re.search(r"Reference [2-9A-Z]{4}-[2-9A-Z]{2}", answer.text)


@pytest.mark.parametrize(
    ("kind", "megabytes", "words"),
    [("multipart/form-data; boundary=x", 22, "smaller than 20MB"), ("application/x-www-form-urlencoded", 3, "The form is too long")],
)
def test_a_post_that_is_too_big_is_told_the_limit_and_not_read(app: Flask, an_officer: User, kind: str, megabytes: int, words: str) -> None:
    body = io.BytesIO(b"a=&" * megabytes)
    environ = {"wsgi.input": body, "CONTENT_LENGTH": str(megabytes * 1024 * 1024), "CONTENT_TYPE": kind}

    answer = client_for(app, an_officer).post_raw("/settings", environ_overrides=environ)

    assert answer.status_code == 413
    assert words in answer.text
    assert body.tell() == 0


@pytest.mark.parametrize(
    "path",
    ["/no-such-page", "/settings/no-such-page", "/tasks/not-a-number", "/%00", "/..%2f..%2fetc/passwd"],
)
def test_an_unknown_address_is_not_found(app: Flask, path: str) -> None:
    assert public_client(app).get(path).status_code == 404


def test_a_script_gets_its_error_as_json(app: Flask, an_officer: User) -> None:
    wants = {"Accept": "application/json"}

    assert public_client(app).post("/settings", headers=wants).json == {"error": "You are signed out"}
    assert client_for(app, an_officer).get("/no-such-page", headers=wants).json == {"error": 404}


def test_a_visit_while_signed_out_leads_to_signing_in_and_back(app: Flask, an_officer: User) -> None:
    client = public_client(app)

    asked = client.get("/settings/password?from=mail")
    page = client.get(asked.location)
    back = client.post(
        "/sign-in", data={"email": an_officer.email, "password": PASSWORD, "next": hidden(page, "next")}
    )

    assert asked.status_code == 302
    assert back.location == "/settings/password?from=mail"


def test_text_typed_before_the_session_ended_comes_back_into_the_form(app: Flask, an_officer: User) -> None:
    add_page(app, form_page)
    client = client_for(app, an_officer)
    with clock.held(clock.now() + timedelta(minutes=31)):
        refused = client.post("/settings/trial", data={"letter": LETTER})
        signed_in = client.post(
            "/sign-in",
            data={"email": an_officer.email, "password": PASSWORD, "kept": hidden(refused, "kept")},
        )
        back = client.post("/settings/trial", data={"kept": hidden(signed_in, "kept")})

    assert refused.status_code == 401
    assert "What you typed is kept" in refused.text
    assert "You are signed in again" in signed_in.text
    assert "the roof of the depot leaks" in signed_in.text
    assert back.status_code == 200
    assert f"<form>{LETTER}</form>" in back.text


def test_kept_text_survives_a_wrong_password(app: Flask, an_officer: User) -> None:
    add_page(app, form_page)
    client = client_for(app, an_officer)
    with clock.held(clock.now() + timedelta(minutes=31)):
        refused = client.post("/settings/trial", data={"letter": LETTER})
        again = client.post(
            "/sign-in", data={"email": an_officer.email, "password": "no", "kept": hidden(refused, "kept")}
        )

    assert hidden(again, "kept") == hidden(refused, "kept")


def test_kept_text_is_not_given_to_the_next_person(app: Flask, an_officer: User) -> None:
    add_page(app, form_page)
    other = person(app, "Hazel Marlow")
    client = client_for(app, an_officer)
    with clock.held(clock.now() + timedelta(minutes=31)):
        refused = client.post("/settings/trial", data={"letter": LETTER})
        signed_in = client.post(
            "/sign-in", data={"email": other.email, "password": PASSWORD, "kept": hidden(refused, "kept")}
        )
        tried = client.post("/settings/trial", data={"kept": hidden(refused, "kept")})

    assert signed_in.status_code == 303
    assert "depot" not in tried.text


def test_opening_a_form_with_kept_text_writes_nothing(app: Flask, an_officer: User) -> None:
    @writes
    def careless() -> ResponseReturnValue:
        db.session.get_one(User, an_officer.id).name = "Changed"
        return f"{request.method}"

    add_page(app, careless)
    client = client_for(app, an_officer)
    sealed = hidden(client.post_raw("/settings/trial", data={"letter": LETTER}, headers=OURS), "kept")

    answer = client.post("/settings/trial", data={"kept": sealed})

    assert answer.status_code >= 500
    with transaction(app.extensions["dps_engine"]) as session:
        assert session.get_one(User, an_officer.id).name == an_officer.name


def test_kept_text_needs_a_form_token_like_any_post(app: Flask, an_officer: User) -> None:
    add_page(app, form_page)
    client = client_for(app, an_officer)
    sealed = hidden(client.post_raw("/settings/trial", data={"letter": LETTER}, headers=OURS), "kept")

    answer = client.post_raw("/settings/trial", data={"kept": sealed})

    assert "depot" not in answer.text


def test_changed_kept_text_is_dropped(app: Flask, an_officer: User) -> None:
    add_page(app, form_page)
    client = client_for(app, an_officer)

    answer = client.post("/settings/trial", data={"kept": "eyJwYXRoIjoiLyJ9.forged.signature"})

    assert answer.text == "<form>empty</form>"


OURS = {"Origin": "http://localhost"}


def test_a_form_from_before_the_sign_in_changed_keeps_its_text(app: Flask, an_officer: User) -> None:
    add_page(app, form_page)
    client = client_for(app, an_officer)

    stale = client.post_raw(
        "/settings/trial", data={"letter": LETTER, "csrf_token": "of the sign-in before"}, headers=OURS
    )
    back = client.post("/settings/trial", data={"kept": hidden(stale, "kept")})

    assert stale.status_code == 400
    assert "This page was open too long" in stale.text
    assert LETTER in back.text


def test_text_from_another_site_is_not_offered_for_sending(app: Flask, an_officer: User) -> None:
    answer = client_for(app, an_officer).post_raw(
        "/settings", data={"letter": LETTER}, headers={"Origin": "https://example.org"}
    )

    assert answer.status_code == 403
    assert "depot" not in answer.text


def test_passwords_are_never_kept(app: Flask, an_officer: User) -> None:
    client = client_for(app, an_officer)
    with clock.held(clock.now() + timedelta(minutes=31)):
        data = {"old_password": "visible secret", "new_password": "visible secret"}
        refused = client.post("/settings/password", data=data)

    assert refused.status_code == 401
    assert "visible secret" not in refused.text
    assert 'name="kept"' not in refused.text


def test_the_same_form_posted_twice_is_done_once(app: Flask, an_officer: User) -> None:
    done = add_counter(app)
    client = client_for(app, an_officer)

    first = client.post("/settings/trial", data={"form_key": "k1"})
    second = client.post("/settings/trial", data={"form_key": "k1"})
    other = client.post("/settings/trial", data={"form_key": "k2"})

    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == first.location == "/settings?done=1"
    assert other.location == "/settings?done=2"
    assert len(done) == 2


def test_a_resend_much_later_says_when_it_was_done(app: Flask, an_officer: User) -> None:
    add_counter(app)
    with clock.held(clock.read_instant("2026-03-02 10:32")):
        client = client_for(app, an_officer)
        client.post("/settings/trial", data={"form_key": "k1"})
    client.get("/settings")

    with clock.held(clock.read_instant("2026-03-02 10:50")):
        client.post("/settings/trial", data={"form_key": "k1"})
        page = client.get("/settings").text

    assert "You already did this at 10:32am" in page


def test_a_form_with_errors_may_be_sent_again_with_the_same_key(app: Flask, an_officer: User) -> None:
    @writes
    def strict() -> ResponseReturnValue:
        return (
            ("", 303, {"Location": "/settings"}) if request.form.get("letter") else ("Enter the letter", 422)
        )

    add_page(app, strict)
    client = client_for(app, an_officer)

    first = client.post("/settings/trial", data={"form_key": "k1"})
    second = client.post("/settings/trial", data={"form_key": "k1", "letter": LETTER})

    assert (first.status_code, second.status_code) == (422, 303)


def test_another_persons_key_is_worth_nothing(app: Flask, an_officer: User) -> None:
    done = add_counter(app)
    client_for(app, an_officer).post("/settings/trial", data={"form_key": "k1"})

    answer = client_for(app, person(app, "Hazel Marlow")).post("/settings/trial", data={"form_key": "k1"})

    assert answer.location == "/settings/trial"
    assert len(done) == 1


def test_a_hundred_double_clicks_are_done_a_hundred_times(app: Flask, an_officer: User) -> None:
    """R12, small: both clicks of each pair at once, on two threads."""
    done = add_counter(app)
    answers: list[TestResponse] = []

    def click(client: Browser, key: str) -> None:
        answers.append(client.post("/settings/trial", data={"form_key": key}))

    for number in range(100):
        pair = [client_for(app, an_officer) for _ in range(2)]
        threads = [threading.Thread(target=click, args=(client, f"double {number}")) for client in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(done) == 100
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 100
    with transaction(app.extensions["dps_engine"]) as session:
        assert len(session.scalars(select(FormKey)).all()) == 100


def add_counter(app: Flask) -> list[int]:
    """A page that counts how often its work was done."""
    done: list[int] = []

    @writes
    def count() -> ResponseReturnValue:
        done.append(1)
        return app.redirect(f"/settings?done={len(done)}", 303)

    add_page(app, count)
    return done


def hidden(answer: TestResponse, name: str) -> str:
    """The value of a hidden input in a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, f"no {name} in the page"
    return found[1].replace("&amp;", "&")


def without_token(answer: TestResponse) -> list[str]:
    return [line for line in answer.text.splitlines() if "csrf" not in line]
