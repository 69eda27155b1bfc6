"""What machines that watch the service are told: it lives, it is ready, its figures; and to whom the figures are shown."""

from __future__ import annotations

import io
import json
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from models import Job, clock
from models.session import make_engine, transaction
from tests.support import drills, rounds
from tests.support.clients import Browser, client_for, public_client
from tests.support.databases import Database
from webapp import create_app, health, logs
from webapp.settings import SettingsRefused
from workflows import enqueue
from workflows.enqueue import Tools
from workflows.jobs import working_off
from workflows.jobs.alone import Alone

TOKEN = "t" * 32


@pytest.fixture
def ring(database: Database) -> rounds.Ring:
    """The small process with one case, whose timer is due tomorrow."""
    return rounds.build(database)


@pytest.fixture
def app(ring: rounds.Ring, tmp_path: Path) -> Iterator[Flask]:
    """The service on it."""
    made = create_app(drills.settings_of(ring.database.url, tmp_path))
    yield made
    made.extensions["dps_engine"].dispose()


@pytest.fixture
def worked(ring: rounds.Ring, tmp_path: Path) -> Iterator[Alone]:
    """A runner that lives."""
    runner = Alone(ring.database.engine, drills.settings_of(ring.database.url, tmp_path).lock_file)
    assert runner.take()
    yield runner
    runner.let_go()


def figures(client: Browser, **headers: str) -> dict[str, float]:
    """The figures by name and labels."""
    answer = client.get("/metrics", headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status_code == 200
    return {
        f"{sample.name}{''.join(f',{value}' for value in sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_ready_says_what_is_the_matter(ring: rounds.Ring, app: Flask, worked: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    client = public_client(app)

    def ready(code: int = 200) -> dict[str, str]:
        answer = client.get("/health/ready")
        assert answer.status_code == code
        return dict(json.loads(answer.text))

    assert ready() == {"status": "ok", "database": "ok", "tables": "ok", "disk": "ok", "worker": "ok", "timers": "ok"}
    with clock.held(clock.now() + timedelta(days=2)):
        assert (ready()["status"], ready()["timers"]) == ("degraded", "late")
    monkeypatch.setattr(health, "LEAST_FREE", 1 << 60)
    assert ready()["disk"] == "nearly full"
    worked.let_go()
    # The server hears a moment later that the connection is gone.
    until = time.monotonic() + 10
    while ready()["worker"] == "ok" and time.monotonic() < until:
        time.sleep(0.05)
    assert ready()["worker"] == "away"
    with transaction(ring.database.engine) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert ready()["tables"] == "ok", "a rolling upgrade has brought the tables of the next version"
    with transaction(ring.database.engine) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert ready(503) | {"status": "unavailable", "tables": "older than this version"} == ready(503)


def test_without_a_database_it_is_not_ready_and_lives(tmp_path: Path) -> None:
    app = create_app(drills.settings_of(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path))
    client = public_client(app)

    assert client.get("/health").status_code == 200
    assert client.get("/health/ready").status_code == 503
    assert figures(client)["dps_database_up"] == 0


def test_figures_count_requests_jobs_and_timers(ring: rounds.Ring, app: Flask, worked: Alone) -> None:
    with transaction(ring.database.engine) as session:
        enqueue.enqueue(session, "nobody.knows", {})
        user = ring.user(0, session)
    client = client_for(app, user)
    client.get(f"/tasks/{ring.task().id}")
    client.get("/no-such-page")

    found = figures(client)

    assert found.get("dps_requests_total,2xx,work,GET") == 1
    assert found["dps_requests_total,4xx,unknown,GET"] == 1
    assert found["dps_request_seconds_count,work"] == 1
    assert (found["dps_jobs,due"], found["dps_jobs,todo"], found["dps_jobs,failed"]) == (1, 1, 0)
    assert (found["dps_timers_waiting"], found["dps_timers_overdue"], found["dps_runner_up"], found["dps_tasks_open"]) == (1, 0, 1, 1)
    with clock.held(clock.now() + timedelta(days=1, seconds=90)):
        assert 80 < figures(client)["dps_timer_lateness_seconds"] < 100


def test_figures_say_nothing_of_anyone_and_do_not_grow_with_addresses(app: Flask) -> None:
    client = public_client(app)
    for _ in range(30):
        client.get(f"/cases/{uuid.uuid4().hex}?who=ann")
        client.open(f"/{uuid.uuid4().hex}", method="BREW")
    said = client.get("/metrics").text

    assert "Ann" not in said
    assert "example" not in said
    assert len({line for line in said.splitlines() if line.startswith("dps_requests_total")}) <= 4


@pytest.mark.parametrize(
    ("more", "headers", "code"),
    [
        ({}, {}, 200),
        ({}, {"X-Forwarded-For": "10.0.0.9"}, 404),
        ({"DPS_TRUSTED_PROXIES": "1"}, {}, 404),
        ({"DPS_PRODUCTION": "1"}, {}, 404),
        ({"DPS_METRICS_TOKEN": TOKEN}, {}, 404),
        ({"DPS_METRICS_TOKEN": TOKEN}, {"Authorization": f"Bearer {TOKEN[1:]}"}, 404),
        ({"DPS_METRICS_TOKEN": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"DPS_METRICS_TOKEN": TOKEN, "DPS_PRODUCTION": "1"}, {"Authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
def test_only_the_operator_sees_figures(tmp_path: Path, more: dict[str, str], headers: dict[str, str], code: int) -> None:
    real = {"DPS_SECRET_KEY": "q8Jx0vTzY4mLrBfH2nWcSdKgP7aEuXo9", "DPS_PUBLIC_URL": "https://casework.example.gov.uk", "DPS_CHEAP_PASSWORDS": "0"}
    settings = drills.settings_of(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path, **(real if "DPS_PRODUCTION" in more else {}), **more)
    client = public_client(create_app(settings))

    assert client.get("/metrics", headers=headers).status_code == code


def test_a_stranger_from_elsewhere_sees_nothing(tmp_path: Path) -> None:
    client = public_client(create_app(drills.settings_of(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path)))

    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 404


def test_a_short_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="DPS_METRICS_TOKEN must be at least 20 characters"):
        drills.settings_of("sqlite:///x", tmp_path, DPS_METRICS_TOKEN="short")


@enqueue.job("operations.twice")
def _twice(session: drills.Session, tools: Tools) -> None:
    """A job that asks for another one."""
    enqueue.enqueue(session, "operations.once", {})


@enqueue.job("operations.once")
def _once(session: drills.Session, tools: Tools) -> None:
    """A job that does nothing."""


def test_the_log_of_a_job_names_the_request_that_asked_for_it(ring: rounds.Ring, app: Flask) -> None:
    written = io.StringIO()
    logs.init_logs(written)
    with app.test_request_context("/"):
        app.preprocess_request()
        with transaction(ring.database.engine) as session:
            enqueue.enqueue(session, "operations.twice", {})
            request = session.query(Job).filter(Job.name == "operations.twice").one().request
    engine = make_engine(ring.database.url)
    working_off.work_off(engine, Tools(), clock.now() + timedelta(seconds=1))

    lines = [json.loads(line) for line in written.getvalue().splitlines()]

    told = [line for line in lines if line["event"].startswith("Job operations.")]
    assert [line["event"].split()[1:3] for line in told] == [["operations.twice", "done"], ["operations.once", "done"]]
    assert request and {line["request"] for line in told} == {request}
    assert len({line["job"] for line in told}) == 2
    engine.dispose()
