"""The pages of conflicts of interest: declaring before the first task, the register, and clearing."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import select

from models import Interest, InterestKind
from tests.support import stage
from tests.web.checking.conftest import Checking


def declared(checking: Checking, name: str) -> list[Interest]:
    """What somebody has declared."""
    with checking.writing() as desk:
        return list(desk.session.scalars(select(Interest).where(Interest.user_id == desk.person(name).id)))


def declare(checking: Checking, name: str, **answers: str) -> str:
    """Post a declaration, and give where it leads."""
    browser = checking.browser(name)
    address = f"/cases/{checking.reference}/interest"
    page = browser.get(address).text
    answer = browser.post(address, data={**stage.fields(page), **answers})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_the_task_says_before_work_starts_that_a_declaration_is_wanted(checking: Checking) -> None:
    task_id = checking.task_id("check-registers")

    page = checking.browser("raj.patel").get(f"/tasks/{task_id}").text

    assert "say whether you have an interest in it" in page
    assert f'href="/cases/{checking.reference}/interest?task={task_id}"' in page
    assert "Complete task" not in page


def test_whoever_has_no_interest_comes_back_to_the_task_and_can_do_it(checking: Checking) -> None:
    task_id = checking.task_id("check-registers")

    there = declare(checking, "raj.patel", kind="none", task=str(task_id))
    page = checking.browser("raj.patel").get(there).text

    assert there == f"/tasks/{task_id}"
    assert "Complete task" in page
    assert [each.kind for each in declared(checking, "raj.patel")] == [InterestKind.NONE]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "Select whether you have an interest"),
        ({"kind": "actual"}, "Enter what the interest is"),
        ({"kind": "potential", "nature": "I worked there."}, "Enter what you propose so that it does no harm"),
        ({"kind": "none", "nature": "x" * 2001}, "This must be 2,000 characters or fewer"),
        ({"kind": "none", "of": str(uuid.UUID(int=1))}, "Select whose interest it is"),
    ],
)
def test_an_incomplete_declaration_says_what_is_missing_and_keeps_what_was_typed(checking: Checking, answers: dict[str, str], words: str) -> None:
    browser = checking.browser("raj.patel")
    address = f"/cases/{checking.reference}/interest"

    answer = browser.post(address, data={**stage.fields(browser.get(address).text), **answers})

    assert answer.status_code == 422
    assert words in answer.text
    assert answers.get("nature", "")[:10] in answer.text
    assert declared(checking, "raj.patel") == []


def test_an_actual_conflict_takes_the_case_away(checking: Checking) -> None:
    there = declare(checking, "raj.patel", kind="actual", nature="My sister runs it.")

    assert there == "/work"
    assert checking.browser("raj.patel").get(f"/cases/{checking.reference}").status_code == 404


def test_the_register_is_read_by_those_who_keep_it_and_by_nobody_else(checking: Checking) -> None:
    declare(checking, "raj.patel", kind="perceived", nature="A neighbour works there.", mitigation="Gwen reads along.")
    interest = declared(checking, "raj.patel")[0]

    for name in ("alan.frost", "martin.quayle", "ewan.tait"):
        assert "Raj Patel" in checking.browser(name).get("/interests").text
    for name in ("tom.birch", "helen.ashdown"):
        assert checking.browser(name).get("/interests").status_code == 404
        assert checking.browser(name).get(f"/interests/{interest.id}").status_code == 404
    assert checking.browser("raj.patel").get(f"/interests/{interest.id}").status_code == 200


def test_the_head_of_procurement_clears_it_with_a_reason(checking: Checking) -> None:
    declare(checking, "raj.patel", kind="perceived", nature="A neighbour works there.", mitigation="Gwen reads along.")
    address = f"/interests/{declared(checking, 'raj.patel')[0].id}"
    browser = checking.browser("alan.frost")
    page = browser.get(address).text

    empty = browser.post(f"{address}/clear", data={**stage.fields(page), "because": " "})
    answer = browser.post(f"{address}/clear", data={**stage.fields(browser.get(address).text), "because": "They do not speak of work."})

    assert empty.status_code == 422
    assert "Enter why this interest does no harm" in empty.text
    assert answer.status_code == 303
    assert declared(checking, "raj.patel")[0].cleared_because == "They do not speak of work."


def test_nobody_clears_their_own_and_the_page_does_not_offer_it(checking: Checking) -> None:
    declare(checking, "alan.frost", kind="perceived", nature="A neighbour works there.", mitigation="Raj reads along.")
    address = f"/interests/{declared(checking, 'alan.frost')[0].id}"
    browser = checking.browser("alan.frost")
    page = browser.get(address).text

    answer = browser.post(f"{address}/clear", data={"because": "I say so.", "form_key": str(uuid.uuid4())})

    assert "Clear this interest" not in page
    assert answer.status_code == 403
    assert declared(checking, "alan.frost")[0].cleared_at is None


def test_a_page_that_reads_writes_nothing(checking: Checking) -> None:
    browser = checking.browser("raj.patel")

    browser.get(f"/cases/{checking.reference}/interest")

    assert declared(checking, "raj.patel") == []


def test_a_case_that_is_not_about_a_provider_has_no_declaration(checking: Checking) -> None:
    with checking.writing() as desk:
        desk.case.kind = "key-decision"

    assert checking.browser("raj.patel").get(f"/cases/{checking.reference}/interest").status_code == 404


def test_an_auditor_reads_and_declares_nothing(checking: Checking) -> None:
    assert checking.browser("ewan.tait").get(f"/cases/{checking.reference}/interest").status_code == 403


def test_every_page_has_one_heading(checking: Checking) -> None:
    declare(checking, "raj.patel", kind="perceived", nature="A neighbour works there.", mitigation="Gwen reads along.")
    interest = declared(checking, "raj.patel")[0]

    for address in (f"/cases/{checking.reference}/interest", "/interests", f"/interests/{interest.id}", f"/cases/{checking.reference}/application"):
        assert len(re.findall(r"<h1[ >]", checking.browser("alan.frost").get(address).text)) == 1, address
