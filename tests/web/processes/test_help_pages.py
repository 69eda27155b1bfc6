"""The pages that help those who draw: what a process may be made of, and how a condition is written."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from pathlib import Path

import pytest

from tests.support.casebook import Casebook
from webapp.commands import processes
from webapp.settings import from_environment
from workflows.engine import standard

LIBRARY = Path(__file__).parents[3] / "bpmn"


def test_every_element_is_listed_with_what_becomes_of_it(book: Casebook) -> None:
    page = book.browser("legal").get("/processes/elements").text

    for name in standard.bpmn_elements():
        assert f'id="bpmn-{name}"' in page
    for name in standard.dmn_elements():
        assert f'id="dmn-{name}"' in page
    assert re.search(r'id="bpmn-transaction".*?Refused by name.*?Use a sub-process', page, re.S)
    assert re.search(r'id="bpmn-userTask".*?Runs as the standard says', page, re.S)
    assert page.count("<h1") == 1


def test_the_hit_policies_are_listed(book: Casebook) -> None:
    page = book.browser("legal").get("/processes/elements").text

    assert "hitPolicy=UNIQUE" in page and "hitPolicy=PRIORITY" in page


def test_the_same_condition_stands_in_all_three_places(book: Casebook) -> None:
    page = book.browser("legal").get("/processes/conditions").text

    assert "<code>=value_total &gt;= 500000</code>" in page
    assert "<code>&gt;= 500000</code>" in page
    assert "<code>value_total &gt;= 500000</code>" in page


def test_the_command_prints_the_same_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    settings = from_environment({"DPS_SECRET_KEY": "k" * 40}, folder=tmp_path)

    processes.elements(settings, Namespace(json=False))
    assert "BPMN\tsignal\t\tRefused by name\tUse a message" in capsys.readouterr().out

    processes.elements(settings, Namespace(json=True))
    assert {"BPMN", "DMN"} == set(json.loads(capsys.readouterr().out))


def test_a_folder_is_checked_by_the_gate(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    settings = from_environment({"DPS_SECRET_KEY": "k" * 40}, folder=tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "process.bpmn").write_text("<!DOCTYPE x>")

    assert processes.check(settings, Namespace(folder=LIBRARY / "site-visit", json=False)) == 0
    assert "site-visit: nothing found" in capsys.readouterr().out
    assert processes.check(settings, Namespace(folder=broken, json=True)) == 1
    assert json.loads(capsys.readouterr().out)[0]["code"] == "unreadable"
