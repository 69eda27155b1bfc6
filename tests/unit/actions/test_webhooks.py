"""Webhooks: signed, tried again until they are taken, known by one id to the receiver (R21), and never to an address of anyone else (S24)."""

from __future__ import annotations

import socket
import time
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from models import AuditEvent, Incident, Job, JobStatus, Webhook, clock
from models.session import new_session, transaction
from tests.support.fake_receiver import SECRET, receiver
from tests.support.office import Office
from webapp import systems
from workflows.actions import tidying, webhooks
from workflows.enqueue import System, Tools
from workflows.errors import Conflict, NotFound
from workflows.jobs import telling_systems
from workflows.jobs.posting import NotTaken, post
from workflows.jobs.working_off import work_off
from workflows.queries import webhooks as queries
from workflows.rules import addresses

# Addresses that lead, or may lead, to a machine that a webhook has no business with: none is connected to.
FORBIDDEN = [
    "http://finance.example.gov.uk/hook", "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/latest", "https://metadata.google.internal/",
    "https://127.0.0.1/", "https://localhost/", "https://localhost./", "https://app.localhost/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/", "https://[0:0:0:0:0:ffff:a9fe:a9fe]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://2130706433/",
    "https://017700000001/", "https://0x7f000001/", "https://0x7f.1/", "https://127.1/", "https://0/", "https://0.0.0.0/", "https://[::]/",
    "https://10.0.0.8/", "https://172.16.4.1/", "https://192.168.1.1/", "https://100.64.0.1/", "https://[fe80::1%25eth0]/", "https://[fc00::1]/",
    "https://224.0.0.1/", "https://255.255.255.255/", "https://printer/", "https://printer.local/", "https://db.internal/", "https://finance.example.gov.uk:22/",
    "https://user:word@finance.example.gov.uk/", "https://finance.example.gov.uk@127.0.0.1/", "https://finance.example.gov.uk#@127.0.0.1/",
    "https://127.0.0.1\\@finance.example.gov.uk/", "https://finance.example.gov.uk\r\nHost: 127.0.0.1/", "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/",
    "file:///etc/passwd", "gopher://127.0.0.1:6379/_", "ftp://finance.example.gov.uk/", "//127.0.0.1/", "https:127.0.0.1", "https:///", "javascript:alert(1)",
    "https://[::1", "https://finance.example.gov.uk:99999/", "https://0177.0.0.1/", "https://127.0.0.1.5/", " https://finance.example.gov.uk/", "",
]  # fmt: skip
# Names that look well and lead elsewhere, as a name server could answer.
LEADING_ASTRAY = [
    "127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "172.31.255.255", "0.0.0.0", "100.100.1.1", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1",
    "64:ff9b::a00:1", "2002:a00:1::1", "224.0.0.251", "240.0.0.1", "ff02::1", "198.18.0.1", "::127.0.0.1",
]  # fmt: skip
PUBLIC = "93.184.215.14"


@pytest.fixture
def no_socket(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every attempt to connect is noted and refused."""
    tried: list[Any] = []

    def note(address: Any, *_: Any, **__: Any) -> socket.socket:
        tried.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "create_connection", note)
    return tried


def system(url: str, **changes: Any) -> System:
    return System(**{"name": "finance", "address": url, "secret": SECRET, "inside": True, "seconds": 1.0, **changes})


def tools(url: str, **changes: Any) -> Tools:
    return Tools(systems={"finance": system(url, **changes)})


def tell(office: Office, **more: Any) -> Webhook:
    row = webhooks.tell(office.session, "finance", "contract.signed", {"case": office.case.reference}, case=office.case, **more)
    office.session.commit()
    return row


def work(office: Office, kit: Tools, times: int = 1) -> Webhook:
    """Have it tried so many times, each at its time."""
    office.session.rollback()
    for _ in range(times):
        with transaction(office.engine) as session:
            session.execute(update(Job).where(Job.status == JobStatus.TODO).values(run_at=clock.now()))
        work_off(office.engine, kit, clock.now())
    with new_session(office.engine, writes=False) as session:
        return session.scalars(select(Webhook)).one()


def job(office: Office) -> Job:
    with new_session(office.engine, writes=False) as session:
        return session.scalars(select(Job)).one()


def test_a_message_is_signed_and_taken(office: Office) -> None:
    with receiver() as other:
        row = tell(office)
        taken = work(office, tools(other.url))

    assert taken.delivered_at is not None and job(office).status is JobStatus.DONE
    assert other.ids == [f"msg_{row.id.hex}"] and other.forged == 0
    assert other.bodies == [{"type": "contract.signed", "timestamp": "2026-03-02T09:30:00+00:00", "data": {"case": office.case.reference}}]


def test_a_message_signed_with_another_key_is_refused_there(office: Office) -> None:
    with receiver() as other:
        tell(office)
        row = work(office, tools(other.url, secret="whsec_" + "YW5vdGhlci1rZXktb2YtYW5vdGhlci1zeXN0ZW0="))

    assert (row.delivered_at, row.last_error, other.forged, other.done) == (None, "finance answered 401", 1, {})


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("fail", "finance answered 503"), ("drop", "finance did not answer properly"), ("silent", "finance did not answer properly"),
        ("nonsense", "finance did not answer properly"), ("redirect", "finance answered 302"), ("drip", "finance did not answer properly"),
        ("take_and_drop", "finance did not answer properly"), ("take_and_fail", "finance answered 500"),
    ],
)  # fmt: skip
def test_a_system_that_fails_is_told_again_and_does_it_once(office: Office, does: str, words: str) -> None:
    with receiver(lambda number: does if number < 2 else "take") as other:
        tell(office)
        assert words in work(office, tools(other.url)).last_error
        assert job(office).run_at - clock.now() == timedelta(seconds=10)
        taken = work(office, tools(other.url), times=2)

    assert taken.delivered_at is not None and taken.tries == 3
    assert len(other.done) == 1 and len(set(other.ids)) == 1 and len(other.ids) == 3 and other.elsewhere == 0


def test_one_message_for_each_key_however_often_it_is_asked_for(office: Office) -> None:
    with receiver() as other:
        first, second = tell(office, key="contract-7"), tell(office, key="contract-7")
        work(office, tools(other.url), times=2)

    assert first.id == second.id and len(other.ids) == 1


def test_a_message_of_what_was_rolled_back_is_never_sent(office: Office) -> None:
    webhooks.tell(office.session, "finance", "contract.signed", {})
    office.session.rollback()

    with new_session(office.engine, writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Webhook)) == 0 == session.scalar(select(func.count()).select_from(Job))


@pytest.mark.figure("R21 messages_to_a_bad_system_lost_taken_twice_or_not_shown")
def test_a_message_that_is_not_taken_shows_and_is_given_up_with_an_incident_until_someone_tries_again(office: Office) -> None:
    with receiver(lambda number: "fail" if number < telling_systems.MOST_TRIES else "take") as other:
        row = tell(office)
        work(office, tools(other.url), times=2)
        assert not queries.messages(office.session)[0].is_failing
        work(office, tools(other.url))
        office.session.expire_all()
        assert queries.messages(office.session)[0].is_failing and not queries.messages(office.session)[0].is_given_up
        with pytest.raises(Conflict):
            webhooks.try_again(office.session, row.id, by=office.administrator)

        work(office, tools(other.url), times=telling_systems.MOST_TRIES - 3)
        office.session.expire_all()
        assert queries.messages(office.session)[0].is_given_up
        assert [each.message for each in office.session.scalars(select(Incident).where(Incident.closed_at.is_(None)))] == ["NotTaken: finance answered 503"]

        webhooks.try_again(office.session, row.id, by=office.administrator)
        office.session.commit()
        assert work(office, tools(other.url)).delivered_at is not None

    office.session.expire_all()
    assert len(set(other.ids)) == 1 and office.session.scalars(select(Incident.closed_at)).one() is not None
    assert office.session.scalar(select(func.count()).where(AuditEvent.kind == "webhook:tried_again")) == 1
    assert queries.counts(office.session) == {"finance": (1, 0)}
    with pytest.raises(NotFound):
        webhooks.try_again(office.session, office.case.id, by=office.administrator)


def test_a_system_that_the_settings_do_not_name_is_told_nothing(office: Office, no_socket: list[Any]) -> None:
    tell(office)

    assert work(office, Tools()).last_error == "There is no system named finance in the settings of this installation"
    assert no_socket == []


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_socket_opens_to_a_forbidden_address(address: str, no_socket: list[Any]) -> None:
    looked_up: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return [PUBLIC]

    with pytest.raises(NotTaken):
        post(system(address, inside=False), b"{}", {}, resolve=resolve)

    assert no_socket == [] and looked_up == []


def test_there_are_more_than_forty_forbidden_forms() -> None:
    assert len(set(FORBIDDEN)) >= 40


@pytest.mark.parametrize("number", LEADING_ASTRAY)
def test_no_socket_opens_where_a_name_leads_astray(number: str, no_socket: list[Any]) -> None:
    with pytest.raises(NotTaken, match="The address of finance leads"):
        post(system("https://finance.example.gov.uk/hook", inside=False), b"{}", {}, resolve=lambda *_: [PUBLIC, number])

    assert no_socket == []


def test_a_name_that_leads_elsewhere_a_moment_later_is_not_followed(no_socket: list[Any]) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])

    with pytest.raises(NotTaken):
        post(system("https://finance.example.gov.uk/hook", inside=False), b"{}", {}, resolve=lambda *_: next(answers))

    assert no_socket == [(PUBLIC, 443)]


def test_without_the_check_of_numbers_a_socket_would_open(no_socket: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "wrong_machine", lambda *_, **__: "")

    with pytest.raises(NotTaken):
        post(system("https://finance.example.gov.uk/hook", inside=False), b"{}", {}, resolve=lambda *_: ["169.254.169.254"])

    assert no_socket == [("169.254.169.254", 443)]


@pytest.mark.parametrize("number", ["169.254.169.254", "fe80::1", "fd00:ec2::254", "0.0.0.0", "224.0.0.1", "64:ff9b::a9fe:a9fe"])
def test_the_inner_network_has_its_limits_too(number: str) -> None:
    assert addresses.wrong_machine(ip_address(number), inside=True)


@pytest.mark.parametrize("address", ["http://10.2.3.4:8080/hook", "https://finance/", "http://127.0.0.1:9/", "https://[fd12::1]/", "https://finance.example.gov.uk/x"])
def test_the_council_s_own_network_can_be_allowed(address: str) -> None:
    assert addresses.wrong_form(address, inside=True) == ""


@pytest.mark.parametrize("address", ["https://finance.example.gov.uk/hooks/dps?of=us", "https://finance.example.gov.uk:8443/"])
def test_a_usual_address_is_taken(address: str) -> None:
    assert addresses.wrong_form(address, inside=False) == ""


GOOD = f"finance:\n  address: https://finance.example.gov.uk/hooks\n  secret: {SECRET}\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD.replace("https:", "http:"), "finance has an address that must begin with https://"),
        (GOOD.replace("finance.example.gov.uk", "169.254.169.254"), "has an address that must have a full name"),
        (GOOD.replace(SECRET, "secret"), "finance needs a secret"), (GOOD.replace(SECRET, "whsec_AAAA"), "finance needs a secret"),
        (GOOD + "  colour: red\n", "must have address and secret, may have inside, and nothing else"),
        (GOOD.replace("finance:", "Finance Dept:"), "must be a name of small letters"), (GOOD + "  inside: perhaps\n", "inside must be true or false"),
        ("- finance", "must hold names of systems"), ("{", "must be a YAML file that can be read"),
    ],
)  # fmt: skip
def test_a_wrong_file_of_systems_is_told_in_words(content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "systems.yml").write_text(content)
    problems: list[str] = []

    systems.read(problems, "systems.yml", tmp_path, production=False)

    assert any(words in each for each in problems), problems


def test_the_file_of_systems_is_read_and_in_production_not_by_everyone(tmp_path: Path) -> None:
    path, problems = tmp_path / "systems.yml", list[str]()
    path.write_text(GOOD)
    path.chmod(0o644)
    assert systems.read(problems, "systems.yml", tmp_path, production=False)["finance"].inside is False and problems == []

    systems.read(problems, "systems.yml", tmp_path, production=True)
    assert "can be read by everyone" in problems[0]

    path.chmod(0o640)
    assert systems.read(left := list[str](), "systems.yml", tmp_path, production=True) and left == []
    assert systems.read(missing := list[str](), "none.yml", tmp_path, production=True) == {} and "can be read" in missing[0]


def test_a_system_that_sends_a_letter_now_and_then_is_cut_off(office: Office) -> None:
    with receiver(lambda _number: "drip") as other:
        began = time.monotonic()
        with pytest.raises(NotTaken):
            post(system(other.url, seconds=0.6), b"{}", telling_systems.signed(system(other.url), office.case.id, "{}"))

    # It would go on for half a minute, and each letter comes long before a time-out of the socket.
    assert time.monotonic() - began < 10


def test_a_job_that_an_incident_tells_of_is_not_forgotten(office: Office) -> None:
    with receiver(lambda number: "fail" if number < telling_systems.MOST_TRIES else "take") as other:
        row = tell(office)
        work(office, tools(other.url), times=telling_systems.MOST_TRIES)
        webhooks.try_again(office.session, row.id, by=office.administrator)
        office.session.commit()
        work(office, tools(other.url))
    with transaction(office.engine) as session:
        session.execute(update(Job).values(finished_at=clock.now() - timedelta(days=400)))

    with transaction(office.engine) as session:
        tidying.forget_old(session)

    with new_session(office.engine, writes=False) as session:
        assert session.scalars(select(Job.name).where(Job.name == webhooks.JOB)).all() == [webhooks.JOB]
