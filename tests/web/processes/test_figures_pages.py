"""Where cases wait, which ways they go, and how versions compare: the pages, their files, and who is told what."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from models import ProcessDefinition, User, clock
from models.session import transaction
from tests.support import past_cases
from tests.support.casebook import Casebook, errand_definition
from tests.support.past_cases import Past, Work
from webapp.shared.spreadsheets import safe
from workflows.library.figures import drawn

NOW, MONDAY = "2026-03-20 12:00", "2026-03-02 09:00"
DONE = ("2026-03-02 17:00", "2026-03-03 17:00", "2026-03-04 17:00", "2026-03-05 17:00", "2026-03-09 17:00")
HEATMAP, WAYS, FIGURES = "/processes/errand/heatmap", "/processes/errand/branches", "/processes/errand/versions/figures"
PAGES = (HEATMAP, WAYS, FIGURES)
FILES = ("/processes/errand/heatmap.csv", "/processes/errand/branches.csv", "/processes/errand/versions/figures.csv")
CHOICE = Path(__file__).parent.parent.parent.parent / "bpmn" / "list-term" / "process.bpmn"


@pytest.fixture(autouse=True)
def in_march() -> Iterator[None]:
    with clock.held(clock.read_instant(NOW)):
        yield


def write(book: Casebook, *cases: Past, version: int = 1) -> None:
    """Write cases of the errand."""
    with transaction(book.engine) as session:
        definition = session.scalars(select(ProcessDefinition).where(ProcessDefinition.key == "errand", ProcessDefinition.version == version)).one()
        for case in cases:
            past_cases.write(session, definition, session.get_one(User, book.people["children-commissioning"].id), case)


def five(*, is_restricted: bool = False) -> list[Past]:
    """Five cases that took 1, 2, 3, 4 and 6 working days."""
    passed = {"start": 1, "propose": 1, "done": 1}
    return [
        Past(MONDAY, ended=done, ended_as="done", work=[Work("propose", MONDAY, done, "2026-03-04 18:00")], passed=passed, is_restricted=is_restricted)
        for done in DONE
    ]


def read(text: str) -> list[list[str]]:
    """The rows of a file."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def cells(page: str, step: str) -> list[str]:
    """The numbers of a row of the table."""
    row = re.search(rf'<tr><th scope="row"[^>]*>{step}</th>(.*?)</tr>', page, re.S)
    assert row is not None, page
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.S)]


def test_the_table_says_where_cases_wait_and_how_long(book: Casebook) -> None:
    write(book, *five(), Past(MONDAY, live=["review"]), Past(MONDAY, live=["wait"]))

    page = book.browser("legal").get(HEATMAP).text

    assert cells(page, "Propose the errand") == ["0", "5", "3.0", "5.2", "5 working days", "40%"]
    assert cells(page, "Review the errand") == ["1", "0", "–", "–", "5 working days", "–"]
    assert cells(page, "Two weeks have passed") == ["1", "–", "–", "–", "–", "–"]
    assert "Cases wait longest at “Propose the errand”: half of them more than 3.0 working days." in page
    assert "5 cases finished at least one step in the last 6 months, on all versions." in page


def test_the_drawing_bears_the_same_numbers(book: Casebook) -> None:
    write(book, *five(), Past(MONDAY, live=["review"]))

    drawing = book.browser("legal").get(HEATMAP).text.split("<svg", 1)[1].split("</svg>")[0]

    assert "3.0 / 5.2 days" in drawing
    assert "half done within 3.0 working days, nine in ten within 5.2" in drawing
    assert drawing.count("1 now") == 1
    assert "is-shade-4" in drawing
    assert "style=" not in drawing


@pytest.mark.parametrize("path", PAGES)
def test_nothing_to_count_is_said_in_words(book: Casebook, path: str) -> None:
    answer = book.browser("legal").get(path)

    assert answer.status_code == 200
    assert 'class="dps-empty"' in answer.text
    assert "Download" not in answer.text


def test_cases_that_wait_while_none_has_finished(book: Casebook) -> None:
    write(book, Past(MONDAY, live=["propose"]))

    page = book.browser("legal").get(HEATMAP).text

    assert "No case finished a step in the last 6 months. The figures say only where cases wait now." in page
    assert cells(page, "Propose the errand")[0] == "1"


def test_fewer_than_five_finished_cases_say_no_days(book: Casebook) -> None:
    write(book, *five()[:4])

    page = book.browser("legal").get(HEATMAP).text

    assert "Fewer than 5 finished cases" in page
    assert cells(page, "Propose the errand")[1:4] == ["4", "Too few", "Too few"]
    assert "days</text>" not in page


def test_the_table_is_sorted_by_links(book: Casebook) -> None:
    write(book, *five(), Past(MONDAY, live=["review"]))
    browser = book.browser("legal")

    by_waiting = browser.get(f"{HEATMAP}?sort=waiting").text
    turned = browser.get(f"{HEATMAP}?sort=waiting&order=up").text

    assert by_waiting.index(">Review the errand</th>") < by_waiting.index(">Propose the errand</th>")
    assert turned.index(">Review the errand</th>") > turned.index(">Propose the errand</th>")
    assert 'aria-sort="descending"><a class="govuk-link govuk-link--no-visited-state" href="/processes/errand/heatmap?months=6&amp;sort=waiting&amp;order=up#table"' in by_waiting


def test_whoever_may_not_see_a_case_is_told_no_small_count(book: Casebook) -> None:
    write(book, *five(is_restricted=True), Past(MONDAY, live=["review"]), Past(MONDAY, ended=DONE[0], ended_as="done"))

    mine, others = book.browser("children-commissioning"), book.browser("finance")

    assert cells(mine.get(HEATMAP).text, "Review the errand")[0] == "1"
    for browser, few in ((mine, False), (others, True)):
        page = browser.get(HEATMAP).text
        drawing = page.split("<svg", 1)[1].split("</svg>")[0]
        assert ("fewer than 5 now" in drawing) is few
        assert ("Some of these cases are not open to you" in page) is few
    assert cells(others.get(HEATMAP).text, "Propose the errand")[1] == "5 to 9"
    assert "finished at least one step" not in others.get(HEATMAP).text
    assert [row[1] for row in read(others.get(FILES[0]).text)[1:]] == ["0", "0", "fewer than 5"]
    assert dict(read(others.get(FILES[2]).text))["Cases begun"] == "6 to 13"


def test_versions_stand_side_by_side(book: Casebook) -> None:
    with transaction(book.engine) as session:
        session.add(errand_definition(version=2))
    write(book, *five())
    write(book, Past(MONDAY, live=["review"], work=[Work("propose", MONDAY, DONE[0]), Work("propose", DONE[0], DONE[1])]), version=2)

    rows = {row[0]: row[1:] for row in read(book.browser("legal").get(FILES[2]).text)}

    assert rows["Figure"] == ["Version 2", "Version 1"]
    assert rows["Cases begun"] == ["1", "5"]
    assert rows["Not ended"] == ["1", "0"]
    assert rows["Ended: Errand done"] == ["0", "5"]
    assert rows["Half ended within (working days)"] == ["–", "3.0"]
    assert rows["Nine in ten ended within (working days)"] == ["–", "5.2"]
    assert rows["Share of cases with an overdue step"] == ["–", "40%"]
    assert rows["Share of cases in which a step was done again"] == ["–", "0%"]
    page = book.browser("legal").get(FIGURES).text
    assert "Version 2, live" in page
    assert 'href="/processes/errand/versions/figures"' in book.browser("legal").get("/processes/errand/versions").text


def test_ways_are_shown_with_shares_and_what_nobody_reached(book: Casebook) -> None:
    xml = CHOICE.read_text().replace('id="list-term"', 'id="errand"')
    with transaction(book.engine) as session:
        changed = errand_definition(version=2)
        changed.files = {**changed.files, "process.bpmn": xml}
        session.add(changed)
    diagram = drawn.read(xml, "errand")
    gateway = next(step.id for step in diagram.steps.values() if step.kind == "exclusive gateway" and len(diagram.ways_from(step.id)) == 2)
    ways = [flow.target for flow in diagram.ways_from(gateway)]
    start = diagram.outermost("start event")[0]
    write(book, *(Past(MONDAY, passed={start: 1, gateway: 1, f"{gateway}>{ways[number % 3 == 0]}": 1}) for number in range(6)), version=2)

    page = book.browser("legal").get(f"{WAYS}?version=2").text
    rows = read(book.browser("legal").get(f"{FILES[1]}?version=2").text)

    assert [row[4:] for row in rows[1:] if row[4] != "0"] == [["4", "4", "67%"], ["2", "2", "33%"]]
    assert "4 (67%)" in page
    assert "Steps that no case reached" in page


def test_a_process_without_gateways_says_so(book: Casebook) -> None:
    write(book, *five())

    page = book.browser("legal").get(WAYS).text

    assert "This version has no gateway" in page
    assert "Two weeks have passed" in page  # no case noted that it came there


@pytest.mark.parametrize("path", (*PAGES, *FILES))
def test_a_version_or_process_that_is_not_there_is_not_found(book: Casebook, path: str) -> None:
    browser = book.browser("legal")

    assert browser.get(f"{path}?version=7").status_code == 404
    assert browser.get(f"{path}?version=one").status_code == 404
    assert browser.get(f"{path}?version=99999999999999999999").status_code == 404
    assert browser.get(path.replace("errand", "nothing")).status_code == 404
    assert browser.get(f"{path}?months=x&sort=y&order=z").status_code == 200


@pytest.mark.parametrize("path", (*PAGES, *FILES))
def test_only_staff_come_in(book: Casebook, path: str) -> None:
    assert book.app.test_client().get(path).status_code in (302, 401)


def test_names_in_a_file_are_no_formulas(book: Casebook) -> None:
    with transaction(book.engine) as session:
        definition = session.scalars(select(ProcessDefinition)).one()
        xml = definition.files["process.bpmn"].replace('name="Propose the errand"', "name=\"=HYPERLINK('x')\"")
        definition.files = {**definition.files, "process.bpmn": xml}
    write(book, Past(MONDAY, live=["propose"]))

    answer = book.browser("legal").get(FILES[0])

    assert read(answer.text)[1][0] == "'=HYPERLINK('x')"
    assert answer.headers["Content-Disposition"] == "attachment; filename=errand-where-cases-wait-2026-03-20.csv"
    assert [safe(text) for text in ("-1", " =1", "'=1", '"@x', "\uff1d1", "\t1", "a=1", "–")] == [
        "'-1", "' =1", "''=1", "'\"@x", "'\uff1d1", "'\t1", "a=1", "–",
    ]  # fmt: skip


def test_a_step_of_an_older_version_is_in_the_table_but_not_on_the_drawing(book: Casebook) -> None:
    with transaction(book.engine) as session:
        changed = errand_definition(version=2)
        changed.files = {**changed.files, "process.bpmn": changed.files["process.bpmn"].replace('"review"', '"look"').replace(">review<", ">look<")}
        session.add(changed)
    write(book, Past(MONDAY, live=["review"]))

    page = book.browser("legal").get(HEATMAP).text

    assert cells(page, r"Review the errand \(only in an older version\)")[0] == "1"
    assert "1 now" not in page
