"""Sign-in sessions (S9): a new id at each sign-in, an end everywhere at once, and the cookie's attributes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import GroupMembership, LoginSession, User, clock
from models.session import transaction
from tests.support.clients import Browser, client_for, public_client
from tests.web.conftest import PASSWORD
from webapp import sessions
from workflows.actions import users


def token_of(client: Browser) -> str | None:
    with client.session_transaction() as cookie:
        return cookie.get(sessions.TOKEN)


def is_in(client: Browser) -> bool:
    return client.get("/settings").status_code == 200


def change(app: Flask, work: Callable[..., None], user: User, **values: object) -> None:
    with transaction(app.extensions["dps_engine"]) as session:
        work(session, session.get_one(User, user.id), by=None, **values)


def test_each_sign_in_gets_a_new_id_and_form_token(app: Flask, an_officer: User) -> None:
    client = public_client(app)
    ids, form_tokens = set(), set()

    for _ in range(3):
        client.post("/sign-in", data={"email": an_officer.email, "password": PASSWORD})
        ids.add(token_of(client))
        client.get("/settings")
        with client.session_transaction() as cookie:
            form_tokens.add(cookie["csrf_token"])

    assert len(ids) == 3
    assert len(form_tokens) == 3


def test_a_planted_cookie_never_becomes_valid(app: Flask, an_officer: User) -> None:
    client = public_client(app)
    with client.session_transaction() as cookie:
        cookie[sessions.TOKEN] = "planted by someone else"
    client.post("/sign-in", data={"email": an_officer.email, "password": PASSWORD})

    thief = public_client(app)
    with thief.session_transaction() as cookie:
        cookie[sessions.TOKEN] = "planted by someone else"

    assert is_in(client)
    assert not is_in(thief)


def test_a_cookie_signed_with_another_key_is_nobodys(app: Flask, an_officer: User) -> None:
    client = client_for(app, an_officer)
    app.config["SECRET_KEY"] = "another key, as after a leak and a change"

    assert not is_in(client)


def test_the_database_does_not_hold_the_token(app: Flask, an_officer: User) -> None:
    client = client_for(app, an_officer)

    with transaction(app.extensions["dps_engine"]) as session:
        stored = session.scalars(select(LoginSession.token_digest)).all()

    assert stored
    assert token_of(client) not in stored


def test_signing_out_ends_the_session_for_a_copy_of_the_cookie_too(app: Flask, an_officer: User) -> None:
    client = client_for(app, an_officer)
    copied = token_of(client)

    answer = client.post("/sign-out")
    copy = public_client(app)
    with copy.session_transaction() as cookie:
        cookie[sessions.TOKEN] = copied

    assert answer.location == "/signed-out"
    assert not is_in(client)
    assert not is_in(copy)


def test_signing_out_here_leaves_the_other_browser_alone(app: Flask, an_officer: User) -> None:
    here, there = client_for(app, an_officer), client_for(app, an_officer)

    here.post("/sign-out")

    assert is_in(there)


def test_a_disabled_person_is_out_at_their_next_request(app: Flask, an_officer: User) -> None:
    browsers = [client_for(app, an_officer) for _ in range(3)]

    change(app, users.disable, an_officer)

    assert not any(is_in(browser) for browser in browsers)


def test_a_password_set_by_someone_else_ends_every_session(app: Flask, an_officer: User) -> None:
    browsers = [client_for(app, an_officer) for _ in range(3)]

    change(app, users.set_password, an_officer, password="walnut tractor umbrella", cheap_hash=True)

    assert not any(is_in(browser) for browser in browsers)


def test_changing_ones_password_ends_all_other_sessions_and_renews_this_one(
    app: Flask, an_officer: User
) -> None:
    here, there = client_for(app, an_officer), client_for(app, an_officer)
    before = token_of(here)

    answer = here.post(
        "/settings/password", data={"old_password": PASSWORD, "new_password": "walnut tractor umbrella"}
    )

    assert answer.status_code == 303
    assert is_in(here)
    assert token_of(here) != before
    assert not is_in(there)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"old_password": "", "new_password": "walnut tractor umbrella"}, "Enter the password you have now"),
        (
            {"old_password": "wrong", "new_password": "walnut tractor umbrella"},
            "This is not the password you have now",
        ),
        ({"old_password": PASSWORD, "new_password": ""}, "Enter a new password"),
        ({"old_password": PASSWORD, "new_password": "short"}, "Password must be 12 characters or more"),
        ({"old_password": PASSWORD, "new_password": "RowanAshdown"}, "Password is too easy to guess"),
        ({"old_password": PASSWORD, "new_password": PASSWORD}, "must differ"),
    ],
)
def test_a_password_that_cannot_be_changed_says_why(
    app: Flask, an_officer: User, data: dict[str, str], words: str
) -> None:
    here, there = client_for(app, an_officer), client_for(app, an_officer)

    answer = here.post("/settings/password", data=data)

    assert answer.status_code == 422
    assert answer.text.count(words) >= 2
    assert is_in(there)


def test_thirty_idle_minutes_end_a_session(app: Flask, an_officer: User) -> None:
    began = clock.now()
    client = client_for(app, an_officer)

    with clock.held(began + timedelta(minutes=29)):
        assert is_in(client)
    with clock.held(began + timedelta(minutes=58)):
        assert is_in(client)
    with clock.held(began + timedelta(minutes=89)):
        assert not is_in(client)


def test_twelve_hours_end_a_session_that_is_in_use(app: Flask, an_officer: User) -> None:
    began = clock.now()
    client = client_for(app, an_officer)

    for minutes in range(20, 12 * 60, 20):
        with clock.held(began + timedelta(minutes=minutes)):
            assert is_in(client)
    with clock.held(began + timedelta(hours=12, minutes=1)):
        assert not is_in(client)


def test_a_pages_own_background_questions_do_not_keep_it_signed_in(app: Flask, an_officer: User) -> None:
    began = clock.now()
    client = client_for(app, an_officer)

    for minutes in range(5, 30, 5):
        with clock.held(began + timedelta(minutes=minutes)):
            client.get("/session", headers={"Sec-Fetch-Mode": "cors"})
    with clock.held(began + timedelta(minutes=31)):
        assert not is_in(client)


def test_staying_signed_in_starts_the_thirty_minutes_again(app: Flask, an_officer: User) -> None:
    began = clock.now()
    client = client_for(app, an_officer)

    with clock.held(began + timedelta(minutes=25)):
        left = client.get("/session", headers={"Sec-Fetch-Mode": "cors"}).json
        stayed = client.post("/session", headers={"Sec-Fetch-Mode": "cors"}).json

    assert left == {"seconds_left": 5 * 60}
    assert stayed == {"seconds_left": 30 * 60}
    with clock.held(began + timedelta(minutes=50)):
        assert is_in(client)


def test_being_seen_is_written_at_most_once_a_minute(app: Flask, an_officer: User) -> None:
    began = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
    with clock.held(began):
        client = client_for(app, an_officer)

    for seconds in (30, 45, 70, 100, 125):
        with clock.held(began + timedelta(seconds=seconds)):
            client.get("/settings")

    with transaction(app.extensions["dps_engine"]) as session:
        row = session.scalars(select(LoginSession)).one()
    assert row.last_seen_at == began + timedelta(seconds=70)


def test_a_change_of_roles_gives_a_new_id_and_the_old_one_is_dead(app: Flask, an_officer: User) -> None:
    client = client_for(app, an_officer)
    before = token_of(client)
    with transaction(app.extensions["dps_engine"]) as session:
        membership = session.scalars(select(GroupMembership)).one()
        membership.ends_on = date(2020, 12, 31)

    client.get("/settings")
    after = token_of(client)
    old = public_client(app)
    with old.session_transaction() as cookie:
        cookie[sessions.TOKEN] = before

    assert after != before
    assert is_in(client)
    assert token_of(client) == after
    assert not is_in(old)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask, an_officer: User) -> None:
    answer = public_client(app).post("/sign-in", data={"email": an_officer.email, "password": PASSWORD})

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("dps=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Expires" not in cookie


def test_over_tls_the_cookie_is_bound_to_this_host(tls_app: Flask) -> None:
    answer = tls_app.test_client().get("/sign-in", base_url="https://casework.example.gov.uk")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-dps=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_the_old_password_cannot_be_guessed_through_the_form_for_a_new_one(app: Flask, an_officer: User) -> None:
    client = client_for(app, an_officer)
    wrong = {"old_password": "a guess", "new_password": "walnut tractor umbrella"}

    codes = [client.post("/settings/password", data=wrong).status_code for _ in range(11)]

    assert codes == [422] * 10 + [429]
