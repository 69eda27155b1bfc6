"""Every setting of the service: read once from environment variables and checked, so that a wrong one stops
the start with words."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from models import clock
from models.session import EMBEDDED, PROCRASTINATE, Jobs
from webapp import systems
from workflows.enqueue import System
from workflows.storage import Bucket, Place

SAMPLE_KEYS = frozenset(
    {"change-me", "changeme", "secret", "dev", "development", "test", "example", "insecure"}
)
SHORTEST_KEY = 32
YES = {
    "1": True,
    "yes": True,
    "true": True,
    "on": True,
    "0": False,
    "no": False,
    "false": False,
    "off": False,
    "": False,
}

T = TypeVar("T")


class SettingsRefused(Exception):
    """The settings cannot be used; `problems` holds one sentence for each that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Mail:
    """How mail leaves. Without a host nothing is sent and the outbox page shows the mails."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = ""
    starttls: bool = True
    sender: str = "no-reply@example.gov.uk"


@dataclass(frozen=True, kw_only=True)
class Registers:
    """Which public registers are asked over the network: none until a council sets a key or an address."""

    company_key: str = ""
    company_url: str = ""
    charity_key: str = ""
    charity_url: str = ""
    ofsted_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one running service. Paths are absolute; `clock` is an aware moment at which time
    stands still."""

    database_url: str
    secret_key: str
    uploads: Path
    library: Path
    bucket: Bucket | None = None
    metrics_token: str = ""
    production: bool = False
    clock: datetime | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    port_is_chosen: bool = False
    public_url: str = ""
    trusted_proxies: int = 0
    council_name: str = "Westhampton County Council"
    council_colour: str = "#1d4f5f"
    council_logo: str = ""
    mail: Mail = Mail()
    cheap_passwords: bool = False
    clamav: str = ""
    registers: Registers = Registers()
    jobs: Jobs = EMBEDDED
    worker_threads: int = 4
    systems: Mapping[str, System] = field(default_factory=dict)

    @property
    def documents(self) -> Place:
        """Where the bytes of documents lie: the bucket when there is one, else the folder."""
        return self.bucket or self.uploads

    @property
    def lock_file(self) -> Path | None:
        """The file beside a SQLite database that tells its runners apart."""
        if not self.database_url.startswith("sqlite:///"):
            return None
        return Path(f"{self.database_url.removeprefix('sqlite:///')}.runner")

    @property
    def over_tls(self) -> bool:
        """Whether browsers reach the service over HTTPS, so that cookies and headers may demand it."""
        return self.public_url.startswith("https://")


class _Reader:
    """Reads variables one by one and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(name, "").strip() or default

    def read(self, name: str, default: T, convert: Callable[[str], T], wants: str) -> T:
        """The converted value; a ValueError or KeyError of `convert` becomes the sentence "NAME must be
        WANTS"."""
        given = self.text(name)
        if not given:
            return default
        try:
            return convert(given)
        except (ValueError, KeyError):
            self.problems.append(f"{name} must be {wants}; it is “{given}”")
            return default

    def yes_or_no(self, name: str, default: bool = False) -> bool:
        return self.read(name, default, lambda given: YES[given.lower()], "1 or 0")

    def number(self, name: str, default: int, low: int, high: int) -> int:
        def between(given: str) -> int:
            if not low <= int(given) <= high:
                raise ValueError(given)
            return int(given)

        return self.read(name, default, between, f"a whole number from {low} to {high}")

    def matching(self, name: str, default: str, pattern: str, wants: str) -> str:
        def matched(given: str) -> str:
            if not re.fullmatch(pattern, given):
                raise ValueError(given)
            return given

        return self.read(name, default, matched, wants)


def from_environment(environ: Mapping[str, str] | None = None, *, folder: Path | None = None) -> Settings:
    """The settings in `environ` (the process's own by default), with `folder` as the working folder for
    relative paths.

    Raises SettingsRefused with one sentence for each variable that is missing or wrong.
    """
    reader = _Reader(os.environ if environ is None else environ)
    place = (folder or Path.cwd()).absolute()
    production = reader.yes_or_no("DPS_PRODUCTION")
    settings = Settings(
        production=production,
        database_url=_database_url(reader, place),
        secret_key=_secret_key(reader, place, production=production),
        clock=reader.read("DPS_CLOCK", None, clock.read_instant, "a date or a time such as 2020-09-28 09:30"),
        host=reader.text("DPS_HOST", "127.0.0.1"),
        port=reader.number("DPS_PORT", 8000, 1, 65535),
        port_is_chosen=bool(reader.text("DPS_PORT")),
        public_url=reader.matching("DPS_PUBLIC_URL", "", r"https?://[^/\s]+/?", "an address such as https://casework.example.gov.uk").rstrip("/"),
        trusted_proxies=reader.number("DPS_TRUSTED_PROXIES", 0, 0, 5),
        council_name=reader.text("DPS_COUNCIL_NAME", "Westhampton County Council"),
        council_colour=reader.matching("DPS_COUNCIL_COLOUR", "#1d4f5f", r"#[0-9a-fA-F]{6}", "a colour such as #1d4f5f"),
        council_logo=_existing_file(reader, "DPS_COUNCIL_LOGO", place),
        mail=_mail(reader),
        uploads=place / reader.text("DPS_UPLOADS", "var/uploads"),
        bucket=_bucket(reader),
        metrics_token=reader.matching("DPS_METRICS_TOKEN", "", r"\S{20,}", "at least 20 characters without spaces"),
        library=place / reader.text("DPS_LIBRARY", str(Path(__file__).parent.parent / "bpmn")),
        cheap_passwords=reader.yes_or_no("DPS_CHEAP_PASSWORDS"),
        clamav=reader.matching("DPS_CLAMAV", "", r"unix:/\S+|[^\s:/]+:\d{1,5}", "HOST:PORT or unix:/PATH of a ClamAV daemon"),
        registers=_registers(reader),
        jobs=_jobs(reader),
        worker_threads=reader.number("DPS_WORKER_THREADS", 4, 1, 32),
        systems=systems.read(reader.problems, reader.text("DPS_CONNECTORS"), place, production=production),
    )
    problems = reader.problems + (production_problems(settings, reader.environ) if production else [])
    if problems:
        raise SettingsRefused(problems)
    return settings


def _database_url(reader: _Reader, place: Path) -> str:
    """The address of the database; a relative SQLite file lies below the working folder."""
    url = reader.matching(
        "DPS_DATABASE_URL",
        "sqlite:///var/dps.sqlite3",
        r"(sqlite:///.+|postgresql(\+psycopg)?://.+)",
        "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
    )
    if not url.startswith("sqlite:///"):
        return url
    return f"sqlite:///{place / url.removeprefix('sqlite:///')}"


def _secret_key(reader: _Reader, place: Path, *, production: bool) -> str:
    """The key that signs cookies. For local use one is made and kept in var/; production must bring its
    own."""
    key = reader.text("DPS_SECRET_KEY")
    if key or production:
        return key
    kept = place / "var" / "secret-key"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        _write_private(kept, secrets.token_urlsafe(48))
    return kept.read_text().strip()


def _write_private(path: Path, words: str) -> None:
    """Write a file that only its owner can read; a second process that made it first wins."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(words)


def _existing_file(reader: _Reader, name: str, place: Path) -> str:
    def existing(given: str) -> str:
        path = place / given
        if not path.is_file():
            raise ValueError(given)
        return str(path)

    return reader.read(name, "", existing, "the path of a file that exists")


def _bucket(reader: _Reader) -> Bucket | None:
    """The bucket that documents are kept in; None, and a folder is used, when no address is set."""
    address = reader.matching("DPS_S3_URL", "", r"https?://[^/\s]+/?", "an address such as https://s3.example.gov.uk").rstrip("/")
    if not address:
        return None
    named = {"name": "DPS_S3_BUCKET", "key": "DPS_S3_KEY", "secret": "DPS_S3_SECRET"}
    values = {field: reader.text(variable) for field, variable in named.items()}
    reader.problems += [f"{named[field]} must be set because DPS_S3_URL is" for field, value in values.items() if not value]
    return Bucket(address=address, region=reader.text("DPS_S3_REGION", "eu-west-2"), **values)


def _mail(reader: _Reader) -> Mail:
    return Mail(
        host=reader.text("DPS_SMTP_HOST"),
        port=reader.number("DPS_SMTP_PORT", 587, 1, 65535),
        user=reader.text("DPS_SMTP_USER"),
        password=reader.text("DPS_SMTP_PASSWORD"),
        starttls=reader.yes_or_no("DPS_SMTP_STARTTLS", True),
        sender=reader.matching(
            "DPS_SMTP_FROM", "no-reply@example.gov.uk", r"[^@\s]+@[^@\s]+", "an e-mail address"
        ),
    )


def _registers(reader: _Reader) -> Registers:
    def address(name: str) -> str:
        return reader.matching(name, "", r"https?://[^\s]+", "an address such as https://register.example.gov.uk").rstrip("/")

    return Registers(
        company_key=reader.text("DPS_COMPANIES_HOUSE_KEY"),
        company_url=address("DPS_COMPANIES_HOUSE_URL"),
        charity_key=reader.text("DPS_CHARITY_REGISTER_KEY"),
        charity_url=address("DPS_CHARITY_REGISTER_URL"),
        ofsted_url=address("DPS_OFSTED_FILE_URL"),
    )


def _jobs(reader: _Reader) -> Jobs:
    """Who does the jobs: a runner inside this process, or distributed workers, which need PostgreSQL."""
    known: dict[str, Jobs] = {EMBEDDED: EMBEDDED, PROCRASTINATE: PROCRASTINATE}
    jobs = reader.read("DPS_JOBS", EMBEDDED, known.__getitem__, f"{EMBEDDED} or {PROCRASTINATE}")
    if jobs == PROCRASTINATE and not reader.text("DPS_DATABASE_URL").startswith("postgresql"):
        reader.problems.append("DPS_JOBS=procrastinate needs PostgreSQL: set DPS_DATABASE_URL to postgresql://USER:PASSWORD@HOST/NAME")
    return jobs


def production_problems(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """What a service that real people use may not have, one sentence each; empty when all is well."""
    key = settings.secret_key
    checks = [
        (not key, "DPS_SECRET_KEY must be set in production"),
        (key.lower() in SAMPLE_KEYS, "DPS_SECRET_KEY is a sample key: make one of your own"),
        (0 < len(key) < SHORTEST_KEY, f"DPS_SECRET_KEY must have at least {SHORTEST_KEY} characters"),
        (len(set(key)) < 10 <= len(key), "DPS_SECRET_KEY repeats itself: make a random one"),
        (
            settings.clock is not None,
            "DPS_CLOCK holds the clock for demonstrations and cannot be used in production",
        ),
        (settings.cheap_passwords, "DPS_CHEAP_PASSWORDS is for tests and cannot be used in production"),
        (not settings.over_tls, "DPS_PUBLIC_URL must be set in production and begin with https://"),
        (YES.get(environ.get("FLASK_DEBUG", "").lower(), True), "FLASK_DEBUG cannot be used in production"),
    ]
    return [words for wrong, words in checks if wrong] + _readable_by_all(settings.database_url)


def _readable_by_all(url: str) -> list[str]:
    """A SQLite file in production may be read by its owner and group only."""
    if not url.startswith("sqlite:///"):
        return _password_of(url)
    path = Path(url.removeprefix("sqlite:///"))
    if path.exists() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        return [
            f"The database file {path.name} can be read by everyone on this machine: run chmod o-rwx on it"
        ]
    return []


def _password_of(url: str) -> list[str]:
    if urlsplit(url).password in {"postgres", "password", "changeme", "change-me"}:
        return ["DPS_DATABASE_URL holds a sample password: choose one of your own"]
    return []
