"""What looks like a personal number or address, and which texts merely look like one."""

from __future__ import annotations

import pytest

from workflows.rules import publishable


@pytest.mark.parametrize("text", ["07700 900123", "+44 7700 900123", "01632 960114", "020 7946 0958", "01632-960-114"])
def test_a_phone_number_is_pointed_out(text: str) -> None:
    assert publishable.warnings({"Summary": f"Ring {text} today"}) == [f"Summary: {text} looks like a personal phone number"]


@pytest.mark.parametrize("text", ["£1,200,000", "28/09/2020", "OKD99 (20/21)", "KD-2020-0001", "from 2020 to 2022", "SI 2012/2089", "9,600,000.00"])
def test_amounts_dates_and_references_are_not_phone_numbers(text: str) -> None:
    assert publishable.warnings({"Summary": text}) == []


@pytest.mark.parametrize(("address", "is_private"), [("a.b@gmail.com", True), ("A@Hotmail.co.uk", True), ("team@westhampton.example.gov.uk", False)])
def test_only_private_mail_hosts_are_pointed_out(address: str, is_private: bool) -> None:
    assert bool(publishable.warnings({"Summary": f"Write to {address}."})) is is_private


def test_a_notice_states_eight_things() -> None:
    stated = {
        "statement": "A", "title": "A", "summary": "A", "maker_title": "A", "due_from": "A", "due_to": "A", "documents": "A",
        "documents_address": "A", "other_documents": "A", "request_procedure": "A",
    }  # fmt: skip

    assert all(check.is_met for check in publishable.demanded(stated, other_documents=True))
    assert [check.id for check in publishable.demanded({}, other_documents=True) if not check.is_met] == list("abcdefgh")
    assert [check.id for check in publishable.demanded(stated, other_documents=False) if not check.is_met] == ["g"]
