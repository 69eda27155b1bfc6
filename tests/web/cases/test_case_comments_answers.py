"""Comments that stay inside, and the answers given so far."""

from __future__ import annotations

from models import clock
from tests.support.casebook import Casebook


def test_a_comment_is_shown_with_author_and_time_to_staff(book: Casebook) -> None:
    reference = book.errand()
    browser = book.browser("legal")
    with clock.held(clock.read_instant("2026-11-04 09:30")):
        browser.post(f"/cases/{reference}/comments", data={"body": "Ask the clerk.\n\nShe knows <b>more</b>."})

    page = book.browser("finance").get(f"/cases/{reference}/comments").text

    assert "Only council staff can see this." in page
    assert "Pat Legal" in page
    assert "4 November 2026, 9:30am" in page
    assert "She knows &lt;b&gt;more&lt;/b&gt;." in page


def test_an_empty_comment_is_asked_for_again_and_too_long_a_one_is_kept(book: Casebook) -> None:
    reference = book.errand()
    browser = book.browser("legal")

    empty = browser.post(f"/cases/{reference}/comments", data={"body": " "})
    long = browser.post(f"/cases/{reference}/comments", data={"body": "word " * 1000})

    assert (empty.status_code, long.status_code) == (422, 422)
    assert empty.text.count("Enter a comment") == 2
    assert "Your comment must be 4,000 characters or fewer" in long.text
    assert "word word word" in long.text


def test_an_auditor_reads_comments_and_writes_none(book: Casebook) -> None:
    reference = book.errand()
    browser = book.browser("audit")

    page = browser.get(f"/cases/{reference}/comments").text
    forged = browser.post(f"/cases/{reference}/comments", data={"body": "I was here"})

    assert "No comments." in page
    assert "Add a comment" not in page
    assert forged.status_code == 403


def test_an_answer_stands_under_its_step_with_who_and_when(book: Casebook) -> None:
    reference = book.errand()
    with clock.held(clock.read_instant("2026-11-04 09:30")):
        book.complete(reference, "propose", by="children-commissioning", note="The minutes\nof May")

    page = book.browser("legal").get(f"/cases/{reference}/answers").text

    assert "Propose the errand" in page
    assert "Pat Children&#39;s commissioning, Children&#39;s commissioning, 4 November 2026, 9:30am" in page
    assert "What is to be fetched?" in page
    assert "The minutes\nof May" in page


def test_before_the_first_answer_the_page_says_so(book: Casebook) -> None:
    reference = book.errand()

    assert "Nothing has been answered yet." in book.browser("legal").get(f"/cases/{reference}/answers").text
