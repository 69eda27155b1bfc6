"""The public registers: by hand, from their files and with their clients, against registers of our own on this machine."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from datetime import date

import pytest

from models import RegistrationStatus
from tests.support import fake_registers as fakes
from tests.support.fake_registers import Register
from workflows.registers import asking, charity, company, files, ofsted
from workflows.registers.answers import ByHand, KeyRefused, NoEntry, NotInRegister, RegisterDown, TooManyQuestions
from workflows.registers.asking import Access

TODAY = date(2026, 3, 2)


@pytest.fixture
def register() -> Iterator[Register]:
    """A register that knows one company, one charity and Ofsted's file."""
    with fakes.register() as told:
        told.says("/company/99000123", fakes.COMPANY)
        told.says("/allcharitydetails/9900012/0", fakes.CHARITY)
        told.says("/ofsted.csv", fakes.OFSTED)
        yield told


@pytest.mark.parametrize(("manual", "number"), [(company.Manual(), "99000123"), (charity.Manual(), "9900012"), (ofsted.Manual(), "2765432")])
def test_a_register_that_nobody_switched_on_asks_for_a_person_and_no_network(
    manual: company.Manual | charity.Manual | ofsted.Manual, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    with pytest.raises(ByHand, match="write down what it says"):
        manual.look_up(number)


def test_a_company_is_read_from_its_profile(register: Register) -> None:
    found = company.Client("key", url=register.url).look_up("99000123")

    assert (found.name, found.status, found.incorporated_on) == ("HARBOUR HOMES LTD", "active", date(2014, 5, 6))
    assert (found.accounts_overdue, found.confirmation_overdue, found.postcode) == (False, True, "LS1 4AP")
    assert (found.address, found.source) == ("1 Tide Road, Westhampton", "client")
    assert register.asked[0][1]["authorization"] == "Basic " + base64.b64encode(b"key:").decode()


def test_a_charity_is_read_from_its_details(register: Register) -> None:
    found = charity.Client("key", url=register.url).look_up("9900012")

    assert (found.number, found.name, found.status, found.registered_on) == ("9900012", "LANTERN STREET", "registered", date(2012, 3, 1))
    assert register.asked[0][1]["ocp-apim-subscription-key"] == "key"


def test_ofsteds_file_is_fetched_and_looked_in(register: Register) -> None:
    found = ofsted.Client(f"{register.url}/ofsted.csv").look_up("2765432")

    assert (found.status, found.categories, found.last_inspected_on, found.outcome) == (
        RegistrationStatus.REGISTERED, (1, 2), date(2026, 1, 14), 1,
    )  # fmt: skip


def test_ofsteds_file_tells_a_suspension_and_the_gravest_outcome() -> None:
    entries = ofsted.FromFile(fakes.OFSTED.encode()).entries

    assert entries["2765433"].status is RegistrationStatus.SUSPENDED
    assert entries["2765434"].outcome == 3
    with pytest.raises(NotInRegister):
        ofsted.FromFile(fakes.OFSTED.encode()).look_up("2999999")


def test_the_file_of_companies_gives_the_same_words_as_the_interface() -> None:
    found = company.FromFile(fakes.COMPANIES.encode(), today=TODAY).look_up("99000123")

    assert (found.status, found.status_detail) == ("active", "active-proposal-to-strike-off")
    assert (found.accounts_overdue, found.confirmation_overdue, found.source) == (True, False, "import")


def test_the_file_of_charities_tells_a_removal() -> None:
    found = charity.FromFile(fakes.CHARITIES.encode()).look_up("9900012")

    assert (found.status, found.removed_on, found.is_insolvent) == ("removed", date(2026, 2, 1), True)


def test_another_file_is_refused_by_the_name_of_what_it_lacks() -> None:
    with pytest.raises(files.NotThisRegister, match="URN"):
        ofsted.read_file(b"name,place\na,b\n")
    with pytest.raises(files.NotThisRegister, match="Registration status"):
        ofsted.read_file(b"URN,place\n2765432,b\n")


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (404, NotInRegister, "has no entry under this number"),
        (401, KeyRefused, "did not accept the council's key"),
        (403, KeyRefused, "Ask a system administrator"),
        (500, RegisterDown, "is not working now"),
        (503, RegisterDown, "Try again later"),
    ],
)
def test_a_refusal_of_the_register_is_told_in_words(register: Register, code: int, kind: type[NoEntry], words: str) -> None:
    register.says("/company/99000123", {}, code=code)

    with pytest.raises(kind, match=words):
        company.Client("key", url=register.url).look_up("99000123")


def test_a_register_that_is_asked_too_often_says_when_to_come_back(register: Register) -> None:
    register.says("/company/99000123", {}, code=429, Retry_After="130")

    with pytest.raises(TooManyQuestions, match="Try again in 3 minutes") as refused:
        company.Client("key", url=register.url).look_up("99000123")

    assert refused.value.seconds == 130


def test_a_register_that_says_nothing_is_not_waited_for(register: Register) -> None:
    register.silent = 0.6

    with pytest.raises(RegisterDown, match="did not answer in"):
        company.Client("key", url=register.url, seconds=0.2).look_up("99000123")


def test_a_register_that_is_not_there_is_told_in_words() -> None:
    with pytest.raises(RegisterDown, match="cannot be reached"):
        company.Client("key", url="http://127.0.0.1:1").look_up("99000123")


@pytest.mark.parametrize("answer", ["<html>maintenance</html>", "[1, 2]", '{"company_number": ""}', '{"accounts": 7}'])
def test_an_answer_that_is_none_is_told_in_words(register: Register, answer: str) -> None:
    register.says("/company/99000123", answer)

    with pytest.raises(RegisterDown, match="cannot be read"):
        company.Client("key", url=register.url).look_up("99000123")


def test_an_answer_about_somebody_else_is_not_taken(register: Register) -> None:
    register.says("/company/99000124", fakes.COMPANY)
    register.says("/allcharitydetails/9900013/0", fakes.CHARITY)

    with pytest.raises(RegisterDown, match="another company"):
        company.Client("key", url=register.url).look_up("99000124")
    with pytest.raises(RegisterDown, match="another charity"):
        charity.Client("key", url=register.url).look_up("9900013")


def test_a_register_that_sends_elsewhere_is_not_followed(register: Register) -> None:
    register.says("/company/99000123", {}, code=302, Location=f"{register.url}/company/other")

    with pytest.raises(RegisterDown, match="it answered 302"):
        company.Client("key", url=register.url).look_up("99000123")

    assert [path for path, _ in register.asked] == ["/company/99000123"]


@pytest.mark.parametrize("number", ["../admin", "99000123/officers", "9900 123", "", "99000123?x=1"])
def test_what_is_no_number_never_gets_into_an_address(register: Register, number: str) -> None:
    with pytest.raises(NotInRegister):
        company.Client("key", url=register.url).look_up(number)
    with pytest.raises(NotInRegister):
        charity.Client("key", url=register.url).look_up(number)

    assert register.asked == []


def test_an_answer_that_is_too_large_is_not_read_to_its_end(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LARGEST", 100)

    with pytest.raises(RegisterDown, match="more than can be read"):
        asking.fetch(Access(name="A register", url=register.url), "/ofsted.csv")
