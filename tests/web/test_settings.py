"""Settings: read from the environment, checked at the start, strict in production (S23)."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from webapp.settings import SettingsRefused, from_environment

GOOD_KEY = "pWz3vR8kq1Xn6Yt0Lm5Bc9Hs2Jd7Fg4QaUeTiOyN"
PRODUCTION = {
    "DPS_PRODUCTION": "1",
    "DPS_SECRET_KEY": GOOD_KEY,
    "DPS_PUBLIC_URL": "https://casework.example.gov.uk",
    "DPS_DATABASE_URL": "postgresql://dps:kestrel-9@db/dps",
}


def refused(environ: dict[str, str], folder: Path) -> str:
    with pytest.raises(SettingsRefused) as caught:
        from_environment(environ, folder=folder)
    return "\n".join(caught.value.problems)


def test_nothing_need_be_set_for_local_use(tmp_path: Path) -> None:
    settings = from_environment({}, folder=tmp_path)

    assert settings.database_url == f"sqlite:///{tmp_path}/var/dps.sqlite3"
    assert settings.uploads == tmp_path / "var" / "uploads"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.council_name == "Westhampton County Council"
    assert not settings.over_tls


def test_the_local_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = from_environment({}, folder=tmp_path).secret_key
    second = from_environment({}, folder=tmp_path).secret_key

    kept = tmp_path / "var" / "secret-key"
    assert first == second == kept.read_text()
    assert len(first) > 40
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_complete_production_environment_is_accepted(tmp_path: Path) -> None:
    settings = from_environment(PRODUCTION, folder=tmp_path)

    assert settings.production
    assert settings.over_tls


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"DPS_SECRET_KEY": ""}, "DPS_SECRET_KEY must be set"),
        ({"DPS_SECRET_KEY": "change-me"}, "sample key"),
        ({"DPS_SECRET_KEY": "kJ8s!x"}, "at least 32 characters"),
        ({"DPS_SECRET_KEY": "ab" * 30}, "repeats itself"),
        ({"DPS_CLOCK": "2020-09-28"}, "DPS_CLOCK"),
        ({"DPS_PUBLIC_URL": ""}, "DPS_PUBLIC_URL"),
        ({"DPS_PUBLIC_URL": "http://casework.example.gov.uk"}, "https://"),
        ({"DPS_CHEAP_PASSWORDS": "1"}, "DPS_CHEAP_PASSWORDS"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"DPS_DATABASE_URL": "postgresql://dps:postgres@db/dps"}, "sample password"),
    ],
)
def test_production_refuses_what_is_only_for_trying_out(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    assert words in refused({**PRODUCTION, **change}, tmp_path)


def test_production_refuses_a_database_file_that_everyone_can_read(tmp_path: Path) -> None:
    database = tmp_path / "dps.sqlite3"
    database.touch()
    database.chmod(0o644)
    environ = {**PRODUCTION, "DPS_DATABASE_URL": f"sqlite:///{database}"}

    assert "can be read by everyone" in refused(environ, tmp_path)

    database.chmod(0o640)
    assert from_environment(environ, folder=tmp_path).production


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DPS_PORT", "eighty", "DPS_PORT must be a whole number from 1 to 65535; it is “eighty”"),
        ("DPS_PORT", "70000", "DPS_PORT must be a whole number"),
        ("DPS_CLOCK", "next Tuesday", "DPS_CLOCK must be a date or a time"),
        ("DPS_DATABASE_URL", "mysql://x/y", "DPS_DATABASE_URL must be sqlite:///FILE"),
        ("DPS_COUNCIL_COLOUR", "green; }", "DPS_COUNCIL_COLOUR must be a colour"),
        ("DPS_COUNCIL_LOGO", "no-such-file.svg", "DPS_COUNCIL_LOGO must be the path of a file"),
        ("DPS_PRODUCTION", "perhaps", "DPS_PRODUCTION must be 1 or 0"),
        ("DPS_SMTP_FROM", "council", "DPS_SMTP_FROM must be an e-mail address"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_must_be(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    assert words in refused({name: value}, tmp_path)


def test_every_wrong_value_is_named_at_once(tmp_path: Path) -> None:
    words = refused({"DPS_PORT": "x", "DPS_CLOCK": "y", "DPS_SMTP_PORT": "z"}, tmp_path)

    assert words.count("must be") == 3


def test_the_held_clock_reads_a_london_time(tmp_path: Path) -> None:
    settings = from_environment({"DPS_CLOCK": "2020-09-28 09:30"}, folder=tmp_path)

    assert settings.clock is not None
    assert settings.clock.isoformat() == "2020-09-28T09:30:00+01:00"


def test_distributed_workers_need_postgresql(tmp_path: Path) -> None:
    assert "DPS_JOBS=procrastinate needs PostgreSQL" in refused({"DPS_JOBS": "procrastinate"}, tmp_path)
    assert "DPS_JOBS must be embedded or procrastinate; it is “celery”" in refused({"DPS_JOBS": "celery"}, tmp_path)
    assert "DPS_WORKER_THREADS must be a whole number from 1 to 32" in refused({"DPS_WORKER_THREADS": "0"}, tmp_path)

    assert from_environment({**PRODUCTION, "DPS_JOBS": "procrastinate"}, folder=tmp_path).jobs == "procrastinate"
    assert from_environment({}, folder=tmp_path).jobs == "embedded"


def test_a_wrong_file_of_systems_stops_the_start(tmp_path: Path) -> None:
    assert "DPS_CONNECTORS must be a YAML file that can be read" in refused({"DPS_CONNECTORS": "none.yml"}, tmp_path)
