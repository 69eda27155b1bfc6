"""Signing in (S10): right and wrong passwords, the limit on tries, and answers that do not tell who has an
account."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models import LoginAttempt, Model, User, clock
from models.session import transaction
from tests.support.clients import Browser, client_for, public_client
from tests.support.said import without_tokens
from tests.web.conftest import PASSWORD, person
from webapp import create_app
from webapp.account.pages import demo_people
from webapp.settings import from_environment
from workflows.rules import passwords

NOBODY = "nobody.at.all@example.gov.uk"


def sign_in(
    client: Browser, email: str, password: str = PASSWORD, address: str = "192.0.2.10"
) -> TestResponse:
    return client.post(
        "/sign-in", data={"email": email, "password": password}, environ_base={"REMOTE_ADDR": address}
    )


def try_wrong(app: Flask, email: str, times: int, address: str = "192.0.2.10") -> list[int]:
    return [sign_in(public_client(app), email, f"wrong {n}", address).status_code for n in range(times)]


def test_the_right_password_leads_in(app: Flask, an_officer: User) -> None:
    client = public_client(app)

    answer = sign_in(client, an_officer.email)

    assert answer.status_code == 303
    assert client.get("/settings").status_code == 200


def test_the_address_may_be_typed_in_capitals_and_with_spaces(app: Flask, an_officer: User) -> None:
    assert sign_in(public_client(app), f"  {an_officer.email.upper()} ").status_code == 303


def test_a_wrong_password_is_told_at_the_field_and_keeps_the_address(app: Flask, an_officer: User) -> None:
    answer = sign_in(public_client(app), an_officer.email, "wrong")

    assert answer.status_code == 422
    assert answer.text.count("The e-mail address or password is wrong") >= 2
    assert "<title>Error: " in answer.text
    assert an_officer.email in answer.text
    assert "wrong 0" not in answer.text


@pytest.mark.parametrize(
    "data", [{}, {"email": "a@example.gov.uk"}, {"password": "x"}, {"email": "\x00", "password": "\x00"}]
)
def test_a_half_filled_form_gets_a_message_and_no_error(app: Flask, data: dict[str, str]) -> None:
    assert public_client(app).post("/sign-in", data=data).status_code == 422


def test_nobody_can_tell_a_known_account_from_an_unknown_one(app: Flask, an_officer: User) -> None:
    known = sign_in(public_client(app), an_officer.email, "wrong")
    unknown = sign_in(public_client(app), NOBODY, "wrong")

    assert known.status_code == unknown.status_code
    assert without_what_differs(known, an_officer.email) == without_what_differs(unknown, NOBODY)
    assert [name for name, _ in known.headers] == [name for name, _ in unknown.headers]


def test_the_eleventh_wrong_try_within_five_minutes_is_refused(app: Flask, an_officer: User) -> None:
    answers = try_wrong(app, an_officer.email, 11)

    assert answers == [422] * 10 + [429]
    assert sign_in(public_client(app), an_officer.email, address="192.0.2.99").status_code == 429


def test_an_unknown_account_is_refused_in_the_same_way(app: Flask) -> None:
    assert try_wrong(app, NOBODY, 11) == [422] * 10 + [429]


def test_an_address_is_limited_over_all_accounts(app: Flask, an_officer: User) -> None:
    for number in range(10):
        try_wrong(app, f"person{number}@example.gov.uk", 1)

    assert sign_in(public_client(app), an_officer.email).status_code == 429
    assert sign_in(public_client(app), an_officer.email, address="192.0.2.99").status_code == 303


def test_the_honest_person_is_let_in_again_after_five_minutes(app: Flask, an_officer: User) -> None:
    try_wrong(app, an_officer.email, 12)

    with clock.held(clock.now() + timedelta(minutes=5, seconds=1)):
        answer = sign_in(public_client(app), an_officer.email)

    assert answer.status_code == 303


def test_a_stranger_cannot_keep_a_person_out_of_their_usual_place(app: Flask, an_officer: User) -> None:
    sign_in(public_client(app), an_officer.email, address="192.0.2.50")
    try_wrong(app, an_officer.email, 11, address="203.0.113.9")

    assert sign_in(public_client(app), an_officer.email, address="192.0.2.50").status_code == 303
    assert sign_in(public_client(app), an_officer.email, address="203.0.113.9").status_code == 429


def test_right_passwords_do_not_use_up_tries(app: Flask, an_officer: User) -> None:
    answers = [sign_in(public_client(app), an_officer.email).status_code for _ in range(12)]

    assert answers == [303] * 12


def test_the_table_of_tries_holds_neither_accounts_nor_addresses(app: Flask, an_officer: User) -> None:
    try_wrong(app, an_officer.email, 1)

    with transaction(app.extensions["dps_engine"]) as session:
        attempt = session.scalars(select(LoginAttempt)).one()

    stored = f"{attempt.account_digest} {attempt.address_digest}"
    assert an_officer.email not in stored
    assert "192.0.2.10" not in stored


def test_a_disabled_person_is_answered_like_an_unknown_one(app: Flask, an_officer: User) -> None:
    with transaction(app.extensions["dps_engine"]) as session:
        session.get_one(User, an_officer.id).is_active = False

    answer = sign_in(public_client(app), an_officer.email)

    assert answer.status_code == 422
    assert "The e-mail address or password is wrong" in answer.text


def test_an_address_that_posts_without_end_is_told_to_wait(app: Flask, an_officer: User) -> None:
    client = public_client(app)
    token = client.token()

    codes = [client.post_raw("/sign-in", data={"csrf_token": token}).status_code for _ in range(301)]
    elsewhere = sign_in(public_client(app), an_officer.email, address="192.0.2.99")

    assert codes == [422] * 300 + [429]
    assert elsewhere.status_code == 303


def test_known_and_unknown_accounts_take_the_same_time(tmp_path: Path) -> None:
    """With the real hash, whose work is what an attacker would time: the quickest of 20 tries each, taken in turn, lie within a fifth."""
    (tmp_path / "var").mkdir()
    app = create_app(from_environment({"DPS_SECRET_KEY": "k" * 40}, folder=tmp_path))
    known = person_with_real_hash(app)

    taken = timings(app, known, NOBODY)

    fast, slow = sorted(min(values) for values in taken.values())
    assert slow < fast * 1.2 + 0.005


def test_passwords_of_any_length_and_script_are_taken(app: Flask) -> None:
    for email in ("long@example.gov.uk", NOBODY):
        assert sign_in(public_client(app), email, "ü" * 5000).status_code == 422
        assert sign_in(public_client(app), email, "walnut 🌳 tractor " * 4).status_code == 422


def test_the_form_lets_password_managers_and_pasting_work(app: Flask) -> None:
    page = public_client(app).get("/sign-in").text

    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page


def test_demo_people_sign_in_with_one_press(app: Flask) -> None:
    demo = person(app, "Hazel Demo", is_demo=True)
    client = public_client(app)

    page = client.get("/sign-in").text
    answer = client.post("/sign-in/demo", data={"person": str(demo.id)})

    assert "Hazel Demo" in page
    assert answer.status_code == 303
    assert client.get("/settings").status_code == 200


def test_nobody_else_can_be_picked_from_the_demo_list(app: Flask, an_officer: User) -> None:
    client = public_client(app)

    for chosen in (str(an_officer.id), "", "nonsense"):
        assert client.post("/sign-in/demo", data={"person": chosen}).status_code == 404
    assert client.get("/settings").status_code == 302


def test_production_offers_no_demo_people(app: Flask) -> None:
    demo = person(app, "Hazel Demo", is_demo=True)
    app.extensions["dps_settings"] = in_production(app)

    with app.test_request_context():
        offered = demo_people()

    assert offered == []
    assert public_client(app).post("/sign-in/demo", data={"person": str(demo.id)}).status_code == 404


def test_someone_signed_in_is_not_asked_again(app: Flask, an_officer: User) -> None:
    answer = client_for(app, an_officer).get("/sign-in?next=/settings/password")

    assert (answer.status_code, answer.location) == (302, "/settings/password")


def test_each_try_is_one_row(app: Flask, an_officer: User) -> None:
    try_wrong(app, an_officer.email, 3)
    sign_in(public_client(app), an_officer.email)

    with transaction(app.extensions["dps_engine"]) as session:
        rows = session.execute(
            select(LoginAttempt.succeeded, func.count()).group_by(LoginAttempt.succeeded)
        ).all()

    assert dict(map(tuple, rows)) == {False: 3, True: 1}  # type: ignore[arg-type]


def without_what_differs(answer: TestResponse, email: str) -> list[str]:
    return without_tokens(answer.text).replace(email, "").splitlines()


def person_with_real_hash(app: Flask) -> str:
    Model.metadata.create_all(app.extensions["dps_engine"])
    known = person(app, "Real Hash")
    with transaction(app.extensions["dps_engine"]) as session:
        session.get_one(User, known.id).password_hash = passwords.store(PASSWORD)
    return known.email


def timings(app: Flask, *emails: str) -> dict[str, list[float]]:
    """How long each address takes to be refused, in turn, so that a busy machine slows all of them alike."""
    taken: dict[str, list[float]] = {email: [] for email in emails}
    for number in range(20):
        for email in emails:
            client = public_client(app)
            token = client.token()
            began = time.perf_counter()
            client.post_raw(
                "/sign-in",
                data={"email": email, "password": "wrong", "csrf_token": token},
                environ_base={"REMOTE_ADDR": f"198.51.100.{number}"},
            )
            taken[email].append(time.perf_counter() - began)
        if number % 4 == 3:
            forget_tries(app)
    return taken


def forget_tries(app: Flask) -> None:
    with transaction(app.extensions["dps_engine"]) as session:
        for attempt in session.scalars(select(LoginAttempt)):
            session.delete(attempt)


def in_production(app: Flask) -> object:
    return replace(app.extensions["dps_settings"], production=True)
